/**
 * The rules at work inside `judge`: calls and observations in order → findings. All memory is bounded (correlator.ts,
 * findings.ts); time is that of the events, and one that comes late counts as of now.
 *
 * A stream that begins before what was judged is not late, but of an earlier time: it has windows and events of its own,
 * and those of the later time wait until time has come back to them. Two times at most: of a third, earlier than the
 * second, the windows of the second go.
 */
import type { Finding } from '../finding.ts';
import type { ClientKind } from '../known-client.ts';
import type { Observation } from '../observation.ts';
import type { CompiledCorrelation, CompiledRule, RuleSet } from './compile.ts';
import { Correlator, type CorrelatorSnapshot } from './correlator.ts';
import type { CallEvent } from './event.ts';
import { type Field, fieldNamed } from './fields.ts';
import { Findings, type FindingsSnapshot } from './findings.ts';
import { type Hit, hitOfCall, hitOfObservation } from './hit.ts';
import { Matcher } from './matcher.ts';
import { type DetectionEvent, type EventView, Slots } from './view.ts';
import type { Firing } from './window.ts';

export interface DetectorOptions {
  /** What local time is ahead of UTC, µs: windows of a day begin at local midnight. */
  readonly zoneOffset?: number;
  readonly mostFindings?: number;
  /** Of one correlation. */
  readonly mostGroups?: number;
  /** Hits and values held, of one correlation. */
  readonly mostEntries?: number;
  /** What operators know a client to be; nothing when absent. */
  readonly kindsOf?: (client: string) => readonly ClientKind[];
}

export interface DetectorCounts {
  /** Hits of rules that make findings or feed correlations. */
  hits: number;
  /** Hits that no correlation could group: a group-by field or the value was absent. */
  ungrouped: number;
  /** Events that came with a time before that of an earlier one. */
  late: number;
}

export interface DetectorSnapshot {
  readonly v: 1;
  readonly now: number;
  readonly counts: DetectorCounts;
  readonly findings: FindingsSnapshot;
  /** By name of the correlation and what it says: a changed one begins anew. */
  readonly correlators: Readonly<Record<string, CorrelatorSnapshot>>;
  /** Null but while a stream of an earlier time is judged. */
  readonly ahead: { readonly now: number; readonly correlators: DetectorSnapshot['correlators'] } | null;
}

/** Where a rule's hits go: a correlation, and which of its rules this is. */
interface Feed {
  readonly correlator: number;
  readonly index: number;
}

/** Whose weakness is shown fixed. */
interface Proof {
  readonly of: CompiledRule | CompiledCorrelation;
  readonly keySlots: readonly number[];
  /** Number of the rule whose hit says the contrary; -1 for none. */
  readonly unless: number;
}

/** Where a field of a group comes from: a slot of the view. */
interface Wired {
  readonly rule: CompiledRule;
  readonly keySlots: readonly number[];
  /** Correlations whose weakness its hits show fixed. */
  readonly proves: readonly Proof[];
  readonly feeds: readonly (Feed & { readonly by: readonly number[]; readonly values: readonly number[] })[];
}

/** One matcher for calls, one for observations. */
interface Side {
  readonly matcher: Matcher;
  /** Rules that make findings or feed correlations, by number. */
  readonly wired: readonly Wired[];
  /**
   * What expressions of the numbers beyond them prove and nothing more: `fixed` conditions, and rules that correlations
   * name there. Nearly every call has several of them, so they are held against it only while such a weakness is open.
   */
  readonly proofs: readonly (readonly Proof[])[];
  /** By number of those: 1 while such a weakness is open; and as of which change of them. */
  readonly open: Uint8Array;
  openAt: number;
  readonly found: number[];
}

const eightHours = 8 * 3600e6;
const nothing: CorrelatorSnapshot = { groups: [], closing: [] };

export class Detector {
  readonly counts: DetectorCounts = { hits: 0, ungrouped: 0, late: 0 };
  readonly #findings: Findings;
  #correlators: readonly Correlator[];
  /** Windows of a later time, and how far that had come. */
  #ahead: { readonly now: number; readonly correlators: readonly Correlator[] } | null = null;
  /** Groups forgotten by correlators that are there no more. */
  #evicted = 0;
  readonly #chains: readonly (readonly Feed[])[];
  readonly #calls: Side;
  readonly #observations: Side;
  /** What the event at hand feeds. */
  readonly #due: (Feed & { readonly group: readonly string[]; readonly value: string | number })[] = [];
  #now = Number.NEGATIVE_INFINITY;

