/** The `detection` section of a rule: named selections and a condition over them. */
import { parseCondition } from './condition.ts';
import { all, type Expression, some } from './expression.ts';
import { compileItem, compileKeyword } from './modifiers.ts';
import { type Entry, entryOf, Mistake, type Node, textOf } from './source.ts';

export interface Detection {
  readonly selections: ReadonlyMap<string, Expression>;
  /** Texts of which any must hold, each with its place. */
  readonly conditions: readonly { readonly text: string; readonly node: Node }[];
}

export function parseDetection(node: Node, place: Entry['place']): Detection {
  if (node.kind !== 'mapping')
    throw new Mistake(place, 'detection is not a mapping', 'name selections and a condition');
  const condition = entryOf(node, 'condition');
  if (condition === undefined)
    throw new Mistake(node.place, 'detection has no condition', 'write condition: selection');
  const timeframe = entryOf(node, 'timeframe');
  if (timeframe !== undefined) {
    throw new Mistake(timeframe.place, 'timeframe in a detection', 'write a correlation document with a timespan');
  }
  const selections = new Map<string, Expression>();
  for (const { key, value, place: at } of node.entries) {
    if (key !== 'condition') selections.set(key, parseSelection(key, value, at));
  }
  if (selections.size === 0) throw new Mistake(node.place, 'detection has no selection', 'write what to look for');
  const texts = condition.value.kind === 'list' ? condition.value.items : [condition.value];
  return { selections, conditions: texts.map((item) => ({ text: textOf(item, 'condition'), node: item })) };
}

/** A mapping: all of it must hold. A list: any item. */
function parseSelection(name: string, node: Node, place: Entry['place']): Expression {
  if (node.kind === 'mapping') {
    if (node.entries.length === 0) throw new Mistake(place, `selection "${name}" is empty`, 'write field: value');
    return all(node.entries.map(compileItem));
  }
  if (node.kind === 'list') {
    if (node.items.length === 0) throw new Mistake(place, `selection "${name}" is empty`, 'write field: value');
    return some(node.items.map((item) => parseSelection(name, item, item.place)));
  }
  if (node.value === null) throw new Mistake(place, `selection "${name}" is empty`, 'write field: value');
  return compileKeyword(node);
}

export function conditionOf(detection: Detection, selections = detection.selections): Expression {
  return some(detection.conditions.map(({ text, node }) => parseCondition(text, node.place, selections)));
}
