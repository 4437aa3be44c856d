/** Captures that ask for memory: connections that never come to an end, octets that wait for others, large coded bodies. */
import { closeSync, openSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { conversation } from '../../deploy/traffic/conversation.ts';
import { frameLength, type TcpFrame, tcpFlags, writeTcpFrame } from '../../deploy/traffic/frames.ts';
import { fileSink, PcapWriter } from '../../deploy/traffic/pcap-writer.ts';
import { Random } from '../../deploy/traffic/random.ts';

const { syn, ack, psh } = tcpFlags;
const begin = Date.UTC(2026, 0, 5, 1, 30) * 1000;
const server = Uint8Array.of(10, 9, 9, 9);
const nothing = Buffer.alloc(0);

/** One after the other, `gapUs` apart, into a file. */
class Frames {
  readonly #fd: number;
  readonly #writer: PcapWriter;
  #ts = begin;

  constructor(
    path: string,
    private readonly gapUs: number,
  ) {
    this.#fd = openSync(path, 'w');
    this.#writer = new PcapWriter(fileSink(this.#fd));
  }

  /** A segment of connection `number`. `sequence` counts from the sender's first octet; -1 is its SYN. */
  add(number: number, fromClient: boolean, flags: number, sequence: number, payload: Buffer): void {
    const client = Uint8Array.of(10, 1 + (number >> 22), (number >> 14) & 255, (number >> 6) & 255);
    const clientPort = 20_000 + (number & 63);
    const frame: TcpFrame = {
      source: fromClient ? client : server,
      destination: fromClient ? server : client,
      sourcePort: fromClient ? clientPort : 80,
      destinationPort: fromClient ? 80 : clientPort,
      sequence: 1001 + sequence,
      acknowledgement: flags === syn ? 0 : 1001,
      flags,
      payload,
    };
    const at = this.#writer.begin(this.#ts, frameLength(frame));
    writeTcpFrame(this.#writer.buffer, at, frame);
    this.#ts += this.gapUs;
  }

  close(): void {
    this.#writer.close();
    closeSync(this.#fd);
  }
}

/** Connections that only ever ask for one. */
export function writeHalfOpen(path: string, connections: number): void {
  const frames = new Frames(path, 10);
  for (let i = 0; i < connections; i++) frames.add(i, true, syn, -1, nothing);
  frames.close();
}

/** One answer of so many octets, lines of JSON. `path` may be a pipe: nothing of it is kept. */
export function writeLargeBody(path: string, octets: number): void {
  const frames = new Frames(path, 10);
  const line = '{"account":"62220210012345","name":"zhang","mobile":"13812345678"}\n';
  const payload = Buffer.from(line.repeat(Math.floor(1448 / line.length)));
  const count = Math.ceil(octets / payload.length);
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Length: ${count * payload.length}\r\n\r\n`;
  frames.add(1, true, syn, -1, nothing);
  frames.add(1, false, syn | ack, -1, nothing);
  frames.add(1, true, psh | ack, 0, Buffer.from('GET /api/v1/export HTTP/1.1\r\nHost: a.example\r\n\r\n'));
  frames.add(1, false, psh | ack, 0, Buffer.from(head));
  for (let i = 0; i < count; i++) frames.add(1, false, ack, head.length + i * payload.length, payload);
  frames.close();
}

/** Connections all open at once: each has had one small exchange, and behind them some only ever ask for one. */
export function writeCrowd(path: string, connections: number, halfOpen: number): void {
  const frames = new Frames(path, 8);
  const request = Buffer.from('GET /api/v1/quote HTTP/1.1\r\nHost: a.example\r\n\r\n');
  const response = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  for (let i = 0; i < connections - halfOpen; i++) {
    frames.add(i, true, syn, -1, nothing);
    frames.add(i, false, syn | ack, -1, nothing);
    frames.add(i, true, psh | ack, 0, request);
    frames.add(i, false, psh | ack, 0, response);
  }
  for (let i = connections - halfOpen; i < connections; i++) frames.add(i, true, syn, -1, nothing);
  frames.close();
}

/** Connections with a request of 2 kB that is never answered, all open at once. */
export function writeUnanswered(path: string, connections: number): void {
  const frames = new Frames(path, 10);
  const fields = Array.from({ length: 20 }, (_, i) => `X-Field-${i}: ${'v'.repeat(80)}\r\n`).join('');
  for (let i = 0; i < connections; i++) {
    frames.add(i, true, syn, -1, nothing);
    frames.add(i, false, syn | ack, -1, nothing);
    const request = Buffer.from(`GET /api/v1/accounts/${i} HTTP/1.1\r\nHost: a.example\r\n${fields}\r\n`);
    frames.add(i, true, psh | ack, 0, request.subarray(0, 1460));
    frames.add(i, true, psh | ack, 1460, request.subarray(1460));
  }
  frames.close();
}

/** Connections whose answers lack their first octets: `held` segments of 1000 octets each wait for them. */
export function writeHeld(path: string, connections: number, held: number): void {
  const frames = new Frames(path, 4);
  const request = Buffer.from('GET / HTTP/1.1\r\nHost: a.example\r\n\r\n');
  for (let i = 0; i < connections; i++) {
    frames.add(i, true, syn, -1, nothing);
    frames.add(i, false, syn | ack, -1, nothing);
    frames.add(i, true, psh | ack, 0, request);
  }
  const payload = Buffer.alloc(1000, 'x');
  for (let n = 0; n < held; n++) {
    for (let i = 0; i < connections; i++) frames.add(i, false, ack, 500 + n * 1000, payload);
  }
  frames.close();
}

/** Exchanges one after the other, each answered by a gzip-coded body that is decoded as a stream. */
export function writeCodedBodies(path: string, exchanges: number): void {
  const content = Buffer.from(new Random(1).hex(20_000));
  const body = gzipSync(content);
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`;
  const answer = Buffer.concat([Buffer.from(head), body]);
  const fd = openSync(path, 'w');
  const writer = new PcapWriter(fileSink(fd));
  let ts = begin;
  for (let i = 0; i < exchanges; i++) {
    const client = `10.1.${(i >> 8) & 255}.${i & 255}:40000`;
    const packets = conversation({ client, server: '10.9.9.9:80', ts, gapUs: 10 })
      .open()
      .send('client', 'GET /report HTTP/1.1\r\nHost: a.example\r\n\r\n')
      .send('server', answer)
      .close()
      .packets();
    for (const packet of packets) writer.packet(packet.ts, packet.frame);
    ts = packets.at(-1)!.ts + 10;
  }
  writer.close();
  closeSync(fd);
}
