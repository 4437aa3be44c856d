/** The alarm of a mirror from which nothing comes any more. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { healthOf } from '../../../console/cli/health-facts.ts';
import { textsOf } from '../../../console/cli/text/language.ts';
import { ledgerOf } from './fakes.ts';

type Facts = Parameters<typeof healthOf>[0];
const now = 1_700_000_000_000_000;

function health(
  source: Partial<Facts['sources'][number]>,
  language: 'en' | 'zh-CN' = 'en',
  steps: Facts['steps'] = [],
) {
  const live = { name: 'eth1', state: 'live', size: 0, lastTs: now - 10e6, damage: [], ...source };
  const facts = {
    ledger: ledgerOf({}),
    weird: [],
    sources: [live],
    bindings: [],
    sheddings: [],
    steps,
    newest: now,
  };
  const { word, reasons } = healthOf(facts as unknown as Facts, textsOf(language), now);
  return { word, codes: reasons.map(({ code }) => code), text: reasons.map(({ text }) => text).join() };
}

test('two minutes without a packet make a running port blind, by its name, in both languages', () => {
  assert.equal(health({}).word, 'complete');
  assert.equal(health({ lastTs: now - 119e6 }).word, 'complete');
  for (const language of ['en', 'zh-CN'] as const) {
    const { word, codes, text } = health({ lastTs: now - 121e6 }, language);
    assert.deepEqual([word, codes], ['blind', ['silent']]);
    assert.match(text, /eth1/);
  }
});

test('what was read to its end, and a file, are not silent', () => {
  assert.equal(health({ state: 'finished', lastTs: now - 999e6 }).word, 'complete');
  assert.equal(health({ size: 5000, lastTs: now - 999e6 }).codes.includes('silent'), false);
});

test('a step of shedding is in force while its source is read, and something comes from it', () => {
  const id = 'live taps eth1 2026-11-21T00:00:00.000Z';
  const steps = [
    { source: 'live halls eth2 2026-11-20T00:00:00.000Z', step: 4 },
    { source: id, step: 2 },
  ];
  const shedding = (source: Parameters<typeof health>[0]) => health({ id, ...source }, 'en', steps);
  const { word, codes, text } = shedding({});
  assert.deepEqual([word, codes], ['degraded', ['shedding']]);
  assert.match(text, /medium priority/, 'not what another shed before it ended');
  assert.deepEqual(shedding({ id: `${id} eth1` }).codes, ['shedding'], 'one of several ports');
  assert.deepEqual(shedding({ state: 'finished' }).codes, []);
  assert.deepEqual(shedding({ lastTs: now - 121e6 }).codes, ['silent']);
});
