/**
 * How the subtrees below siblings behave, as sets that can be compared: method, depth and shape of reply; method, depth
 * and last word. Siblings that behave alike may be values of one parameter.
 */
import type { Node } from './trie.ts';

/** Deeper paths add nothing to what a subtree is known by. */
const deepest = 8;

/** A sibling, and what is below it. */
export interface Sibling {
  readonly word: string;
  readonly node: Node;
  /** Calls of the subtree. */
  readonly calls: number;
  /** `GET 2 s17` (a shape at a depth), `GET 2 =issues` (a last word there), `GET 2` (a depth): paths of each. */
  readonly marks: ReadonlyMap<string, number>;
  /** Classes of replies by method and path. */
  readonly replies: ReadonlyMap<string, ReadonlySet<number>>;
  /** Calls by method and depth. */
  readonly reach: ReadonlyMap<string, number>;
}

/** Siblings that behave alike so far. */
export class Group {
  readonly members: Sibling[] = [];
  readonly marks = new Map<string, number>();
  readonly replies = new Map<string, Set<number>>();
  readonly reach = new Map<string, number>();

  static of(members: Iterable<Sibling>): Group {
    const group = new Group();
    for (const member of members) group.take(member);
    return group;
  }

  take(member: Sibling): void {
    this.members.push(member);
    for (const [mark, paths] of member.marks) this.marks.set(mark, (this.marks.get(mark) ?? 0) + paths);
    for (const [depth, calls] of member.reach) this.reach.set(depth, (this.reach.get(depth) ?? 0) + calls);
    for (const [place, classes] of member.replies) {
      const known = this.replies.get(place);
      if (known === undefined) this.replies.set(place, new Set(classes));
      else for (const one of classes) known.add(one);
    }
  }
}

export function siblingOf(word: string, node: Node): Sibling {
  const marks = new Map<string, number>();
  const replies = new Map<string, Set<number>>();
  const reach = new Map<string, number>();
  let calls = 0;
  node.walk((path, depth, last, method, tally) => {
    calls += tally.calls;
    if (depth > deepest) return;
    const at = `${method} ${depth}`;
    marks.set(at, 1);
    reach.set(at, (reach.get(at) ?? 0) + tally.calls);
    if (depth > 0) raise(marks, `${at} =${last}`);
    if (tally.classes.size === 0) return;
    for (const one of tally.classes.keys()) raise(marks, `${at} s${one}`);
    replies.set(`${method} ${path}`, new Set(tally.classes.keys()));
  });
  return { word, node, calls, marks, replies, reach };
}

/** Above this share of places where both are known and reply differently, two are not alike. */
const mostOpposed = 0.25;
/** What depth and method alone are worth beside a shape or a word. */
const bareWorth = 0.3;

/** Share of what `one` is known by that `group` is known by too, 0…1; -1 when they reply differently at the same places. */
export function likeness(one: Pick<Sibling, 'marks' | 'replies'>, group: Pick<Sibling, 'marks' | 'replies'>): number {
  let agreed = 0;
  let opposed = 0;
  for (const [place, classes] of one.replies) {
    const known = group.replies.get(place);
    if (known === undefined) continue;
    if (meets(classes, known)) agreed++;
    else opposed++;
  }
  if (opposed > mostOpposed * (agreed + opposed)) return -1;
  let shared = 0;
  let all = 0;
  for (const mark of one.marks.keys()) {
    const worth = isBare(mark) ? bareWorth : 1;
    all += worth;
    if (group.marks.has(mark)) shared += worth;
  }
  return all === 0 ? 0 : shared / all;
}

/** More is known than methods and depths. */
export function isTelling(marks: ReadonlyMap<string, number>): boolean {
  for (const mark of marks.keys()) if (!isBare(mark)) return true;
  return false;
}

/** Different paths that reply with the shape most of them have. */
export function spreadOf(marks: ReadonlyMap<string, number>): number {
  let most = 0;
  for (const [mark, paths] of marks) if (paths > most && isShape(mark)) most = paths;
  return most;
}

function isBare(mark: string): boolean {
  const c = mark.charCodeAt(mark.length - 1);
  return c >= 0x30 && c <= 0x39 && mark.lastIndexOf(' ') === mark.length - 2;
}

function isShape(mark: string): boolean {
  return mark.charCodeAt(mark.lastIndexOf(' ') + 1) === 0x73;
}

function meets(some: ReadonlySet<number>, others: ReadonlySet<number>): boolean {
  for (const one of some) if (others.has(one)) return true;
  return false;
}

function raise(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
