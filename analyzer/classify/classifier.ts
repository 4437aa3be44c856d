/**
 * Recognizers compiled into one machine. Per place the name is read once; per value one walk over the octets feeds one
 * automaton at each beginning of a word, so that most values cost a few steps. Validators see candidates only. Overlaps
 * go to the higher score, then to the higher priority, then to the recognizer that comes first by name.
 */
import type { LeafKind, LeafNode } from '../leaf.ts';
import { type Automaton, buildAutomaton, matchesWhole } from './automaton.ts';
import { canonicalForms } from './canonical.ts';
import { isTypicalName } from './chinese.ts';
import { emailAround } from './email.ts';
import { foldWidth, isWideAlphanumeric } from './full-width.ts';
import type { Hit } from './hit.ts';
import { KeyBefore } from './key-before.ts';
import { type Machine, machineOf } from './machine.ts';
import { NameInText } from './name-in-text.ts';
import { Meaning, type Meanings, NameReader } from './name-reader.ts';
import { isAlphanumeric, leadsHan, textOf } from './octets.ts';
import { parsePattern } from './pattern.ts';
import { Places, type Plan, type Reachable } from './places.ts';
import type { Recognizer, RecognizerSet } from './recognizer.ts';
import { isNumberPart } from './surroundings.ts';
import { makeTables, type Tables } from './tables.ts';

/** Ends of accepted matches kept at one beginning; the longest are tried first. */
const mostEnds = 8;
/** Octets of a text that may hold a key and a value: 验证码1234. */
const leastText = 9;
/** Ideographs of a text that may announce a name: 尊敬的客户王伟，您好. */
const leastHan = 8;
const star = 0x2a;
const at = 0x40;
const wideLead = 0xef;

export class Classifier {
  /** By name; indexes in hits refer to it. */
  readonly recognizers: readonly Recognizer[];
  /** Values whose machine ran to an accepting state: shows how well the first filter works. */
  candidates = 0;
  readonly tables: Tables;
  readonly #machines: readonly Machine[];
  readonly #anywhere: Automaton;
  readonly #masked: Automaton;
  readonly #email: number;
  readonly #places: Places;
  readonly #key: KeyBefore;
  readonly #names: NameInText;
  readonly #ends = new Int32Array(mostEnds);
  readonly #sets = new Int32Array(mostEnds);
  #bestScore = 0;
  #wholeBest = -1;
  #wholeScore = 0;

