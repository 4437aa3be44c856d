/** Codes that came back with the answer to whoever asked for them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayGiveCodes } from '../../../analyzer/identify/code.ts';
import { type CodeCall, ReturnedCodes } from '../../../analyzer/observe/returned-codes.ts';
import { steps, told } from './steps.ts';

const t0 = 1_772_589_600_000_000;
const minute = 60e6;
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

const call = (time: number, template: string, change: Partial<CodeCall> = {}): CodeCall => ({
  ...{ app: 'a.example', apiId: template.padEnd(16, 'a'), method: 'POST', template, account: undefined },
  ...{ completedTs: t0 + time, uid: `u${time}${template}`, client: '198.51.100.1', completeness: 1, sampling: 1 },
  ...{ given: { objectIds: [] }, caller: { code: 0 } },
  ...change,
});

/** One who asks for a code, is told `values`, and shows `code` some minutes later. */
interface Round {
  readonly values: readonly number[];
  readonly code: number;
  readonly after?: number;
  readonly path?: string;
  readonly shows?: string;
}

function rounds(list: readonly Round[]) {
  return told(
    steps(
      () => new ReturnedCodes(mayGiveCodes),
      (m, i: number) => {
        const { values, code, after = 1, path = '/sms/send', shows } = list[i]!;
        const client = shows ?? `198.51.100.${i}`;
        const time = i * 60 * minute;
        m.give(call(time, path, { client: `198.51.100.${i}`, given: { objectIds: values } }));
        return m.show(call(time + after * minute, '/bind', { client, caller: { code } }), code);
      },
      range(list.length),
    ),
  );
}

const some = (n: number, round: (i: number) => Round) => rounds(range(n).map(round));

test('what an answer held is shown as a code: told once of the API that gave it', () => {
  const [first, ...more] = some(5, (i) => ({ values: [7, 1000 + i], code: 1000 + i }));
  assert.deepEqual(
    [first?.measure, first?.template, first?.value, first?.numbers['shown']],
    ['returned-code', '/sms/send', 3, 3],
  );
  assert.equal(first?.samples.length, 6);
  assert.deepEqual(more, []);
});

test('other codes, too late, other clients, other APIs: nothing came back', () => {
  assert.deepEqual(
    some(5, (i) => ({ values: [7, 1000 + i], code: 2000 + i })),
    [],
  );
  assert.deepEqual(
    some(5, (i) => ({ values: [1000 + i], code: 1000 + i, after: 11 })),
    [],
  );
  assert.deepEqual(
    some(5, (i) => ({ values: [1000 + i], code: 1000 + i, shows: '203.0.113.9' })),
    [],
  );
  assert.deepEqual(
    some(5, (i) => ({ values: [600_519 + i], code: 600_519 + i, path: '/stock/codes' })),
    [],
  );
  // A list is no answer that tells a code.
  assert.deepEqual(
    some(5, (i) => ({ values: range(40).map((n) => n + i), code: 5 + i })),
    [],
  );
});

test('some codes hit by chance: the API is told of where a quarter of them did', () => {
  const every = (n: number) => some(20, (i) => ({ values: [i], code: i % n === 0 ? i : 9999 }));
  assert.deepEqual(every(7), []);
  assert.equal(every(3).length, 1);
});

test('a code that is shown again was told once', () => {
  const measure = new ReturnedCodes(mayGiveCodes);
  const told = range(6).map((i) => {
    const at = call(i * minute, '/sms/send', { given: { objectIds: [i + 1] } });
    measure.give(at);
    const show = (after: number) => measure.show(call(i * minute + after, '/bind', { caller: { code: i + 1 } }), i + 1);
    return [show(1), show(2), show(3)].filter((each) => each !== undefined).length;
  });
  assert.deepEqual(told, [0, 0, 1, 0, 0, 0]);
});

test('an answer that repeats the code it was shown tells nothing', () => {
  const measure = new ReturnedCodes(mayGiveCodes);
  const seen = range(5).flatMap((i) => {
    const client = `198.51.100.${i}`;
    const echo = call(i * minute, '/sms/verify', { client, given: { objectIds: [i + 1] }, caller: { code: i + 1 } });
    const before = measure.show(echo, i + 1);
    measure.give(echo);
    return [before, measure.show(call(i * minute + 1, '/bind', { client, caller: { code: i + 1 } }), i + 1)];
  });
  assert.deepEqual(
    seen.filter((each) => each !== undefined),
    [],
  );
});
