/**
 * Recognizers compiled into one machine. Per place the name is read once; per value one walk over the octets feeds one
 * automaton at each beginning of a word, so that most values cost a few steps. Validators see candidates only. Overlaps
 * go to the higher score, then to the higher priority, then to the recognizer that comes first by name.
 */
import type { LeafKind, LeafNode } from '../leaf.ts';
import { type Automaton, buildAutomaton, matchesWhole } from './automaton.ts';
import { isTypicalName } from './chinese.ts';
import { DigitRuns, longestRun } from './digit-runs.ts';
import { emailAround } from './email.ts';
import { foldWidth, isWideAlphanumeric } from './full-width.ts';
import type { Hit } from './hit.ts';
import { KeyBefore } from './key-before.ts';
import { type Machine, machineOf } from './machine.ts';
import { MaskedValues } from './masked-values.ts';
import { NameInText } from './name-in-text.ts';
import { NameReader } from './name-reader.ts';
import { hanIn, hasStar, isAlphanumeric, leadsHan } from './octets.ts';
import { Outlooks } from './outlooks.ts';
import { parsePattern } from './pattern.ts';
import { Places, type Plan } from './places.ts';
import { type Profile, Profiles } from './profiles.ts';
import { alive, dead, Octets, octetKind } from './reach.ts';
import type { Recognizer, RecognizerSet } from './recognizer.ts';
import { Remembered } from './remembered.ts';
import { RowRules } from './row-context.ts';
import { isNumberPart } from './surroundings.ts';
import { makeTables, type Tables } from './tables.ts';
import { type Trait, traitsOf } from './trait.ts';
import { formsOf, type ValueForm } from './value-forms.ts';

/** Ends of accepted matches kept at one beginning; the longest are tried first. */
const mostEnds = 8;
/** Octets of a text that may hold a key and a value: 验证码1234. */
const leastText = 9;
/** Ideographs of a text that may announce a name: 客户王伟. */
const leastHan = 4;
const star = 0x2a;
const at = 0x40;
const wideLead = 0xef;
/** Kinds of octets of numbers without an exponent. */
const plainNumber = Octets.digit | Octets.hyphen | Octets.point;

export class Classifier {
  /** By name; indexes in hits refer to it. */
  readonly recognizers: readonly Recognizer[];
  /** Values whose machine ran to an accepting state: shows how well the first filter works. */
  candidates = 0;
  readonly tables: Tables;
  /** Of the recognizers, by index. */
  readonly traits: readonly Trait[];
  /** What rows speak for. */
  readonly rows: RowRules;
  readonly #machines: readonly Machine[];
  readonly #anywhere: Automaton;
  readonly #masked: MaskedValues;
  readonly #email: number;
  readonly #outlooks: Outlooks;
  readonly #digits: DigitRuns;
  readonly #profiles: Profiles;
  readonly #places: Places;
  readonly #key: KeyBefore;
  readonly #names: NameInText;
  readonly #remembered = new Remembered(this);
  readonly #ends = new Int32Array(mostEnds);
  readonly #sets = new Int32Array(mostEnds);
  #bestScore = 0;
  #wholeBest = -1;
  #wholeScore = 0;

