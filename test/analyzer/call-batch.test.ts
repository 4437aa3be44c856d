import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiCall } from '../../analyzer/call.ts';
import { CallPacker, type PackedCalls } from '../../analyzer/call-batch.ts';
import { packedCalls, unpackCalls } from '../../analyzer/packed-call.ts';
import { Random } from '../../deploy/traffic/random.ts';
import { weirds } from '../../sensor/weird.ts';
import { RandomCalls } from './random-calls.ts';

const capacity = 64;

const names = Object.keys(new RandomCalls(new Random(0)).any()) as (keyof ApiCall)[];

/** What was sent: calls come with room for judge's part. */
function unpacked(packed: PackedCalls): ApiCall[] {
  return unpackCalls(packed).map(
    (call) => Object.fromEntries(names.map((name) => [name, call[name]])) as unknown as ApiCall,
  );
}

/** Through the packer and a thread's door, batch by batch. */
function carried(packer: CallPacker, calls: readonly ApiCall[]): ApiCall[] {
  const out: ApiCall[] = [];
  for (const call of calls) {
    if (packer.full) out.push(...unpacked(structuredClone(packer.take())));
    packer.add(call);
  }
  return [...out, ...unpacked(structuredClone(packer.take()))];
}

test('what is packed comes out, field by field, in order', () => {
  const packer = new CallPacker(capacity);
  for (let seed = 1; seed <= 20; seed++) {
    const random = new RandomCalls(new Random(seed));
    const calls = Array.from({ length: random.random.below(4 * capacity) }, () => random.any());
    assert.deepEqual(carried(packer, calls), calls, `seed ${seed}`);
  }
});

test('absent values, empty texts and every oddity by name', () => {
  const call = new RandomCalls(new Random(1)).any();
  const calls: ApiCall[] = [
    { ...call, vlan: null, tunnel: null, unpaired: null, weird: [] },
    { ...call, vlan: 0, tunnel: 'gre', unpaired: 'one-sided', weird: weirds },
    { ...call, vlan: 4095, app: '', method: '', path: '', query: '', userAgent: '', weird: [weirds[0]!] },
    { ...call, uid: 'ffffffffffffffff-1', app: '证券', userAgent: '\u{1f600}\ud83d', referer: 'x'.repeat(100_000) },
  ];
  const came = carried(new CallPacker(capacity), calls);
  assert.deepEqual(came, calls);
  assert.deepEqual(JSON.parse(JSON.stringify(came)), JSON.parse(JSON.stringify(calls)), 'JSON-safe');
});

test('a batch is empty after it was taken, and keeps nothing of the one before', () => {
  const calls = new RandomCalls(new Random(3)).many(10);
  const packer = new CallPacker(capacity);
  for (const call of calls) packer.add(call);
  assert.equal(packer.size, 10);
  const first = packer.take();
  assert.equal(packer.size, 0);
  assert.deepEqual(unpacked(packer.take()), []);
  packer.add(calls[9]!);
  assert.deepEqual(unpacked(packer.take()), [calls[9]]);
  assert.deepEqual(unpacked(first), calls, 'a batch that was taken is not written to again');
});

test('a text travels once a batch', () => {
  const call = new RandomCalls(new Random(4)).any();
  const packer = new CallPacker(capacity);
  const agent = 'agent '.repeat(80);
  for (let i = 0; i < capacity; i++)
    packer.add({ ...call, userAgent: agent, uid: `${call.uid.slice(0, 16)}-${i + 1}` });
  assert.equal(packer.take().texts.filter((text) => text === agent).length, 1);
});

test('calls are unpacked in any order, as often as wanted, and say their order key before', () => {
  const calls = new RandomCalls(new Random(5)).many(30);
  const packer = new CallPacker(capacity);
  for (const call of calls) packer.add(call);
  const packed = packer.take();
  const waiting = packedCalls(structuredClone(packed));
  const keys = waiting.map(({ completedTs, uid }) => [completedTs, uid]);
  assert.deepEqual(
    keys,
    calls.map(({ completedTs, uid }) => [completedTs, uid]),
  );
  const whole = unpackCalls(packed);
  for (const i of [29, 3, 3, 0, 17]) assert.deepEqual(waiting[i]!.unpack(), whole[i]);
});
