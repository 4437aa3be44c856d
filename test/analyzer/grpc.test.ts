/** gRPC from packets to calls: what was asked, and how it went. */
import assert from 'node:assert/strict';
import http2 from 'node:http2';
import { test } from 'node:test';
import type { ApiCall } from '../../analyzer/call.ts';
import { SuccessPredicate } from '../../analyzer/discover/success.ts';
import type { ProtoTable } from '../../analyzer/proto-table.ts';
import { CallReader, ReadTools } from '../../analyzer/read.ts';
import { linkTypes } from '../../deploy/traffic/frames.ts';
import { emptyPacket } from '../../sensor/capture/packet.ts';
import { Decoder } from '../../sensor/decode/decode.ts';
import { Segment } from '../../sensor/decode/segment.ts';
import { Ledger } from '../../sensor/ledger.ts';
import { defaultSensorLimits, Sensor } from '../../sensor/sensor.ts';
import { equipment } from '../equipment.ts';
import { packetsOf, recordSession, request, type Said } from '../sensor/http/http2/recorded.ts';

function callsOf(said: readonly Said[], protos?: ProtoTable): ApiCall[] {
  const calls: ApiCall[] = [];
  const ledger = new Ledger();
  const tools = new ReadTools(protos === undefined ? equipment.read : { ...equipment.read, protos });
  const reader = new CallReader(ledger, tools, (call) => calls.push(call));
  const sensor = new Sensor(defaultSensorLimits, reader, ledger);
  const decoder = new Decoder(ledger, sensor.weird);
  const packet = emptyPacket();
  packet.linkType = linkTypes.ethernet;
  const segment = new Segment();
  for (const { ts, frame } of packetsOf(said)) {
    packet.ts = ts;
    packet.data = frame;
    packet.end = packet.originalLength = frame.length;
    segment.clock = ts;
    if (decoder.decode(packet, segment)) sensor.segment(segment);
  }
  sensor.finish(segment.clock);
  return calls;
}

/** `{1: text}` as a message of gRPC. */
function message(text: string): Buffer {
  const octets = Buffer.from(text);
  return Buffer.concat([Buffer.of(0, 0, 0, 0, octets.length + 2, 0x0a, octets.length), octets]);
}

function service(): http2.Http2Server {
  const made = http2.createServer();
  made.on('stream', (stream, headers) => {
    stream.resume();
    stream.on('end', () => {
      const fails = headers[':path']!.endsWith('Missing');
      const head = { ':status': 200, 'content-type': 'application/grpc' };
      if (headers[':path']!.endsWith('Denied')) {
        stream.respond({ ...head, 'grpc-status': '7', 'grpc-message': 'no' }, { endStream: true });
        return;
      }
      stream.respond(head, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': fails ? '5' : '0' }));
      stream.end(fails ? undefined : message('13800138000'));
    });
  });
  return made;
}

test('leaves of messages, the name of the method, and the status that 200 does not tell', async () => {
  const said = await recordSession(service(), async (session) => {
    for (const method of ['Get', 'Missing', 'Denied']) {
      const headers = {
        ':method': 'POST',
        ':path': `/shop.Users/${method}`,
        'content-type': 'application/grpc',
        te: 'trailers',
      };
      await request(session, { headers, body: message('320102199001011234') });
    }
  });
  const calls = callsOf(said);
  const predicate = new SuccessPredicate();
  const told = calls.map(({ operation, format, status, envelope, app, apiId, responseBytes }) => {
    const success = predicate.judge({ app, apiId, status, envelope, responseBytes, loginOutcome: null });
    return [operation, format, status, envelope?.name, envelope?.value, success];
  });
  assert.deepEqual(told, [
    ['shop.Users/Get', 'gRPC', 200, 'grpc-status', '0', true],
    ['shop.Users/Missing', 'gRPC', 200, 'grpc-status', '5', false],
    ['shop.Users/Denied', 'gRPC', 200, 'grpc-status', '7', false],
  ]);
  const [first] = calls;
  assert.deepEqual(
    first!.given.places.map(({ path }) => path),
    ['f1'],
  );
  assert.deepEqual(
    first!.given.labels.map(({ label }) => label),
    ['mobile'],
  );
  assert.equal(first!.httpVersion, '2');
});

test('names from a description reach the call; gRPC-Web, whose status is in the body', async () => {
  const made = http2.createServer();
  made.on('stream', (stream, headers) => {
    stream.resume();
    const isText = String(headers['content-type']).includes('text');
    const type = isText ? 'application/grpc-web-text+proto' : 'application/grpc-web+proto';
    const trailers = Buffer.from('grpc-status: 5\r\ngrpc-message: none\r\n');
    const last = Buffer.concat([Buffer.of(0x80, 0, 0, 0, trailers.length), trailers]);
    stream.respond({ ':status': 200, 'content-type': type });
    // Each piece is encoded by itself, with its own padding.
    for (const piece of [message('13800138000'), last]) {
      stream.write(isText ? piece.toString('base64') : piece);
    }
    stream.end();
  });
  const said = await recordSession(made, async (session) => {
    for (const type of ['application/grpc-web-text', 'application/grpc-web+proto']) {
      const headers = { ':method': 'POST', ':path': '/web/shop.Users/Get', 'content-type': type };
      const body = message('320102199001011234');
      await request(session, { headers, body: type.endsWith('text') ? Buffer.from(body.toString('base64')) : body });
    }
  });
  const field = (name: string) => ({ number: 1, name, kind: 'string', repeated: false, map: false, type: -1 }) as const;
  const calls = callsOf(said, {
    messages: [
      { name: 'Ask', fields: [field('id_number')] },
      { name: 'User', fields: [field('phone_number')] },
    ],
    enums: [],
    methods: [{ name: 'shop.Users/Get', request: 0, response: 1 }],
  });
  assert.equal(calls.length, 2);
  for (const { sent, given, envelope, format } of calls) {
    assert.equal(format, 'gRPC');
    assert.deepEqual(
      [...sent.places, ...given.places].filter(({ place }) => place === 'body').map(({ path }) => path),
      ['id_number', 'phone_number'],
    );
    assert.deepEqual(given.shapeEntries, 'phone_number:string');
    assert.deepEqual([envelope?.name, envelope?.value, envelope?.flag], ['grpc-status', '5', false]);
  }
});
