/** What a text that a person looks for may be. */
import { buildAutomaton, matchesWhole } from './automaton.ts';
import { canonicalForms } from './canonical.ts';
import { emailAround } from './email.ts';
import type { Machine } from './machine.ts';
import { parsePattern } from './pattern.ts';
import type { Recognizer } from './recognizer.ts';
import type { Tables } from './tables.ts';

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
  for (const [index, { label, scope, matcher, patterns, canonical }] of recognizers.entries()) {
    const machine = machines[index]!;
    const automaton =
      scope === 'value'
        ? machine.whole
        : buildAutomaton(patterns.map((pattern) => ({ pattern: parsePattern(pattern), owner: 0 })));
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
