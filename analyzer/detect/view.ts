/**
 * One event as rules look at it: each field is read, and folded to lower case, at most once an event and only when a
 * rule asks. One view serves any number of events, one after the other.
 */
import type { Observation } from '../observation.ts';
import type { CallEvent, ClearExchange } from './event.ts';
import type { EventKind, Field, FieldValue } from './fields.ts';

export type DetectionEvent = ClearExchange | CallEvent | Observation;

/** The fields that a set of rules reads of events of one kind, numbered. */
export class Slots {
  readonly fields: Field[] = [];
  readonly #numbers = new Map<string, number>();

  constructor(readonly kind: EventKind) {}

  of(field: Field): number {
    let slot = this.#numbers.get(field.name);
    if (slot === undefined) {
      slot = this.fields.push(field) - 1;
      this.#numbers.set(field.name, slot);
    }
    return slot;
  }
}

const nothing: readonly string[] = [''];
const yes: readonly string[] = ['true'];
const no: readonly string[] = ['false'];

export class EventView {
  #event: DetectionEvent | undefined;
  #epoch = 0;
  readonly #readers: ((event: never) => FieldValue)[];
  readonly #values: FieldValue[] = [];
  readonly #cased: (readonly string[])[] = [];
  readonly #folded: (readonly string[])[] = [];
  /** Which event the entry of a slot is of. */
  readonly #valueOf: number[] = [];
  readonly #casedOf: number[] = [];
  readonly #foldedOf: number[] = [];
  /** What the folded texts of a slot were made of: the same list again is not folded again. */
  readonly #foldedFrom: (readonly string[])[] = [];

  constructor(slots: Slots) {
    this.#readers = slots.fields.map((field) => field[slots.kind] as (event: never) => FieldValue);
    for (const _ of slots.fields) {
      this.#values.push(undefined);
      this.#cased.push(nothing);
      this.#folded.push(nothing);
      this.#valueOf.push(0);
      this.#casedOf.push(0);
      this.#foldedOf.push(0);
      this.#foldedFrom.push(nothing);
    }
  }

  load(event: DetectionEvent): void {
    this.#event = event;
    this.#epoch++;
  }

  value(slot: number): FieldValue {
    if (this.#valueOf[slot] !== this.#epoch) {
      this.#values[slot] = this.#readers[slot](this.#event as never);
      this.#valueOf[slot] = this.#epoch;
    }
    return this.#values[slot];
  }

  /** The values as texts; one empty text when the field is absent. */
  cased(slot: number): readonly string[] {
    if (this.#casedOf[slot] !== this.#epoch) {
      this.#cased[slot] = textsOf(this.value(slot));
      this.#casedOf[slot] = this.#epoch;
    }
    return this.#cased[slot];
  }

  /** The same in lower case. */
  folded(slot: number): readonly string[] {
    if (this.#foldedOf[slot] !== this.#epoch) {
      const texts = this.cased(slot);
      if (texts !== this.#foldedFrom[slot]) {
        this.#folded[slot] = texts.length === 1 ? [texts[0].toLowerCase()] : texts.map((text) => text.toLowerCase());
        this.#foldedFrom[slot] = texts;
      }
      this.#foldedOf[slot] = this.#epoch;
    }
    return this.#folded[slot];
  }
}

function textsOf(value: FieldValue): readonly string[] {
  if (value === undefined || value === null) return nothing;
  if (typeof value === 'object') return value.length === 0 ? nothing : value;
  if (typeof value === 'boolean') return value ? yes : no;
  return [typeof value === 'string' ? value : String(value)];
}
