/**
 * Which words of paths are values of a parameter: names, slugs, logins. No spelling tells; what tells is that siblings
 * behave alike (same paths below, same methods, same shapes of replies), that there are many, that they read like given
 * names, and that the same words are values elsewhere. Evidence adds up to a score; a merge needs a positive one.
 *
 * To merge two operations hides one of them, which costs more than a parameter that stays split: so in doubt words stay.
 * Never merged are words that are the interface's own for sure (verbs, versions), siblings that reply differently, and
 * words of endpoints that are settled.
 *
 * Bounds: `mostGroups` at a node, and `mostWork` a run: what is not judged by then stays as it is.
 *
 * Bottom up: what is below a word is inferred first; when words became one, all below them is inferred anew together.
 */
import type { Endpoint } from './endpoint.ts';
import { Group, isTelling, likeness, type Sibling, siblingOf, spreadOf } from './evidence.ts';
import { isFunctionNumber, openNumbers } from './function-numbers.ts';
import { isGrid, mergeLevels } from './grid.ts';
import { OwnStyle } from './style.ts';
import { anyValue, Node } from './trie.ts';
import { listOf, nameLikeness } from './words.ts';

/** Siblings fit into a group from this likeness on. */
const fits = 0.55;
/** What a merge needs before anything speaks for it, and what a straggler needs. */
const doubt = 3;
const doubtOfOne = 2;

/** Groups of siblings that behave differently: a node with more holds an interface's own words, or noise. */
const mostGroups = 64;
/** Methods of subtrees looked at in one run. Nested parameters are looked at several times; hostile trees end here. */
const mostWork = 2_000_000;

class Inference {
  #work = 0;
  readonly #style: OwnStyle;

  constructor(
    root: Node,
    /** Words that are values somewhere in the application. */
    private readonly values: Set<string>,
  ) {
    this.#style = new OwnStyle(root);
  }

  infer(node: Node, path: readonly string[]): void {
    this.#work += node.children.size;
    if (this.#work > mostWork) return;
    for (const [segment, child] of node.children) this.infer(child, [...path, segment]);
    if (isGrid(node)) mergeLevels(node);
    else if (this.#mergeGroups(node, path)) this.#anew(node, path);
  }

  /** What was concluded below a word alone does not count once it is one of many. */
  #anew(node: Node, path: readonly string[]): void {
    const merged = node.children.get(anyValue)!;
    const pooled = new Node();
    pooled.values = merged.values;
    merged.walk((_path, _depth, _last, _method, { endpoints }) => {
      for (const one of endpoints) pooled.add(one, path.length + 1);
    });
    node.children.set(anyValue, pooled);
    this.infer(pooled, [...path, anyValue]);
  }

  #mergeGroups(node: Node, path: readonly string[]): boolean {
    const numbers = openNumbers(node);
    for (const word of numbers) node.merge(word);
    const strong = node.children.get(anyValue);
    if (node.children.size < 2) return numbers.length > 0;
    const siblings = this.#words(node).sort((a, b) => b.calls - a.calls || (a.word < b.word ? -1 : 1));
    let merged = numbers.length > 0;
    for (const whole of this.#groups(siblings, path)) {
      const group = this.#withoutHeads(whole, path);
      if (this.#score(group, strong, path) < 0) continue;
      merged = true;
      for (const { word } of group.members) this.#merge(node, word);
    }
    return this.#mergeStragglers(node, path) || merged;
  }

  #words(node: Node): Sibling[] {
    const words: Sibling[] = [];
    for (const [segment, child] of node.children)
      if (!child.settled && !segment.includes(anyValue)) words.push(siblingOf(segment, child));
    return words;
  }

