import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, SuccessPredicate } from '../../../analyzer/discover/success.ts';
import { readCode } from '../../../analyzer/discover/success-vocabulary.ts';
import { randomOf } from './random.ts';

type Change = Partial<Omit<Answer, 'envelope'>> & {
  readonly name?: string;
  readonly value?: string;
  readonly flag?: boolean | null;
  readonly message?: '' | 'good' | 'bad';
};

function answer({ name, value, flag, message, ...change }: Change = {}): Answer {
  const envelope =
    name === undefined && flag === undefined && message === undefined
      ? null
      : { name: name ?? '', value: value ?? '', flag: flag ?? null, message: message ?? '' };
  return { app: 'a.example', apiId: 'aa', status: 200, responseBytes: 300, loginOutcome: null, ...change, envelope };
}

const judgeOne = (change: Change) => new SuccessPredicate().judge(answer(change));

/** `count` answers, one API after the other. */
function teach(predicate: SuccessPredicate, count: number, change: Change, apis = 5): void {
  for (let i = 0; i < count; i++) predicate.judge(answer({ apiId: `api${i % apis}`, ...change }));
}

test('without words of its own, the status decides', () => {
  for (const status of [200, 204, 302, 304, 101]) assert.equal(judgeOne({ status }), true, String(status));
  for (const status of [100, 400, 401, 404, 500]) assert.equal(judgeOne({ status }), false, String(status));
  assert.equal(judgeOne({ status: 0 }), null);
  assert.equal(judgeOne({ status: 0, name: 'code', value: '0' }), null);
});

test('conventions hold from the first reply on', () => {
  const good = [
    ['error_no', '0'],
    ['code', '00000'],
    ['code', '0000'],
    ['retCode', 'SUCCESS'],
    ['code', '200'],
    ['code', '20000'],
    ['rspCd', 'SUC0000'],
    ['status', 'ok'],
    ['result', 'true'],
    ['error', ''],
    ['error', 'false'],
    ['errorCode', 'E0000'],
  ] as const;
  const bad = [
    ['error_no', '-61'],
    ['code', '500'],
    ['code', '40101'],
    ['code', '-32602'],
    ['retCode', 'FAIL'],
    ['errcode', 'E1001'],
    ['errcode', 'ERR_NO_SUCH_ACCOUNT'],
    ['status', 'error'],
    ['result', 'false'],
    ['error', 'true'],
    ['rspCode', '9999'],
  ] as const;
  for (const [name, value] of good) assert.equal(readCode(name, value), 'good', `${name}=${value}`);
  for (const [name, value] of bad) assert.equal(readCode(name, value), 'bad', `${name}=${value}`);
  assert.equal(judgeOne({ name: 'error_no', value: '-61' }), false);
  assert.equal(judgeOne({ name: 'error_no', value: '0' }), true);
  // Whatever a failed reply says of itself, HTTP has said it first.
  assert.equal(judgeOne({ name: 'code', value: '0', status: 500 }), false);
  for (const value of ['enabled', 'open', 'expired', 'N', '600000', '1']) {
    assert.equal(readCode('status', value), 'unknown', value);
  }
});

test('a flag outweighs the code, a login outweighs both', () => {
  assert.equal(judgeOne({ flag: false }), false);
  assert.equal(judgeOne({ flag: true, name: 'code', value: '7' }), true);
  assert.equal(judgeOne({ flag: false, name: 'code', value: '0' }), false);
  assert.equal(judgeOne({ loginOutcome: 'failure' }), false);
  assert.equal(judgeOne({ loginOutcome: 'challenge', name: 'code', value: '0' }), false);
  assert.equal(judgeOne({ loginOutcome: 'success', name: 'code', value: '7', message: 'bad' }), true);
});

test('messages tell where codes are not known', () => {
  assert.equal(judgeOne({ name: 'code', value: '1004', message: 'bad' }), false);
  assert.equal(judgeOne({ name: 'code', value: '1', message: 'good' }), true);
  assert.equal(judgeOne({ message: 'bad' }), false);
  // A page of news about a failure is no failure.
  assert.equal(judgeOne({ message: 'bad', responseBytes: 20_000 }), true);
});

