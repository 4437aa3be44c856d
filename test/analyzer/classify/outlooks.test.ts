/** What ends a walk early, or leaves it out, must never leave out a match that counts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildAutomaton, step } from '../../../analyzer/classify/automaton.ts';
import { DigitRuns } from '../../../analyzer/classify/digit-runs.ts';
import { KeyBefore } from '../../../analyzer/classify/key-before.ts';
import { machineOf } from '../../../analyzer/classify/machine.ts';
import { Meaning, NameReader } from '../../../analyzer/classify/name-reader.ts';
import { Outlooks } from '../../../analyzer/classify/outlooks.ts';
import { parsePattern } from '../../../analyzer/classify/pattern.ts';
import { Profiles } from '../../../analyzer/classify/profiles.ts';
import { dead, found, octetKind } from '../../../analyzer/classify/reach.ts';
import { generator, inventPerson } from './people.ts';
import { classifier, set } from './workbench.ts';

const encoder = new TextEncoder();
const { recognizers } = classifier;
const anywhere = buildAutomaton(
  recognizers.flatMap(({ scope, patterns }, owner) =>
    scope === 'anywhere' ? patterns.map((text) => ({ pattern: parsePattern(text), owner })) : [],
  ),
);
const names = new NameReader(recognizers, set.reference);
const machines = recognizers.map(machineOf);
const profiles = new Profiles(recognizers, machines, anywhere.sets, new DigitRuns(anywhere).owners());
const examples = recognizers.flatMap(({ found: some, pass }) => [...some, ...pass].map(({ value }) => value));

test('every match that the place allows stays within reach', () => {
  const outlooks = new Outlooks(anywhere, profiles, new KeyBefore(names, profiles));
  const next = generator(5);
  const fillers = ['', '地址', '号 ', 'a-b-', '2026-01-02 ', '"x":"', '1.5,', '尊敬的'];
  let matches = 0;
  let refused = 0;
  let shorter = 0;
  for (const name of ['mobile', 'orderId', 'price', 'idNo', 'remark', 'code', '', 'lat', 'cvv', 'acct_no', 'ip']) {
    const profile = profiles.of(names.read(name, ''), false);
    const { states } = outlooks.of(profile);
    for (let round = 0; round < 800; round++) {
      const { mobile, idCard, bankCard } = inventPerson(next);
      const some = [examples[next(examples.length)]!, mobile, idCard, bankCard, `${next(1e6)}`][next(5)]!;
      const bytes = encoder.encode(fillers[next(fillers.length)]! + some + fillers[next(fillers.length)]!);
      const signature = bytes.reduce((all, octet) => all | octetKind[octet]!, 0);
      const may = outlooks.mayHold(profile, 'number', signature, bytes, 0, bytes.length);
      if (!may) refused++;
      for (let from = 0; from < bytes.length; from++) {
        let lost = false;
        let state = anywhere.start;
        for (let i = from; i < bytes.length; i++) {
          state = step(anywhere, state, bytes[i]!);
          if (state === 0) break;
          lost ||= states[state] === dead;
          if (lost) shorter++;
          if (profiles.candidates(profile, anywhere.accepts[state]!).length === 0) continue;
          matches++;
          assert.equal(lost, false);
          assert.equal(states[state], found);
          assert.equal(may, true, `${name} ${new TextDecoder().decode(bytes)}`);
        }
      }
    }
  }
  assert.ok(matches > 5000 && refused > 300 && shorter > 5000, `${matches} ${refused} ${shorter}`);
});

test('places that allow the same share an outlook, and too many different ones look for everything', () => {
  const outlooks = new Outlooks(anywhere, profiles, new KeyBefore(names, profiles));
  const [a, b] = ['f1', 'f2'].map((name) => profiles.of(names.read(name, ''), false));
  assert.equal(outlooks.of(a!), outlooks.of(b!));
  const seen = new Set();
  const next = generator(9);
  for (let i = 0; i < 400; i++) {
    const meanings = names.read('', '').map(() => (next(2) === 0 ? Meaning.context : Meaning.exclude));
    seen.add(outlooks.of(profiles.of(meanings, false)));
  }
  assert.ok(seen.has(outlooks.everything));
  assert.ok(seen.size <= 65);
});
