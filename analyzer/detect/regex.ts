/**
 * Runs a parsed regular expression over a text: does it match anywhere? A set of states walks along, built into a
 * deterministic automaton as it goes, so time is linear in the text whatever the expression. The automaton is bounded:
 * full, it is thrown away and built anew.
 */
import { type Flags, parseRegex, type Ranges, RegexError, type Tree } from './regex-syntax.ts';

/** Program steps; an expression that needs more is refused. */
const mostSteps = 20_000;
/** States of the automaton held at once. */
const mostStates = 2_000;

type Assertion = Extract<Tree, { kind: 'assert' }>['what'];

type Step =
  | { readonly op: 'set'; readonly ranges: Ranges }
  | { readonly op: 'split'; a: number; b: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'assert'; readonly what: Assertion }
  | { readonly op: 'match' };

export interface Regex {
  readonly match: (text: string) => boolean;
  /** Lower-case texts of which a matching text, in lower case, holds one; undefined when none are known. */
  readonly literals: readonly string[] | undefined;
}

/** Throws RegexError where the expression is not supported. */
export function compileRegex(pattern: string, flags: Readonly<Flags>): Regex {
  const steps: Step[] = [];
  const tree = parseRegex(pattern, flags);
  emit(tree, steps);
  push(steps, { op: 'match' });
  const automaton = new Automaton(steps);
  return { match: (text) => automaton.test(text), literals: literalsOf(tree) };
}

/** Alternatives of which one stands in every match, the shortest of them as long as can be. */
function literalsOf(tree: Tree): readonly string[] | undefined {
  if (tree.kind === 'set') {
    const letter = letterOf(tree.ranges);
    return letter === undefined ? undefined : [letter];
  }
  if (tree.kind === 'assert') return undefined;
  if (tree.kind === 'repeat') return tree.least > 0 ? literalsOf(tree.item) : undefined;
  if (tree.kind === 'choice') {
    const parts = tree.items.map(literalsOf);
    const known = parts.filter((part) => part !== undefined);
    return known.length < parts.length || known.length > 20 ? undefined : known.flat();
  }
  let best: readonly string[] | undefined;
  const least = (texts: readonly string[]) => Math.min(...texts.map((text) => text.length));
  const offer = (texts: readonly string[] | undefined) => {
    if (texts !== undefined && (best === undefined || least(texts) > least(best))) best = texts;
  };
  let run = '';
  for (const item of tree.items) {
    const letter = item.kind === 'set' ? letterOf(item.ranges) : undefined;
    if (letter !== undefined) run += letter;
    else {
      if (run !== '') offer([run]);
      run = '';
      offer(literalsOf(item));
    }
  }
  if (run !== '') offer([run]);
  return best;
}

/** The one character of a set, or the one letter in both cases; in lower case. */
function letterOf(ranges: Ranges): string | undefined {
  const letters = new Set<string>();
  for (const [low, high] of ranges) {
    if (high - low > 1) return undefined;
    for (let code = low; code <= high; code++) letters.add(String.fromCharCode(code).toLowerCase());
  }
  const [letter] = letters;
  return letters.size === 1 && letter.length === 1 ? letter : undefined;
}

function push(steps: Step[], step: Step): number {
  if (steps.length >= mostSteps) throw new RegexError(`more than ${mostSteps} steps; its repetitions multiply`);
  return steps.push(step) - 1;
}

function emit(tree: Tree, steps: Step[]): void {
  switch (tree.kind) {
    case 'set':
      push(steps, { op: 'set', ranges: tree.ranges });
      return;
    case 'assert':
      push(steps, { op: 'assert', what: tree.what });
      return;
    case 'sequence':
      for (const item of tree.items) emit(item, steps);
      return;
    case 'choice': {
      const ends: { to: number }[] = [];
      tree.items.forEach((item, i) => {
        if (i === tree.items.length - 1) {
          emit(item, steps);
          return;
        }
        const split = { op: 'split' as const, a: 0, b: 0 };
        push(steps, split);
        split.a = steps.length;
        emit(item, steps);
        const jump = { op: 'jump' as const, to: 0 };
        push(steps, jump);
        ends.push(jump);
        split.b = steps.length;
      });
      for (const jump of ends) jump.to = steps.length;
      return;
    }
    case 'repeat': {
      for (let i = 0; i < tree.least; i++) emit(tree.item, steps);
      if (tree.most === Number.POSITIVE_INFINITY) {
        const split = { op: 'split' as const, a: 0, b: 0 };
        const at = push(steps, split);
        split.a = steps.length;
        emit(tree.item, steps);
        push(steps, { op: 'jump', to: at });
        split.b = steps.length;
        return;
      }
      const splits: { a: number; b: number }[] = [];
      for (let i = tree.least; i < tree.most; i++) {
        const split = { op: 'split' as const, a: 0, b: 0 };
        push(steps, split);
        split.a = steps.length;
        splits.push(split);
        emit(tree.item, steps);
      }
      for (const split of splits) split.b = steps.length;
    }
  }
}

