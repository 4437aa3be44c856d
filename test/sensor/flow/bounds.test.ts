import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conversation } from '../../../deploy/traffic/conversation.ts';
import { merge } from '../../../deploy/traffic/disturb.ts';
import { tcpFlags } from '../../../deploy/traffic/frames.ts';
import { Random } from '../../../deploy/traffic/random.ts';
import { Segment } from '../../../sensor/decode/segment.ts';
import { FlowTable } from '../../../sensor/flow/flow-table.ts';
import { defaultFlowLimits, type FlowLimits } from '../../../sensor/flow/limits.ts';
import { Stream } from '../../../sensor/flow/stream.ts';
import { C, Ledger } from '../../../sensor/ledger.ts';
import { WeirdCounts, weirdIndex } from '../../../sensor/weird.ts';
import { sense, startOfTime } from '../sense.ts';

const silent = { data() {}, gap() {}, conflict() {}, finish() {}, close() {} };
const { ack } = tcpFlags;

/** A table whose conversations only listen, and a way to hand it payload of one of many connections. */
function tableOf(limits: Partial<FlowLimits>) {
  const ledger = new Ledger();
  const weird = new WeirdCounts();
  const table = new FlowTable({ ...defaultFlowLimits, ...limits }, ledger, weird, () => silent);
  const segment = new Segment();
  segment.flags = ack;
  segment.destinationPort = 80;
  const payload = Buffer.alloc(1460, 1);
  const give = (connection: number, sequence: number, clock: number, length = payload.length): void => {
    segment.source3 = connection;
    segment.sequence = sequence >>> 0;
    segment.ts = segment.clock = clock;
    segment.data = payload;
    segment.end = segment.wireLength = length;
    table.segment(segment);
  };
  return { ledger, weird, table, give };
}

test('the table grows with its flows and finds every one of them again', () => {
  const { ledger, table, give } = tableOf({});
  const count = 5000;
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < count; i++) give(i, 1 + round * 10, startOfTime + round * count + i, 10);
    assert.equal(table.size, count);
  }
  assert.equal(ledger.counts[C.flowsSeen], count);
  assert.equal(ledger.counts[C.streamBytes], count * 30);
  for (let i = 0; i < count; i += 2) give(i, 31, startOfTime + 4 * count, 10);
  table.expire(startOfTime + 3 * count + defaultFlowLimits.flowTimeoutUs);
  assert.equal(table.size, count / 2, 'only what was silent went');
  for (let i = 0; i < count; i += 2) give(i, 41, startOfTime + 5 * count, 10);
  assert.equal(ledger.counts[C.flowsSeen], count);
  table.finish(startOfTime + 6 * count);
  assert.equal(table.size, 0);
});

test('the flow table never holds more than its bound; the one silent for longest goes, at the present time', () => {
  const maxFlows = 50;
  const { ledger, weird, table, give } = tableOf({ maxFlows });
  for (let i = 0; i < 5000; i++) {
    give(i, 1, startOfTime + i);
    assert.ok(table.size <= maxFlows);
  }
  assert.equal(table.size, maxFlows);
  assert.equal(ledger.counts[C.flowsEvicted], 5000 - maxFlows);
  assert.equal(weird.counts[weirdIndex.flow_table_full], 5000 - maxFlows);
  table.finish(startOfTime + 1e6);
  assert.equal(table.size, 0);
  assert.equal(ledger.counts[C.payloadBytes], ledger.counts[C.streamBytes]);

  const flows = Array.from({ length: 6 }, (_, i) =>
    conversation({ client: `10.0.0.${i}:1`, server: '10.1.0.1:80', ts: startOfTime + i * 1e6 })
      .open()
      .send('client', `GET /${i} HTTP/1.1\r\nHost: a\r\n\r\n`)
      .packets(),
  );
  const { records, order } = sense(merge(...flows), { flow: { maxFlows: 4 }, expire: () => true });
  assert.deepEqual(
    records.map((record) => record.unpaired),
    ['evicted', 'evicted', 'end-of-input', 'end-of-input', 'end-of-input', 'end-of-input'],
  );
  assert.deepEqual(
    order.slice(0, 2).map(([completed]) => completed),
    [flows[4]![0]!.ts, flows[5]![0]!.ts],
  );
});

