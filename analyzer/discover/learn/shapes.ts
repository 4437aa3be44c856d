/**
 * Shapes of an application's replies, and the class each is of. What nearly all replies have is an envelope
 * (`code`, `msg`): it says nothing of the operation, and is left out of account once it is known.
 *
 * Bounds: `mostShapes`, `mostEntries` of each; what comes beyond says nothing.
 */
import { noClass, ShapeClasses } from './shape-classes.ts';

const mostShapes = 4096;
const mostEntries = 96;
/** An envelope is believed after so many replies of so many shapes, and of that share of them. */
const leastReplies = 50;
const leastShapes = 5;
const nearlyAll = 0.9;

interface Shape {
  readonly id: number;
  readonly entries: readonly string[];
  calls: number;
  class: number;
}

export type ShapesSnapshot = readonly (readonly [id: number, entries: string, calls: number])[];

export class Shapes {
  readonly #shapes: Shape[] = [];
  readonly #byId = new Map<number, number>();
  #classes = new ShapeClasses();
  #envelope = new Set<string>();
  /** Shapes that have a class, counted from the first. */
  #classed = 0;

  /** Number of a shape, counted once more; -1 when there is no room. `entries` has a line for each entry. */
  meet(id: number, entries: string): number {
    let at = this.#byId.get(id);
    if (at === undefined) {
      if (this.#shapes.length >= mostShapes) return -1;
      at = this.#shapes.push({ id, entries: leavesOf(entries), calls: 0, class: noClass }) - 1;
      this.#byId.set(id, at);
    }
    this.#shapes[at]!.calls++;
    return at;
  }

  /** Brings classes up to date; to be called before `classOf`. */
  settle(): void {
    const envelope = this.#commonEntries();
    if (envelope.size !== this.#envelope.size || [...envelope].some((one) => !this.#envelope.has(one))) {
      this.#envelope = envelope;
      this.#classes = new ShapeClasses();
      this.#classed = 0;
    }
    for (; this.#classed < this.#shapes.length; this.#classed++) {
      const shape = this.#shapes[this.#classed]!;
      shape.class = this.#classes.of(shape.entries.filter((entry) => !envelope.has(entry)));
    }
  }

  classOf(shape: number): number {
    return this.#shapes[shape]!.class;
  }

  #commonEntries(): Set<string> {
    let replies = 0;
    const counts = new Map<string, number>();
    for (const { calls, entries } of this.#shapes) {
      replies += calls;
      for (const entry of entries) counts.set(entry, (counts.get(entry) ?? 0) + calls);
    }
    const common = new Set<string>();
    if (replies < leastReplies || this.#shapes.length < leastShapes) return common;
    for (const [entry, calls] of counts) if (calls >= nearlyAll * replies) common.add(entry);
    return common;
  }

  snapshot(): ShapesSnapshot {
    return this.#shapes.map(({ id, entries, calls }) => [id, entries.join('\n'), calls]);
  }

  restore(snapshot: ShapesSnapshot): void {
    for (const [id, entries, calls] of snapshot) {
      const at = this.meet(id, entries);
      if (at >= 0) this.#shapes[at]!.calls = calls;
    }
  }
}

/** Without the entries of what holds others: `data:object` beside `data.id:number`. */
function leavesOf(entries: string): string[] {
  const all = entries.split('\n');
  const holders = new Set<string>();
  for (const entry of all) {
    const path = entry.slice(0, entry.lastIndexOf(':'));
    for (let i = path.length - 1; i > 0; i--) {
      if (path[i] === '.' || (path[i] === '[' && path[i + 1] === ']')) holders.add(path.slice(0, i));
    }
  }
  const leaves = all.filter((entry) => {
    const colon = entry.lastIndexOf(':');
    const type = entry.slice(colon + 1);
    return (type !== 'object' && type !== 'array') || !holders.has(entry.slice(0, colon));
  });
  return leaves.slice(0, mostEntries);
}