interface State {
  /** Consuming steps that are alive, before assertions at this place are looked at: sorted step numbers. */
  readonly waiting: readonly number[];
  /** The character before: its class. */
  readonly before: number;
  /** By class of the next character: the state behind it. */
  readonly next: (State | undefined)[];
  /** Whether a match ends here, by class of the next character. */
  readonly accepts: (boolean | undefined)[];
}

const isWordCode = (c: number) =>
  (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || c === 0x5f || (c >= 0x61 && c <= 0x7a);

class Automaton {
  /** Class of each code unit: units that no step tells apart share one. */
  readonly #classes = new Uint16Array(0x10000);
  /** One code unit of each class. The edge of the text is the class behind the last. */
  readonly #samples: number[] = [];
  #states = new Map<string, State>();
  #first: State | undefined;

  constructor(readonly steps: readonly Step[]) {
    const cuts = new Set([0, 0x0a, 0x0b, 0x30, 0x3a, 0x41, 0x5b, 0x5f, 0x60, 0x61, 0x7b]);
    for (const step of steps) {
      if (step.op !== 'set') continue;
      for (const [low, high] of step.ranges) {
        cuts.add(low);
        if (high < 0xffff) cuts.add(high + 1);
      }
    }
    const sorted = [...cuts].sort((a, b) => a - b);
    sorted.forEach((from, i) => {
      this.#classes.fill(i, from, sorted[i + 1] ?? 0x10000);
      this.#samples.push(from);
    });
  }

  get #edge(): number {
    return this.#samples.length;
  }

  test(text: string): boolean {
    const edge = this.#edge;
    let state = (this.#first ??= this.#state([], edge));
    for (let i = 0; i <= text.length; i++) {
      const next = i === text.length ? edge : this.#classes[text.charCodeAt(i)];
      if ((state.accepts[next] ??= this.#advance(state, next))) return true;
      if (i < text.length) state = state.next[next]!;
    }
    return false;
  }

  #state(waiting: readonly number[], before: number): State {
    const key = `${before}:${waiting.join(',')}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    if (this.#states.size >= mostStates) {
      this.#states = new Map();
      this.#first = undefined;
    }
    const state: State = { waiting, before, next: [], accepts: [] };
    this.#states.set(key, state);
    return state;
  }

  /** Works out both: whether a match ends before the next character, and the state behind it. */
  #advance(state: State, next: number): boolean {
    const alive = new Set<number>();
    // A match may begin anywhere, so the start joins at every place.
    for (const step of [...state.waiting, 0]) this.#follow(step, state.before, next, alive);
    let accepts = false;
    const behind: number[] = [];
    for (const at of alive) {
      const step = this.steps[at];
      if (step.op === 'match') accepts = true;
      else if (step.op === 'set' && next < this.#edge && holds(step.ranges, this.#samples[next])) behind.push(at + 1);
    }
    if (next < this.#edge)
      state.next[next] = this.#state(
        [...new Set(behind)].sort((a, b) => a - b),
        next,
      );
    return accepts;
  }

  /** Steps reached from `at` without a character. */
  #follow(start: number, before: number, next: number, seen: Set<number>): void {
    const open = [start];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      const step = this.steps[at];
      if (step.op === 'split') open.push(step.b, step.a);
      else if (step.op === 'jump') open.push(step.to);
      else if (step.op === 'assert' && this.#stands(step.what, before, next)) open.push(at + 1);
    }
  }

  #stands(what: Assertion, before: number, next: number): boolean {
    const edge = this.#edge;
    const isWord = (of: number) => of < edge && isWordCode(this.#samples[of]);
    const isLine = (of: number) => of === edge || this.#samples[of] === 0x0a;
    if (what === 'begin') return before === edge;
    if (what === 'end') return next === edge;
    if (what === 'line-begin') return isLine(before);
    if (what === 'line-end') return isLine(next);
    return (isWord(before) !== isWord(next)) === (what === 'word');
  }
}

function holds(ranges: Ranges, code: number): boolean {
  for (const [low, high] of ranges) if (code >= low && code <= high) return true;
  return false;
}
