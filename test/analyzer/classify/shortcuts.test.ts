/** What lets the walk be left out must never leave out a find. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Automaton, buildAutomaton, step } from '../../../analyzer/classify/automaton.ts';
import { DigitRuns, longestRun } from '../../../analyzer/classify/digit-runs.ts';
import { parsePattern } from '../../../analyzer/classify/pattern.ts';
import {
  alive,
  dead,
  found,
  longestWord,
  nothing,
  Octets,
  octetKind,
  Reach,
} from '../../../analyzer/classify/reach.ts';
import { LatinIndex, WordIndex } from '../../../analyzer/classify/word-index.ts';
import { generator, inventPerson } from './people.ts';
import { set } from './workbench.ts';

const encoder = new TextEncoder();
const anywhere = buildAutomaton(
  set.recognizers.flatMap(({ scope, patterns }, owner) =>
    scope === 'anywhere' ? patterns.map((text) => ({ pattern: parsePattern(text), owner })) : [],
  ),
);
const examples = set.recognizers.flatMap(({ found, pass }) => [...found, ...pass].map(({ value }) => value));

/** Length of the match that begins at `from` and ends first; 0 for none. */
function matchAt(automaton: Automaton, bytes: Uint8Array, from: number): number {
  let state = automaton.start;
  for (let i = from; i < bytes.length; i++) {
    state = step(automaton, state, bytes[i]!);
    if (state === 0) return 0;
    if (automaton.accepts[state] !== 0) return i + 1 - from;
  }
  return 0;
}

test('a match is never longer than what its signature makes possible', () => {
  const ends = anywhere.accepts.map((set) => (set === 0 ? alive : found));
  ends[0] = dead;
  const reach = new Reach(anywhere, Uint8Array.from(ends), { left: 9999 });
  const next = generator(3);
  const alphabet = [...'0123456789abcdefEX -.:@*/_，号京A'];
  let matches = 0;
  for (let round = 0; round < 3000; round++) {
    const random = Array.from({ length: next(20) }, () => alphabet[next(alphabet.length)]!).join('');
    const example = examples[next(examples.length)]!;
    const bytes = encoder.encode(round % 2 === 0 ? random + example : example.slice(next(4)) + random);
    const signature = bytes.reduce((all, octet) => all | octetKind[octet]!, 0);
    for (let from = 0; from < bytes.length; from++) {
      const length = matchAt(anywhere, bytes, from);
      if (length === 0) continue;
      matches++;
      assert.ok(reach.shortest(signature) <= length);
      const match = bytes.subarray(from, from + length);
      const hasBlank = match.some((octet) => octet <= 0x20);
      if (hasBlank) assert.ok(reach.shortestBroken(signature) <= length);
      else assert.ok(reach.shortest(signature & ~Octets.blank) <= longestWord(bytes, 0, bytes.length));
    }
  }
  assert.ok(matches > 1000);
  assert.equal(reach.shortest(Octets.high), nothing);
});

test('digits run the same through the dense part as through the whole', () => {
  const runs = new DigitRuns(anywhere);
  const owners = runs.owners();
  const next = generator(8);
  for (let round = 0; round < 3000; round++) {
    const person = inventPerson(next);
    const some = [person.mobile, person.bankCard, person.idCard.slice(0, 17), `${next(1e9)}${next(1e9)}`][round % 4]!;
    const bytes = encoder.encode(some.slice(0, 1 + next(some.length)));
    let state = anywhere.start;
    let dense = 10;
    for (const octet of bytes) {
      state = step(anywhere, state, octet);
      dense = runs.next[dense + octet - 0x30]!;
    }
    const accepted = anywhere.accepts[state]!;
    assert.equal(runs.accepts[dense], accepted, some);
    if (bytes.length > longestRun) continue;
    for (const owner of anywhere.sets[accepted]!) assert.ok(owners[bytes.length]!.has(owner));
  }
});

test('Chinese words are found where they are', () => {
  const words = ['手机', '手机号', '姓名', '户', '证件号码'];
  const index = new WordIndex(words);
  const next = generator(21);
  const letters = [...'手机号姓名户证件码1a，😀é'];
  for (let round = 0; round < 3000; round++) {
    const text = Array.from({ length: next(6) }, () => letters[next(letters.length)]!).join('');
    const bytes = encoder.encode(`手机${text}户名`);
    const found = index.occursIn(bytes, 6, bytes.length - 6);
    assert.equal(
      found,
      words.some((word) => text.includes(word)),
      text,
    );
  }
});

test('Latin words are never missed', () => {
  const words = ['mobile', 'id', 'mm', 'cert', 'e'];
  const next = generator(22);
  const letters = [...'moilecrtd0 -手'];
  for (const some of [words, words.slice(0, 4)]) {
    const index = new LatinIndex(some);
    let missing = 0;
    for (let round = 0; round < 4000; round++) {
      const random = Array.from({ length: next(6) }, () => letters[next(letters.length)]!).join('');
      const text = round % 3 === 0 ? random + some[next(some.length)]!.toUpperCase() : random;
      const bytes = encoder.encode(text);
      const found = index.mayOccurIn(bytes, 0, bytes.length);
      if (some.some((word) => text.toLowerCase().includes(word))) assert.ok(found, text);
      else if (!found) missing++;
    }
    assert.ok(missing > 100, 'it says no too');
  }
});
