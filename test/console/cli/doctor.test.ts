/** Faults of mirrors, made of a good capture, as `apiris doctor` tells them. */
import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { diagnose } from '../../../console/cli/diagnosis.ts';
import { textsOf } from '../../../console/cli/text/language.ts';
import { sense } from '../../../deploy/appliance.ts';
import { fileSink, PcapWriter } from '../../../deploy/traffic/pcap-writer.ts';
import { Ledger } from '../../../sensor/ledger.ts';
import { brokerage, readPackets } from '../../deploy/replaying.ts';
import { ethernet, ipv4, udp, vxlan } from '../../sensor/decode/layers.ts';
import { runCommand } from './fakes.ts';

type Write = (ts: number, frame: Buffer, originalLength?: number) => void;

/** A capture made of the good one, packet by packet. */
function made(t: TestContext, change: (write: Write, ts: number, frame: Buffer, number: number) => void): string {
  const folder = mkdtempSync(join(tmpdir(), 'apiris-doctor-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'made.pcap');
  const fd = openSync(path, 'w');
  const writer = new PcapWriter(fileSink(fd));
  const write: Write = (ts, frame, originalLength = frame.length) => writer.packet(ts, frame, { originalLength });
  readPackets(brokerage, (ts, frame, number) => change(write, ts, frame, number));
  writer.close();
  closeSync(fd);
  return path;
}

async function examined(path: string): Promise<{ symptoms: string[]; ask: string[] }> {
  const { code, stdout, stderr } = await runCommand(['doctor', '--read', path, '--lang', 'en'], {
    services: { sense },
  });
  assert.equal(code, 0, stderr);
  const { symptoms } = JSON.parse(stdout) as { symptoms: { symptom: string; ask: string }[] };
  return { symptoms: symptoms.map(({ symptom }) => symptom), ask: symptoms.map(({ ask }) => ask) };
}

/** From the lower to the higher address, of an Ethernet frame with IPv4. */
function isUpward(frame: Buffer): boolean {
  return frame.length > 34 && frame.readUInt32BE(26) < frame.readUInt32BE(30);
}

test('a good mirror has nothing wrong', async () => {
  assert.deepEqual(await examined(brokerage), { symptoms: [], ask: [] });
  const table = await runCommand(['doctor', '--read', brokerage, '--format', 'table'], { services: { sense } });
  assert.match(table.stdout, /^8,993 packets were looked at; 2,667 HTTP exchanges .*\nNothing is wrong/);
});

test('one direction', async (t) => {
  const path = made(t, (write, ts, frame) => isUpward(frame) && write(ts, frame));
  const { symptoms, ask } = await examined(path);
  assert.ok(symptoms.includes('one-way'), symptoms.join());
  assert.match(ask.join(), /both directions/);
});

test('everything twice', async (t) => {
  const path = made(t, (write, ts, frame) => {
    write(ts, frame);
    write(ts + 3, frame);
  });
  assert.deepEqual((await examined(path)).symptoms, ['doubled']);
});

test('frames cut, frames put together', async (t) => {
  const cut = made(t, (write, ts, frame) => write(ts, frame.subarray(0, 128), frame.length));
  assert.ok((await examined(cut)).symptoms.includes('cut'));
  const merged = made(t, (write, ts, frame, number) =>
    write(ts, number === 5 ? Buffer.concat([frame, Buffer.alloc(20_000)]) : frame),
  );
  assert.deepEqual((await examined(merged)).symptoms, ['merged']);
});

test('wrapped in a way that is not read: a port of its own, a link layer nobody knows, an unknown tag', async (t) => {
  const outer = (inner: Buffer, port: number) => ethernet(0x0800, ipv4(17, udp(port, vxlan(7, inner))));
  const asked = async (path: string) => (await examined(path)).symptoms;
  const elsewhere = made(t, (write, ts, frame) => write(ts, outer(frame, 18_472)));
  assert.deepEqual(await asked(elsewhere), ['tunnelled']);
  const { symptoms, ask } = await examined(elsewhere);
  assert.match(`${symptoms} ${ask}`, /VXLAN.*capture\.vxlanPorts/);
  const known = made(t, (write, ts, frame) => write(ts, outer(frame, 4789)));
  assert.deepEqual(await asked(known), []);
  // IP whose version is none, as behind a vendor's tag that was left on.
  const tagged = made(t, (write, ts, frame) => {
    write(ts, Buffer.concat([frame.subarray(0, 14), Buffer.alloc(4), frame.subarray(14)]));
  });
  assert.deepEqual(await asked(tagged), ['tunnelled']);
});

test('packets missing', async (t) => {
  const path = made(t, (write, ts, frame, number) => number % 50 !== 0 && write(ts, frame));
  assert.deepEqual((await examined(path)).symptoms, ['holes']);
});

test('nothing at all, no TCP, no HTTP', async (t) => {
  assert.deepEqual((await examined(made(t, () => {}))).symptoms, ['empty']);
  const arp = made(t, (write, ts, frame, number) => {
    const other = Buffer.from(frame);
    if (number > 5) other.writeUInt16BE(0x0806, 12);
    write(ts, other);
  });
  assert.deepEqual((await examined(arp)).symptoms, ['not-tcp']);
  // Payloads that look like TLS records.
  const tls = made(t, (write, ts, frame) => {
    const other = Buffer.from(frame);
    const tcp = frame.readUInt16BE(12) === 0x86dd ? 54 : 14 + (frame[14]! & 15) * 4;
    if (frame.length > tcp + 20) other.fill(0x17, tcp + (frame[tcp + 12]! >> 4) * 4);
    write(ts, other);
  });
  assert.deepEqual((await examined(tls)).symptoms, ['not-http']);
});

test('nothing but TLS, nothing but QUIC', async (t) => {
  const tls = made(t, (write, ts, frame) => {
    const other = Buffer.from(frame);
    const tcp = frame.readUInt16BE(12) === 0x86dd ? 54 : 14 + (frame[14]! & 15) * 4;
    const payload = tcp + (frame[tcp + 12]! >> 4) * 4;
    if (frame.length >= payload + 5) {
      other.fill(0, payload);
      other.set([0x17, 3, 3], payload);
      other.writeUInt16BE(frame.length - payload - 5, payload + 3);
    }
    write(ts, other);
  });
  const { symptoms, ask } = await examined(tls);
  assert.deepEqual(symptoms, ['encrypted']);
  assert.match(ask.join(), /tls-keylog/);
  const quic = made(t, (write, ts, frame) => {
    if (frame.readUInt16BE(12) === 0x86dd || frame.length < 90) return;
    const other = Buffer.from(frame);
    other[23] = 17;
    const udp = 14 + (frame[14]! & 15) * 4;
    other.writeUInt16BE(443, udp);
    other.writeUInt16BE(0, udp + 4);
    other[udp + 8] = 0x43;
    write(ts, other);
  });
  assert.deepEqual((await examined(quic)).symptoms, ['encrypted']);
});

test('every symptom has words in both languages', () => {
  const [en, zh] = (['en', 'zh-CN'] as const).map((language) => textsOf(language).doctor.symptoms);
  assert.deepEqual(Object.keys(zh!), Object.keys(en!));
  const { counts } = new Ledger();
  assert.deepEqual(
    diagnose(counts).map(({ symptom }) => symptom),
    ['empty'],
  );
});
