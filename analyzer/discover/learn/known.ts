/** An API as the learner knows it: at first one provisional API, later all that were found to be the same. */
import { apiIdOf } from '../api-id.ts';
import { parameterName } from '../parameter-name.ts';
import { anyValue } from './trie.ts';

/** Shapes that are remembered of one API; a reply in another one is counted as one without. */
const mostShapes = 32;

export interface Known {
  readonly app: string;
  readonly method: string;
  readonly operation: string;
  /** As its template shows them: `orders`, `{orderId}`. */
  segments: readonly string[];
  /** `2=integer 4=names`: why each parameter is one; last, the parameter that selects the operation, if one does. */
  reason: string;
  /** Its own, and those of all that became it, oldest first. The last one is what it is called by. */
  readonly ids: string[];
  calls: number;
  /** Packet time of its first successful call, µs. */
  since: number;
  /** The last run of inference left it as it is. */
  stayed: boolean;
  /** Calls by number of the reply's shape. */
  readonly shapes: Map<number, number>;
  /** What it became; null while it is an API of its own. */
  into: Known | null;
}

export function templateOf({ segments }: Pick<Known, 'segments'>): string {
  return `/${segments.join('/')}`;
}

/** Segments as inference compares them: parameters without their names. */
export function bareSegments({ segments }: Pick<Known, 'segments'>): string[] {
  return segments.map((segment) => segment.replace(/\{[^{}]*\}/g, anyValue));
}

export function keyOf(method: string, operation: string, bare: readonly string[]): string {
  return `${method} ${operation} /${bare.join('/')}`;
}

export function countShape({ shapes }: Known, shape: number, calls = 1): void {
  const known = shapes.get(shape);
  if (known !== undefined) shapes.set(shape, known + calls);
  else if (shapes.size < mostShapes) shapes.set(shape, calls);
}

/** An API that was not called yet. */
export function newKnown(
  app: string,
  method: string,
  operation: string,
  segments: readonly string[],
  reason: string,
  id: string,
  since = 0,
): Known {
  const shapes = new Map<number, number>();
  return { app, method, operation, segments, reason, ids: [id], calls: 0, since, stayed: false, shapes, into: null };
}

/** The API that has these parameters, of which `first` is the first found to be part. */
export function widened(first: Known, bare: readonly string[]): Known {
  const segments: string[] = [];
  for (let i = 0; i < bare.length; i++) {
    const own = first.segments[i]!;
    if (bare[i] !== anyValue || own.includes('{')) {
      segments.push(own);
      continue;
    }
    const before = segments[i - 1] ?? '';
    const wanted = parameterName(before.includes('{') ? '' : before, 'code');
    let name = wanted;
    for (let n = 2; segments.includes(`{${name}}`); n++) name = `${wanted}${n}`;
    segments.push(`{${name}}`);
  }
  const { app, method, operation } = first;
  const template = `/${segments.join('/')}`;
  const id = apiIdOf(app, method, template, operation);
  return newKnown(app, method, operation, segments, first.reason, id, first.since);
}

/** The API of all values of a parameter that selects nothing, of which `first` is one. */
export function unselected(first: Known): Known {
  const { app, method, segments } = first;
  const id = apiIdOf(app, method, templateOf(first), '');
  const reason = first.reason.slice(0, Math.max(0, first.reason.lastIndexOf(' ')));
  return newKnown(app, method, '', segments, reason, id, first.since);
}

/** All that is known of `part` is known of `whole`; it is an API of its own no longer. */
export function mergeInto(whole: Known, part: Known): void {
  part.into = whole;
  whole.reason = joinedReason(whole, part);
  whole.calls += part.calls;
  whole.since = Math.min(whole.since, part.since);
  for (const [shape, calls] of part.shapes) countShape(whole, shape, calls);
  const own = whole.ids.pop()!;
  for (const id of part.ids) if (id !== own) whole.ids.push(id);
  whole.ids.push(own);
  part.ids.length = 0;
}

/** Words at the place of a parameter are why it is one. */
function joinedReason(whole: Known, { segments }: Known): string {
  const reasons = new Map<number, string>();
  let selector = '';
  for (const one of whole.reason === '' ? [] : whole.reason.split(' ')) {
    const position = Number.parseInt(one, 10);
    if (Number.isNaN(position)) selector = one;
    else reasons.set(position, one);
  }
  for (const [i, segment] of whole.segments.entries()) {
    if (segment.includes('{') && !segments[i]!.includes('{')) reasons.set(i + 1, `${i + 1}=names`);
  }
  return [...[...reasons].sort(([a], [b]) => a - b).map(([, one]) => one), selector].join(' ').trimEnd();
}
