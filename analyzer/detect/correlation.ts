/** Correlation documents: what has to come together, of whom, within which time. */
import { fieldNamed } from './fields.ts';
import {
  checkKeys,
  type Entry,
  entryOf,
  Mistake,
  type Node,
  numberOf,
  oneOf,
  textOf,
  textsOf,
  timespanOf,
} from './source.ts';
import { resolveField } from './taxonomy.ts';

export const correlationTypes = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
  'deviation', // ours: a measure against its own baseline
] as const;
export type CorrelationType = (typeof correlationTypes)[number];

/** Bounds that all must hold; absent ones do not limit. */
export interface Bounds {
  readonly gt?: number;
  readonly gte?: number;
  readonly lt?: number;
  readonly lte?: number;
  readonly eq?: number;
  readonly neq?: number;
}

export interface Deviation {
  /** Times the 95th percentile of earlier windows. */
  readonly factor: number;
  /** Below this nothing deviates. */
  readonly floor: number;
  /** Earlier windows that are needed before anything is usual. */
  readonly history: number;
  /** With less history, what is too much for anybody; absent: nothing is. */
  readonly unlearned?: number;
}

export interface Correlation {
  readonly type: CorrelationType;
  /** Names of rules, as the file has them. */
  readonly rules: readonly { readonly name: string; readonly place: Entry['place'] }[];
  /** Fields or aliases. */
  readonly groupBy: readonly string[];
  /** Alias → rule name → field. */
  readonly aliases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** µs. */
  readonly timespan: number;
  /** Names of the fields whose values are counted or summed; empty where events are. */
  readonly fields: readonly string[];
  readonly bounds: Bounds;
  /** 0…100; 50 unless told. */
  readonly percentile: number;
  readonly deviation: Deviation | undefined;
  /** The rules it refers to make findings of their own as well. */
  readonly generate: boolean;
}

/** Largest threshold of a count: so many events or values of a group are held. */
export const mostHeld = 4096;

const boundNames = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const;

export function parseCorrelation({ value: node, place }: Entry): Correlation {
  checkKeys(node, 'correlation', ['type', 'rules', 'group-by', 'timespan', 'condition', 'aliases', 'generate']);
  const need = (key: string): Node => {
    const entry = entryOf(node, key);
    if (entry === undefined) throw new Mistake(place, `the correlation has no ${key}`, `write ${key}:`);
    return entry.value;
  };
  const type = oneOf(need('type'), 'type', correlationTypes);
  const rulesNode = need('rules');
  const items = rulesNode.kind === 'list' ? rulesNode.items : [rulesNode];
  const rules = items.map((item) => ({ name: textOf(item, 'rules'), place: item.place }));
  if (rules.length === 0) throw new Mistake(rulesNode.place, 'the correlation names no rule', 'name at least one');
  const aliases = readAliases(entryOf(node, 'aliases'));
  const groupNode = entryOf(node, 'group-by');
  const groupBy = groupNode === undefined ? [] : textsOf(groupNode.value, 'group-by');
  const check = (name: string, entry: Entry) => (aliases.has(name) ? name : resolveField(name, entry).name);
  const temporal = type === 'temporal' || type === 'temporal_ordered';
  if (temporal && rules.length < 2) {
    throw new Mistake(rulesNode.place, `${type} of one rule`, 'name two rules at least, or use event_count');
  }
  const generate = entryOf(node, 'generate')?.value;
  const condition = entryOf(node, 'condition');
  if (condition === undefined && !temporal) {
    throw new Mistake(place, `${type} has no condition`, 'write condition: with gte: and a number');
  }
  const read = condition === undefined ? noCondition : readCondition(type, condition, aliases);
  return {
    type,
    rules,
    groupBy: groupBy.map((name) => check(name, groupNode!)),
    aliases,
    timespan: timespanOf(need('timespan'), 'timespan'),
    fields: read.fields,
    bounds: read.bounds,
    percentile: read.percentile,
    deviation: read.deviation,
    generate: generate?.kind === 'scalar' && generate.value === true,
  };
}

type Condition = Pick<Correlation, 'fields' | 'bounds' | 'percentile' | 'deviation'>;
const noCondition: Condition = { fields: [], bounds: {}, percentile: 50, deviation: undefined };

