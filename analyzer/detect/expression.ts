/** What a detection says, as a tree over fields; bound to the slots of a view it becomes one closure. */
import type { EventKind, Field, FieldValue } from './fields.ts';
import type { EventView, Slots } from './view.ts';

/** How one field is held against one value. */
export type Check =
  | {
      /** `folded`: both sides in lower case. */
      readonly on: 'folded' | 'cased';
      readonly match: (text: string) => boolean;
      /** Folded text that a matching text equals, or texts of which it holds one; absent when none are known. */
      readonly exact?: string;
      readonly literals?: readonly string[];
    }
  | { readonly on: 'value'; readonly match: (value: FieldValue) => boolean; readonly exact?: string }
  | { readonly on: 'pair'; readonly other: Field; readonly match: (text: string, other: string) => boolean };

export type Expression =
  | { readonly kind: 'test'; readonly field: Field; readonly check: Check }
  | { readonly kind: 'and' | 'or'; readonly items: readonly Expression[] }
  | { readonly kind: 'not'; readonly item: Expression };

export function all(items: readonly Expression[]): Expression {
  return items.length === 1 ? items[0] : { kind: 'and', items };
}

export function some(items: readonly Expression[]): Expression {
  return items.length === 1 ? items[0] : { kind: 'or', items };
}

/** Fields an expression reads. */
export function fieldsOf(expression: Expression, into = new Set<Field>()): Set<Field> {
  if (expression.kind === 'not') fieldsOf(expression.item, into);
  else if (expression.kind === 'test') {
    into.add(expression.field);
    if (expression.check.on === 'pair') into.add(expression.check.other);
  } else for (const item of expression.items) fieldsOf(item, into);
  return into;
}

export type Predicate = (view: EventView) => boolean;

/** Every field of the expression must be known to events of the slots' kind. */
export function bind(expression: Expression, slots: Slots): Predicate {
  if (expression.kind === 'not') {
    const item = bind(expression.item, slots);
    return (view) => !item(view);
  }
  if (expression.kind === 'test') return bindTest(expression.field, expression.check, slots);
  const items = expression.items.map((item) => bind(item, slots));
  if (expression.kind === 'and') {
    return (view) => {
      for (const item of items) if (!item(view)) return false;
      return true;
    };
  }
  return (view) => {
    for (const item of items) if (item(view)) return true;
    return false;
  };
}

function bindTest(field: Field, check: Check, slots: Slots): Predicate {
  const slot = slots.of(field);
  if (check.on === 'value') {
    const { match } = check;
    return (view) => match(view.value(slot));
  }
  if (check.on === 'pair') {
    const { match } = check;
    const other = slots.of(check.other);
    return (view) => view.folded(slot).some((text) => view.folded(other).some((their) => match(text, their)));
  }
  const { match } = check;
  const anyOf = (texts: readonly string[]) => {
    for (const text of texts) if (match(text)) return true;
    return false;
  };
  return check.on === 'folded' ? (view) => anyOf(view.folded(slot)) : (view) => anyOf(view.cased(slot));
}

/** A cheap necessary condition: the field equals the text, or holds it. Folded. */
export interface Trigger {
  readonly field: Field;
  readonly kind: 'exact' | 'literal';
  readonly text: string;
}

interface Triggers {
  readonly list: readonly Trigger[];
  /** How much the commonest of them tells apart; more is better. */
  readonly weight: number;
}

/** Triggers of which one must hold when the expression does; undefined when there are no such. */
export function triggersOf(expression: Expression): readonly Trigger[] | undefined {
  return derive(expression)?.list;
}

function derive(expression: Expression): Triggers | undefined {
  if (expression.kind === 'not') return undefined;
  if (expression.kind === 'test') return deriveTest(expression.field, expression.check);
  const parts = expression.items.map(derive);
  if (expression.kind === 'and') {
    return parts.reduce(
      (best, part) => (part !== undefined && part.weight > (best?.weight ?? 0) ? part : best),
      undefined,
    );
  }
  const known = parts.filter((part) => part !== undefined);
  if (known.length < parts.length || known.length === 0) return undefined;
  return { list: known.flatMap((part) => part.list), weight: Math.min(...known.map((part) => part.weight)) };
}

function deriveTest(field: Field, check: Check): Triggers | undefined {
  if (check.on === 'pair') return undefined;
  if (check.exact !== undefined) {
    const weight = field.common ? 1 : check.exact === '' ? 2 : 10 + check.exact.length;
    return { list: [{ field, kind: 'exact', text: check.exact }], weight };
  }
  if (check.on === 'value' || check.literals === undefined) return undefined;
  const shortest = Math.min(...check.literals.map((text) => text.length));
  if (shortest === 0) return undefined;
  const place = field.inside ?? field;
  return { list: check.literals.map((text) => ({ field: place, kind: 'literal', text })), weight: 1 + shortest };
}

/** Whether all fields of the expression are known to events of that kind. */
export function knownTo(expression: Expression, kind: EventKind): boolean {
  for (const field of fieldsOf(expression)) if (field[kind] === undefined) return false;
  return true;
}
