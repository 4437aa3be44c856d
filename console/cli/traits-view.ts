/** What kind of API one is, for people and for scripts: the engine's judgement, and a person's word before it. */
import { name as word } from './ledger-view.ts';
import type { Cell } from './table.ts';
import type { Texts } from './text/en.ts';
import { isoTime, zonedTime } from './time.ts';
import { humanShare } from './units.ts';

export interface TraitRow {
  readonly name: string;
  readonly value: string;
  readonly reason: string;
  readonly confidence: number;
}

export interface DecidedRow {
  readonly trait: string;
  readonly value: string;
  readonly by: string;
  readonly note: string;
  /** Wall clock, µs. */
  readonly ts: number;
}

/** A grade or level as the engine proposed it; `at` packet time, µs. */
export interface ProposalRow {
  readonly what: string;
  readonly value: string;
  readonly reason: string;
  readonly at: number;
}

export interface TraitRows {
  readonly traits: readonly TraitRow[];
  readonly decided: readonly DecidedRow[];
  readonly proposals: readonly ProposalRow[];
}

/** Traits that are lists in JSON. */
const lists: ReadonlySet<string> = new Set(['exposure', 'auth', 'functions', 'opaque']);

/** A trait as it holds: a person's value, else the engine's; empty when neither says. */
function traitValue({ traits, decided }: TraitRows, name: string): string {
  const person = decided.find((each) => each.trait === name);
  return person?.value ?? traits.find((each) => each.name === name)?.value ?? '';
}

/** Fields of an API: each trait by its name, who decided, and how sure the engine is. */
export function traitsJson(row: TraitRows): Record<string, unknown> {
  const { traits, decided, proposals } = row;
  const fields: Record<string, unknown> = {};
  for (const { name } of traits) {
    const value = traitValue(row, name);
    if (value === '') continue;
    fields[name] = lists.has(name) ? value.split(',').filter((each) => name !== 'exposure' || each !== 'none') : value;
  }
  const name = traitValue(row, 'name');
  if (name !== '') fields['name'] = name;
  const confidence = Object.fromEntries(
    traits.filter(({ value }) => value !== '').map((each) => [each.name, each.confidence]),
  );
  if (traits.length > 0) fields['confidence'] = confidence;
  if (decided.length > 0) {
    fields['decided'] = Object.fromEntries(
      decided.map(({ trait, value, by, note, ts }) => [trait, { value, by, note, ts: isoTime(ts) }]),
    );
  }
  if (proposals.length > 0) {
    fields['proposals'] = proposals.map(({ what, value, reason, at }) => ({
      trait: what,
      value,
      reason,
      since: isoTime(at),
    }));
  }
  return fields;
}

/** Reasons by trait: a person's note where a person decided. */
export function traitReasons({ traits, decided }: TraitRows): Record<string, string> {
  const reasons: Record<string, string> = {};
  for (const { name, reason } of traits) if (reason !== '') reasons[name] = reason;
  for (const { trait, note } of decided) if (trait !== 'functions') reasons[trait] = note;
  return reasons;
}

/** Grade and level in one cell: `high S3`. */
export function gradeCell(row: TraitRows, texts: Texts): string {
  const grade = traitValue(row, 'grade');
  if (grade === '') return texts.cells.none;
  return [word(texts.traits.values, grade), traitValue(row, 'level')].filter((each) => each !== '').join(' ');
}

/** Lines of the page of one API. */
export function traitPairs(row: TraitRows, texts: Texts, zone: string): (readonly [string, Cell])[] {
  const say = texts.traits;
  const pairs: (readonly [string, Cell])[] = [];
  for (const { name, value, reason, confidence } of row.traits) {
    const person = row.decided.find((each) => each.trait === name);
    const engine = say.because(valueText(name, value, texts), reasonText(reason, texts), humanShare(confidence));
    if (person !== undefined) {
      const said = say.decidedBecause(valueText(name, person.value, texts), person.by, person.note);
      pairs.push([word(say.names, name), person.value === value ? said : `${said}; ${say.proposed(engine)}`]);
    } else if (value !== '') pairs.push([word(say.names, name), engine]);
  }
  for (const { trait, value, by, note } of row.decided) {
    if (row.traits.some(({ name }) => name === trait)) continue;
    pairs.push([word(say.names, trait), say.decidedBecause(valueText(trait, value, texts), by, note)]);
  }
  const minute = (us: number) => zonedTime(us, zone).slice(0, 16);
  const proposed = row.proposals.map(({ what, value, at }) => {
    return say.since(word(say.names, what), word(say.values, value), minute(at));
  });
  const decided = row.decided.map(({ trait, value, by, ts }) => {
    return say.decided(word(say.names, trait), valueText(trait, value, texts), by, minute(ts));
  });
  if (row.proposals.length > 2 || decided.length > 0) pairs.push([say.history, [...proposed, ...decided].join('; ')]);
  return pairs;
}

function valueText(trait: string, value: string, texts: Texts): string {
  const words = trait === 'functions' ? texts.terms.functions : texts.traits.values;
  return value
    .split(',')
    .map((each) => word(words, each))
    .join(', ');
}

/** The engine's clauses (analyzer/discover/traits/judgement.ts) in words. */
export function reasonText(reason: string, texts: Texts): string {
  const { reasons, agents, values } = texts.traits;
  const { labels, functions } = texts.terms;
  return reason
    .split('; ')
    .filter((clause) => clause !== '')
    .map((clause) => {
      const space = clause.indexOf(' ');
      const head = space < 0 ? clause : clause.slice(0, space);
      const rest = space < 0 ? '' : clause.slice(space + 1);
      const say = Object.hasOwn(reasons, head) ? reasons[head as keyof typeof reasons] : undefined;
      if (say === undefined) return rest === '' ? word(values, head) : `${word(values, head)} ${rest}`;
      const words = { function: functions, agents, caller: values, reach: values, credential: values }[head];
      const [first = '', ...others] = rest.split(' ');
      if (head === 'agents') return say([word(agents, first), ...others].join(' '));
      if (['gives', 'masked', 'takes', 'rows', 'personal', 'account'].includes(head)) {
        return say(
          rest
            .split(',')
            .map((each) => word(labels, each))
            .join(', '),
        );
      }
      return say(words === undefined ? rest : word(words, rest));
    })
    .join('; ');
}
