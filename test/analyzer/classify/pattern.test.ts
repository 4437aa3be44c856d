import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildAutomaton, matchesWhole, step } from '../../../analyzer/classify/automaton.ts';
import { leastLength, PatternError, parsePattern } from '../../../analyzer/classify/pattern.ts';
import { octetSequences } from '../../../analyzer/classify/utf8-ranges.ts';

const encoder = new TextEncoder();

function matches(pattern: string, text: string): boolean {
  const bytes = encoder.encode(text);
  return matchesWhole(buildAutomaton([{ pattern: parsePattern(pattern), owner: 0 }]), bytes, 0, bytes.length);
}

/** A small generator (xorshift), so that a failure can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

test('an automaton says what RegExp says', () => {
  const next = random(11);
  const atoms = ['a', 'b', '\\d', '[ab1]', '京', '[张王]', '(?:ab|1)', '(?:a|b*)'];
  const signs = ['', '', '?', '*', '+', '{2}', '{1,3}', '{2,}'];
  const letters = ['a', 'b', '1', '2', '京', '张'];
  let agreed = 0;
  for (let round = 0; round < 400; round++) {
    const part = () => atoms[next(atoms.length)]! + signs[next(signs.length)]!;
    const pattern = next(3) === 0 ? `${part()}${part()}|${part()}` : `${part()}${part()}${part()}`;
    const expected = new RegExp(`^(?:${pattern})$`, 'u');
    for (let i = 0; i < 30; i++) {
      const text = Array.from({ length: next(6) }, () => letters[next(letters.length)]!).join('');
      assert.equal(matches(pattern, text), expected.test(text), `${pattern} on ${JSON.stringify(text)}`);
      if (expected.test(text)) {
        assert.ok(encoder.encode(text).length >= leastLength(parsePattern(pattern)), `${pattern} least`);
        agreed++;
      }
    }
  }
  assert.ok(agreed > 500, `only ${agreed} texts fitted`);
});

test('code point ranges become their octets', () => {
  const ranges: [number, number][] = [
    [0, 0x7f],
    [0x41, 0x900],
    [0x4e00, 0x9fff],
    [0x7ff, 0x800],
    [0x3000, 0x1f600],
  ];
  for (const [from, to] of ranges) {
    const sequences = octetSequences(from, to);
    const has = (code: number) => {
      const octets = encoder.encode(String.fromCodePoint(code));
      return sequences.some(
        (s) => s.length === octets.length && s.every(([a, b], i) => octets[i]! >= a && octets[i]! <= b),
      );
    };
    for (let code = Math.max(0, from - 300); code <= to + 300; code += 1 + ((code * 7) % 97)) {
      if (code >= 0xd800 && code < 0xe000) continue;
      assert.equal(has(code), code >= from && code <= to, code.toString(16));
    }
    assert.ok(has(from) && has(to));
  }
});

test('what ends in one state keeps all its owners', () => {
  const automaton = buildAutomaton(
    ['\\d{4}', '\\d{2,6}', 'ab'].map((text, owner) => ({ pattern: parsePattern(text), owner })),
  );
  const end = (text: string) => {
    let state = automaton.start;
    for (const octet of encoder.encode(text)) state = step(automaton, state, octet);
    return automaton.sets[automaton.accepts[state]!];
  };
  assert.deepEqual(end('1234'), [0, 1]);
  assert.deepEqual(end('12345'), [1]);
  assert.deepEqual(end('ab'), [2]);
  assert.deepEqual(end('x'), []);
});

test('a wrong pattern is told with its place', () => {
  const wrong: Record<string, RegExp> = {
    'a(b': /without its \) at character 4/,
    'a)': /too many at character 2/,
    '[a': /without its \]/,
    '[^a]': /\[\^/,
    'a{3,1}': /end is before/,
    'a{999}': /more than 256/,
    '*a': /stands alone at character 1/,
    '\\w': /unknown escape \\w/,
    '(?=a)': /more than \(\?:/,
    '^a': /stands alone/,
  };
  for (const [pattern, message] of Object.entries(wrong)) {
    assert.throws(
      () => parsePattern(pattern),
      (error) => error instanceof PatternError && message.test(error.message),
      pattern,
    );
  }
});

test('patterns that explode for others are refused or linear', () => {
  assert.equal(matches('(?:a+)+', `${'a'.repeat(5000)}b`), false);
  assert.throws(() => buildAutomaton([{ pattern: parsePattern('[ab]*a[ab]{30}'), owner: 0 }]), /too large/);
});
