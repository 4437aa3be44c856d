/** Calls as octets: what is written is read, by us and by the schema file, and whatever else comes is named. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type { ApiCall } from '../../../../analyzer/call.ts';
import { CallPacker, NUMBERS, type PackedCalls } from '../../../../analyzer/call-batch.ts';
import { unpackCalls } from '../../../../analyzer/packed-call.ts';
import { Random } from '../../../../deploy/traffic/random.ts';
import { type CallsRecord, partitionOf } from '../../../../storage/bus/calls.ts';
import { decodeCalls, encodeCalls } from '../../../../storage/bus/kafka/call-columns.ts';
import { codecs } from '../../../../storage/bus/kafka/codecs.ts';
import { NumberWriter } from '../../../../storage/bus/kafka/numbers.ts';
import { RandomCalls } from '../../../analyzer/random-calls.ts';

/** UTF-8 has no half characters, and packet time ends in 2100. */
const LAST_TS = 4.1e15;

function carried(call: ApiCall): ApiCall {
  const text = JSON.stringify({ ...call, ts: call.ts % LAST_TS, completedTs: call.completedTs % LAST_TS });
  return JSON.parse(text.replace(/\\ud[89a-f][0-9a-f]{2}/g, '')) as ApiCall;
}

function packed(seed: number, many: number): PackedCalls {
  const random = new RandomCalls(new Random(seed));
  const packer = new CallPacker(many);
  for (let i = 0; i < many && !packer.full; i++) packer.add(carried(random.any()));
  return packer.take();
}

const record: CallsRecord = {
  ...{ sensor: 'tap-1', stream: 'abc', isLive: false, keys: '0123456789abcdef', first: 7 },
  ...{ calls: packed(1, 3), watermark: 1_767_576_600_000_000, report: null },
};
const codec = codecs['apiris.calls.v1'];

test('calls come out as they went in', () => {
  for (let seed = 1; seed <= 12; seed++) {
    const batch = packed(seed, seed * 7);
    const read = decodeCalls(encodeCalls(batch));
    assert.deepEqual(unpackCalls(read), unpackCalls(batch), `seed ${seed}`);
  }
});

test('columns that a newer program added are passed over', () => {
  const batch = packed(3, 1);
  const octets = encodeCalls(batch);
  // One call, so that each column is one number: magic, size, counts of columns.
  const wider = Buffer.concat([octets.subarray(0, 5), Buffer.from([octets[5]! + 1]), octets.subarray(6)]);
  // The added column of numbers stands before the words; its value is any number.
  const narrow = decodeCalls(octets);
  const numbersEnd = octets.length - encodedLength(batch.words, batch.facts);
  const longer = Buffer.concat([wider.subarray(0, numbersEnd), Buffer.from([42]), wider.subarray(numbersEnd)]);
  assert.deepEqual(unpackCalls(decodeCalls(longer)), unpackCalls(narrow));
});

/** Octets of the words and facts of one call. */
function encodedLength(words: Uint32Array, facts: Float64Array): number {
  const empty = { size: 0, numbers: new Float64Array(0), words: new Uint32Array(0), texts: [] };
  const alone = encodeCalls({ ...empty, facts: Float64Array.from([...words, ...facts]) });
  const none = encodeCalls({ ...empty, facts: new Float64Array(0) });
  const count = (length: number) => (length + 2 < 128 ? 1 : length + 2 < 16_384 ? 2 : 3);
  return alone.length - none.length + 1 - count(words.length + facts.length) + count(facts.length);
}

test('octets that no sensor wrote are refused by name, whatever they are', () => {
  const random = new Random(5);
  const good = encodeCalls(packed(2, 20));
  const named = (octets: Buffer) => {
    try {
      decodeCalls(octets);
    } catch (error) {
      assert.equal((error as Error).name, 'Poison', String(error));
    }
  };
  for (let i = 0; i < 2000; i++) {
    const octets = Buffer.from(good);
    for (let n = 0; n <= random.below(4); n++) octets[4 + random.below(octets.length - 4)] = random.below(256);
    named(octets);
    named(octets.subarray(0, random.below(octets.length)));
  }
  assert.throws(() => decodeCalls(Buffer.from('{"a":1}')), /no batch of calls/);
});