  constructor(set: RecognizerSet) {
    this.recognizers = [...set.recognizers].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.tables = makeTables(set.reference);
    this.#machines = this.recognizers.map(machineOf);
    const patterns = (of: (recognizer: Recognizer) => readonly string[]) =>
      this.recognizers.flatMap((recognizer, owner) =>
        of(recognizer).map((text) => ({ pattern: parsePattern(text), owner })),
      );
    this.#anywhere = buildAutomaton(patterns(({ scope, patterns: all }) => (scope === 'anywhere' ? all : [])));
    this.#masked = buildAutomaton(patterns(({ masked }) => masked));
    this.#email = this.recognizers.findIndex(({ matcher }) => matcher === 'email');
    const names = new NameReader(this.recognizers, set.reference);
    this.#places = new Places(
      names,
      (meanings) => this.#reachable(meanings),
      (key) => this.#isClear(key),
    );
    this.#key = new KeyBefore(names);
    const name = this.recognizers.findIndex(({ matcher }) => matcher === 'name');
    this.#names = new NameInText(name, name < 0 ? [] : this.recognizers[name]!.context, this.tables);
  }

  plan(node: LeafNode): Plan {
    return this.#places.plan(node);
  }

  find(plan: Plan, kind: LeafKind, bytes: Uint8Array, start: number, end: number, cut: boolean, hit: Hit): void {
    const length = end - start;
    if (kind === 'literal' || length < 2) return;
    // Too short for anything its place allows, and for a key with a value behind it.
    if (kind === 'number') {
      if (length < plan.leastNumber) return;
    } else if (length < plan.least && length < leastText && !hasStar(bytes, start, end)) return;
    this.#wholeBest = -1;
    if (plan.whole.length > 0 && !cut) this.#findWhole(plan, bytes, start, end);
    this.#scan(plan, kind, bytes, start, start, end, cut, hit);
    if (this.#wholeBest >= 0) hit(this.#wholeBest, bytes, start, end, false, this.#wholeScore);
  }

  /** What a person's text may be, by pattern and validators alone: label and canonical form of each, for a search. */
  formsOf(text: string): { label: string; canonical: string }[] {
    const bytes = new TextEncoder().encode(text);
    const forms = new Map<string, { label: string; canonical: string }>();
    for (const [index, { label, scope, patterns, canonical }] of this.recognizers.entries()) {
      const machine = this.#machines[index]!;
      const automaton =
        scope === 'value'
          ? machine.whole
          : buildAutomaton(patterns.map((p) => ({ pattern: parsePattern(p), owner: 0 })));
      const fits =
        index === this.#email
          ? emailAround(bytes, bytes.indexOf(at), 0, bytes.length) === bytes.length
          : automaton !== undefined && matchesWhole(automaton, bytes, 0, bytes.length);
      if (!fits || !machine.require.every((holds) => holds(bytes, 0, bytes.length, this.tables))) continue;
      const form = canonicalForms[canonical]!(text);
      forms.set(`${label} ${form}`, { label, canonical: form });
    }
    return [...forms.values()];
  }

  #reachable(meanings: Meanings): Reachable {
    const anywhere = new Uint8Array(this.recognizers.length);
    const whole: number[] = [];
    let least = Number.POSITIVE_INFINITY;
    let number = Number.POSITIVE_INFINITY;
    for (const [index, { scope, matcher }] of this.recognizers.entries()) {
      const machine = this.#machines[index]!;
      if (machine.pattern + machine.checksum + machine.meanings[meanings[index]!]! < machine.threshold) continue;
      least = Math.min(least, machine.least);
      number = Math.min(number, machine.leastNumber);
      if (scope === 'value' && matcher !== 'email') whole.push(index);
      else anywhere[index] = 1;
    }
    return { anywhere, whole, least, leastNumber: number };
  }

  #isClear(key: Uint8Array): boolean {
    let found = isTypicalName(textOf(key, 0, key.length), this.tables);
    this.find(this.#places.bare, 'text', key, 0, key.length, false, () => {
      found = true;
    });
    return found;
  }

  #findWhole(plan: Plan, bytes: Uint8Array, start: number, end: number): void {
    let from = start;
    let to = end;
    while (from < to && bytes[from]! <= 0x20) from++;
    while (to > from && bytes[to - 1]! <= 0x20) to--;
    for (const index of plan.whole) {
      const { whole } = this.#machines[index]!;
      if (whole === undefined || !matchesWhole(whole, bytes, from, to)) continue;
      this.candidates++;
      const score = this.#score(index, plan.meanings, bytes, from, to);
      if (score < 0 || !this.#isBetter(index, score, this.#wholeBest, this.#wholeScore)) continue;
      this.#wholeBest = index;
      this.#wholeScore = score;
    }
  }

  /** `from` is where the walk begins, `start` where the value does: what lies between is context alone. */
  #scan(
    plan: Plan,
    kind: LeafKind,
    bytes: Uint8Array,
    start: number,
    from: number,
    end: number,
    cut: boolean,
    hit: Hit,
  ): void {
    const { first, columns, next, start: begin } = this.#anywhere;
    let inWord = false;
    let stars = 0;
    let han = 0;
    for (let i = from; i < end; i++) {
      const octet = bytes[i]!;
      if (isAlphanumeric[octet] === 1) {
        if (!inWord && first[octet] === 1 && next[next[begin + columns[octet]!]! + columns[bytes[i + 1]!]!] !== 0) {
          const to = this.#match(plan, kind, bytes, start, i, end, cut, hit);
          if (to > i) {
            i = to - 1;
            inWord = isAlphanumeric[bytes[i]!] === 1;
            continue;
          }
        }
        inWord = true;
        continue;
      }
      inWord = false;
      if (octet === at) {
        if (this.#email >= 0) i = Math.max(i, this.#matchEmail(plan, bytes, start, i, end, cut, hit) - 1);
      } else if (octet === star) stars++;
      else if (octet >= 0x80) {
        if (octet === wideLead && isWideAlphanumeric(bytes, i, end)) {
          // The rest once more, with narrow letters; a little of what precedes comes along as context.
          const begin = Math.max(start, i - 64);
          const folded = foldWidth(bytes, begin, end);
          const resume = foldWidth(bytes, begin, i).length;
          this.#scan(plan, kind, folded, 0, resume, folded.length, cut, hit);
          end = i;
          break;
        }
        if (leadsHan(octet)) han++;
        if (first[octet] === 1 && next[next[begin + columns[octet]!]! + columns[bytes[i + 1]!]!] !== 0) {
          const to = this.#match(plan, kind, bytes, start, i, end, cut, hit);
          if (to > i) i = to - 1;
        }
      } else if (first[octet] === 1) {
        const to = this.#match(plan, kind, bytes, start, i, end, cut, hit);
        if (to > i) i = to - 1;
      }
    }
    if (stars > 0) this.#scanMasked(plan, bytes, start, end, hit);
    if (han >= leastHan && kind === 'text' && this.#wholeBest < 0) this.#names.find(bytes, start, end, hit);
  }

  /** Where the match that begins at `from` ends; 0 when nothing was found. */
  #match(
    plan: Plan,
    kind: LeafKind,
    bytes: Uint8Array,
    start: number,
    from: number,
    end: number,
    cut: boolean,
    hit: Hit,
  ): number {
    const { columns, next, shift, accepts } = this.#anywhere;
    let state = this.#anywhere.start;
    let count = 0;
    for (let i = from; i < end; i++) {
      const octet = bytes[i]!;
      state = next[state + columns[octet]!]!;
      if (state === 0) break;
      const set = accepts[state >> shift]!;
      if (set === 0) continue;
      if (isAlphanumeric[octet] === 1 && i + 1 < end && isAlphanumeric[bytes[i + 1]!] === 1) continue;
      if (cut && i + 1 === end) continue;
      this.#ends[count % mostEnds] = i + 1;
      this.#sets[count % mostEnds] = set;
      count++;
    }
    for (let tried = 0; tried < Math.min(count, mostEnds); tried++) {
      const slot = (count - 1 - tried) % mostEnds;
      const to = this.#ends[slot]!;
      const best = this.#choose(plan, kind, this.#sets[slot]!, bytes, start, from, to, end);
      if (best >= 0) {
        this.#take(best, plan, bytes, start, from, to, end, hit);
        return to;
      }
    }
    return 0;
  }

  #choose(
    plan: Plan,
    kind: LeafKind,
    set: number,
    bytes: Uint8Array,
    start: number,
    from: number,
    to: number,
    end: number,
  ): number {
    const candidates = this.#anywhere.sets[set]!;
    let { meanings, anywhere } = plan;
    if (kind === 'text' && to - from + 2 < end - start && from > start) {
      const key = this.#key.read(bytes, start, from);
      if (key !== undefined) {
        meanings = key;
        anywhere = this.#key.all;
      }
    }
    let best = -1;
    let checked = false;
    for (let i = 0; i < candidates.length; i++) {
      const index = candidates[i]!;
      if (anywhere[index] === 0) continue;
      if (!checked) {
        if (isNumberPart(bytes, start, from, to, end)) return -1;
        checked = true;
        this.candidates++;
      }
      const score = this.#score(index, meanings, bytes, from, to);
      if (score >= 0 && this.#isBetter(index, score, best, this.#bestScore)) {
        best = index;
        this.#bestScore = score;
      }
    }
    return best;
  }

  /** Gives a match out, unless the value as a whole is something better. */
  #take(index: number, _plan: Plan, bytes: Uint8Array, start: number, from: number, to: number, end: number, hit: Hit) {
    const whole = this.#wholeBest;
    if (whole >= 0) {
      if (this.recognizers[whole]!.label === this.recognizers[index]!.label) return;
      if (from === start && to === end) {
        if (!this.#isBetter(index, this.#bestScore, whole, this.#wholeScore)) return;
        this.#wholeBest = -1;
      }
    }
    hit(index, bytes, from, to, false, this.#bestScore);
  }

  #matchEmail(
    plan: Plan,
    bytes: Uint8Array,
    start: number,
    position: number,
    end: number,
    cut: boolean,
    hit: Hit,
  ): number {
    const range = emailAround(bytes, position, start, end);
    if (range < 0) return 0;
    const from = Math.floor(range / 65536);
    const to = from + (range % 65536);
    if (cut && to === end) return 0;
    this.candidates++;
    const score = this.#score(this.#email, plan.meanings, bytes, from, to);
    if (score < 0) return 0;
    this.#bestScore = score;
    this.#take(this.#email, plan, bytes, start, from, to, end, hit);
    return to;
  }

  #scanMasked(plan: Plan, bytes: Uint8Array, start: number, end: number, hit: Hit): void {
    const { columns, next, shift, accepts, sets, first } = this.#masked;
    for (let from = start; from < end; from++) {
      const octet = bytes[from]!;
      if (first[octet] === 0) continue;
      if (from > start) {
        const before = bytes[from - 1]!;
        if (isAlphanumeric[before] === 1 || before === star) continue;
        if (octet >= 0x80 && before >= 0x80 && from - 3 >= start && leadsHan(bytes[from - 3]!)) continue;
      }
      let state = this.#masked.start;
      let to = 0;
      let set = 0;
      for (let i = from; i < end; i++) {
        state = next[state + columns[bytes[i]!]!]!;
        if (state === 0) break;
        const accepted = accepts[state >> shift]!;
        if (accepted === 0) continue;
        const after = i + 1 < end ? bytes[i + 1]! : 0;
        if (isAlphanumeric[after] === 1 || after === star) continue;
        to = i + 1;
        set = accepted;
      }
      if (to === 0) continue;
      let best = -1;
      let bestMeaning = -1;
      for (const index of sets[set]!) {
        const meaning = plan.meanings[index]!;
        if (meaning === Meaning.exclude) continue;
        if (this.recognizers[index]!.scope === 'value' && meaning < Meaning.hint) continue;
        if (meaning > bestMeaning || (meaning === bestMeaning && this.#outranks(index, best))) {
          best = index;
          bestMeaning = meaning;
        }
      }
      if (best < 0) continue;
      if (from === start && to === end) this.#wholeBest = -1;
      hit(best, bytes, from, to, true, 100);
      from = to - 1;
    }
  }

  /** -1 when a validator refuses or the points don't suffice. */
  #score(index: number, meanings: Meanings, bytes: Uint8Array, start: number, end: number): number {
    const machine = this.#machines[index]!;
    const points = machine.pattern + machine.meanings[meanings[index]!]!;
    if (points + machine.checksum < machine.threshold) return -1;
    for (const holds of machine.require) if (!holds(bytes, start, end, this.tables)) return -1;
    for (const holds of machine.prove) {
      if (!holds(bytes, start, end, this.tables)) return points >= machine.threshold ? points : -1;
    }
    return points + machine.checksum;
  }

  #isBetter(index: number, score: number, than: number, thanScore: number): boolean {
    return than < 0 || score > thanScore || (score === thanScore && this.#outranks(index, than));
  }

  #outranks(index: number, than: number): boolean {
    if (than < 0) return true;
    const [a, b] = [this.recognizers[index]!.priority, this.recognizers[than]!.priority];
    return a > b || (a === b && index < than);
  }
}

function hasStar(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === star) return true;
  return false;
}
