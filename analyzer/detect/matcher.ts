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
  /** Text, as it came or folded → expressions, for fields whose texts repeat; emptied when it holds `mostRemembered`. */
  readonly remembered: Map<string, readonly number[]> | undefined;
}

const mostRemembered = 4096;
/** Longer texts are not remembered. */
const longestRemembered = 512;

/** The texts that the value of one slot may equal. */
interface Lookup {
  readonly slot: number;
  /** By folded text: expressions it makes worth a look. */
  readonly wanted: ReadonlyMap<string, readonly number[]>;
  /** Those of a value that is absent, as it nearly always is. */
  readonly absent: readonly number[];
  /** Value as it came → expressions, so that it is made a text and folded once; emptied when it holds `mostRemembered`. */
  readonly remembered: Map<string | number | boolean, readonly number[]>;
}

export class Matcher {
  readonly view: EventView;
  readonly slots: Slots;
  readonly #predicates: readonly Predicate[];
  readonly #always: readonly number[];
  readonly #searches: readonly Search[];
  readonly #lookups: readonly Lookup[];
  /** Candidates of the event at hand, each once: the first `#count`. */
  readonly #candidates: Int32Array;
  #count = 0;
  readonly #markOf: Float64Array;
  #mark = 0;
  readonly #literals: number[] = [];
  /** Of the event at hand: what `await` found. */
  readonly awaited: number[] = [];

  /** `awaitedFrom`: expressions from this number on are held against an event by who asks `holds` alone. */
  constructor(
    kind: EventKind,
    expressions: readonly Expression[],
    slots = new Slots(kind),
    private readonly awaitedFrom = expressions.length,
  ) {
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
    this.#lookups = [...exact].map(([slot, wanted]) => ({
      ...{ slot, wanted, absent: wanted.get('') ?? none, remembered: new Map() },
    }));
    this.#searches = [...literal].map(([slot, wanted]) => ({
      slot,
      index: new LiteralIndex([...wanted.keys()]),
      wanted: [...wanted.values()],
      remembered: slots.fields[slot].repeats ? new Map() : undefined,
    }));
    this.#markOf = new Float64Array(expressions.length);
    this.#candidates = new Int32Array(expressions.length);
    this.view = new EventView(slots);
  }

  /** Numbers of the expressions before `awaitedFrom` that hold, ascending. `into` is emptied first and returned. */
  match(event: DetectionEvent, into: number[]): number[] {
    const { view } = this;
    view.load(event);
    this.#mark++;
    this.#count = 0;
    // Setting a length is a call into the engine, and nearly always there is nothing to take out.
    while (into.length > 0) into.pop();
    this.#take(this.#always);
    for (let k = 0; k < this.#lookups.length; k++) {
      const lookup = this.#lookups[k];
      const value = view.value(lookup.slot);
      if (value === undefined || value === null) this.#take(lookup.absent);
      else if (typeof value !== 'object') this.#take(namedBy(lookup, value));
      else if (value.length === 0) this.#take(lookup.absent);
      else for (let i = 0; i < value.length; i++) this.#take(namedBy(lookup, value[i]));
    }
    for (let k = 0; k < this.#searches.length; k++) {
      const search = this.#searches[k];
      if (search.remembered !== undefined) {
        // Found as it came, it need not be folded.
        const value = view.value(search.slot);
        if (typeof value === 'string' && value.length <= longestRemembered) {
          this.#take(search.remembered.get(value) ?? this.#wantedAsCame(search, value));
          continue;
        }
      }
      const texts = view.folded(search.slot);
      for (let i = 0; i < texts.length; i++) if (texts[i] !== '') this.#take(this.#wantedBy(search, texts[i]));
    }
    const candidates = this.#candidates;
    for (let k = 0; k < this.#count; k++) {
      const number = candidates[k];
      if (number < this.awaitedFrom && this.#predicates[number](view)) insert(into, number);
    }
    return into;
  }

  /** Expressions from `awaitedFrom` on that may hold and are 1 in `wanted`, by their number from there on; `holds` tells. */
  await(wanted: Uint8Array): void {
    const { awaited, awaitedFrom } = this;
    while (awaited.length > 0) awaited.pop();
    const candidates = this.#candidates;
    for (let k = 0; k < this.#count; k++) {
      const number = candidates[k];
      if (number >= awaitedFrom && wanted[number - awaitedFrom] === 1) insert(awaited, number);
    }
  }

  /** Whether an expression holds for the event at hand. */
  holds(number: number): boolean {
    return this.#predicates[number](this.view);
  }

  #take(list: readonly number[]): void {
    for (let i = 0; i < list.length; i++) {
      const number = list[i];
      if (this.#markOf[number] === this.#mark) continue;
      this.#markOf[number] = this.#mark;
      this.#candidates[this.#count++] = number;
    }
  }

  #wantedAsCame(search: Search, value: string): readonly number[] {
    const list = value === '' ? none : this.#wantedBy(search, value.toLowerCase());
    remember(search, value, list);
    return list;
  }

  #wantedBy(search: Search, text: string): readonly number[] {
    const { index, wanted, remembered } = search;
    const known = remembered?.get(text);
    if (known !== undefined) return known;
    this.#literals.length = 0;
    index.scan(text, this.#literals);
    const list = this.#literals.length === 0 ? none : [...new Set(this.#literals.flatMap((each) => wanted[each]))];
    remember(search, text, list);
    return list;
  }
}

const none: readonly number[] = [];

function namedBy({ wanted, remembered }: Lookup, value: string | number | boolean): readonly number[] {
  const known = remembered.get(value);
  if (known !== undefined) return known;
  const list = wanted.get(String(value).toLowerCase()) ?? none;
  if (typeof value === 'string' && value.length > longestRemembered) return list;
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(value, list);
  return list;
}

function remember({ remembered }: Search, text: string, list: readonly number[]): void {
  if (remembered === undefined || text.length > longestRemembered) return;
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(text, list);
}

/** Keeps `into` ascending: few expressions hold at once, and the engine's sort makes copies. */
function insert(into: number[], number: number): void {
  let at = into.push(number) - 1;
  for (; at > 0 && into[at - 1] > number; at--) into[at] = into[at - 1];
  into[at] = number;
}

function file(into: Map<number, Map<string, number[]>>, slots: Slots, trigger: Trigger, number: number): void {
  const slot = slots.of(trigger.field);
  let wanted = into.get(slot);
  if (wanted === undefined) into.set(slot, (wanted = new Map()));
  const list = wanted.get(trigger.text);
  if (list === undefined) wanted.set(trigger.text, [number]);
  else if (list.at(-1) !== number) list.push(number);
}