test('a code that is always said to be bad is bad without a message', () => {
  const predicate = new SuccessPredicate();
  teach(predicate, 5, { name: 'rc', value: '7', message: 'bad' });
  assert.equal(predicate.judge(answer({ name: 'rc', value: '7' })), false);
  assert.equal(predicate.judge(answer({ name: 'rc', value: '8' })), true);
  assert.equal(predicate.judge(answer({ app: 'b.example', name: 'rc', value: '7' })), true);
});

test('10000 is success where most of the data comes with it, and other codes are not', () => {
  const predicate = new SuccessPredicate();
  teach(predicate, 40, { name: 'retCode', value: '10000', responseBytes: 3000 });
  teach(predicate, 15, { name: 'retCode', value: '10023', responseBytes: 60 });
  assert.equal(predicate.judge(answer({ name: 'retCode', value: '10000', responseBytes: 40 })), true);
  assert.equal(predicate.judge(answer({ name: 'retCode', value: '10023', responseBytes: 60 })), false);
  assert.equal(predicate.judge(answer({ name: 'retCode', value: '10099', responseBytes: 60 })), false);
  assert.deepEqual(predicate.learnt('a.example'), [
    { name: 'retCode', success: ['10000'], failure: ['10023', '10099'] },
  ]);
  // A login whose own reading takes 10000 for a failure.
  const login = { name: 'retCode', loginOutcome: 'failure', responseBytes: 500 } as const;
  assert.equal(predicate.judge(answer({ ...login, value: '10000' })), true);
  assert.equal(predicate.judge(answer({ ...login, value: '10000', message: 'bad' })), false);
  assert.equal(predicate.judge(answer({ ...login, value: '10023' })), false);
});

test('1 is success and 0 failure, by size or by words', () => {
  const sizes = new SuccessPredicate();
  teach(sizes, 10, { name: 'code', value: '0', responseBytes: 60 });
  assert.equal(sizes.judge(answer({ name: 'code', value: '0' })), true);
  teach(sizes, 60, { name: 'code', value: '1', responseBytes: 2000 });
  assert.equal(sizes.judge(answer({ name: 'code', value: '0', responseBytes: 60 })), false);
  assert.equal(sizes.judge(answer({ name: 'code', value: '1', responseBytes: 60 })), true);
  const words = new SuccessPredicate();
  teach(words, 4, { name: 'code', value: '0', message: 'bad' });
  teach(words, 4, { name: 'code', value: '1', message: 'good' });
  assert.equal(words.judge(answer({ name: 'code', value: '0' })), false);
  assert.equal(words.judge(answer({ name: 'code', value: '1' })), true);
});

test('a flood of failures of one API does not become success', () => {
  const predicate = new SuccessPredicate();
  teach(predicate, 30, { name: 'retCode', value: '0', responseBytes: 900 });
  teach(predicate, 5000, { name: 'retCode', value: '1001', responseBytes: 80 }, 1);
  assert.equal(predicate.judge(answer({ name: 'retCode', value: '1001', responseBytes: 80 })), false);
  assert.equal(predicate.judge(answer({ name: 'retCode', value: '0', responseBytes: 80 })), true);
});

test('writes that answer 0 stay successes beside reads that answer 200', () => {
  const predicate = new SuccessPredicate();
  teach(predicate, 200, { name: 'code', value: '200', responseBytes: 5000 });
  teach(predicate, 20, { name: 'code', value: '0', responseBytes: 50 });
  assert.equal(predicate.judge(answer({ name: 'code', value: '0', responseBytes: 50 })), true);
});

test('a state or a security code is data, not an outcome', () => {
  const predicate = new SuccessPredicate();
  teach(predicate, 30, { name: 'status', value: 'ok' });
  for (const value of ['filled', 'open', 'partly']) {
    assert.equal(predicate.judge(answer({ name: 'status', value })), true, value);
  }
  teach(predicate, 30, { name: 'code', value: '0' });
  for (let i = 0; i < 300; i++) assert.equal(predicate.judge(answer({ name: 'code', value: `${600_000 + i}` })), true);
  assert.equal(predicate.judge(answer({ name: 'code', value: '1004' })), true, 'no room left: convention alone');
});

