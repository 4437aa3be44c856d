/** What our servers send to others': in the clear, in URLs, to whom nobody listed, by redirects, by old TLS. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HandshakeSum } from '../../../analyzer/handshakes.ts';
import type { Observation } from '../../../analyzer/observation.ts';
import {
  noPartners,
  type PartyCall,
  type PartyRegister,
  ThirdParties,
} from '../../../analyzer/observe/third-parties.ts';
import { steps, told } from './steps.ts';

const t0 = 1_772_589_600_000_000;
const range = (n: number) => Array.from({ length: n }, (_, i) => i);
let uids = 0;
const call = (client: string, server: string, change: Partial<PartyCall> = {}): PartyCall => ({
  ...{ app: 'a.example', apiId: 'a'.repeat(16), method: 'POST', template: '/x', client, account: undefined },
  ...{ completedTs: t0 + ++uids * 1e6, uid: `u${uids}`, completeness: 1, sampling: 1 },
  ...{ server, encrypted: null, urlSecrets: undefined, signals: [], labelsRequest: [], labelsResponse: [], ...change },
});
const isInside = (address: string) => address.startsWith('10.');
const made = (register: PartyRegister) => new ThirdParties(new Map([['id-card', 3]]), isInside, register);
const all = (calls: readonly PartyCall[], register = noPartners): Observation[] =>
  told(
    steps(
      () => made(register),
      (m, c) => m.take(c) ?? undefined,
      calls,
    ),
  ).flat();
const run = (calls: readonly PartyCall[], register = noPartners) =>
  all(calls, register).map(({ measure, value, numbers }) => [measure, value, numbers['level']]);
const serve = range(10).map(() => call('198.51.100.1', '10.0.0.9'));
const out = (client: string, server: string, change: Partial<PartyCall>) =>
  range(3).map(() => call(client, server, change));
const idCard = [{ label: 'id-card', count: 1, masked: 0 }];
const clear = { labelsRequest: idCard };
const masked = { labelsRequest: [{ label: 'id-card', count: 1, masked: 1 }] };

test('personal data without TLS and secrets in the URL; customers and our own are nothing', () => {
  assert.deepEqual(run([...serve, ...out('10.0.0.9', '203.0.113.5', clear)]), [['third-party-clear', 3, 3]]);
  assert.deepEqual(run([...serve, ...out('10.0.0.9', '203.0.113.5', { ...clear, encrypted: true })]), []);
  assert.deepEqual(run([...serve, ...out('10.0.0.9', '203.0.113.5', { urlSecrets: ['token'] })]), [
    ['third-party-url', 3, 0],
  ]);
  assert.deepEqual(run([...serve, ...out('10.0.0.77', '203.0.113.5', clear)]), []);
  assert.deepEqual(run([...serve, ...out('10.0.0.9', '10.0.0.10', clear)]), []);
  const ours = call('198.51.100.1', '203.0.113.5');
  assert.deepEqual(run([...serve, ours, ...out('10.0.0.9', '203.0.113.5', clear)]), []);
  assert.deepEqual(run([...serve, ...out('10.0.0.9', '203.0.113.5', masked)]), []);
});

test('data of class C2 to a host that is not in the register, where there is one', () => {
  const register: PartyRegister = { isPartner: (app) => app === 'a.example', labels: new Set(['id-card']) };
  const sealed = { ...clear, encrypted: true };
  const other = { ...sealed, app: 'b.example' };
  assert.deepEqual(run([...serve, ...out('10.0.0.9', '203.0.113.5', other)], register), [
    ['third-party-unlisted', 3, 3],
  ]);
  assert.deepEqual(run([...serve, ...out('10.0.0.9', '203.0.113.5', other)]), []);
  assert.deepEqual(run([...serve, ...out('10.0.0.9', '203.0.113.5', sealed)], register), []);
  const answered = { app: 'b.example', encrypted: true, labelsResponse: idCard };
  assert.deepEqual(run([...serve, ...out('10.0.0.9', '203.0.113.5', answered)], register), []);
  const hidden = { ...masked, app: 'b.example' };
  assert.deepEqual(run([...serve, ...out('10.0.0.9', '203.0.113.5', hidden)], register), []);
  assert.deepEqual(run([...serve, ...out('10.0.0.77', '203.0.113.5', other)], register), []);
});

test('a redirect to another house that is followed is told of who redirects', () => {
  const sent = { app: 'api.partner.example', signals: ['redirect-elsewhere'] };
  const round = (app: string, change: Partial<PartyCall> = {}, client = '10.0.0.9') => [
    call(client, '203.0.113.5', { ...sent, ...change }),
    call(client, '203.0.113.6', { app }),
  ];
  const rounds = (app: string, change: Partial<PartyCall> = {}) => range(3).flatMap(() => round(app, change));
  const [one, ...more] = all([...serve, ...rounds('evil.example')]);
  assert.deepEqual([one?.measure, one?.value, one?.app, more.length], ['third-party-redirect', 3, sent.app, 0]);
  assert.ok(one!.samples.length >= 6);
  assert.deepEqual(run([...serve, ...rounds('cdn.partner.example')]), []);
  assert.deepEqual(run([...serve, ...rounds('evil.example', { signals: [] })]), []);
  const register: PartyRegister = { isPartner: (app) => app === 'evil.example', labels: new Set() };
  assert.deepEqual(run([...serve, ...rounds('evil.example')], register), []);
  // Another server of ours, long after, or back to one of ours.
  const apart = range(3).flatMap(() => [
    call('10.0.0.9', '203.0.113.5', sent),
    call('10.0.0.8', '203.0.113.6', { app: 'evil.example' }),
  ]);
  assert.deepEqual(run([...serve, ...apart]), []);
  const late = rounds('evil.example').map((each, i) => ({ ...each, completedTs: t0 + i * 11e6 }));
  assert.deepEqual(run([...serve, ...late]), []);
  const home = range(3).flatMap(() => [call('10.0.0.9', '203.0.113.5', sent), call('10.0.0.9', '10.0.0.10')]);
  assert.deepEqual(run([...serve, ...home]), []);
});

test('old TLS that our server agreed on with another house; what others call, and sound TLS, are nothing', () => {
  const sum = (change: Partial<HandshakeSum>) =>
    ({
      ...{ id: '1', server: '203.0.113.5', port: 443, sni: 'b.example', version: 'TLS 1.0', fingerprint: '' },
      ...{ suite: 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA', compressed: 0, handshakes: 5, refused: 1 },
      ...{ clients: ['10.0.0.9'], firstSeen: t0, lastSeen: t0 + 60e6, ...change },
    }) as HandshakeSum;
  const tls = (...sums: readonly HandshakeSum[]) => {
    const measure = made(noPartners);
    for (const each of serve) measure.take(each);
    const appOf = ({ sni }: HandshakeSum) => sni;
    const first = measure.handshakes(sums, appOf).map(({ measure: name, app, value }) => [name, app, value]);
    assert.deepEqual(measure.handshakes(sums, appOf), [], 'once a week');
    return first;
  };
  assert.deepEqual(tls(sum({})), [['third-party-tls', 'b.example', 4]]);
  assert.deepEqual(tls(sum({ version: 'TLS 1.2' })), []);
  assert.deepEqual(tls(sum({ refused: 5 })), []);
  assert.deepEqual(tls(sum({ server: '10.0.0.5' })), []);
  assert.deepEqual(tls(sum({ clients: ['10.0.0.77'] })), []);
  assert.deepEqual(tls(sum({}), sum({ id: '2', clients: ['198.51.100.7'] })), []);
});
