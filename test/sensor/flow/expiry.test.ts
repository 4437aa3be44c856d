import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conversation } from '../../../deploy/traffic/conversation.ts';
import { merge } from '../../../deploy/traffic/disturb.ts';
import { tcpFlags } from '../../../deploy/traffic/frames.ts';
import { Random } from '../../../deploy/traffic/random.ts';
import { defaultFlowLimits } from '../../../sensor/flow/limits.ts';
import { type Captured, odds, sense, startOfTime } from '../sense.ts';
import { converse } from '../talk.ts';

const { flowTimeoutUs, halfOpenTimeoutUs } = defaultFlowLimits;
const ends = { client: '10.0.0.1:4000', server: '10.0.0.2:80' };

/** Packets of nobody's interest that let packet time pass. */
function passing(ts: number): Captured[] {
  return conversation({ client: '10.9.9.9:9', server: '10.9.9.8:9', ts }).open().packets();
}

test('a silent connection ends at its last packet plus the timeout, however late that is noticed', () => {
  const packets = conversation(ends).open().send('client', 'GET /slow HTTP/1.1\r\nHost: a\r\n\r\n').packets();
  const last = packets.at(-1)!.ts;
  for (const after of [flowTimeoutUs, flowTimeoutUs + 1, 3 * flowTimeoutUs]) {
    for (const expire of [() => false, () => true]) {
      const { records, order } = sense([...packets, ...passing(last + after)], { expire });
      assert.equal(records[0]!.unpaired, 'timeout');
      assert.equal(order[0]![0], last + flowTimeoutUs);
    }
  }
  const { records, order } = sense([...packets, ...passing(last + flowTimeoutUs - 1000)]);
  assert.deepEqual([records[0]!.unpaired, order[0]![0]], ['end-of-input', last + flowTimeoutUs - 1000 + 200]);
});

test('a packet after the timeout belongs to a connection of its own', () => {
  const made = conversation(ends).open().send('client', 'GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
  made.wait(flowTimeoutUs).send('server', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  for (const expire of [() => false, () => true]) {
    const { records, count } = sense(made.packets(), { expire });
    assert.deepEqual(
      records.map((record) => [record.unpaired, record.uid.slice(-2)]),
      [
        ['timeout', '-1'],
        ['one-sided', '-1'],
      ],
    );
    assert.equal(count('flowsSeen'), 2);
  }
});

test('half-open connections are forgotten sooner, by packet time', () => {
  const knocks = odds([{ from: 'client', flags: tcpFlags.syn, sequence: 1 }]);
  const { count } = sense([...knocks, ...passing(startOfTime + 100 + halfOpenTimeoutUs)], {
    expire: () => true,
  });
  assert.equal(count('flowsSeen'), 2);
  const again = odds([{ from: 'client', flags: tcpFlags.ack, sequence: 2, payload: 'GET / HTTP/1.1\r\n\r\n' }]);
  const later = again.map((packet) => ({ ...packet, ts: packet.ts + halfOpenTimeoutUs }));
  assert.equal(sense([...knocks, ...later]).count('flowsMidStream'), 1, 'data after that is of an unknown connection');
});

test('packet time that goes back ends nothing and delays nothing', () => {
  const packets = conversation(ends).open().send('client', 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n').packets();
  const answer = conversation({ ...ends, ts: packets[0]!.ts })
    .open()
    .send('client', 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n')
    .send('server', 'HTTP/1.1 204 No Content\r\n\r\n')
    .packets()
    .at(-1)!;
  const { records } = sense([...packets, { ...answer, ts: answer.ts - 3600e6 }], { expire: () => true });
  assert.equal(records[0]!.pairing, 'paired');
});

test('records, and their order, do not depend on when silent flows are looked for', () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = new Random(seed);
    const flows = Array.from({ length: random.between(2, 12) }, (_, i) =>
      converse(
        random,
        {
          client: `10.0.${seed}.${i}:${random.between(1024, 1100)}`,
          server: '10.0.0.2:80',
          ts: startOfTime + random.below(900e6),
          gapUs: random.pick([100, 50_000, 4e6, 35e6]),
        },
        {
          manner: random.pick(['lockstep', 'batches']),
          exchanges: random.between(1, 6),
          open: random.chance(0.9),
          close: random.pick(['fin', 'rst', 'none']),
        },
      )
        .packets()
        .filter(() => random.chance(0.97)),
    );
    const packets = merge(...flows);
    const expected = sense(packets);
    const ways = [() => true, () => random.chance(0.5), () => random.chance(0.02)];
    for (const expire of ways) {
      const sensed = sense(packets, { expire });
      assert.deepEqual(sensed.order, expected.order, `seed ${seed}`);
      assert.deepEqual(sensed.records, expected.records, `seed ${seed}`);
      assert.deepEqual(sensed.weird, expected.weird);
    }
  }
});
