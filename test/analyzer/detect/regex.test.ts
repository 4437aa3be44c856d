import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileRegex } from '../../../analyzer/detect/regex.ts';
import { RegexError } from '../../../analyzer/detect/regex-syntax.ts';
import { randomOf } from './rules-of.ts';

const none = { i: false, m: false, s: false };

/** A random expression that JavaScript reads alike. */
function randomPattern(random: (below: number) => number, depth: number): string {
  const atoms = [
    'a',
    'b',
    'c',
    'B',
    '.',
    '[ab]',
    '[^a]',
    '[a-c]',
    '\\d',
    '\\w',
    '\\s',
    '\\S',
    '1',
    '_',
    '\\.',
    '\\x61',
  ];
  const asserts = ['^', '$', '\\b', '\\B'];
  const piece = (): string => {
    if (depth > 0 && random(4) === 0) return `(${random(2) === 0 ? '?:' : ''}${randomPattern(random, depth - 1)})`;
    return atoms[random(atoms.length)];
  };
  const repeats = ['', '', '', '*', '+', '?', '{2}', '{1,2}', '{0,3}', '{2,}', '*?', '+?'];
  let out = '';
  for (let i = 0, n = 1 + random(4); i < n; i++) {
    out += random(8) === 0 ? asserts[random(asserts.length)] : piece() + repeats[random(repeats.length)];
    if (random(6) === 0) out += '|';
  }
  return out;
}

test('agrees with the RegExp of the language', () => {
  const random = randomOf(20_260_304);
  const letters = ['a', 'b', 'c', 'A', 'B', '1', '_', ' ', '.', '\n', 'é'];
  let matched = 0;
  for (let i = 0; i < 3000; i++) {
    const pattern = randomPattern(random, 2);
    const flags = { i: random(2) === 0, m: random(2) === 0, s: random(2) === 0 };
    const names = `${flags.i ? 'i' : ''}${flags.m ? 'm' : ''}${flags.s ? 's' : ''}`;
    const theirs = new RegExp(pattern, names);
    const ours = compileRegex(pattern, flags);
    for (let j = 0; j < 8; j++) {
      const text = Array.from({ length: random(9) }, () => letters[random(letters.length)]).join('');
      const expected = theirs.test(text);
      assert.equal(ours.match(text), expected, `/${pattern}/${names} on ${JSON.stringify(text)}`);
      if (expected) matched++;
      if (expected && ours.literals !== undefined) {
        assert.ok(
          ours.literals.some((each) => text.toLowerCase().includes(each)),
          `/${pattern}/ ${ours.literals}`,
        );
      }
    }
  }
  assert.ok(matched > 3000);
});

test('expressions that explode elsewhere take one pass', () => {
  const text = 'a'.repeat(50_000);
  for (const pattern of ['(a+)+$b', '(a|a)*c', '(.*)*x', '^(([a-z])+.)+[A-Z]([a-z])+$', '(a?){40}a{40}b']) {
    assert.equal(compileRegex(pattern, none).match(text), false);
  }
});

test('states are bounded and the answer stays right', () => {
  // The last hundred characters decide: a deterministic automaton of it would have 2^12 states.
  const { match } = compileRegex('x.{11}y', none);
  const random = randomOf(7);
  const text = Array.from({ length: 10_000 }, () => 'xz'[random(2)]).join('');
  assert.equal(match(text), false);
  assert.equal(match(`${text}x${'z'.repeat(11)}y`), true);
});

test('literals that every match holds', () => {
  const of = (pattern: string) => compileRegex(pattern, none).literals;
  assert.deepEqual(of('(?i)(ipfs\\.io/|ipfs\\.io\\s).+@'), ['ipfs.io/', 'ipfs.io']);
  assert.deepEqual(of('a(bcd)?ef'), ['ef']);
  assert.equal(of('[ab]|c'), undefined);
});

test('what has no linear form is refused by name', () => {
  for (const [pattern, expected] of [
    ['(?=a)', /look-around/],
    ['(?<!a)b', /look-around/],
    ['(?>a)', /look-around, or a group/],
    ['(a)\\1', /a back reference/],
    ['a++', /possessive/],
    ['\\p{L}', /Unicode property/],
    ['a{1001}', /beyond 1000/],
    ['[z-a]', /wrong way round/],
    ['[a', /an opening bracket/],
    ['(a', /an opening parenthesis/],
    ['*a', /nothing before it/],
    ['a\\', /a backslash at the end/],
    ['('.repeat(60) + ')'.repeat(60), /nested deeper/],
  ] as const) {
    assert.throws(
      () => compileRegex(pattern, none),
      (error) => error instanceof RegexError && expected.test(error.message),
    );
  }
});
