import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiCall } from '../../../analyzer/call.ts';
import { Inventory } from '../../../analyzer/discover/inventory.ts';
import { Random } from '../../../deploy/traffic/random.ts';
import { RandomCalls } from '../random-calls.ts';
import { randomOf } from './random.ts';

const any = new RandomCalls(new Random(1)).any();

const start = Date.UTC(2024, 11, 27, 2) * 1000;

function call(change: Partial<ApiCall> = {}): ApiCall {
  return {
    ...any,
    v: 1,
    uid: '0123456789abcdef-1',
    ts: start,
    completedTs: start,
    app: 'a.example',
    server: '10.0.0.9',
    serverPort: 80,
    client: '10.0.0.1',
    clientPort: 40000,
    vlan: null,
    tunnel: null,
    httpVersion: '1.1',
    method: 'GET',
    path: '/x',
    query: '',
    template: '/x',
    templateReason: '',
    operation: '',
    format: 'REST',
    formatReason: 'JSON in the response',
    apiId: '00000000000000aa',
    status: 200,
    requestType: '',
    responseType: '',
    userAgent: '',
    referer: '',
    requestBytes: 1,
    responseBytes: 1,
    durationUs: 1,
    completeness: 1,
    pairing: 'paired',
    unpaired: null,
    weird: [],
    ...change,
  };
}

function stateAfter(calls: readonly Partial<ApiCall>[]): string | undefined {
  const inventory = new Inventory();
  for (const change of calls) inventory.observe(call(change));
  return inventory.get('00000000000000aa')?.state;
}

test('only success makes an API', () => {
  const states: readonly (readonly [number, string])[] = [
    [200, 'provisional'],
    [204, 'provisional'],
    [304, 'provisional'],
    [399, 'provisional'],
    [101, 'provisional'],
    [100, 'candidate'],
    [0, 'candidate'],
    [400, 'candidate'],
    [401, 'candidate'],
    [404, 'candidate'],
    [500, 'candidate'],
  ];
  for (const [status, state] of states) assert.equal(stateAfter([{ status }]), state, String(status));
  assert.equal(stateAfter([{ method: '' }]), undefined);
});

test('confirmation: 20 successes, or 3 clients, or 2 days', () => {
  assert.equal(stateAfter(Array(19).fill({})), 'provisional');
  assert.equal(stateAfter(Array(20).fill({})), 'confirmed');
  assert.equal(stateAfter([{ client: 'a' }, { client: 'b' }, { client: 'a' }]), 'provisional');
  assert.equal(stateAfter([{ client: 'a' }, { client: 'b' }, { client: 'c' }]), 'confirmed');
  // 02:00 UTC is 10:00 in Shanghai: 13 hours later is the same day in UTC and the next one there.
  assert.equal(stateAfter([{}, { ts: start + 13 * 3_600_000_000 }]), 'provisional');
  assert.equal(stateAfter([{}, { ts: start + 15 * 3_600_000_000 }]), 'confirmed');
  assert.equal(stateAfter(Array(50).fill({ status: 404 })), 'candidate');
  assert.equal(
    stateAfter([{ status: 404, client: 'a' }, { status: 404, client: 'b' }, { client: 'c' }]),
    'provisional',
  );
});

test('failures count on what exists; a candidate brings its past along', () => {
  const inventory = new Inventory();
  inventory.observe(call({ status: 404, ts: start - 5, format: 'web' }));
  inventory.observe(call({ status: 0, ts: start - 4 }));
  assert.equal(inventory.size, 0);
  assert.equal(inventory.candidates().length, 1);
  inventory.observe(call({ ts: start, format: 'asset' }));
  inventory.observe(call({ status: 500, ts: start + 9, format: 'SOAP' }));
  const [entry] = inventory.entries();
  assert.deepEqual(
    [entry?.successes, entry?.failures, entry?.firstSeen, entry?.lastSeen],
    [1, 2, start - 5, start + 9],
  );
  assert.equal(entry?.format, 'asset');
  assert.equal(inventory.candidates().length, 0);
});

test('the best evidence of successful calls names the format, in any order', () => {
  const formats = ['unknown', 'asset', 'web', 'form', 'REST', 'JSON-RPC'] as const;
  for (const order of [formats, [...formats].reverse()]) {
    const inventory = new Inventory();
    for (const format of order) inventory.observe(call({ format, formatReason: format }));
    assert.equal(inventory.get('00000000000000aa')?.format, 'JSON-RPC');
    assert.equal(inventory.get('00000000000000aa')?.formatReason, 'JSON-RPC');
  }
});

test('a flood of failures costs a bounded pool, and every eviction is counted', () => {
  const inventory = new Inventory({ maxCandidates: 100 });
  inventory.observe(call({ apiId: 'known' }));
  for (let i = 0; i < 5000; i++) {
    inventory.observe(call({ apiId: `f${i}`, status: 404 }));
    inventory.observe(call({ apiId: 'rare', status: 404 }));
  }
  assert.equal(inventory.candidates().length, 100);
  assert.equal(inventory.evicted, 5001 - 100);
  assert.equal(inventory.get('rare')?.failures, 5000);
  assert.equal(inventory.size, 1);
  assert.deepEqual(
    inventory.changed().map((entry) => entry.id),
    ['known'],
  );
});