  constructor(set: RecognizerSet) {
    this.recognizers = [...set.recognizers].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.tables = makeTables(set.reference);
    this.traits = traitsOf(this.recognizers);
    this.#machines = this.recognizers.map(machineOf);
    const patterns = (of: (recognizer: Recognizer) => readonly string[]) =>
      this.recognizers.flatMap((recognizer, owner) =>
        of(recognizer).map((text) => ({ pattern: parsePattern(text), owner })),
      );
    this.#anywhere = buildAutomaton(patterns(({ scope, patterns: all }) => (scope === 'anywhere' ? all : [])));
    this.#email = this.recognizers.findIndex(({ matcher }) => matcher === 'email');
    const names = new NameReader(this.recognizers, set.reference);
    this.#digits = new DigitRuns(this.#anywhere);
    this.#profiles = new Profiles(this.recognizers, this.#machines, this.#anywhere.sets, this.#digits.owners());
    this.#masked = new MaskedValues(buildAutomaton(patterns(({ masked }) => masked)), this.recognizers, this.#profiles);
    this.rows = new RowRules(this.recognizers, this.#machines, this.tables);
    this.#places = new Places(names, this.#profiles, (key) => this.#isClear(key), this.rows, this.recognizers);
    this.#key = new KeyBefore(names, this.#profiles);
    this.#outlooks = new Outlooks(this.#anywhere, this.#profiles, this.#key);
    const name = this.recognizers.findIndex(({ matcher }) => matcher === 'name');
    this.#names = new NameInText(name, name < 0 ? [] : this.recognizers[name]!.context, this.tables);
  }

  plan(node: LeafNode): Plan {
    return this.#places.plan(node);
  }

  find(plan: Plan, kind: LeafKind, bytes: Uint8Array, start: number, end: number, cut: boolean, hit: Hit): void {
    const length = end - start;
    if (kind === 'literal' || length < 2) return;
    const { profile } = plan;
    // Too short for anything its place allows, and for a key with a value behind it.
    if (kind === 'number') {
      if (length < profile.leastNumber) return;
    } else if (length < profile.least && length < leastText && !hasStar(bytes, start, end)) return;
    if (kind === 'text' && !cut) this.#remembered.find(plan, bytes, start, end, hit);
    else this.findNew(profile, kind, bytes, start, end, cut, hit);
  }

  /** What is in a value, whether it was looked at before or not. */
  findNew(
    profile: Profile,
    kind: LeafKind,
    bytes: Uint8Array,
    start: number,
    end: number,
    cut: boolean,
    hit: Hit,
  ): void {
    const length = end - start;
    this.#wholeBest = -1;
    if (profile.whole.length > 0) this.#findWhole(profile, bytes, start, end, cut);
    let signature = 0;
    for (let i = start; i < end; i++) signature |= octetKind[bytes[i]!]!;
    // Nothing inside a number that short, where it is written without an exponent.
    const isShort = kind === 'number' && length < profile.leastInside && (signature & ~plainNumber) === 0;
    if (signature === Octets.digit) this.#findNumber(profile, bytes, start, end, cut, hit);
    else if (!isShort && this.#outlooks.mayHold(profile, kind, signature, bytes, start, end)) {
      this.#scan(profile, kind, bytes, start, start, end, cut, hit);
    } else if ((signature & Octets.high) !== 0 && length >= leastHan * 3 && kind === 'text' && this.#wholeBest < 0) {
      if (hanIn(bytes, start, end) >= leastHan) this.#names.find(bytes, start, end, hit);
    }
    if (this.#wholeBest >= 0) hit(this.#wholeBest, bytes, start, end, false, this.#wholeScore);
  }

  /** A value of nothing but digits is one match or none. */
  #findNumber(profile: Profile, bytes: Uint8Array, start: number, end: number, cut: boolean, hit: Hit): void {
    const length = end - start;
    if (cut || (length <= longestRun && profile.runs[length] === 0)) return;
    const { next, accepts } = this.#digits;
    let state = 10;
    for (let i = start; i < end; i++) state = next[state + bytes[i]! - 0x30]!;
    const set = accepts[state]!;
    if (set === 0) return;
    const best = this.#choose(profile, 'number', set, bytes, start, start, end, end);
    if (best >= 0) this.#take(best, bytes, start, start, end, end, hit);
  }

  /** What a person's text may be, by pattern and validators alone: label and canonical form of each, for a search. */
  formsOf(text: string): ValueForm[] {
    return formsOf(text, this.recognizers, this.#machines, this.tables);
  }

  /** Whether a text that should be a name is somebody's value itself. */
  isClearText(text: string): boolean {
    return this.#isClear(new TextEncoder().encode(text));
  }

  #isClear(key: Uint8Array): boolean {
    let found = isTypicalName(key, 0, key.length, this.tables);
    this.find(this.#places.bare, 'text', key, 0, key.length, false, () => {
      found = true;
    });
    return found;
  }

  #findWhole(profile: Profile, bytes: Uint8Array, start: number, end: number, cut: boolean): void {
    let from = start;
    let to = end;
    while (from < to && bytes[from]! <= 0x20) from++;
    while (to > from && bytes[to - 1]! <= 0x20) to--;
    const lead = bytes[from]!;
    const { whole } = profile;
    for (let i = 0; i < whole.length; i++) {
      const index = whole[i]!;
      const { whole: automaton, least, mayBeCut } = this.#machines[index]!;
      if (cut && !mayBeCut) continue;
      if (automaton === undefined || (from < to && (to - from < least || automaton.first[lead] === 0))) continue;
      if (!matchesWhole(automaton, bytes, from, to)) continue;
      this.candidates++;
      const score = this.#score(index, profile, bytes, from, to);
      if (score < 0 || !this.#isBetter(index, score, this.#wholeBest, this.#wholeScore)) continue;
      this.#wholeBest = index;
      this.#wholeScore = score;
    }
  }

