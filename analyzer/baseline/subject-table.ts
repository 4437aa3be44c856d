/**
 * Subjects of one kind by group and id, with their figures and counts. At the bound the subject least recently touched
 * is forgotten and counted, and its place is given to the new one. Order of use is a chain of numbers: taking a key out
 * of a Map and putting it back costs ten times as much.
 */
import { type Party, place } from '../parties.ts';
import { hashOf } from './acquaintances.ts';
import { countsSize, figuresSize, type Subject } from './subject.ts';

/** Subjects that share arrays of figures and counts. */
const perChunk = 256;
const nobody = -1;

export class SubjectTable {
  readonly #groups = new Map<string, Map<string, Subject>>();
  readonly #most: number;
  /** By slot, as are their neighbours by last use. */
  readonly #subjects: Subject[] = [];
  readonly #older: Int32Array;
  readonly #newer: Int32Array;
  #oldest = nobody;
  #newest = nobody;
  #counts = new Uint32Array(0);
  #figures = new Float64Array(0);
  /** Subjects forgotten for want of room. */
  evicted = 0;

  constructor(most: number) {
    this.#most = most;
    this.#older = new Int32Array(most);
    this.#newer = new Int32Array(most);
  }

  get(group: string, id: string): Subject | undefined {
    return this.#groups.get(group)?.get(id);
  }

  /** The same of the party, which keeps it. */
  touchOf(party: Party): Subject {
    const kept = party.kept[place.profile] as Subject | null;
    if (kept === null || this.#subjects[kept.slot] !== kept)
      return (party.kept[place.profile] = this.touch(party.app, party.id));
    if (kept.slot !== this.#newest) {
      this.#unlink(kept.slot);
      this.#append(kept.slot);
    }
    return kept;
  }

  /** The subject, made when there is none, as the one used last. */
  touch(group: string, id: string): Subject {
    const known = this.#groups.get(group)?.get(id);
    if (known !== undefined) {
      if (known.slot === this.#newest) return known;
      this.#unlink(known.slot);
      this.#append(known.slot);
      return known;
    }
    const subject = this.#make(group, id);
    // Making room may have emptied the group.
    let members = this.#groups.get(group);
    if (members === undefined) this.#groups.set(group, (members = new Map()));
    members.set(id, subject);
    this.#subjects[subject.slot] = subject;
    this.#append(subject.slot);
    return subject;
  }

  #make(group: string, id: string): Subject {
    const slot = this.#subjects.length;
    if (slot >= this.#most) {
      const gone = this.#forget();
      return newSubject(group, id, gone.slot, gone.figures, gone.figuresAt, gone.counts, gone.at);
    }
    const place = slot % perChunk;
    if (place === 0) {
      this.#counts = new Uint32Array(perChunk * countsSize);
      this.#figures = new Float64Array(perChunk * figuresSize);
    }
    return newSubject(group, id, slot, this.#figures, place * figuresSize, this.#counts, place * countsSize);
  }

  /** The subject least recently touched, with its figures and counts wiped. */
  #forget(): Subject {
    const gone = this.#subjects[this.#oldest]!;
    this.#unlink(gone.slot);
    const members = this.#groups.get(gone.group)!;
    members.delete(gone.id);
    if (members.size === 0) this.#groups.delete(gone.group);
    this.evicted++;
    gone.counts.fill(0, gone.at, gone.at + countsSize);
    gone.figures.fill(0, gone.figuresAt, gone.figuresAt + figuresSize);
    return gone;
  }

  #unlink(slot: number): void {
    const older = this.#older[slot]!;
    const newer = this.#newer[slot]!;
    if (older === nobody) this.#oldest = newer;
    else this.#newer[older] = newer;
    if (newer === nobody) this.#newest = older;
    else this.#older[newer] = older;
  }

  #append(slot: number): void {
    this.#older[slot] = this.#newest;
    this.#newer[slot] = nobody;
    if (this.#newest === nobody) this.#oldest = slot;
    else this.#newer[this.#newest] = slot;
    this.#newest = slot;
  }

  /** Least recently touched first. */
  *[Symbol.iterator](): IterableIterator<Subject> {
    for (let slot = this.#oldest; slot !== nobody; slot = this.#newer[slot]!) yield this.#subjects[slot]!;
  }

  clear(): void {
    this.#groups.clear();
    this.#subjects.length = 0;
    this.#oldest = nobody;
    this.#newest = nobody;
  }
}

function newSubject(
  group: string,
  id: string,
  slot: number,
  figures: Float64Array,
  figuresAt: number,
  counts: Uint32Array,
  at: number,
): Subject {
  return { group, id, slot, hash: hashOf(id), figures, figuresAt, counts, at, past: [], left: [], right: [] };
}
