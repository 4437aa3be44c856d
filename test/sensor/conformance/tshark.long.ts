/**
 * tshark run live beside the sensor, where it is installed, over recorded and made traffic: the same requests, and every
 * status that it tells. It leaves out some statuses (of answers to HEAD that announce content, and of several answers in
 * one segment), so ours may be more.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { merge, reorder } from '../../../deploy/traffic/disturb.ts';
import { PcapWriter } from '../../../deploy/traffic/pcap-writer.ts';
import { Random } from '../../../deploy/traffic/random.ts';
import { converse } from '../talk.ts';
import { pass } from './passage.ts';

const fixtures = fileURLToPath(new URL('fixtures/', import.meta.resolve('#root/package.json')));
const none = { ours: [], theirs: [] };
const fields = ['http.request.method', 'http.request.uri', 'http.host', 'http.response.code'];

/** What only one of the two tells. */
function difference(ours: readonly string[], theirs: readonly string[]): { ours: string[]; theirs: string[] } {
  const left = [...theirs];
  const alone = ours.filter((each) => {
    const at = left.indexOf(each);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return { ours: alone.filter((each) => !/^\d+$/.test(each)), theirs: left };
}

/** `GET /a h` and `200`. */
function toldByTshark(file: string): string[] {
  const settings = ['-o', 'tcp.reassemble_out_of_order:TRUE', '-o', 'tcp.desegment_tcp_streams:TRUE'];
  const { stdout } = spawnSync(
    'tshark',
    ['-r', file, ...settings, '-Y', 'http', '-T', 'fields', ...fields.flatMap((field) => ['-e', field])],
    { encoding: 'utf8', maxBuffer: 64 << 20, timeout: 120_000 },
  );
  // Messages that end in one frame stand in one row, their values apart by commas.
  const told = stdout.split('\n').flatMap((line) => {
    const [methods, targets, hosts, statuses] = line.split('\t').map((value) => (value === '' ? [] : value.split(',')));
    const requests = (methods ?? []).map((method, i) => `${method} ${targets![i]} ${(hosts![i] ?? '').toLowerCase()}`);
    return [...requests, ...(statuses ?? [])];
  });
  return told;
}

function toldByUs(file: string): string[] {
  const { records, imbalances } = pass(file);
  assert.deepEqual(imbalances, [], file);
  return records.flatMap(({ request, response, interim }) => [
    ...(request === null ? [] : [`${request.method} ${request.target} ${request.host.toLowerCase()}`]),
    ...(response === null ? [] : [`${response.status}`]),
    ...(interim ?? []).map((status) => `${status}`),
  ]);
}

function isAbsent(t: TestContext): boolean {
  if (spawnSync('tshark', ['--version']).status === 0) return false;
  t.diagnostic('absent: tshark');
  return true;
}

test('recorded traffic, in every container and link layer', (t) => {
  if (isAbsent(t)) return;
  const names = ['base', 'out-of-order', 'vlan', 'qinq', 'ipv6', 'cooked', 'cooked-2', 'null', 'raw-ip', 'big-endian'];
  for (const name of [...names, 'nanoseconds'].map((each) => `captures/small/${each}`)) {
    const file = join(fixtures, `${name}.pcap`);
    const theirs = toldByTshark(file);
    assert.ok(theirs.length > 10, name);
    assert.deepEqual(difference(toldByUs(file), theirs), none, name);
  }
});

test('made traffic of many connections, pieces out of order', (t) => {
  if (isAbsent(t)) return;
  const folder = mkdtempSync(join(tmpdir(), 'apiris-tshark-'));
  t.after(() => rmSync(folder, { recursive: true }));
  let messages = 0;
  let lost = 0;
  for (let seed = 0; seed < 12; seed++) {
    const random = new Random(seed);
    const connections = Array.from({ length: 20 }, (_, i) => {
      const ends = { client: `10.0.${seed}.${i + 1}:${40_000 + i}`, server: '10.1.0.2:80' };
      const manner = i % 3 === 0 ? 'batches' : 'lockstep';
      const packets = converse(random, ends, { manner, exchanges: random.between(1, 8) }).packets();
      // The handshake keeps its place: before it, tshark too sees a connection older than the capture.
      return [...packets.slice(0, 3), ...reorder(packets.slice(3), seed % 4, random)];
    });
    const parts: Buffer[] = [];
    const writer = new PcapWriter((octets) => parts.push(Buffer.from(octets)));
    for (const { ts, frame } of merge(...connections)) writer.packet(ts, frame);
    writer.close();
    const file = join(folder, `${seed}.pcap`);
    writeFileSync(file, Buffer.concat(parts));
    const theirs = toldByTshark(file);
    messages += theirs.length;
    const { ours, theirs: missed } = difference(toldByUs(file), theirs);
    assert.deepEqual(missed, [], `seed ${seed}`);
    lost += ours.length;
  }
  t.diagnostic(`${messages} messages of tshark's, each ours too; ${lost} requests are ours alone`);
  // It gives up a request now and then where several lie in one segment, or pieces overtake one another.
  assert.ok(messages > 1000 && lost <= messages / 100);
});