  /** `from` is where the walk begins, `start` where the value does: what lies between is context alone. */
  #scan(
    profile: Profile,
    kind: LeafKind,
    bytes: Uint8Array,
    start: number,
    from: number,
    end: number,
    cut: boolean,
    hit: Hit,
  ): void {
    const { first, columns, next, stride, start: begin } = this.#anywhere;
    const firstRow = begin * stride;
    const allowed = this.#outlooks.of(profile).states;
    /** A word before the match may make anything of it; else only what the place allows. Asked when first needed. */
    let behind = kind === 'text' ? undefined : allowed;
    let inWord = false;
    let stars = 0;
    let han = 0;
    for (let i = from; i < end; i++) {
      const octet = bytes[i]!;
      const isWord = isAlphanumeric[octet] === 1;
      const mayBegin = first[octet] === 1 && !(isWord && inWord);
      inWord = isWord;
      if (!isWord) {
        if (octet === at) {
          if (this.#email >= 0) i = Math.max(i, this.#matchEmail(profile, bytes, start, i, end, cut, hit) - 1);
          continue;
        }
        if (octet === star) {
          stars++;
          continue;
        }
        if (octet === wideLead && isWideAlphanumeric(bytes, i, end)) {
          // The rest once more, with narrow letters; a little of what precedes comes along as context.
          const begin = Math.max(start, i - 64);
          const folded = foldWidth(bytes, begin, end);
          const resume = foldWidth(bytes, begin, i).length;
          this.#scan(profile, kind, folded, 0, resume, folded.length, cut, hit);
          end = i;
          break;
        } else if (leadsHan(octet)) han++;
      }
      if (!mayBegin) {
        // The rest of a character begins nothing, nor does that of a word.
        if (octet >= 0xc0) while (i + 1 < end && (bytes[i + 1]! & 0xc0) === 0x80) i++;
        else if (isWord) while (i + 1 < end && isAlphanumeric[bytes[i + 1]!] === 1) i++;
        continue;
      }
      let states = allowed;
      if (i > start) {
        behind ??= this.#key.maySpeak(bytes, start, end) ? this.#outlooks.everything.states : allowed;
        states = behind;
      }
      // Most beginnings lead nowhere: as far as to the first end of a match without a call.
      let state = next[firstRow + columns[octet]!]!;
      let life = states[state]!;
      for (let j = i + 1; life === alive; j++) {
        if (j === end) life = dead;
        else {
          state = next[Math.imul(state, stride) + columns[bytes[j]!]!]!;
          life = states[state]!;
        }
      }
      if (life === dead) continue;
      const to = this.#match(profile, kind, bytes, start, i, end, cut, hit);
      if (to > i) {
        i = to - 1;
        inWord = isAlphanumeric[bytes[i]!] === 1;
      }
    }
    if (stars > 0 && this.#masked.find(profile, bytes, start, end, hit)) this.#wholeBest = -1;
    if (han >= leastHan && kind === 'text' && this.#wholeBest < 0) this.#names.find(bytes, start, end, hit);
  }

  /** Where the match that begins at `from` ends; 0 when nothing was found. */
  #match(
    profile: Profile,
    kind: LeafKind,
    bytes: Uint8Array,
    start: number,
    from: number,
    end: number,
    cut: boolean,
    hit: Hit,
  ): number {
    const { columns, next, stride, accepts } = this.#anywhere;
    let state = this.#anywhere.start;
    let count = 0;
    for (let i = from; i < end; i++) {
      const octet = bytes[i]!;
      state = next[Math.imul(state, stride) + columns[octet]!]!;
      if (state === 0) break;
      const set = accepts[state]!;
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
      const best = this.#choose(profile, kind, this.#sets[slot]!, bytes, start, from, to, end);
      if (best >= 0) {
        this.#take(best, bytes, start, from, to, end, hit);
        return to;
      }
    }
    return 0;
  }

  #choose(
    profile: Profile,
    kind: LeafKind,
    set: number,
    bytes: Uint8Array,
    start: number,
    from: number,
    to: number,
    end: number,
  ): number {
    let by = profile;
    if (kind === 'text' && to - from + 2 < end - start && from > start) by = this.#key.read(bytes, start, from) ?? by;
    const candidates = this.#candidates(by, set);
    if ((candidates.length === 0 && !by.always) || isNumberPart(bytes, start, from, to, end)) return -1;
    this.candidates++;
    let best = -1;
    for (let i = 0; i < candidates.length; i++) {
      const index = candidates[i]!;
      // They come in the order of what they may reach: none behind can win any more.
      const most = by.points[index]! + this.#machines[index]!.checksum;
      if (best >= 0 && !this.#isBetter(index, most, best, this.#bestScore)) break;
      const score = this.#score(index, by, bytes, from, to);
      if (score >= 0 && this.#isBetter(index, score, best, this.#bestScore)) {
        best = index;
        this.#bestScore = score;
      }
    }
    return best;
  }

  #candidates(profile: Profile, set: number): Int32Array {
    return profile.bySet[set] ?? this.#profiles.candidates(profile, set);
  }

  /** Gives a match out, unless the value as a whole is something better. */
  #take(index: number, bytes: Uint8Array, start: number, from: number, to: number, end: number, hit: Hit) {
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
    profile: Profile,
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
    const score = this.#score(this.#email, profile, bytes, from, to);
    if (score < 0) return 0;
    this.#bestScore = score;
    this.#take(this.#email, bytes, start, from, to, end, hit);
    return to;
  }

  /** -1 when a validator refuses or the points don't suffice. */
  #score(index: number, profile: Profile, bytes: Uint8Array, start: number, end: number): number {
    const { require, prove, checksum, threshold } = this.#machines[index]!;
    const points = profile.points[index]!;
    if (points + checksum < threshold) return -1;
    for (let i = 0; i < require.length; i++) if (!require[i]!(bytes, start, end, this.tables)) return -1;
    for (let i = 0; i < prove.length; i++) {
      if (!prove[i]!(bytes, start, end, this.tables)) return points >= threshold ? points : -1;
    }
    return points + checksum;
  }

  #isBetter(index: number, score: number, than: number, thanScore: number): boolean {
    return than < 0 || score > thanScore || (score === thanScore && this.#profiles.outranks(index, than));
  }
}