test('a full inventory refuses and counts, and goes on with what it knows', () => {
  const inventory = new Inventory({ maxApis: 2 });
  for (const apiId of ['a', 'b', 'c', 'a', 'c']) inventory.observe(call({ apiId }));
  assert.deepEqual(
    inventory.entries().map((entry) => [entry.id, entry.successes]),
    [
      ['a', 2],
      ['b', 1],
    ],
  );
  assert.equal(inventory.refused, 2);
});

test('changed() tells each change once, sorted', () => {
  const inventory = new Inventory();
  for (const apiId of ['c', 'a', 'b']) inventory.observe(call({ apiId }));
  assert.deepEqual(
    inventory.changed().map((entry) => entry.id),
    ['a', 'b', 'c'],
  );
  assert.deepEqual(inventory.changed(), []);
  inventory.observe(call({ apiId: 'b', status: 500 }));
  const [entry] = inventory.changed();
  assert.equal(entry?.failures, 1);
  assert.deepEqual(Object.keys(entry ?? {}).sort(), [
    'app',
    'failures',
    'firstSeen',
    'format',
    'formatReason',
    'id',
    'lastSeen',
    'life',
    'method',
    'operation',
    'state',
    'successes',
    'template',
    'templateReason',
  ]);
});

test('stopping and going on from a snapshot is the same as never stopping', () => {
  const random = randomOf(21);
  const calls = Array.from({ length: 3000 }, (_, i) =>
    call({
      apiId: `id${random(400)}`,
      status: [200, 302, 404, 500, 0][random(5)]!,
      client: `c${random(3)}`,
      ts: start + i * 60_000_000 + Math.floor(i / 1000) * 40 * 86_400_000_000,
      format: (['REST', 'web', 'unknown'] as const)[random(3)]!,
    }),
  );
  const options = { maxApis: 250, maxCandidates: 40 };
  const whole = new Inventory(options);
  let parts = new Inventory(options);
  for (const [i, one] of calls.entries()) {
    whole.observe(one);
    parts.observe(one);
    if (i % 500 === 250) {
      const text = JSON.stringify(parts.snapshot());
      parts = new Inventory(options);
      parts.restore(JSON.parse(text));
      assert.equal(JSON.stringify(parts.snapshot()), text);
    }
    if (i % 700 === 0) assert.deepEqual(parts.changed(), whole.changed());
  }
  assert.deepEqual(parts.snapshot(), whole.snapshot());
  assert.ok(whole.evicted > 0 && whole.refused > 0);
});

test('a reply that meant failure makes no API and wakes none', () => {
  const inventory = new Inventory();
  const day = 86_400_000_000;
  inventory.observe(call(), false);
  assert.deepEqual(
    [inventory.size, inventory.candidates()[0]?.failures, inventory.candidates()[0]?.life],
    [0, 1, null],
  );
  inventory.observe(call({ ts: start + day }), true);
  inventory.observe(call({ ts: start + 2 * day, status: 0 }), null);
  inventory.observe(call({ ts: start + 50 * day }), false);
  inventory.observe(call({ ts: start + 60 * day, status: 404 }));
  const entry = inventory.get('00000000000000aa');
  assert.deepEqual([entry?.successes, entry?.failures, entry?.lastSeen], [1, 3, start + 60 * day]);
  assert.deepEqual(entry?.life, { first: start + day, last: start + day, revivals: [] });
  assert.equal(inventory.lifecycleAt('00000000000000aa', start + 5 * day)?.state, 'new');
  assert.equal(inventory.lifecycleAt('00000000000000aa', start + 31 * day)?.state, 'inactive');
  inventory.observe(call({ ts: start + 70 * day }));
  assert.deepEqual(
    inventory.lifecycleAt('00000000000000aa', start + 71 * day)?.transitions.map((each) => each.state),
    ['new', 'active', 'inactive', 'revived'],
  );
  assert.equal(inventory.lifecycleAt('unknown', start), null);
});

test('periods are given; an entry stored without a life has one after restoring', () => {
  const day = 86_400_000_000;
  const inventory = new Inventory({ periods: { new: day, inactive: 2 * day, revived: day } });
  inventory.observe(call());
  const snapshot = JSON.parse(JSON.stringify(inventory.snapshot()));
  delete snapshot.apis[0].life;
  inventory.restore(snapshot);
  assert.equal(inventory.lifecycleAt('00000000000000aa', start + day)?.state, 'active');
  assert.equal(inventory.lifecycleAt('00000000000000aa', start + 2 * day)?.state, 'inactive');
});

test('a snapshot of another version is refused in words', () => {
  const other = { v: 2, apis: [], candidates: [], changed: [], evicted: 0, refused: 0 };
  assert.throws(() => new Inventory().restore(other as never), /version 2/);
});