test('connections that closed and those that never spoke are evicted before those that speak', () => {
  const { table, give, ledger } = tableOf({ maxFlows: 3 });
  give(1, 1, startOfTime);
  const segment = new Segment();
  segment.flags = tcpFlags.syn;
  segment.source3 = 2;
  segment.destinationPort = 80;
  segment.clock = startOfTime + 10;
  table.segment(segment);
  give(3, 1, startOfTime + 20);
  give(4, 1, startOfTime + 30);
  give(1, 1461, startOfTime + 40);
  assert.equal(ledger.counts[C.flowsSeen], 4, 'the one that spoke first is still known');
});

test('what is held out of order stays within the bounds, with an input a hundred times as large', () => {
  const maxHeldPerStream = 64 * 1024;
  const maxHeld = 1 << 20;
  const { ledger, table, give, weird } = tableOf({ maxHeldPerStream, maxHeld });
  const connections = 200;
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  for (let round = 0; round < 400; round++) {
    for (let connection = 0; connection < connections; connection++) {
      // Every other segment is missing, so none can go on.
      give(connection, 1 + round * 2920 + (round === 0 ? 0 : 1460), startOfTime + round);
    }
    if (round % 20 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  assert.ok(ledger.counts[C.payloadBytes]! > 100 * maxHeld);
  assert.ok(weird.counts[weirdIndex.tcp_reassembly_limit]! > 0);
  // Buffers that are garbage are not collected at once.
  assert.ok(most < 96 * maxHeld, `${most} octets at most`);
  table.finish(startOfTime + 1e6);
  assert.equal(ledger.counts[C.streamBytes], ledger.counts[C.payloadBytes]);
  assert.ok(ledger.counts[C.gapBytes]! > 0);
});

test('one stream holds no more than its own bound, though there is room for many', () => {
  const maxHeldPerStream = 64 * 1024;
  const { ledger, give, weird } = tableOf({ maxHeldPerStream, maxHeld: 1 << 30 });
  give(1, 1, startOfTime);
  // The second segment is missing; time stands still.
  let sequence = 2921;
  for (; (sequence - 2921) * 2 < maxHeldPerStream; sequence += 1460) give(1, sequence, startOfTime);
  assert.equal(ledger.counts[C.gapBytes], 0);
  for (; sequence - 2921 < 2 * maxHeldPerStream; sequence += 1460) give(1, sequence, startOfTime);
  assert.equal(ledger.counts[C.gapBytes], 1460);
  assert.equal(ledger.counts[C.streamBytes], ledger.counts[C.payloadBytes]);
  assert.equal(weird.counts[weirdIndex.tcp_reassembly_limit], 0);
});

test('many small pieces are bounded as few large ones are', () => {
  const ledger = new Ledger();
  let gaps = 0;
  const sink = { streamData() {}, streamGap: () => void gaps++, streamConflict() {} };
  const stream = new Stream(0, sink, ledger);
  stream.start(0);
  const octet = Buffer.from('x');
  let held = 0;
  for (let i = 1; i <= 4000; i++) held += stream.receive(i * 2, octet, 0, 1, 0, 1, 1, -1, true);
  assert.equal(held, stream.heldBytes);
  assert.ok(stream.heldBytes >= 4000 * 64, 'a piece weighs more than its octets');
  while (stream.holding) {
    stream.passOver();
    stream.advance(0, 1);
  }
  assert.deepEqual([stream.heldBytes, gaps, ledger.counts[C.streamBytes]], [0, 4000, 4000]);
});

test('what is held behind a new beginning of the stream is given up, and counted', () => {
  const ledger = new Ledger();
  const sink = { streamData() {}, streamGap() {}, streamConflict() {} };
  for (const begin of [0xffffff00, 500, 0x90000000]) {
    const stream = new Stream(0, sink, ledger);
    const lost = ledger.counts[C.outOfWindowBytes]!;
    stream.start(100);
    stream.receive(200, Buffer.from('abc'), 0, 3, 0, 1, 1, -1, true);
    stream.start(begin);
    // An octet that came before the beginning, or far ahead of it, is none of the stream's.
    const kept = begin === 0xffffff00;
    assert.deepEqual([stream.holding, ledger.counts[C.outOfWindowBytes]! - lost], [kept, kept ? 0 : 3]);
    if (!kept) assert.equal(stream.heldBytes, 0);
  }
});

test('a stream gives its octets once and in order, whatever pieces they come in', () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = new Random(seed);
    const length = random.between(1, 4000);
    const begin = random.chance(0.5) ? 0xffffffff - random.below(length) : random.next();
    const whole = Buffer.from(random.text(length, 'abcdefghijklmnop'));
    const out: Buffer[] = [];
    const ledger = new Ledger();
    const sink = {
      streamData: (_: Stream, data: Buffer, start: number, end: number) => {
        out.push(Buffer.from(data.subarray(start, end)));
      },
      streamGap: () => assert.fail('no octet is missing'),
      streamConflict: () => assert.fail('no octet differs'),
    };
    const stream = new Stream(0, sink, ledger);
    stream.start(begin);
    let given = 0;
    let held = 0;
    const give = (from: number, to: number): void => {
      given += to - from;
      held += stream.receive((begin + from) >>> 0, whole, from, to, 0, 1, 1, -1, true);
      const before = stream.heldBytes;
      stream.advance(0, 1);
      held += stream.heldBytes - before;
      assert.equal(held, stream.heldBytes);
    };
    const pieces: [number, number][] = [];
    for (let at = 0; at < length; ) {
      const to = Math.min(length, at + random.between(1, 300));
      pieces.push([Math.max(0, at - random.below(200)), Math.min(length, to + random.below(200))]);
      at = to;
    }
    for (let i = pieces.length - 1; i > 0; i--) {
      const j = Math.max(0, i - random.below(8));
      [pieces[i], pieces[j]] = [pieces[j]!, pieces[i]!];
    }
    for (const [from, to] of pieces) give(from, to);
    assert.equal(Buffer.concat(out).toString(), whole.toString(), `seed ${seed}`);
    assert.deepEqual([stream.heldBytes, stream.offset], [0, length]);
    const { counts } = ledger;
    assert.equal(counts[C.streamBytes], length);
    assert.equal(counts[C.streamBytes]! + counts[C.retransmittedBytes]! + counts[C.keepAliveBytes]!, given);
  }
});

test('a connection of another protocol is only counted, and still adds up when it ends', () => {
  const hello = Buffer.from([0x16, 3, 1, 0, 4, 1, 0, 0, 0]);
  const made = conversation({ client: '10.0.0.1:1', server: '10.0.0.2:443', mss: 1000 }).open();
  // The client has begun what could be HTTP; the server shows that it is not.
  made.send('client', 'GE').send('server', hello).send('client', Buffer.alloc(5000, 1)).close();
  const { records, count } = sense(made.packets());
  assert.equal(records.length, 0);
  assert.equal(count('otherProtocolBytes') + count('ignoredFlowBytes'), 2 + hello.length + 5000);
  // Octets that wait for a hole when the end comes.
  const holed = conversation({ client: '10.0.0.1:1', server: '10.0.0.2:443', mss: 1000 }).open();
  holed.send('client', hello).lose('server', 'lost').send('server', 'held').reset('client');
  for (const window of [0, 1, 2]) {
    const packets = holed.packets();
    const [moved] = packets.splice(3, 1);
    packets.splice(3 + window, 0, moved!);
    sense(packets.map((packet, i) => ({ ...packet, ts: startOfTime + i })));
  }
});
