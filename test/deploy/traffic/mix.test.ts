import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { interfaces } from '../../../deploy/traffic/brokerage.ts';
import { type MixOptions, makeMix, writeMix } from '../../../deploy/traffic/mix.ts';
import { captureBuffer, PcapWriter } from '../../../deploy/traffic/pcap-writer.ts';
import { idCardCheck, luhnCheck, People } from '../../../deploy/traffic/people.ts';
import { Random } from '../../../deploy/traffic/random.ts';
import type { MixTruth } from '../../../deploy/traffic/truth.ts';

function mixOf(options: MixOptions): { file: Buffer; truth: MixTruth } {
  let truth: MixTruth | undefined;
  const file = captureBuffer(
    (sink) => new PcapWriter(sink),
    (writer) => {
      truth = makeMix(writer, options);
    },
  );
  return { file, truth: truth! };
}

interface Direction {
  next: number;
  readonly parts: Buffer[];
}

interface Walk {
  packets: number;
  resets: number;
  times: number[];
  /** Streams by `source>destination`. */
  readonly streams: Map<string, Direction>;
}

/** Packets of an Ethernet, IPv4, little-endian capture as streams; fails on any packet out of order. */
function walk(file: Buffer): Walk {
  const result: Walk = { packets: 0, resets: 0, times: [], streams: new Map() };
  for (let at = 24; at < file.length; at += 16 + file.readUInt32LE(at + 8)) {
    const frame = file.subarray(at + 16, at + 16 + file.readUInt32LE(at + 8));
    const ip = frame.subarray(14);
    const tcp = ip.subarray(20, ip.readUInt16BE(2));
    const flags = tcp[13]!;
    const payload = tcp.subarray((tcp[12]! >> 4) * 4);
    const end = (offset: number, port: number) =>
      `${[...ip.subarray(offset, offset + 4)].join('.')}:${tcp.readUInt16BE(port)}`;
    const key = `${end(12, 0)}>${end(16, 2)}`;
    result.packets++;
    result.times.push(file.readUInt32LE(at) * 1e6 + file.readUInt32LE(at + 4));
    if (flags & 4) result.resets++;
    if (flags & 2) {
      assert.ok(!result.streams.has(key), 'a pair of endpoints came twice');
      result.streams.set(key, { next: tcp.readUInt32BE(4), parts: [] });
    }
    const stream = result.streams.get(key)!;
    assert.equal(tcp.readUInt32BE(4), stream.next, 'sequence number');
    stream.next = (stream.next + payload.length + (flags & 2 ? 1 : 0) + (flags & 1 ? 1 : 0)) >>> 0;
    if (payload.length > 0) stream.parts.push(payload);
  }
  return result;
}

interface Message {
  readonly start: string;
  readonly fields: Map<string, string>;
  readonly content: Buffer;
  readonly octets: number;
}

/** HTTP/1.1 messages one after the other, by the book and nothing more. */
function messages(stream: Buffer): Message[] {
  const found: Message[] = [];
  for (let at = 0; at < stream.length; ) {
    const begin = at;
    const headEnd = stream.indexOf('\r\n\r\n', at);
    const [first = '', ...lines] = stream.toString('latin1', at, headEnd).split('\r\n');
    const fields = new Map(
      lines.map((line) => [line.split(': ')[0]!.toLowerCase(), line.slice(line.indexOf(': ') + 2)]),
    );
    at = headEnd + 4;
    const parts: Buffer[] = [];
    if (fields.get('transfer-encoding') === 'chunked') {
      for (let size = -1; size !== 0; ) {
        const line = stream.indexOf('\r\n', at);
        size = Number.parseInt(stream.toString('latin1', at, line), 16);
        parts.push(stream.subarray(line + 2, line + 2 + size));
        at = line + 4 + size;
      }
    } else {
      const length = Number(fields.get('content-length') ?? 0);
      parts.push(stream.subarray(at, at + length));
      at += length;
    }
    const content = Buffer.concat(parts);
    const decoded = fields.get('content-encoding') === 'gzip' ? gunzipSync(content) : content;
    found.push({ start: first, fields, content: decoded, octets: at - begin });
  }
  return found;
}

function count(names: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const total = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0);

