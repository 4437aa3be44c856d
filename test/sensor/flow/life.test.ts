import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conversation } from '../../../deploy/traffic/conversation.ts';
import { drop, merge, startAt } from '../../../deploy/traffic/disturb.ts';
import { tcpFlags } from '../../../deploy/traffic/frames.ts';
import { defaultFlowLimits } from '../../../sensor/flow/limits.ts';
import type { TransactionRecord } from '../../../sensor/record.ts';
import { type Odd, odds, sense, startOfTime } from '../sense.ts';

const { fin, syn, rst, ack, psh } = tcpFlags;
const ends = { client: '10.1.0.1:40000', server: '10.1.0.2:80' };
const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: h.example\r\n\r\n`;
const response = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const untilClose = (body: string) => `HTTP/1.0 200 OK\r\n\r\n${body}`;

/** `path status body`, with `-` for a missing half. */
function brief(records: readonly TransactionRecord[]): string[] {
  return records.map(
    ({ request, response, unpaired, truncated }) =>
      `${request?.target ?? '-'} ${response === null ? '-' : `${response.status} ${response.body.text ?? ''}`}` +
      `${unpaired === undefined ? '' : ` ${unpaired}`}${truncated ? ' truncated' : ''}`,
  );
}

const handshake: readonly Odd[] = [
  { from: 'client', flags: syn, sequence: 100 },
  { from: 'server', flags: syn | ack, sequence: 900, acknowledgement: 101 },
  { from: 'client', flags: ack, sequence: 101, acknowledgement: 901 },
];
const ask = request('/a');
const answer = response('yes');
const asked: readonly Odd[] = [
  ...handshake,
  { from: 'client', flags: ack | psh, sequence: 101, acknowledgement: 901, payload: ask },
];
const answered: Odd = {
  from: 'server',
  flags: ack | psh,
  sequence: 901,
  acknowledgement: 101 + ask.length,
  payload: answer,
};

test('a whole connection: closed by both FINs, and content until close ends with the FIN', () => {
  const made = conversation(ends).open().send('client', ask).send('server', untilClose('all')).close('server');
  const { records, order, weird, count } = sense(made.packets());
  assert.deepEqual(brief(records), ['/a 200 all']);
  assert.equal(order[0]![0], made.packets().at(-4)!.ts, 'complete when the server closed');
  assert.deepEqual([weird, count('flowsSeen'), count('flowsMidStream')], [[], 1, 0]);
});

test('a reset ends the exchange that was open, when nothing follows it', () => {
  const made = conversation(ends).open().send('client', ask).send('server', untilClose('par')).reset('server');
  const { records, order } = sense([
    ...made.packets(),
    ...conversation({ ...ends, client: '9.9.9.9:9' })
      .wait(60e6)
      .open()
      .packets(),
  ]);
  assert.deepEqual(brief(records), ['/a 200 par truncated']);
  assert.equal(order[0]![0], made.packets().at(-1)!.ts + defaultFlowLimits.closedLingerUs);
  const alone = conversation(ends).open().send('client', ask).reset('server');
  assert.deepEqual(brief(sense(alone.packets()).records), ['/a - reset']);
});

test('a reset outside the window is not believed', () => {
  for (const off of [-5, 1, 100_000]) {
    const { records, weird } = sense(
      odds([...asked, { from: 'server', flags: rst, sequence: 901 + off }, { ...answered, after: 20e6 }]),
    );
    assert.deepEqual(brief(records), ['/a 200 yes'], `${off}`);
    assert.deepEqual(weird, ['tcp_reset_out_of_window']);
  }
});

test('a reset that both ends ignored was not theirs', () => {
  const { records, weird } = sense(odds([...asked, { from: 'server', flags: rst, sequence: 901 }, answered]));
  assert.deepEqual(brief(records), ['/a 200 yes']);
  assert.deepEqual(weird, ['tcp_data_after_reset']);
});

test('a refused connection leaves nothing but a count', () => {
  const { records, weird, count } = sense(
    odds([
      { from: 'client', flags: syn, sequence: 100 },
      { from: 'server', flags: rst | ack, sequence: 0, acknowledgement: 101 },
    ]),
  );
  assert.deepEqual([records.length, weird, count('flowsSeen'), count('segmentsEmpty')], [0, [], 1, 2]);
});

test('forged RST and FIN before the SYN-ACK do not hide the exchange', () => {
  const { records } = sense(
    odds([
      { from: 'client', flags: syn, sequence: 100 },
      { from: 'server', flags: rst | ack, sequence: 0, acknowledgement: 101 },
      { from: 'server', flags: fin | ack, sequence: 0, acknowledgement: 101 },
      { from: 'client', flags: rst, sequence: 101 },
      ...handshake.slice(1),
      { from: 'client', flags: ack | psh, sequence: 101, acknowledgement: 901, payload: ask },
      answered,
    ]),
  );
  assert.deepEqual(brief(records), ['/a 200 yes']);
});

test('a FIN behind or ahead of the stream does not close it', () => {
  for (const off of [-20, 5000]) {
    const { records } = sense(odds([...asked, { from: 'server', flags: fin | ack, sequence: 901 + off }, answered]));
    assert.deepEqual(brief(records), ['/a 200 yes'], `${off}`);
  }
});

test('a forged SYN on a living connection changes nothing; the same SYN again neither', () => {
  for (const sequence of [100, 7_000_000]) {
    const { records, count } = sense(odds([...asked, { from: 'client', flags: syn, sequence }, answered]));
    assert.deepEqual(brief(records), ['/a 200 yes']);
    assert.equal(count('flowsSeen'), 1);
  }
});

test('ports used again begin a new connection: after FIN, after RST, and over one that was forgotten', () => {
  const first = (end: 'close' | 'reset' | 'none') => {
    const made = conversation(ends).open().send('client', ask).send('server', answer);
    if (end === 'close') made.close();
    if (end === 'reset') made.reset();
    return made.packets();
  };
  for (const end of ['close', 'reset', 'none'] as const) {
    const packets = first(end);
    const ts = packets.at(-1)!.ts + 1e6;
    const second = conversation({ ...ends, ts, clientIsn: 77_000_000, serverIsn: 88_000_000 })
      .open()
      .send('client', request('/b'))
      .send('server', response('new'))
      .close();
    const { records, count } = sense([...packets, ...second.packets()]);
    assert.deepEqual(brief(records), ['/a 200 yes', '/b 200 new'], end);
    assert.notEqual(records[0]!.uid, records[1]!.uid);
    assert.equal(count('flowsSeen'), 2);
  }
});

test('duplicates that come after the close begin no new connection', () => {
  const packets = conversation(ends).open().send('client', ask).send('server', answer).close().packets();
  const late = packets.map((packet) => ({ ...packet, ts: packet.ts + 2e6 })).slice(2);
  const { records, count } = sense([...packets, ...late]);
  assert.deepEqual(brief(records), ['/a 200 yes']);
  assert.equal(count('flowsSeen'), 1);
});

test('simultaneous open: both ends send a SYN first', () => {
  const { records, count } = sense(
    odds([
      { from: 'client', flags: syn, sequence: 100 },
      { from: 'server', flags: syn, sequence: 900 },
      { from: 'client', flags: syn | ack, sequence: 100, acknowledgement: 901 },
      { from: 'server', flags: syn | ack, sequence: 900, acknowledgement: 101 },
      ...asked.slice(3),
      answered,
    ]),
  );
  assert.deepEqual(brief(records), ['/a 200 yes']);
  assert.equal(count('flowsSeen'), 1);
});

test('the request may come with the SYN, the response with the SYN-ACK', () => {
  const { records } = sense(
    odds([
      { from: 'client', flags: syn, sequence: 100, payload: ask },
      { from: 'server', flags: syn | ack, sequence: 900, acknowledgement: 101 + ask.length, payload: answer },
      { from: 'client', flags: ack, sequence: 101 + ask.length, acknowledgement: 901 + answer.length },
    ]),
  );
  assert.deepEqual(brief(records), ['/a 200 yes']);
});

test('urgent octets stay in the stream, where servers that read them inline have them too', () => {
  const made = conversation({ ...ends, clientIsn: 0xfffffff0 })
    .open()
    .send('client', ask)
    .send('server', answer)
    .close();
  const packets = made.packets().map((packet) => {
    const frame = Buffer.from(packet.frame);
    if (packet.payload.length === 0) return { ...packet, frame };
    // URG, and the urgent pointer in the middle of the payload (RFC 9293 §3.8.5), of IPv4 in Ethernet.
    frame[47]! |= 0x20;
    frame.writeUInt16BE(5, 52);
    return { ...packet, frame };
  });
  assert.deepEqual(brief(sense(packets).records), ['/a 200 yes']);
});

test('keep-alive probes are counted apart and change nothing', () => {
  const made = conversation(ends).open().send('client', ask).send('server', answer);
  made.wait(60e6).probe('client').probe('server', Buffer.alloc(0)).wait(60e6).probe('client', Buffer.from('!'));
  made.send('client', request('/b')).send('server', response('too')).close();
  const { records, count } = sense(made.packets());
  assert.deepEqual(brief(records), ['/a 200 yes', '/b 200 too']);
  assert.deepEqual([count('keepAliveBytes'), count('retransmittedBytes')], [2, 0]);
});

test('a response captured before its request is paired: in the data, and before any packet of the client', () => {
  const made = conversation(ends).open().send('client', ask).send('server', answer).close().packets();
  const data = made.findIndex((packet) => packet.payload.length > 0);
  const swapped = [...made];
  [swapped[data], swapped[data + 1]] = [swapped[data + 1]!, swapped[data]!];
  assert.deepEqual(brief(sense(swapped.map((p, i) => ({ ...p, ts: made[i]!.ts }))).records), ['/a 200 yes']);
  // A mirror whose two ports differ in delay: one direction is always early.
  const early = merge(made.map((packet) => ({ ...packet, ts: packet.ts - (packet.from === 'server' ? 1000 : 0) })));
  const { records, weird } = sense(early);
  assert.deepEqual([brief(records), weird], [['/a 200 yes'], []]);
});

test('octets of another life of the ports, far ahead, are not waited for', () => {
  const { records, count } = sense(
    odds([...asked, { from: 'client', flags: ack, sequence: 101 + (1 << 30) + 500, payload: 'far' }, answered]),
  );
  assert.deepEqual(brief(records), ['/a 200 yes']);
  assert.equal(count('outOfWindowBytes'), 3);
});

test('octets that differ from those seen first are counted, named and not believed', () => {
  const body = 'x'.repeat(3000);
  const made = conversation({ ...ends, mss: 1000 })
    .open()
    .send('client', ask)
    .send('server', response(body));
  const head = response(body).length - 3000;
  // Ahead of a hole, so that both copies are at hand.
  const packets = made.packets();
  const data = packets.filter((packet) => packet.from === 'server' && packet.payload.length > 0);
  const forged = made
    .resend('server', 2000, 2500, { bytes: 'y'.repeat(500) })
    .packets()
    .at(-1)!;
  const order = [
    ...packets.filter((packet) => packet.from === 'client' || packet.payload.length === 0),
    data[0]!,
    data[2]!,
    forged,
    data[1]!,
    data[3]!,
  ].map((packet, i) => ({ ...packet, ts: startOfTime + i * 100 }));
  const { records, weird, count } = sense(order);
  assert.equal(records[0]!.response!.body.text, body);
  assert.ok(head > 0);
  assert.deepEqual(weird, ['tcp_overlap_conflict']);
  assert.deepEqual(records[0]!.weird, ['tcp_overlap_conflict']);
  assert.equal(count('conflictingBytes'), 500);
});

test('one direction alone: its messages are there, each with the reason', () => {
  const made = conversation(ends).open().send('client', ask).send('server', answer);
  made.send('client', request('/b')).send('server', response('too')).close();
  const packets = made.packets();
  const onlyClient = sense(packets.filter((packet) => packet.from === 'client'));
  assert.deepEqual(brief(onlyClient.records), ['/a - one-sided', '/b - one-sided']);
  assert.equal(onlyClient.count('flowsOneSided'), 1);
  const onlyServer = sense(packets.filter((packet) => packet.from === 'server'));
  assert.deepEqual(brief(onlyServer.records), ['- 200 yes one-sided', '- 200 too one-sided']);
  assert.equal(onlyServer.records[0]!.client.port, 40000, 'the client is the one who would ask');
});

test('one direction alone and out of order reads as in order', () => {
  const made = conversation({ ...ends, mss: 100 })
    .open()
    .send('client', ask)
    .send('server', response('z'.repeat(900)));
  const server = made
    .close()
    .packets()
    .filter((packet) => packet.from === 'server');
  const mixed = [server[0]!, server[2]!, server[1]!, ...server.slice(3).reverse()].map((packet, i) => ({
    ...packet,
    ts: server[i]!.ts,
  }));
  const { records, count } = sense(mixed);
  assert.deepEqual(brief(records), [`- 200 ${'z'.repeat(900)} one-sided`]);
  assert.equal(count('gapBytes'), 0);
});

test('a capture that begins in mid-stream has what begins after it, wherever that is', () => {
  const made = conversation({ ...ends, mss: 120 }).open();
  for (const path of ['/1', '/2', '/3', '/4']) {
    made.send('client', request(path)).send('server', response(path.repeat(150)));
  }
  const packets = made.close().packets();
  const starts = packets.flatMap((packet, i) => (packet.payload.toString().startsWith('GET') ? [i] : []));
  for (let from = 1; from < packets.length; from++) {
    const { records } = sense(startAt(packets, from));
    const whole = starts.filter((at) => at >= from).length;
    const paired = records.filter((record) => record.pairing === 'paired');
    assert.equal(paired.length, whole, `from packet ${from}`);
    assert.deepEqual(
      paired.map((record) => record.response!.body.text),
      paired.map((record) => record.request!.target.repeat(150)),
    );
    for (const record of records) {
      if (record.pairing !== 'paired') assert.equal(record.unpaired, 'mid-stream', `from packet ${from}`);
    }
  }
});

test('addresses, ports and VLAN id travel with the record, IPv6 in RFC 5952 form', () => {
  const made = conversation({ client: '[2001:db8::7]:1234', server: '[2001:db8:0:0:1::1]:8080', vlans: [30, 40] });
  const { records } = sense(made.open().send('client', ask).send('server', answer).close().packets());
  assert.deepEqual(records[0]!.client, { ip: '2001:db8::7', port: 1234 });
  assert.deepEqual(records[0]!.server, { ip: '2001:db8::1:0:0:1', port: 8080 });
  assert.equal(records[0]!.vlan, 30);
  assert.match(records[0]!.uid, /^[0-9a-f]{16}-1$/);
});

test('a lost handshake or lost pure acknowledgements change nothing', () => {
  const packets = conversation(ends).open().send('client', ask).send('server', answer).close().packets();
  const data = packets.filter((packet) => packet.payload.length > 0);
  assert.deepEqual(brief(sense(data).records), ['/a 200 yes']);
  assert.deepEqual(brief(sense(drop(packets, 1, 2)).records), ['/a 200 yes']);
});
