/** What a text that a person looks for may be. */
import { buildAutomaton, matchesWhole } from './automaton.ts';
import { canonicalForms } from './canonical.ts';
import { emailAround } from './email.ts';
import type { Machine } from './machine.ts';
import { parsePattern } from './pattern.ts';
import type { Recognizer } from './recognizer.ts';
import type { Tables } from './tables.ts';

/** Automata of whole values, by recognizer: to make one takes longer than to look at a thousand values. */
const wholes = new WeakMap<Recognizer, ReturnType<typeof buildAutomaton>>();

function wholeOf(recognizer: Recognizer): ReturnType<typeof buildAutomaton> {
  let whole = wholes.get(recognizer);
  if (whole === undefined) {
    whole = buildAutomaton(recognizer.patterns.map((pattern) => ({ pattern: parsePattern(pattern), owner: 0 })));
    wholes.set(recognizer, whole);
  }
  return whole;
}

export interface ValueForm {
  readonly label: string;
  readonly canonical: string;
}

/** By pattern and validators alone. */
export function formsOf(
  text: string,
  recognizers: readonly Recognizer[],
  machines: readonly Machine[],
  tables: Tables,
): ValueForm[] {
  const bytes = new TextEncoder().encode(text);
  const forms = new Map<string, ValueForm>();
  for (const [index, recognizer] of recognizers.entries()) {
    const { label, scope, matcher, canonical } = recognizer;
    const machine = machines[index]!;
    const automaton = scope === 'value' ? machine.whole : wholeOf(recognizer);
    const fits =
      matcher === 'email'
        ? emailAround(bytes, bytes.indexOf(0x40), 0, bytes.length) === bytes.length
        : automaton !== undefined && matchesWhole(automaton, bytes, 0, bytes.length);
    if (!fits || !machine.require.every((holds) => holds(bytes, 0, bytes.length, tables))) continue;
    const form = canonicalForms[canonical]!(text);
    forms.set(`${label} ${form}`, { label, canonical: form });
  }
  return [...forms.values()];
}
