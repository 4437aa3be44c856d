/**
 * Which of many expressions hold for an event. Each expression is filed under cheap necessary conditions (a field
 * equals a text, a text holds a literal), so an event is held in full only against the few that it could meet.
 */
import { bind, type Expression, type Predicate, type Trigger, triggersOf } from './expression.ts';
import type { EventKind } from './fields.ts';
import { LiteralIndex } from './literals.ts';
import { type DetectionEvent, EventView, Slots } from './view.ts';

/** The literals that one slot is searched for. */
interface Search {
  readonly slot: number;
  readonly index: LiteralIndex;
  /** By literal: expressions it makes worth a look. */
  readonly wanted: readonly (readonly number[])[];
  /** Text → expressions, for fields whose texts repeat; emptied when it holds `mostRemembered`. */
  readonly remembered: Map<string, readonly number[]> | undefined;
}

const mostRemembered = 4096;
/** Longer texts are not remembered. */
const longestRemembered = 512;

interface Lookup {
  readonly slot: number;
  readonly wanted: ReadonlyMap<string, readonly number[]>;
}

export class Matcher {
  readonly view: EventView;
  readonly slots: Slots;
  readonly #predicates: readonly Predicate[];
  readonly #always: readonly number[];
  readonly #searches: readonly Search[];
  readonly #lookups: readonly Lookup[];
  /** Candidates of the event at hand, each once. */
  readonly #candidates: number[] = [];
  readonly #markOf: Float64Array;
  #mark = 0;
  readonly #literals: number[] = [];
  readonly #take = (list: readonly number[]): void => {
    for (const number of list) {
      if (this.#markOf[number] !== this.#mark) {
        this.#markOf[number] = this.#mark;
        this.#candidates.push(number);
      }
    }
  };

  constructor(kind: EventKind, expressions: readonly Expression[], slots = new Slots(kind)) {
    this.slots = slots;
    this.#predicates = expressions.map((expression) => bind(expression, slots));
    const always: number[] = [];
    const exact = new Map<number, Map<string, number[]>>();
    const literal = new Map<number, Map<string, number[]>>();
    expressions.forEach((expression, number) => {
      const triggers = triggersOf(expression);
      if (triggers === undefined) always.push(number);
      else for (const trigger of triggers) file(trigger.kind === 'exact' ? exact : literal, slots, trigger, number);
    });
    this.#always = always;
    this.#lookups = [...exact].map(([slot, wanted]) => ({ slot, wanted }));
    this.#searches = [...literal].map(([slot, wanted]) => ({
      slot,
      index: new LiteralIndex([...wanted.keys()]),
      wanted: [...wanted.values()],
      remembered: slots.fields[slot].repeats ? new Map() : undefined,
    }));
    this.#markOf = new Float64Array(expressions.length);
    this.view = new EventView(slots);
  }

  /** Numbers of the expressions that hold, ascending. `into` is emptied first and returned. */
  match(event: DetectionEvent, into: number[]): number[] {
    const { view } = this;
    view.load(event);
    this.#mark++;
    this.#candidates.length = 0;
    into.length = 0;
    this.#take(this.#always);
    for (const { slot, wanted } of this.#lookups) {
      for (const text of view.folded(slot)) {
        const list = wanted.get(text);
        if (list !== undefined) this.#take(list);
      }
    }
    for (const search of this.#searches) {
      for (const text of view.folded(search.slot)) if (text !== '') this.#take(this.#wantedBy(search, text));
    }
    for (const number of this.#candidates) if (this.#predicates[number](view)) into.push(number);
    return into.length > 1 ? into.sort((a, b) => a - b) : into;
  }

  #wantedBy({ index, wanted, remembered }: Search, text: string): readonly number[] {
    const known = remembered?.get(text);
    if (known !== undefined) return known;
    this.#literals.length = 0;
    index.scan(text, this.#literals);
    const list = this.#literals.length === 0 ? none : [...new Set(this.#literals.flatMap((each) => wanted[each]))];
    if (remembered !== undefined && text.length <= longestRemembered) {
      if (remembered.size >= mostRemembered) remembered.clear();
      remembered.set(text, list);
    }
    return list;
  }
}

const none: readonly number[] = [];

function file(into: Map<number, Map<string, number[]>>, slots: Slots, trigger: Trigger, number: number): void {
  const slot = slots.of(trigger.field);
  let wanted = into.get(slot);
  if (wanted === undefined) into.set(slot, (wanted = new Map()));
  const list = wanted.get(trigger.text);
  if (list === undefined) wanted.set(trigger.text, [number]);
  else if (list.at(-1) !== number) list.push(number);
}
