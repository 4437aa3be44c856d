import assert from 'node:assert/strict';
import { createCipheriv, createHash } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Judge, type JudgedApi } from '../../../../analyzer/judge.ts';
import { People } from '../../../../deploy/traffic/people.ts';
import { Random } from '../../../../deploy/traffic/random.ts';
import { equipment } from '../../../equipment.ts';
import { type Exchange, json, read, ts } from '../../read-exchange.ts';

const day = 86_400e6;
const chrome = ['User-Agent', 'Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36'];
const java = ['User-Agent', 'Java/17.0.9'];
const people = new People(new Random(5));

interface Made {
  readonly method?: string;
  readonly target: string;
  readonly host?: string;
  readonly headers?: readonly string[];
  readonly body?: unknown;
  readonly answer: unknown;
  readonly client?: string;
}

/** Judges `count` exchanges, one a second. */
class Traffic {
  readonly judge = new Judge(equipment.judge);
  #time = ts;
  #count = 0;

  wait(us: number): void {
    this.#time += us;
  }

  send(count: number, make: (index: number) => Made): void {
    for (let i = 0; i < count; i++) {
      const { method = 'GET', target, host = 'app.example', headers = chrome, body, answer, client } = make(i);
      const requestBody = body === undefined ? '' : JSON.stringify(body);
      const length = ['Content-Length', String(Buffer.byteLength(requestBody))];
      const exchange: Exchange = {
        request: { method, target, host, headers: [...headers, ...(body === undefined ? [] : [...json, ...length])] },
        requestBody,
        response: { headers: json },
        responseBody: JSON.stringify(answer),
      };
      const call = read(exchange);
      this.#time += 1e6;
      this.#count++;
      const uid = `0123456789abcdef-${this.#count}`;
      this.judge.apply(
        Object.assign(call, { uid, ts: this.#time, completedTs: this.#time + 500, client: client ?? '198.51.100.7' }),
        's',
      );
    }
  }

  api(template: string): JudgedApi {
    const found = this.judge.apis().find((api) => api.template === template);
    assert.ok(found, template);
    return found;
  }

  /** Values by trait. */
  of(template: string): Record<string, string> {
    return Object.fromEntries(this.api(template).traits.map(({ name, value }) => [name, value]));
  }
}

const customer = () => ({ khxm: people.name(), sjhm: people.mobile(), sfzh: people.idCard() });

test('a list of customers, for staff: exposes, read by people, high, S2', () => {
  const traffic = new Traffic();
  traffic.send(30, (i) => ({
    ...{ method: 'POST', host: 'crm.example', target: '/customer/queryList', body: { pageNo: 1 + (i % 4) } },
    ...{ client: `10.0.0.${i % 9}`, headers: [...chrome, 'Authorization', `Bearer abcdefgh${i % 9}ijklmnop`] },
    answer: { code: 0, data: Array.from({ length: 5 }, customer) },
  }));
  const { exposure, caller, audience, access, auth, reach, grade, level } = traffic.of('/customer/queryList');
  assert.deepEqual([exposure, caller, audience, access], ['exposing', 'human', 'toG', 'read']);
  assert.deepEqual([auth, reach, grade, level], ['bearer', 'internal', 'high', 'S2']);
  const { opaque, ...told } = Object.fromEntries(
    traffic.api('/customer/queryList').traits.map((each) => [each.name, each]),
  );
  assert.deepEqual([opaque!.value, opaque!.reason], ['', '']);
  for (const { name, reason, confidence } of Object.values(told)) {
    assert.notEqual(reason, '', name);
    assert.ok(confidence > 0.3 && confidence <= 1, name);
  }
});

test('what is asked by is not collected, what is kept is', () => {
  const traffic = new Traffic();
  traffic.send(10, () => ({ target: `/customers/search?sfzh=${people.idCard()}`, answer: { data: [customer()] } }));
  traffic.send(10, () => ({
    ...{ method: 'POST', target: '/open/submitInfo', body: customer(), answer: { code: 0, msg: 'ok' } },
  }));
  assert.equal(traffic.of('/customers/search')['exposure'], 'exposing');
  const { exposure, grade, access } = traffic.of('/open/submitInfo');
  assert.deepEqual([exposure, grade, access], ['collecting', 'high', 'write']);
});

test('quotes are public, orders are the core', () => {
  const traffic = new Traffic();
  traffic.send(20, (i) => ({ target: `/hq/kline?code=60000${i % 10}`, answer: { data: [[1, 2, 3]] } }));
  traffic.send(20, (i) => ({
    ...{ method: 'POST', target: '/trade/entrust', answer: { error_no: 0, entrust_no: 4000 + i } },
    body: { fund_account: String(8_800_100_000 + i), stock_code: '600000', entrust_amount: 100, entrust_price: 9.5 },
  }));
  const quote = traffic.of('/hq/kline');
  assert.deepEqual([quote['exposure'], quote['grade'], quote['level']], ['none', 'none', 'S0']);
  const order = traffic.of('/trade/entrust');
  assert.deepEqual([order['exposure'], order['grade'], order['level']], ['collecting', 'high', 'S3']);
});

test('programs that sign are partners; one that nobody signs for and the house alone calls is internal', () => {
  const traffic = new Traffic();
  traffic.send(60, (i) => ({
    ...{
      target: `/openapi/positions?app_id=p1&id=${1000 + i}`,
      headers: [...java, 'X-Api-Key', 'k3yk3yk3yk3yk3yk3y01'],
    },
    answer: { ok: true },
  }));
  traffic.send(60, () => ({ target: '/internal/sync', headers: java, client: '10.9.0.1', answer: { ok: true } }));
  const partner = traffic.of('/openapi/positions');
  assert.deepEqual([partner['caller'], partner['audience'], partner['reach']], ['service', 'toB', 'internet']);
  const own = traffic.of('/internal/sync');
  assert.deepEqual([own['caller'], own['audience'], own['reach']], ['service', 'internal', 'internal']);
});

test('masked data is graded lower than clear data, and many persons higher than few', () => {
  const traffic = new Traffic();
  const masked = () => ({ khxm: '张*', sjhm: '138****5678' });
  const contacts = () => ({ sjhm: people.mobile() });
  traffic.send(20, () => ({ target: '/a/masked', answer: { data: [masked(), masked()] } }));
  traffic.send(20, () => ({ target: '/a/few', answer: { data: Array.from({ length: 3 }, contacts) } }));
  traffic.send(20, () => ({ target: '/a/many', answer: { data: Array.from({ length: 80 }, contacts) } }));
  assert.equal(traffic.of('/a/masked')['grade'], 'low');
  assert.equal(traffic.of('/a/few')['grade'], 'medium');
  assert.equal(traffic.of('/a/many')['grade'], 'high');
});

test('data that is new raises grade and level, and the history says when', () => {
  const traffic = new Traffic();
  traffic.send(40, (i) => ({ target: `/profile/summary?seq=${i}`, answer: { nick: 'abc', theme: 'dark' } }));
  assert.deepEqual([traffic.of('/profile/summary')['grade']], ['none']);
  traffic.wait(3 * day);
  traffic.send(40, (i) => ({ target: `/profile/summary?seq=${i}`, answer: { nick: 'abc', idNo: people.idCard() } }));
  const { proposals } = traffic.api('/profile/summary');
  const grades = proposals.filter(({ what }) => what === 'grade');
  assert.deepEqual(
    grades.map(({ value }) => value),
    ['none', 'high'],
  );
  assert.ok(grades[1]!.at - grades[0]!.at >= 3 * day);
  assert.match(grades[1]!.reason, /^gives id-card/);
  const found = traffic.judge.changedFindings().filter(({ rule }) => rule === 'api-level-raised');
  assert.deepEqual(
    found.map(({ template, count }) => [template, count]),
    [['/profile/summary', 1]],
  );
});

test('a memory that is replaced by its snapshot at any moment comes to the same', () => {
  const steps = (traffic: Traffic) => [
    () => traffic.send(7, () => ({ target: '/a/list', answer: { data: [customer()] } })),
    () => traffic.send(9, () => ({ target: '/a/list', headers: java, answer: { data: [] } })),
    () => traffic.send(9, () => ({ target: '/a/other', answer: { mobile: '13912345678' } })),
  ];
  const whole = new Traffic();
  for (const step of steps(whole)) step();
  const snapshot = JSON.parse(JSON.stringify(whole.judge.snapshot()));
  const again = new Judge(equipment.judge);
  again.restore(snapshot);
  assert.deepEqual(again.snapshot().traits, whole.judge.snapshot().traits);
  assert.deepEqual(again.apis(), whole.judge.apis());
});

/** As an application would encrypt it, the same at each run. */
function encrypted(value: unknown, number: number): Buffer {
  const seed = (what: string) => createHash('sha512').update(`${what}${number}`).digest();
  const cipher = createCipheriv('sm4-cbc', seed('key').subarray(0, 16), seed('iv').subarray(0, 16));
  return Buffer.concat([cipher.update(JSON.stringify(value)), cipher.final()]);
}

test('bodies that the application encrypts make its API opaque, with the share of calls', () => {
  const traffic = new Traffic();
  const holding = () => ({ name: people.name(), code: '600000', rows: [people.mobile(), people.mobile()] });
  const key = (i: number) => encrypted({ key: 'k'.repeat(100) }, i).toString('base64');
  traffic.send(40, (i) => ({
    ...{ method: 'POST', target: '/secure/holdings' },
    body: { key: key(i), data: encrypted(holding(), i).toString('base64') },
    answer:
      i % 10 === 0
        ? { code: 1, message: '系统繁忙,请稍后再试', data: null }
        : { code: 0, message: 'success', sign: 'a1b2'.repeat(16), data: encrypted(holding(), i).toString('hex') },
  }));
  traffic.send(20, (i) => ({
    ...{ method: 'POST', target: '/half/open' },
    body: { cipherText: encrypted(holding(), i).toString('base64url') },
    answer: holding(),
  }));
  const { opaque } = Object.fromEntries(traffic.api('/secure/holdings').traits.map((each) => [each.name, each]));
  assert.equal(opaque!.value, 'request,response');
  // Answers that refuse are no successes, once the application's way of saying so is learnt.
  assert.match(opaque!.reason, /^opaque-request 100%; opaque-response 9\d%$/);
  assert.equal(traffic.of('/half/open')['opaque'], 'request');
});

test('content that only looks like encrypted makes nothing opaque', () => {
  const traffic = new Traffic();
  const random = (i: number) => encrypted({ of: 'x'.repeat(200) }, i);
  const picture = (i: number) => Buffer.concat([Buffer.from('ffd8ffe000104a464946', 'hex'), random(i)]);
  const answers: Record<string, (i: number) => unknown> = {
    '/a/login': (i) => ({ token: random(i).toString('base64url'), expires: 3600 }),
    '/a/signed': (i) => ({ code: 0, total: i, sign: random(i).toString('base64') }),
    '/a/picture': (i) => ({ content: picture(i).toString('base64') }),
    '/a/ids': (i) => ({ rows: Array.from({ length: 8 }, (_, n) => ({ key: random(8 * i + n).toString('base64') })) }),
    '/a/packed': (i) => ({ data: gzipSync(JSON.stringify(people.name().repeat(30 + i))).toString('base64') }),
    '/a/report': () => ({ text: '上海证券交易所公告 '.repeat(40) }),
  };
  for (const [target, answer] of Object.entries(answers)) {
    traffic.send(20, (i) => ({ target, answer: answer(i) }));
    assert.equal(traffic.of(target)['opaque'], '', target);
  }
});