test('numbers that hardly repeat are no codes, though some look like failures', () => {
  const predicate = new SuccessPredicate();
  // As a random number: 4xxxx and 5xxxx are failures by convention.
  const verdicts = Array.from({ length: 400 }, (_, i) =>
    predicate.judge(answer({ name: 'code', value: `${40_000 + ((i * 7919) % 20_000)}` })),
  );
  assert.ok(verdicts.slice(20).every((verdict) => verdict === true));
  assert.equal(predicate.judge(answer({ name: 'code', value: '41234', message: 'bad' })), false, 'it says so');
  // Many failures of a house that knows many: most answers still have its one code of success.
  const house = new SuccessPredicate();
  for (let i = 0; i < 400; i++) {
    house.judge(answer({ name: 'code', value: '0' }));
    assert.equal(house.judge(answer({ name: 'code', value: `${40_000 + (i % 90)}` })), false, String(i));
  }
});

test('applications, fields and values are bounded', () => {
  const predicate = new SuccessPredicate(10);
  for (let i = 0; i < 50; i++) {
    predicate.judge(answer({ app: 'kept', name: 'code', value: '0' }));
    predicate.judge(answer({ app: `app${i}`, name: 'code', value: '0' }));
  }
  for (let i = 0; i < 100; i++) {
    predicate.judge(answer({ app: 'kept', name: 'code', value: `v${i}` }));
    predicate.judge(answer({ app: 'kept', name: `field${i}`, value: '0' }));
  }
  const { apps } = predicate.snapshot();
  assert.equal(apps.length, 10);
  assert.equal(predicate.evicted, 41);
  const [name, fields] = apps.at(-1)!;
  assert.deepEqual([name, fields.length, fields[0]?.[5].length], ['kept', 8, 64]);
});

function randomAnswers(seed: number, count: number): Answer[] {
  const random = randomOf(seed);
  const one = <T>(list: readonly T[]): T => list[random(list.length)]!;
  return Array.from({ length: count }, () =>
    answer({
      app: `app${random(12)}`,
      apiId: `api${random(9)}`,
      status: one([200, 200, 200, 201, 302, 400, 500, 0]),
      responseBytes: 2 ** random(20),
      loginOutcome: one([null, null, null, 'success', 'failure', 'challenge', 'unknown']),
      ...(random(5) === 0
        ? {}
        : {
            name: one(['code', 'retCode', 'status', 'error', '']),
            value: one(['0', '1', '10000', '-1', '200', `${random(100)}`, 'ok', '']),
            flag: one([null, null, null, null, true, false]),
            message: one(['', '', 'good', 'bad'] as const),
          }),
    }),
  );
}

test('stopping and going on from a snapshot is the same as never stopping', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const whole = new SuccessPredicate(8);
    let parts = new SuccessPredicate(8);
    for (const [i, each] of randomAnswers(seed, 1500).entries()) {
      assert.equal(parts.judge(each), whole.judge(each));
      if (i % 211 !== 100) continue;
      const text = JSON.stringify(parts.snapshot());
      parts = new SuccessPredicate(8);
      parts.restore(JSON.parse(text));
      assert.equal(JSON.stringify(parts.snapshot()), text);
    }
    assert.deepEqual(parts.snapshot(), whole.snapshot());
    assert.ok(whole.evicted > 0);
  }
});

test('HTTP errors are never success, and no envelope is as the status says, whatever was learnt', () => {
  const predicate = new SuccessPredicate();
  for (const each of randomAnswers(99, 5000)) {
    const verdict = predicate.judge(each);
    if (each.status === 0) assert.equal(verdict, null);
    else if (each.status >= 400) assert.equal(verdict, false);
    else if (each.envelope === null && each.loginOutcome === null) assert.equal(verdict, true);
  }
});