  #merge(node: Node, word: string): void {
    node.merge(word);
    if (this.values.size < mostValues) this.values.add(word);
  }

  /** The most called ones first found a group each, or join one. Those of which nothing is known are one group. */
  #groups(siblings: readonly Sibling[], path: readonly string[]): Group[] {
    const groups: Group[] = [];
    const bare = new Group();
    for (const sibling of siblings) {
      if (this.#reads(sibling.word, path) <= -1) continue;
      let best: Group | null = null;
      let bestFit = fits;
      for (const group of groups) {
        const fit = likeness(sibling, group);
        if (fit > bestFit) {
          best = group;
          bestFit = fit;
        }
      }
      if (best !== null) best.take(sibling);
      else if (isTelling(sibling.marks)) {
        if (groups.length < mostGroups) groups.push(Group.of([sibling]));
      } else bare.take(sibling);
    }
    return bare.members.length > 0 ? [...groups, bare] : groups;
  }

  /** Heads before a long tail that do what the tail does not, or are called out of all proportion, stay words. */
  #withoutHeads(group: Group, path: readonly string[]): Group {
    const { members } = group;
    if (members.length < 6) return group;
    const sorted = members.map(({ calls }) => calls).sort((a, b) => a - b);
    const limit = 4 * sorted[sorted.length >> 1]!;
    const tail = Group.of(members.filter(({ calls }) => calls <= limit));
    let tailCalls = 0;
    for (const { calls } of tail.members) tailCalls += calls;
    const mean = tailCalls / tail.members.length;
    const kept = members.filter((member) => {
      if (member.calls <= limit) return true;
      if (member.calls > 12 * mean && this.#reads(member.word, path) < 0.3) return false;
      for (const [depth, calls] of member.reach) {
        const expected = (calls / member.calls) * tailCalls;
        if (expected >= 4 && (tail.reach.get(depth) ?? 0) <= 0.2 * expected) return false;
      }
      return true;
    });
    return kept.length === members.length ? group : Group.of(kept);
  }

  #score({ members, marks, replies }: Group, strong: Node | undefined, path: readonly string[]): number {
    const n = members.length;
    if (n < 2) return -1;
    let names = 0;
    let known = 0;
    let once = 0;
    let calls = 0;
    let telling = 0;
    let collections = 0;
    for (const member of members) {
      names += this.#reads(member.word, path);
      calls += member.calls;
      if (this.values.has(member.word)) known++;
      if (member.calls === 1) once++;
      if (isTelling(member.marks)) telling++;
      if (member.node.children.size === 1 && member.node.children.has(anyValue)) collections++;
    }
    const before = path[path.length - 1] ?? '';
    // Many paths of one shape below few siblings speak for them, but not where words that follow a value are judged.
    const spread = before === anyValue ? n : Math.min(3 * n, Math.max(n, spreadOf(marks)));
    let score = 0.9 * Math.log2(spread) + (2.5 * names) / n + (2.5 * known) / n + placeWorth(before) - doubt;
    if (telling > n / 2) score += once > 0.1 * n ? 2 : 1.5;
    else score -= once > 0.3 * n && once > 0.05 * calls ? 1 : 2.5;
    if (names < -0.5 * n) score -= 3;
    if (n === 2) score -= 0.7;
    // A closed set: much called, and nothing new comes.
    if (once === 0 && calls >= 8 * n && known < 0.5 * n) score -= before === anyValue ? 2 : 1;
    const list = listOf(members[0]!.word);
    if (list !== '' && members.every(({ word }) => listOf(word) === list)) score += 3;
    // A word that only values follow is a collection's name.
    score -= (2.5 * collections) / n;
    if (strong !== undefined) {
      const typed = siblingOf(anyValue, strong);
      const [there, back] = [likeness(typed, { marks, replies }), likeness({ marks, replies }, typed)];
      score += there < 0 || back < 0 ? -3 : Math.max(there, back) > 0.3 ? 1.5 : 0;
    }
    return score;
  }

  /** Words beside a parameter that do nothing else than its values do. */
  #mergeStragglers(node: Node, path: readonly string[]): boolean {
    const any = node.children.get(anyValue);
    if (any === undefined) return false;
    const group = Group.of([siblingOf(anyValue, any)]);
    const all = node.calls();
    let merged = false;
    for (const sibling of this.#words(node).sort((a, b) => a.calls - b.calls || (a.word < b.word ? -1 : 1))) {
      const reads = this.#reads(sibling.word, path);
      if (reads <= -1) continue;
      const fit = likeness(sibling, group);
      let score = 2 * reads + (this.values.has(sibling.word) ? 2 : 0) - doubtOfOne;
      score += fit < 0 ? -5 : fit > 0.5 ? 2 : fit > 0.2 ? 1 : 0;
      score += Math.min(1.5, 0.3 * Math.log2(1 + any.values));
      if (sibling.calls <= 2) score += 0.5;
      if (sibling.calls > 0.2 * all) score -= 1;
      if (score < 0) continue;
      merged = true;
      this.#merge(node, sibling.word);
      group.take(sibling);
    }
    return merged;
  }

  /** How much a word reads like a given name, 1 to -1. */
  #reads(word: string, path: readonly string[]): number {
    if (isFunctionNumber(word)) return -1;
    const reads = nameLikeness(word, path.includes(anyValue));
    return reads <= -1 || reads >= 0.8 ? reads : reads + this.#style.strangeness(word);
  }
}

/** Words that are remembered as values, an application. */
const mostValues = 20_000;

/** What the segment before says: values follow the name of a collection; words follow a value or an empty beginning. */
function placeWorth(before: string): number {
  if (before === anyValue) return -2.5;
  const isPlural = /s$/i.test(before);
  if (before === '' || (!isPlural && nameLikeness(before, false) <= -1)) return -1;
  return isPlural ? 1 : 0;
}

/**
 * Where each endpoint belongs: its segments with `{}` for what is a value. `values` are words known as such, which grow
 * by those that are found.
 */
export function inferTemplates(
  endpoints: Iterable<Endpoint>,
  values: Set<string> = new Set(),
): Map<Endpoint, readonly string[]> {
  const root = new Node();
  for (const endpoint of endpoints) root.add(endpoint);
  const inference = new Inference(root, values);
  // What was found late speaks for what was judged early.
  inference.infer(root, []);
  inference.infer(root, []);
  const learnt = new Map<Endpoint, readonly string[]>();
  root.walk((path, depth, _last, _method, { endpoints: here }) => {
    const segments = depth === 0 ? [] : path.split('/');
    for (const one of here) learnt.set(one, segments);
  });
  return learnt;
}
