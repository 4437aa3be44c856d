import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bind } from '../../../analyzer/detect/expression.ts';
import { LiteralIndex } from '../../../analyzer/detect/literals.ts';
import { Matcher } from '../../../analyzer/detect/matcher.ts';
import { EventView, Slots } from '../../../analyzer/detect/view.ts';
import { callOf, randomOf, rulesOf } from './rules-of.ts';

test('the literals of a text are those that it holds', () => {
  const random = randomOf(11);
  const word = (most: number) => Array.from({ length: 1 + random(most) }, () => 'abc'[random(3)]).join('');
  for (let i = 0; i < 200; i++) {
    const literals = [...new Set(Array.from({ length: 1 + random(12) }, () => word(4)))];
    const index = new LiteralIndex(literals);
    const text = word(30);
    const found: number[] = [];
    index.scan(text, found);
    const expected = literals.map((literal, n) => (text.includes(literal) ? n : -1)).filter((n) => n >= 0);
    assert.deepEqual(
      [...new Set(found)].sort((a, b) => a - b),
      expected,
    );
  }
});

/** A random detection over few fields and short values, so that they meet often. */
function randomDetection(random: (below: number) => number): string {
  const value = () => ['a', 'b', 'ab', 'ba', 'a*b', '?a', '*', ''][random(8)];
  const item = () => {
    const kind = random(7);
    if (kind === 0) return `status: [${200 + random(3)}, 404]`;
    if (kind === 1) return `status|gte: ${200 + random(4)}`;
    if (kind === 2) return `account: null`;
    if (kind === 3) return `function: [${['login', 'export', 'query'][random(3)]}]`;
    if (kind === 4) return `success: ${random(2) === 0}`;
    const modifier = ['', '|contains', '|startswith', '|endswith', '|cased', '|contains|all', '|re'][random(7)];
    const values = modifier === '|re' ? ["'a+b'"] : Array.from({ length: 1 + random(3) }, () => `'${value()}'`);
    return `'${['userAgent', 'template', 'account'][random(3)]}${modifier}': [${values.join(', ')}]`;
  };
  const selections = ['a', 'b', 'c'].map((name) => {
    const items = new Map(
      Array.from({ length: 1 + random(2) }, item).map((line) => [line.split(':')[0].replaceAll("'", ''), line]),
    );
    return `${name}: {${[...items.values()].join(', ')}}`;
  });
  const conditions = [
    'a',
    'a and b',
    'a or b',
    'a and not b',
    'not a',
    '(a or b) and not c',
    'all of them',
    '1 of them',
  ];
  return `{${selections.join(', ')}, condition: ${conditions[random(conditions.length)]}}`;
}

test('looking only where something may be found finds the same', () => {
  const random = randomOf(20_260_305);
  const { rules } = rulesOf(
    ...Array.from(
      { length: 300 },
      (_, n) => `{title: t${n}, name: r${n}, logsource: {category: webserver}, detection: ${randomDetection(random)}}`,
    ),
  );
  const expressions = rules.map((rule) => rule.expression);
  const matcher = new Matcher('call', expressions);
  const patient = new Matcher('call', expressions, new Slots('call'), 150);
  const every = new Uint8Array(150).fill(1);
  const slots = new Slots('call');
  const predicates = expressions.map((expression) => bind(expression, slots));
  const view = new EventView(slots);
  const texts = ['', 'a', 'b', 'AB', 'ba', 'aab', 'xaybz', 'bab'];
  let hits = 0;
  for (let i = 0; i < 500; i++) {
    const account = texts[random(texts.length)];
    const event = callOf({
      status: [200, 201, 202, 203, 404][random(5)],
      userAgent: texts[random(texts.length)],
      template: texts[random(texts.length)],
      success: random(2) === 0,
      functions: [['login'], ['export', 'query'], []][random(3)],
      ...(account === '' ? {} : { account }),
    });
    view.load(event);
    const expected = predicates.flatMap((holds, n) => (holds(view) ? [n] : []));
    assert.deepEqual([...matcher.match(event, [])], expected);
    // Those that are awaited are held against the event by who asks.
    const found = [...patient.match(event, [])];
    const wanted = Uint8Array.from({ length: 150 }, () => random(2));
    patient.await(wanted);
    const some = [...patient.awaited];
    patient.await(every);
    assert.deepEqual(
      some,
      patient.awaited.filter((n) => wanted[n - 150] === 1),
    );
    assert.deepEqual([...found, ...patient.awaited.filter((n) => patient.holds(n))], expected);
    assert.ok(found.every((n) => n < 150) && patient.awaited.every((n) => n >= 150));
    hits += expected.length;
  }
  assert.ok(hits > 10_000);
});