test('a record keeps what it says, in headers that anybody can read', () => {
  const encoded = codec.encode(record);
  assert.deepEqual(
    { ...encoded.headers, crc: '' },
    {
      ...{ schema: 'apiris.calls/1', sensor: 'tap-1', stream: 'abc', live: '0', keys: '0123456789abcdef' },
      ...{ first: '7', calls: '3', watermark: '1767576600000000', crc: '' },
    },
  );
  const read = codec.decode(encoded) as CallsRecord;
  assert.deepEqual({ ...read, calls: null }, { ...record, calls: null });
  assert.deepEqual(unpackCalls(read.calls!), unpackCalls(record.calls!));
  const end = { ...record, calls: null, watermark: Number.POSITIVE_INFINITY };
  assert.deepEqual(codec.decode(codec.encode(end)), end);
  const sheddings = [{ ts: 5, number: 1, fromStep: 0, step: 1, fill: 0.3 }];
  const before = { sources: [{ id: 'a' }], ledger: [{ name: 'callsRead', value: 3 }], handshakes: [] };
  const report = { ...before, sheddings };
  const telling = { ...record, calls: null, report };
  assert.deepEqual(codec.decode(codec.encode(telling)), telling);
  const older = { ...telling, report: before };
  assert.deepEqual(codec.decode(codec.encode(older)), { ...telling, report: { ...before, sheddings: [] } });
});

test('foreign and damaged messages are poison, with a sentence that says what to do', () => {
  const encoded = codec.encode(record);
  const having = (headers: Record<string, string | undefined>) => ({
    ...encoded,
    headers: Object.fromEntries(Object.entries({ ...encoded.headers, ...headers }).filter(([, v]) => v !== undefined)),
  });
  const cases: [Parameters<typeof codec.decode>[0], RegExp][] = [
    [{ key: null, value: Buffer.from('{}'), headers: {} }, /keep other writers off the topic/],
    [having({ schema: 'apiris.calls/2' }) as typeof encoded, /let sensors and analyzer be of one version/],
    [having({ crc: '0' }) as typeof encoded, /not what its writer wrote/],
    [having({ first: 'x' }) as typeof encoded, /header "first"/],
    [having({ stream: undefined }) as typeof encoded, /header "stream"/],
    [having({ calls: '4' }) as typeof encoded, /another number of calls/],
    [having({ report: 'json', calls: '0' }) as typeof encoded, /report cannot be read/],
  ];
  for (const [message, says] of cases) {
    assert.throws(
      () => codec.decode(message),
      (error: Error) => error.name === 'Poison' && says.test(error.message),
    );
  }
});

test('the schema file reads what is written', () => {
  const load = createRequire(import.meta.resolve('#root/package.json'));
  const KaitaiStream = load('kaitai-struct/KaitaiStream') as new (octets: Buffer) => object;
  const { CallsV1 } = load('./storage/bus/kafka/generated/calls-v1.cjs') as { CallsV1: new (io: object) => Read };
  interface Value {
    readonly value: number;
  }
  interface Read {
    readonly size: Value;
    readonly texts: readonly { readonly text: string }[];
    readonly numbers: readonly { readonly values: readonly Value[] }[];
    readonly words: readonly { readonly values: readonly Value[] }[];
    readonly facts: readonly Value[];
  }
  const batch = packed(9, 40);
  const read = new CallsV1(new KaitaiStream(encodeCalls(batch)));
  assert.equal(read.size.value, batch.size);
  // Kaitai's reader takes a mark of the octet order away.
  assert.deepEqual(
    read.texts.map(({ text }) => text),
    batch.texts.map((text) => text.replace(/^\ufeff/, '')),
  );
  assert.deepEqual(
    read.facts.map(({ value }) => value),
    [...batch.facts],
  );
  assert.deepEqual(
    read.words.map(({ values }) => values[0]!.value),
    [...batch.words.subarray(0, read.words.length)],
  );
  assert.deepEqual(
    read.numbers.slice(2).map(({ values }) => values[1]!.value),
    [...batch.numbers.subarray(read.numbers.length + 2, 2 * read.numbers.length)],
  );
});

test('a sensor of the first version wrote fewer columns: its calls are of every connection', () => {
  const writer = new NumberWriter();
  writer.octets(Buffer.from('ACB1'));
  for (const count of [2, 13, 27, 1]) writer.number(count);
  writer.text('');
  for (let i = 0; i < 2 * (13 + 27); i++) writer.number(0);
  writer.number(0);
  const { numbers } = decodeCalls(writer.take());
  assert.deepEqual([...numbers.subarray(NUMBERS + 12)], [0, 1, 0, 0, 0]);
});

test('an application stays in its partition', () => {
  assert.equal(partitionOf('trade.example.com', 64), partitionOf('trade.example.com', 64));
  const used = new Set(Array.from({ length: 500 }, (_, i) => partitionOf(`app-${i}.example.com`, 64)));
  assert.ok(used.size > 55, `${used.size}`);
});