function readCondition(type: CorrelationType, entry: Entry, aliases: Correlation['aliases']): Condition {
  const { value: node } = entry;
  if (type === 'temporal' || type === 'temporal_ordered') {
    throw new Mistake(entry.place, `${type} takes no condition here`, 'remove it: all named rules have to come');
  }
  const deviates = type === 'deviation';
  const own = deviates ? ['factor', 'floor', 'history', 'unlearned'] : [...boundNames];
  checkKeys(node, 'condition', ['field', ...(type === 'value_percentile' ? ['percentile'] : []), ...own]);
  const number = (key: string) => {
    const found = entryOf(node, key);
    return found === undefined ? undefined : numberOf(found.value, key);
  };
  const fieldEntry = entryOf(node, 'field');
  if (fieldEntry === undefined && type.startsWith('value_')) {
    throw new Mistake(node.place, `${type} without a field`, 'write field: and its name');
  }
  if (fieldEntry !== undefined && type === 'event_count') {
    throw new Mistake(fieldEntry.place, 'event_count takes no field', 'use value_count to count distinct values');
  }
  const named = fieldEntry === undefined ? [] : textsOf(fieldEntry.value, 'field');
  const fields = named.map((name) => (aliases.has(name) ? name : resolveField(name, fieldEntry!).name));
  const numeric = type !== 'value_count' && type !== 'event_count';
  for (const name of fields) {
    if (numeric && (fields.length > 1 || fieldNamed(name)?.type !== 'number')) {
      throw new Mistake(fieldEntry!.place, `${type} needs one field of numbers`, `${fields.join(', ')} is not`);
    }
  }
  if (deviates) {
    const [factor, floor] = [number('factor'), number('floor')];
    if (factor === undefined || floor === undefined || factor <= 1) {
      throw new Mistake(node.place, 'deviation needs a factor above 1 and a floor', 'write factor: 3 and floor: 100');
    }
    const unlearned = number('unlearned');
    const history = number('history') ?? 5;
    const deviation = { factor, floor, history, ...(unlearned === undefined ? {} : { unlearned }) };
    return { fields, bounds: {}, percentile: 50, deviation };
  }
  const bounds = Object.fromEntries(boundNames.map((key) => [key, number(key)]).filter(([, of]) => of !== undefined));
  if (Object.keys(bounds).length === 0) throw new Mistake(node.place, 'the condition has no bound', 'write gte: 10');
  const counts = type === 'event_count' || type === 'value_count';
  for (const key of boundNames) {
    if (counts && (bounds[key] ?? 0) > mostHeld) {
      throw new Mistake(
        node.place,
        `${key}: ${bounds[key]} is beyond what is held`,
        `at most ${mostHeld}; sum a measure`,
      );
    }
  }
  return { fields, bounds, percentile: number('percentile') ?? 50, deviation: undefined };
}

function readAliases(entry: Entry | undefined): Correlation['aliases'] {
  const aliases = new Map<string, ReadonlyMap<string, string>>();
  if (entry === undefined) return aliases;
  if (entry.value.kind !== 'mapping')
    throw new Mistake(entry.place, 'aliases is not a mapping', 'write alias: {rule: field}');
  for (const { key, value, place } of entry.value.entries) {
    if (value.kind !== 'mapping') throw new Mistake(place, `alias "${key}" is not a mapping`, 'write rule: field');
    aliases.set(key, new Map(value.entries.map((of) => [of.key, resolveField(textOf(of.value, of.key), of).name])));
  }
  return aliases;
}

export function within(bounds: Bounds, value: number): boolean {
  if (bounds.gt !== undefined && !(value > bounds.gt)) return false;
  if (bounds.gte !== undefined && !(value >= bounds.gte)) return false;
  if (bounds.lt !== undefined && !(value < bounds.lt)) return false;
  if (bounds.lte !== undefined && !(value <= bounds.lte)) return false;
  if (bounds.eq !== undefined && value !== bounds.eq) return false;
  return bounds.neq === undefined || value !== bounds.neq;
}

/** Whether more can only help: then the condition is judged with each event, else when a window has ended. */
export function risesOnly(bounds: Bounds): boolean {
  return bounds.lt === undefined && bounds.lte === undefined && bounds.eq === undefined && bounds.neq === undefined;
}
