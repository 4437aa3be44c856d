import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConversationPacket, type ConversationSide, conversation } from '../../../deploy/traffic/conversation.ts';
import { drop, duplicate, merge, move, reorder, startAt } from '../../../deploy/traffic/disturb.ts';
import { tcpFlags } from '../../../deploy/traffic/frames.ts';
import { Random } from '../../../deploy/traffic/random.ts';

const ends = { client: '10.0.0.1:50000', server: '[2001:db8::2]:80' };
const { syn, ack, fin, rst, psh } = tcpFlags;

/** The stream of one side by sequence numbers, first octet wins: a reassembly simple enough to trust. */
function reassemble(
  packets: readonly ConversationPacket[],
  from: ConversationSide,
  isn: number,
  length: number,
): Buffer {
  const stream = Buffer.alloc(length);
  const have = new Set<number>();
  for (const packet of packets) {
    if (packet.from !== from) continue;
    for (const [i, octet] of packet.payload.entries()) {
      const offset = (packet.sequence - isn - 1 + i) >>> 0;
      if (!have.has(offset)) stream[offset] = octet;
      have.add(offset);
    }
  }
  assert.equal(have.size, length);
  return stream;
}

test('a whole conversation has the numbers of RFC 9293', () => {
  const packets = conversation({ client: '10.0.0.1:5', server: '10.0.0.2:80', clientIsn: 99, serverIsn: 499, mss: 4 })
    .open()
    .send('client', 'GET /a')
    .send('server', '0123456789')
    .close('server')
    .packets();
  const rows = packets.map((p) => [p.from[0], p.sequence, p.acknowledgement, p.flags, p.payload.toString()]);
  assert.deepEqual(rows, [
    ['c', 99, 0, syn, ''],
    ['s', 499, 100, syn | ack, ''],
    ['c', 100, 500, ack, ''],
    ['c', 100, 500, ack, 'GET '],
    ['c', 104, 500, ack | psh, '/a'],
    ['s', 500, 106, ack, ''],
    ['s', 500, 106, ack, '0123'],
    ['s', 504, 106, ack, '4567'],
    ['c', 106, 508, ack, ''],
    ['s', 508, 106, ack | psh, '89'],
    ['s', 510, 106, fin | ack, ''],
    ['c', 106, 511, ack, ''],
    ['c', 106, 511, fin | ack, ''],
    ['s', 511, 107, ack, ''],
  ]);
  for (const [i, packet] of packets.entries()) assert.equal(packet.ts, packets[0]!.ts + 100 * i);
});

test('what the packet says is what the frame holds', () => {
  for (const packet of conversation({ client: '10.0.0.1:5', server: '10.0.0.2:80', vlans: [9] })
    .open()
    .send('client', 'abc')
    .packets()) {
    const tcp = packet.frame.subarray(18 + 20);
    assert.equal(tcp.readUInt32BE(4), packet.sequence);
    assert.equal(tcp.readUInt32BE(8), packet.acknowledgement);
    assert.equal(tcp[13], packet.flags);
    assert.ok(tcp.subarray((tcp[12]! >> 4) * 4).equals(packet.payload));
  }
});

test('sequence numbers wrap and the stream stays whole, in any order and segmentation', () => {
  const random = new Random(3);
  const text = random.text(5000, 'abcdefgh');
  const clientIsn = 0xffffff00;
  const talk = conversation({ ...endsOf4(), clientIsn, mss: 300 })
    .open()
    .send('client', text);
  talk.resend('client', 100, 2000, { mss: 77 }).send('client', 'tail').reset('server');
  const packets = talk.packets();
  assert.ok(packets.some((p) => p.sequence < 1000) && packets.some((p) => p.sequence > 0xffffff00));
  for (const disturbed of [packets, duplicate(packets, 5, 3), move(packets, 4, 9), reorder(packets, 4, random)]) {
    assert.equal(reassemble(disturbed, 'client', clientIsn, 5004).toString(), `${text}tail`);
    assert.deepEqual(
      disturbed.map((p) => p.ts),
      disturbed.map((p) => p.ts).sort((a, b) => a - b),
    );
  }
  assert.equal(talk.stream('client').toString(), `${text}tail`);
  assert.equal(packets.at(-1)!.flags, rst | ack);
});

test('an overlap may carry other octets, and lost octets leave a hole of their size', () => {
  const talk = conversation(endsOf4())
    .send('client', 'abcdef')
    .resend('client', 2, 4, { bytes: 'XY' })
    .lose('client', '12345')
    .send('client', 'g');
  const sent = talk.packets().filter((p) => p.payload.length > 0);
  assert.deepEqual(
    sent.map((p) => [p.payload.toString(), p.sequence - sent[0]!.sequence]),
    [
      ['abcdef', 0],
      ['XY', 2],
      ['g', 11],
    ],
  );
});

test('operators do what they say', () => {
  const list = [0, 1, 2, 3, 4, 5].map((n) => ({ n, ts: n * 10 }));
  const order = (packets: { n: number }[]) => packets.map((p) => p.n).join('');
  assert.equal(order(drop(list, 1, 4)), '0235');
  assert.equal(order(duplicate(list, 2)), '0122345');
  assert.equal(order(duplicate(list, 1, 3)), '0123145');
  assert.equal(order(move(list, 4, 1)), '041235');
  assert.equal(order(startAt(list, 4)), '45');
  assert.equal(order(merge(list.slice(3), list.slice(0, 3))), '012345');
  for (let seed = 0; seed < 50; seed++) {
    const places = reorder(list, 2, new Random(seed)).map((p) => p.n);
    assert.deepEqual([...places].sort(), [0, 1, 2, 3, 4, 5]);
    for (const [place, n] of places.entries()) assert.ok(Math.abs(place - n) <= 2);
  }
});

test('a keep-alive probe lies one octet before the next', () => {
  const [data, probe] = conversation(endsOf4()).send('client', 'abc').probe('client').packets();
  assert.equal(probe!.sequence, data!.sequence + 2);
  assert.equal(probe!.payload.length, 1);
});

function endsOf4(): { client: string; server: string } {
  return { ...ends, server: '10.0.0.2:80' };
}