  constructor(rules: RuleSet, options: DetectorOptions = {}) {
    this.#findings = new Findings(options.mostFindings ?? 100_000, options.kindsOf);
    const limits = { groups: options.mostGroups ?? 20_000, entries: options.mostEntries ?? 500_000 };
    const zoneOffset = options.zoneOffset ?? eightHours;
    this.#correlators = rules.correlations.map((each) => new Correlator(each, limits, zoneOffset));
    const feedsOf = (name: string): Feed[] =>
      rules.correlations.flatMap(({ of }, correlator) =>
        of.flatMap((other, index) => (other === name ? [{ correlator, index }] : [])),
      );
    this.#chains = rules.correlations.map(({ name }) => feedsOf(name));
    const side = (kind: 'call' | 'observation') => makeSide(kind, rules, feedsOf);
    this.#calls = side('call');
    this.#observations = side('observation');
  }

  /** Findings let go and groups forgotten at a bound. */
  get evicted(): { findings: number; groups: number } {
    const groups = evictedOf(this.#correlators) + (this.#ahead === null ? 0 : evictedOf(this.#ahead.correlators));
    return { findings: this.#findings.evicted, groups: this.#evicted + groups };
  }

  /** A stream begins at `time`. Whether that is an earlier time than what was judged, and windows begin anew. */
  begin(time: number): boolean {
    if (time >= this.#now) return false;
    if (this.#ahead === null) this.#ahead = { now: this.#now, correlators: this.#correlators };
    else this.#evicted += evictedOf(this.#correlators);
    this.#correlators = this.#correlators.map((each) => each.anew(time));
    this.#findings.rewind();
    this.#now = Number.NEGATIVE_INFINITY;
    return true;
  }

  /** An event of `time` comes. Whether it has come back to the windows of a later time, and they go on. */
  arrive(time: number): boolean {
    if (this.#ahead === null || time < this.#ahead.now) return false;
    this.#closeUntil(time);
    this.#evicted += evictedOf(this.#correlators);
    this.#correlators = this.#ahead.correlators;
    this.#now = this.#ahead.now;
    this.#ahead = null;
    this.#findings.resume();
    return true;
  }

  call(event: CallEvent): void {
    this.#apply(this.#calls, event, event.completedTs, hitOfCall);
  }

  /** What is told of later than it ended is not late: its calls were in order. */
  observe(event: Observation): void {
    this.#apply(this.#observations, event, Math.max(event.end, this.#now), hitOfObservation);
  }

  /** What is told beside the calls, and may be ahead of them: it moves no clock. */
  observeAside(event: Observation): void {
    this.#match(this.#observations, event, event.end, hitOfObservation);
  }

  /** Packet time has come so far: windows that end by it are judged. */
  advance(time: number): void {
    this.#closeUntil(time);
    if (time > this.#now) this.#now = time;
  }

  /** Findings that are new or have changed since the last time, by id. */
  changed(): Finding[] {
    return this.#findings.changed();
  }

  #apply<E extends DetectionEvent>(side: Side, event: E, at: number, hitOf: (event: E) => Hit): void {
    if (at < this.#now) this.counts.late++;
    else if (at > this.#now) {
      this.#closeUntil(at);
      this.#now = at;
    }
    this.#match(side, event, at, hitOf);
  }

  #match<E extends DetectionEvent>(side: Side, event: E, at: number, hitOf: (event: E) => Hit): void {
    const time = Math.max(this.#now, at);
    const { matcher, found } = side;
    matcher.match(event, found);
    const hit = found.length === 0 ? undefined : hitOf(event);
    if (hit !== undefined) this.#note(side, hit, time);
    this.#await(side);
    const { awaited } = matcher;
    for (let i = 0; i < awaited.length; i++) this.#prove(side, awaited[i], time);
    if (this.#due.length === 0 || hit === undefined) return;
    // Later rules first: one event that stands for two rules in a row is no sequence.
    for (const { correlator, index, group, value } of this.#due.splice(0).sort((x, y) => y.index - x.index)) {
      this.#feed(correlator, index, group, hit, value);
    }
  }

  /** What may show an open weakness fixed: of others nothing is asked. */
  #await(side: Side): void {
    const { open, proofs, matcher } = side;
    if (side.openAt !== this.#findings.illChanges) {
      side.openAt = this.#findings.illChanges;
      for (let i = 0; i < open.length; i++)
        open[i] = proofs[i].some(({ of }) => this.#findings.canHeal(of.form)) ? 1 : 0;
    }
    matcher.await(open);
  }

  /** What rules found in the event at hand: into their findings, and what it feeds. */
  #note({ matcher: { view }, wired, found }: Side, hit: Hit, time: number): void {
    for (const number of found) {
      this.counts.hits++;
      const { rule, keySlots, feeds, proves } = wired[number];
      for (const proof of proves) if (this.#canHeal(proof, view)) this.#heal(proof, view, time);
      if (rule.reports) this.#findings.note({ form: rule.form, by: textsAt(view, keySlots), hits: [hit] });
      for (const { correlator, index, by, values } of feeds) {
        const group = textsAt(view, by);
        const first = values.length === 1 ? view.value(values[0]) : undefined;
        const value = typeof first === 'number' ? first : textsAt(view, values).join('\n');
        if (group.includes('') || (values.length > 0 && value === '')) this.counts.ungrouped++;
        else this.#due.push({ correlator, index, group, value });
      }
    }
  }

  #prove({ matcher, wired, proofs, found }: Side, number: number, time: number): void {
    for (const proof of proofs[number - wired.length]) {
      if (!this.#canHeal(proof, matcher.view)) continue;
      if (proof.unless >= 0 && found.includes(proof.unless)) continue;
      if (matcher.holds(number)) this.#heal(proof, matcher.view, time);
    }
  }

  /** Of nearly all calls this alone says that the weakness is not theirs. */
  #canHeal({ of: { form }, keySlots }: Proof, view: EventView): boolean {
    if (!this.#findings.canHeal(form)) return false;
    return this.#findings.canHealAt(form, keySlots.length === 0 ? form.rule : textAt(view, keySlots.at(-1)!));
  }

  #heal({ of, keySlots }: Proof, view: EventView, time: number): void {
    this.#findings.heal(of.form, textsAt(view, keySlots), of.fixed!, time);
  }

  #feed(
    number: number,
    index: number,
    group: readonly string[],
    hit: Hit,
    value: string | number,
    brought?: readonly Hit[],
  ): void {
    const correlator = this.#correlators[number];
    const { correlation } = correlator.compiled;
    const needsNumber = correlation.fields.length > 0 && correlation.type !== 'value_count';
    if (needsNumber && (typeof value !== 'number' || Number.isNaN(value))) {
      this.counts.ungrouped++;
      return;
    }
    const firing = correlator.take(index, group, hit, this.#now, value, brought);
    if (firing !== undefined) this.#fired(number, firing, hit);
  }

  /** A correlation holds: into its finding, and into the correlations that name it. */
  #fired(number: number, firing: Firing, hit: Hit): void {
    const { compiled } = this.#correlators[number];
    const { form, correlation } = compiled;
    const byName = (name: string) => firing.group.by[correlation.groupBy.indexOf(name)] ?? '';
    const { measured, usual, hits } = firing;
    if (compiled.reports) {
      const by = form.key.map(byName);
      this.#findings.note({ form, by, hits, measured, ...(usual === undefined ? {} : { usual }) });
    }
    for (const { correlator, index } of this.#chains[number]) {
      const next = this.#correlators[correlator].compiled.correlation;
      const named = (name: string) => byName(realName(next, name, index, compiled));
      const group = next.groupBy.map(named);
      const value = next.type === 'value_count' ? next.fields.map(named).join('\n') : measured.value;
      if (group.includes('') || (next.type === 'value_count' && value === '')) this.counts.ungrouped++;
      else this.#feed(correlator, index, group, hit, value, hits);
    }
  }

  /** Judges windows in the order of their ends, then of the rules. */
  #closeUntil(time: number): void {
    for (;;) {
      let first = -1;
      let end = Number.POSITIVE_INFINITY;
      for (let i = 0; i < this.#correlators.length; i++) {
        const next = this.#correlators[i].nextClose(time);
        if (next !== undefined && next < end) [first, end] = [i, next];
      }
      if (first < 0) return;
      this.#now = Math.max(this.#now, end);
      const firing = this.#correlators[first].close();
      const hit = firing?.hits.at(-1);
      if (firing !== undefined && hit !== undefined) this.#fired(first, firing, hit);
    }
  }

  snapshot(): DetectorSnapshot {
    return {
      v: 1,
      now: this.#now === Number.NEGATIVE_INFINITY ? -1 : this.#now,
      counts: { ...this.counts },
      findings: this.#findings.snapshot(),
      correlators: snapshotOf(this.#correlators),
      ahead: this.#ahead && { now: this.#ahead.now, correlators: snapshotOf(this.#ahead.correlators) },
    };
  }

  restore(snapshot: DetectorSnapshot): void {
    this.#now = snapshot.now < 0 ? Number.NEGATIVE_INFINITY : snapshot.now;
    Object.assign(this.counts, snapshot.counts);
    this.#findings.restore(snapshot.findings);
    restoreTo(this.#correlators, snapshot.correlators);
    this.#ahead = null;
    if (snapshot.ahead === null) return;
    const { now, correlators } = snapshot.ahead;
    this.#ahead = { now, correlators: this.#correlators.map((each) => each.anew(now)) };
    restoreTo(this.#ahead.correlators, correlators);
  }
}

function textAt(view: EventView, slot: number): string {
  const texts = view.cased(slot);
  return texts.length === 1 ? texts[0] : texts.join(',');
}

function textsAt(view: EventView, slots: readonly number[]): string[] {
  return slots.map((slot) => textAt(view, slot));
}

function evictedOf(correlators: readonly Correlator[]): number {
  return correlators.reduce((sum, each) => sum + each.evicted, 0);
}

function snapshotOf(correlators: readonly Correlator[]): DetectorSnapshot['correlators'] {
  return Object.fromEntries(correlators.map((each) => [identityOf(each.compiled), each.snapshot()]));
}

/** One the snapshot does not know begins anew. */
function restoreTo(correlators: readonly Correlator[], snapshot: DetectorSnapshot['correlators']): void {
  for (const each of correlators) each.restore(snapshot[identityOf(each.compiled)] ?? nothing);
}

function identityOf({ name, correlation, of }: CompiledCorrelation): string {
  const { type, groupBy, timespan, fields, bounds, percentile, deviation } = correlation;
  return JSON.stringify([name, type, of, groupBy, timespan, fields, bounds, percentile, deviation ?? null]);
}

/** The field that an alias stands for, of the rule at `index`. */
function realName(
  { aliases, rules }: CompiledCorrelation['correlation'],
  name: string,
  index: number,
  of: { name: string },
) {
  const alias = aliases.get(name);
  return alias === undefined ? name : (alias.get(rules[index].name) ?? alias.get(of.name) ?? '');
}

function makeSide(kind: 'call' | 'observation', rules: RuleSet, feedsOf: (name: string) => Feed[]): Side {
  const own = rules.rules.filter((rule) => rule.kind === kind);
  const slots = new Slots(kind);
  const slotOf = (name: string): number[] => {
    const field: Field | undefined = fieldNamed(name);
    return field?.[kind] === undefined ? [] : [slots.of(field)];
  };
  const proofOf = (of: Proof['of'], unless = -1): Proof => ({ of, keySlots: of.form.key.flatMap(slotOf), unless });
  const all = own.map((rule): Wired => {
    const feeds = feedsOf(rule.name).map((feed) => {
      const { correlation } = rules.correlations[feed.correlator];
      const slotsOf = (names: readonly string[]) =>
        names.flatMap((name) => slotOf(realName(correlation, name, feed.index, rule)));
      const { correlator, index } = feed;
      return { correlator, index, by: slotsOf(correlation.groupBy), values: slotsOf(correlation.fields) };
    });
    const proves = rules.correlations.filter(({ fixed }) => fixed?.rule === rule.name).map((each) => proofOf(each));
    return { rule, keySlots: rule.form.key.flatMap(slotOf), proves, feeds };
  });
  const isSilent = ({ rule, feeds }: Wired) => !rule.reports && feeds.length === 0 && rule.fixed === undefined;
  const wired = all.filter((each) => !isSilent(each));
  const proving = all.filter((each) => isSilent(each) && each.proves.length > 0);
  const fixable = wired.flatMap(({ rule }, unless) => (rule.fixed === undefined ? [] : [{ rule, unless }]));
  const expressions = [...wired, ...proving].map(({ rule }) => rule.expression);
  for (const { rule } of fixable) expressions.push(rule.fixed!.expression);
  const proofs = [
    ...proving.map(({ proves }) => proves),
    ...fixable.map(({ rule, unless }) => [proofOf(rule, unless)]),
  ];
  const open = new Uint8Array(proofs.length);
  return { matcher: new Matcher(kind, expressions, slots, wired.length), wired, proofs, open, openAt: -1, found: [] };
}
