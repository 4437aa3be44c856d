/** The access log: results told apart, hops of one request joined, and nothing joined that is not surely one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Hop, Hops } from '../../../console/cli/hops.ts';
import { call, runCommand, somewhere } from './fakes.ts';

const gateway = '10.0.0.80';
const base = {
  ...{
    uid: 'a-1',
    ts: 1_000_000_000,
    durationUs: 40_000,
    method: 'GET',
    path: '/api/orders/****',
    query: '',
    status: 200,
  },
  ...{ client: '203.0.113.5', server: gateway, serverPort: 443, accountHash: '', session: '', traceIds: '' },
};
const outer: Hop = base;
const inner: Hop = {
  ...base,
  ...{ uid: 'b-1', ts: base.ts + 2000, durationUs: 30_000, client: gateway, server: '10.0.1.7', serverPort: 8080 },
};

function join(...calls: readonly Hop[]): string[] {
  const hops = new Hops();
  return calls.map((each) => {
    const { chain, hop, by } = hops.take(each);
    return `${each.uid} ${chain} ${hop}${by === '' ? '' : ` ${by}`}`;
  });
}

test('the same request within another, from the machine that was asked', () => {
  assert.deepEqual(join(outer, inner), ['a-1 a-1 1', 'b-1 a-1 2 content']);
  // Behind a trusted proxy both have the client's address; a gateway takes its prefix away.
  const proxied = { ...inner, client: base.client, path: '/orders/****' };
  assert.deepEqual(join(outer, proxied), ['a-1 a-1 1', 'b-1 a-1 2 content']);
  const service = {
    ...inner,
    uid: 'c-1',
    ts: inner.ts + 1000,
    durationUs: 10_000,
    client: inner.server,
    server: '10.0.1.9',
  };
  assert.deepEqual(join(outer, inner, service), ['a-1 a-1 1', 'b-1 a-1 2 content', 'c-1 a-1 3 content']);
});

test('what may belong to two, or to none, begins a chain of its own', () => {
  const another = { ...outer, uid: 'a-2', ts: outer.ts + 500, client: '203.0.113.9' };
  assert.equal(join(outer, another, inner)[2], 'b-1 b-1 1');
  for (const change of [
    { client: '10.0.0.81' },
    { status: 500 },
    { method: 'POST' },
    { path: '/other/orders/1' },
    { query: 'a=1' },
    { ts: base.ts + 39_000 },
    { server: gateway, serverPort: 443 },
  ]) {
    assert.equal(join(outer, { ...inner, ...change })[1], 'b-1 b-1 1', JSON.stringify(change));
  }
  const sessions = join({ ...outer, session: '01' }, { ...inner, session: '02' });
  assert.equal(sessions[1], 'b-1 b-1 1');
  const ids = join({ ...outer, traceIds: '01' }, { ...inner, traceIds: '02' });
  assert.equal(ids[1], 'b-1 b-1 1');
});

test('one id is one request, whatever became of path and address', () => {
  const named = { ...outer, traceIds: 'aa 01' };
  const other = { ...inner, traceIds: '01', method: 'POST', path: '/rpc', client: '10.9.9.9', status: 500 };
  const after = { ...other, uid: 'c-1', ts: base.ts + 2e6, server: '10.0.1.9' };
  const late = { ...other, uid: 'd-1', ts: base.ts + 300e6 };
  assert.deepEqual(join(named, other, after, late), [
    'a-1 a-1 1',
    'b-1 a-1 2 trace-id',
    'c-1 a-1 1 trace-id',
    'd-1 d-1 1',
  ]);
});

test('an id that everybody sends joins nothing, and what is remembered is bounded', () => {
  const hops = new Hops();
  const chains = new Set<string>();
  for (let n = 0; n < 60_000; n++) {
    const each = {
      ...outer,
      uid: `x-${n}`,
      ts: outer.ts + n * 10,
      client: `10.3.${n >> 8}.${n & 255}`,
      traceIds: '77',
    };
    chains.add(hops.take(each).chain);
  }
  assert.ok(chains.size > 59_000, String(chains.size));
});

const row = { ...call, accountHash: '3f9a01c2be', resultCode: '', device: 'chrome/windows', traceIds: '' };

test('results, and errors by kind', async () => {
  const rows = [
    row,
    { ...row, uid: '00ff00ff00ff00ff-2', success: 0, resultCode: '-61' },
    { ...row, uid: '00ff00ff00ff00ff-3', status: 403, success: 0 },
    { ...row, uid: '00ff00ff00ff00ff-4', status: 502, success: 0 },
    { ...row, uid: '00ff00ff00ff00ff-5', status: 0, success: 0 },
  ];
  const told = await runCommand(['log', '--format', 'ndjson', ...somewhere], { answers: { 'access-log': rows } });
  const lines = told.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ serial, result, error, resultCode }) => [serial.slice(-1), result, error, resultCode]),
    [
      ['1', 'success', undefined, undefined],
      ['2', 'failure', 'business', '-61'],
      ['3', 'failure', 'refused', undefined],
      ['4', 'failure', 'system', undefined],
      ['5', 'no-response', 'system', undefined],
    ],
  );
  assert.deepEqual(
    [lines[0].interface, lines[0].server, lines[0].hop],
    ['/api/v1/accounts/{id}/orders', '10.20.30.40:80', 1],
  );
  const business = await runCommand(['export', 'log', '--errors', 'business', '--format', 'csv', ...somewhere], {
    answers: { 'access-log': rows },
  });
  const [header, line, end] = business.stdout.split('\r\n');
  assert.match(header!, /^serial,chain,hop,joinedBy,ts,app,.*,durationUs,status,result,error,resultCode,account/);
  assert.match(line!, /,200,failure,business,'-61,138\*\*\*\*5678#3f9a01c2be,/);
  assert.equal(end, '');
});

test('what came before the time asked for joins, and is not shown', async () => {
  const since = '2026-11-21T10:00:00Z';
  const begin = Date.parse(since) * 1000;
  const asked: unknown[] = [];
  const rows = [
    { ...row, uid: 'aa-1', ts: begin - 1000, durationUs: 90_000, traceIds: '11', server: '10.0.0.1' },
    { ...row, uid: 'bb-1', ts: begin + 1000, durationUs: 10_000, traceIds: '11', server: '10.0.0.2' },
  ];
  const { stdout } = await runCommand(['log', '--since', since, '--format', 'json', ...somewhere], {
    answers: {
      'access-log': (parameters) => {
        asked.push(parameters);
        return rows;
      },
    },
  });
  assert.deepEqual(asked, [{ since: begin - 60e6, until: 0 }]);
  assert.deepEqual(
    (JSON.parse(stdout) as { serial: string; chain: string; hop: number }[]).map(({ serial, chain, hop }) => [
      serial,
      chain,
      hop,
    ]),
    [['bb-1', 'aa-1', 2]],
  );
});
