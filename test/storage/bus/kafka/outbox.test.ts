/** The outbox and its spool against a broker that is there, away, or refuses. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Outbox } from '../../../../storage/bus/kafka/outbox.ts';
import { type KafkaRecord, Spool } from '../../../../storage/bus/kafka/spool.ts';

function record(number: number, octets = 100): KafkaRecord {
  const headers = { n: String(number) };
  return { topic: 't', partition: number % 3, key: null, value: Buffer.alloc(octets, number), headers };
}

const numbers = (records: readonly KafkaRecord[]) => records.map(({ headers }) => Number(headers['n']));

function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'apiris-spool-'));
  t.after(() => rmSync(made, { recursive: true }));
  return made;
}

/** A broker that can be switched off. */
class FakeBroker {
  isThere = true;
  readonly taken: number[] = [];
  readonly send = async (records: readonly KafkaRecord[]) => {
    await null;
    if (!this.isThere) throw new Error('connection closed');
    this.taken.push(...numbers(records));
  };
}

const quick = { linger: 1, backoff: 1, maxBackoff: 4, mayPass: () => true };
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

test('messages keep their order through a spool, and what a spool holds outlives it', (t) => {
  const place = folder(t);
  const spool = new Spool(place, 1 << 20, 2000);
  for (const number of upTo(50)) assert.ok(spool.append(record(number)));
  spool.append({ topic: 't', partition: 0, key: 'k', value: null, headers: { n: '50' } });
  spool.close();
  assert.ok(readdirSync(place).length > 2);
  const again = new Spool(place, 1 << 20, 2000);
  const seen: number[] = [];
  let last: KafkaRecord | undefined;
  for (let some = again.peek(500); some.length > 0; some = again.peek(500)) {
    seen.push(...numbers(some));
    last = some.at(-1);
    again.sent(some.length);
  }
  assert.deepEqual(seen, upTo(51));
  assert.deepEqual(last, { topic: 't', partition: 0, key: 'k', value: null, headers: { n: '50' } });
  assert.equal(again.bytes, 0);
  assert.deepEqual(readdirSync(place), []);
});

test('a message that a crash cut off ends its file, and is counted', (t) => {
  const place = folder(t);
  const spool = new Spool(place, 1 << 20);
  for (const number of upTo(5)) spool.append(record(number));
  spool.close();
  const [file] = readdirSync(place);
  truncateSync(join(place, file!), spool.bytes - 10);
  const cut = new Spool(place, 1 << 20);
  cut.append(record(9));
  assert.deepEqual(numbers(cut.peek(1e6)), [0, 1, 2, 3]);
  cut.sent(4);
  assert.deepEqual(numbers(cut.peek(1e6)), [9]);
  assert.equal(cut.torn, 1);
  cut.close();
});

test('whatever octets a file holds, reading it ends', (t) => {
  const place = folder(t);
  appendFileSync(join(place, '0000000007.spool'), Buffer.from(upTo(4000).map((i) => (i * 7919) % 251)));
  const spool = new Spool(place, 1 << 20);
  assert.deepEqual(spool.peek(1e6), []);
  assert.equal(spool.torn, 1);
  assert.ok(spool.isEmpty);
});

test('a spool takes no more than its limit', (t) => {
  const spool = new Spool(folder(t), 1000);
  let taken = 0;
  while (spool.append(record(taken))) taken++;
  assert.ok(taken >= 4 && spool.bytes <= 1000, `${taken}, ${spool.bytes}`);
  spool.close();
});

test('while the broker is away messages go to disk, and out in their order when it is back', async (t) => {
  const broker = new FakeBroker();
  const outbox = new Outbox({ ...quick, send: broker.send, spool: new Spool(folder(t), 1 << 20, 1500), batch: 500 });
  for (const number of upTo(10)) await outbox.offer(record(number));
  await outbox.flush();
  broker.isThere = false;
  for (let number = 10; number < 60; number++) {
    await outbox.offer(record(number));
    if (number % 10 === 0) await wait(3);
  }
  assert.ok(outbox.isAway);
  assert.ok(outbox.counters.spooled > 30 && outbox.counters.failures > 0);
  broker.isThere = true;
  for (let number = 60; number < 80; number++) await outbox.offer(record(number));
  await outbox.flush();
  assert.deepEqual(broker.taken, upTo(80));
  assert.equal(outbox.counters.published, outbox.counters.sent);
  await outbox.close();
});

test('a process that ends with the broker away leaves what it had to the next', async (t) => {
  const place = folder(t);
  const broker = new FakeBroker();
  broker.isThere = false;
  const first = new Outbox({ ...quick, send: broker.send, spool: new Spool(place, 1 << 20) });
  for (const number of upTo(20)) await first.offer(record(number));
  await first.close();
  assert.equal(first.unsent, 0);
  broker.isThere = true;
  const second = new Outbox({ ...quick, send: broker.send, spool: new Spool(place, 1 << 20) });
  await second.offer(record(20));
  await second.flush();
  assert.deepEqual(broker.taken, upTo(21));
  await second.close();
});

test('beyond memory and spool publishers wait, which is counted, and nothing is lost', async (t) => {
  const broker = new FakeBroker();
  broker.isThere = false;
  const outbox = new Outbox({ ...quick, send: broker.send, spool: new Spool(folder(t), 2000, 500), capacity: 1000 });
  let taken = 0;
  const publishing = (async () => {
    for (const number of upTo(100)) {
      await outbox.offer(record(number));
      taken++;
    }
  })();
  await wait(30);
  assert.ok(taken > 5 && taken < 30, `${taken}`);
  assert.ok(outbox.counters.waits > 0);
  broker.isThere = true;
  await publishing;
  await outbox.flush();
  assert.deepEqual(broker.taken, upTo(100));
  await outbox.close();
});

test('a refusal that does not pass ends it, and says so to everybody', async () => {
  const send = async () => {
    throw new Error('not allowed');
  };
  const outbox = new Outbox({ ...quick, send, mayPass: () => false, spool: null });
  await outbox.offer(record(0));
  await assert.rejects(outbox.flush(), /not allowed/);
  await assert.rejects(outbox.offer(record(1)), /not allowed/);
  await assert.rejects(outbox.close(), /not allowed/);
});

test('an outbox that is closed leaves no timer, and who waits for room is told', async () => {
  const broker = new FakeBroker();
  broker.isThere = false;
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const pauses = { ...quick, backoff: 60_000, maxBackoff: 60_000 };
  const outbox = new Outbox({ ...pauses, send: broker.send, spool: null, capacity: 1 });
  await outbox.offer(record(1));
  const waiting = assert.rejects(outbox.offer(record(2)), /The bus is closed/);
  while (outbox.counters.failures === 0) await wait(1);
  await outbox.close();
  await waiting;
  assert.equal(timers(), before);
});
