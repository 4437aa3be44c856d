/**
 * Parameters that are named like selectors and select nothing: their values are ids (open-ended, most met once), or
 * choices between answers that are alike. The APIs of such values are one. In doubt they stay apart: to merge two
 * operations hides one of them.
 */
import { isVerb } from '../lexicon.ts';
import { selectorIn } from '../selector.ts';
import { bareSegments, type Known } from './known.ts';

/** Values of one selector; more of them are no list of operations. */
const mostValues = 5000;
/** From so many values on, a selector most values of which were met once is an id. */
const leastOpen = 24;
const onceOfOpen = 0.6;
/** Before replies that are alike say something: values, and calls of each. Fewer values flood no inventory. */
const leastAlike = 6;
const callsOfAlike = 8;

/** What is told of one parameter at one address. */
export interface Selector {
  /** Method, template and place of the parameter: what a group of operations is known by. */
  readonly key: string;
  readonly values: readonly Known[];
}

export function selectorsOf(all: Iterable<Known>): Selector[] {
  const groups = new Map<string, Known[]>();
  for (const known of all) {
    if (known.operation === '') continue;
    const place = selectorIn(known.reason);
    if (place === '') continue;
    const key = `${known.method} ${bareSegments(known).join('/')} ${place}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [known]);
    else group.push(known);
  }
  return [...groups].map(([key, values]) => ({ key, values }));
}

/** Why the values are one API; empty while they are several. `classOf`: class of a reply's shape, below 0 for none. */
export function foldingReason({ values }: Selector, classOf: (shape: number) => number): string {
  const once = values.filter(({ calls }) => calls === 1).length;
  if (values.length > mostValues) return 'too many values';
  if (values.length >= leastOpen && once >= onceOfOpen * values.length) return 'open-ended values';
  if (values.some(({ operation }) => namesAnAction(operation))) return '';
  const told = values.filter(({ calls }) => calls >= callsOfAlike);
  if (told.length < leastAlike) return '';
  const [first, ...others] = told.map((known) => classesOf(known, classOf));
  if (first!.size === 0 || !others.every((one) => isSame(one, first!))) return '';
  return 'answers alike';
}

/** `order.cancel`, `queryUser`, and function numbers: what is done, whatever comes back. */
function namesAnAction(operation: string): boolean {
  if (/\d{3}/.test(operation)) return true;
  return operation
    .replace(/([a-z\d])([A-Z])/g, '$1.$2')
    .split(/[^A-Za-z]+/)
    .some(isVerb);
}

function classesOf({ shapes }: Known, classOf: (shape: number) => number): Set<number> {
  const classes = new Set<number>();
  for (const shape of shapes.keys()) {
    const one = classOf(shape);
    if (one >= 0) classes.add(one);
  }
  return classes;
}

function isSame(some: ReadonlySet<number>, others: ReadonlySet<number>): boolean {
  return some.size === others.size && [...some].every((one) => others.has(one));
}