test('the truth of a mix equals a naive count of its packets and messages', () => {
  const { file, truth } = mixOf({ exchanges: 1203, seed: 5, concurrency: 20 });
  const seen = walk(file);
  const requests: Message[] = [];
  const responses: Message[] = [];
  for (const [key, stream] of seen.streams) {
    const one = messages(Buffer.concat(stream.parts));
    (key.startsWith('10.64.') ? requests : responses).push(...one);
  }
  assert.equal(truth.exchanges, 1203);
  assert.equal(requests.length, 1203);
  assert.equal(responses.length, 1203);
  assert.equal(truth.packets, seen.packets);
  assert.equal(truth.fileBytes, file.length);
  assert.equal(truth.connections, seen.streams.size / 2);
  assert.equal(truth.resets, seen.resets);
  assert.equal(truth.firstTs, seen.times[0]);
  assert.equal(truth.lastTs, seen.times.at(-1));
  assert.ok(seen.times.every((time, i) => i === 0 || time > seen.times[i - 1]!));
  assert.equal(truth.requestBytes, total(requests.map((one) => one.octets)));
  assert.equal(truth.responseBytes, total(responses.map((one) => one.octets)));
  assert.equal(truth.contentBytes, total(responses.map((one) => one.content.length)));
  assert.equal(truth.gzip, responses.filter((one) => one.fields.has('content-encoding')).length);
  assert.equal(truth.chunked, responses.filter((one) => one.fields.has('transfer-encoding')).length);
  assert.equal(truth.logins, requests.filter((one) => /^POST \S*\/login /.test(one.start)).length);
  assert.equal(truth.failedLogins, responses.filter((one) => one.start.includes(' 401 ')).length);
  assert.deepEqual(truth.methods, count(requests.map((one) => one.start.split(' ')[0]!)));
  assert.deepEqual(truth.statuses, count(responses.map((one) => one.start.split(' ')[1]!)));
  const hosts = count(requests.map((one) => one.fields.get('host')!));
  const told = Object.entries(truth.applications).map(([host, one]) => [host, one.exchanges]);
  assert.deepEqual(Object.fromEntries(told), hosts);
  assertInterfaces(truth, requests);
  for (const one of responses) if (one.content.length > 0) JSON.parse(one.content.toString());
  const text = responses.map((one) => one.content.toString()).join('\n');
  const values = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  assert.equal(truth.labels['id-card'], values(/"idNo":"\d{17}[\dX]"/g));
  assert.equal(truth.labels['bank-card'], values(/"(bankCard|payeeCard|cardNo)":"\d{19}"/g));
  assert.equal(truth.labels['mobile'], values(/"mobile":"1\d{10}"/g));
});

function assertInterfaces(truth: MixTruth, requests: Message[]): void {
  for (const [host, application] of Object.entries(truth.applications)) {
    const own = requests.filter((one) => one.fields.get('host') === host);
    for (const [name, exchanges] of Object.entries(application.interfaces)) {
      const pattern = new RegExp(`^${name.replace(/\{\w+\}/g, '[\\w-]+')}(\\?\\S*)? HTTP/1.1$`);
      assert.equal(own.filter((one) => pattern.test(one.start)).length, exchanges, name);
    }
    assert.equal(total(Object.values(application.interfaces)), application.exchanges);
  }
}

test('the mix has the stated shares', () => {
  const { truth } = mixOf({ exchanges: 6000, seed: 2 });
  const near = (value: number, share: number) =>
    assert.ok(Math.abs(value / 6000 - share) < 0.025, `${value} is not ${share} of 6000`);
  near(truth.gzip, 0.3);
  near(truth.chunked, 0.15);
  near(truth.logins, 0.03);
  near(truth.methods['GET']!, 0.68);
  near(truth.methods['POST']!, 0.22);
  near(truth.methods['PUT']!, 0.07);
  near(truth.methods['DELETE']!, 0.03);
  assert.equal(truth.connections, 600);
  assert.ok(truth.contentBytes / 6000 > 1500 && truth.contentBytes / 6000 < 2500);
  assert.equal(total(interfaces.map((one) => one.share)), 1000);
});

test('connections are open side by side, and each carries as many exchanges as asked for', () => {
  const { file, truth } = mixOf({ exchanges: 100, seed: 1, concurrency: 7, perConnection: 3 });
  assert.equal(truth.connections, 34);
  const keys = [...walk(file).streams.keys()];
  const last = new Map<string, number>();
  const first = new Map<string, number>();
  let number = 0;
  for (let at = 24; at < file.length; at += 16 + file.readUInt32LE(at + 8), number++) {
    const port = Math.max(file.readUInt16BE(at + 16 + 34), file.readUInt16BE(at + 16 + 36));
    const ip = file[at + 16 + 26] === 10 && file[at + 16 + 27] === 64 ? 26 : 30;
    const client = `${file.toString('hex', at + 16 + ip, at + 20 + ip)}:${port}`;
    if (!first.has(client)) first.set(client, number);
    last.set(client, number);
  }
  assert.equal(first.size, keys.length / 2);
  const open = (at: number) => [...first].filter(([client, from]) => from <= at && at <= last.get(client)!).length;
  const most = Math.max(...Array.from({ length: number }, (_, i) => open(i)));
  assert.ok(most > 5 && most <= 7, String(most));
});

test('the same seed gives the same octets in a file and in memory, another seed gives others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'apiris-mix-'));
  try {
    const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    const options = { exchanges: 700, seed: 42 };
    const path = join(folder, 'mix.pcap');
    const written = writeMix(path, options);
    const made = mixOf(options);
    assert.equal(hash(readFileSync(path)), hash(made.file));
    assert.deepEqual(written, made.truth);
    assert.notEqual(hash(mixOf({ ...options, seed: 43 }).file), hash(made.file));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('identity and card numbers have right check digits', () => {
  // The example number of GB 11643 and of ISO/IEC 7812-1.
  assert.equal(idCardCheck('11010519491231002'), 'X');
  assert.equal(luhnCheck('7992739871'), '3');
  const people = new People(new Random(9));
  for (let i = 0; i < 200; i++) {
    const id = people.idCard();
    const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1];
    const sum = weights.reduce((all, weight, at) => all + weight * (id[at] === 'X' ? 10 : Number(id[at])), 0);
    assert.equal(sum % 11, 1, id);
    const card = people.bankCard();
    const digits = [...card]
      .reverse()
      .map((digit, at) => (at % 2 === 0 ? Number(digit) : [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][Number(digit)]!));
    assert.equal(total(digits) % 10, 0, card);
    assert.match(people.mobile(), /^1\d{10}$/);
  }
  assert.deepEqual(people.counts, [0, 200, 200, 200, 0, 0]);
});
