/** Faults of mirrors, made of a good capture, as `apiris doctor` tells them. */
import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { diagnose } from '../../../console/cli/diagnosis.ts';
import { textsOf } from '../../../console/cli/text/language.ts';
import { sense } from '../../../deploy/appliance.ts';
import { fileSink, PcapWriter } from '../../../deploy/traffic/pcap-writer.ts';
import { C, Ledger } from '../../../sensor/ledger.ts';
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

async function examined(path: string, config = ''): Promise<{ symptoms: string[]; ask: string[]; shares: number[] }> {
  const file = `${path}.yaml`;
  if (config !== '') writeFileSync(file, config);
  const more = config === '' ? [] : ['--config', file];
  const { code, stdout, stderr } = await runCommand(['doctor', '--read', path, '--lang', 'en', ...more], {
    services: { sense },
  });
  assert.equal(code, 0, stderr);
  const { symptoms } = JSON.parse(stdout) as { symptoms: { symptom: string; ask: string; share: number }[] };
  const list = <K extends 'symptom' | 'ask' | 'share'>(name: K) => symptoms.map((each) => each[name]);
  return { symptoms: list('symptom'), ask: list('ask'), shares: list('share') };
}

/** From the lower to the higher address, of an Ethernet frame with IPv4. */
function isUpward(frame: Buffer): boolean {
  return frame.length > 34 && frame.readUInt32BE(26) < frame.readUInt32BE(30);
}

test('a good mirror has nothing wrong', async () => {
  assert.deepEqual(await examined(brokerage), { symptoms: [], ask: [], shares: [] });
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

/** The frame in a VLAN. */
function tagged(frame: Buffer, vlan: number): Buffer {
  const tag = Buffer.from([0x81, 0, vlan >> 8, vlan & 255]);
  return Buffer.concat([frame.subarray(0, 12), tag, frame.subarray(12)]);
}

test('a VLAN that the servers are not in: only what a switch sends to every port', async (t) => {
  const group = (frame: Buffer, number: number) => {
    const other = tagged(frame, 30);
    // ARP to all, mDNS to a group; a few frames are for somebody.
    if (number % 10 > 0) other.set(number % 2 ? [255, 255, 255, 255, 255, 255] : [1, 0, 0x5e, 0, 0, 251], 0);
    if (number % 2) other.writeUInt16BE(0x0806, 16);
    else other[27] = 17;
    return other;
  };
  const path = made(t, (write, ts, frame, number) => {
    if (frame.readUInt16BE(12) === 0x0800) write(ts, group(frame, number));
  });
  const { symptoms, ask, shares } = await examined(path);
  assert.deepEqual(symptoms, ['wrong-vlan']);
  assert.ok(shares[0]! > 0.89 && shares[0]! < 0.91, String(shares[0]));
  assert.match(ask.join(), /which VLAN or ports/);
  const beside = made(t, (write, ts, frame, number) => {
    write(ts, frame);
    for (let i = 0; i < 3; i++) write(ts, group(frame, 2 * number + 1));
  });
  assert.deepEqual((await examined(beside)).symptoms, []);
});

test('a VLAN for each direction: all of it, part of it, and the same in both VLANs', async (t) => {
  const apart = (frame: Buffer) => tagged(frame, isUpward(frame) ? 10 : 20);
  const both = made(t, (write, ts, frame) => write(ts, apart(frame)));
  assert.deepEqual((await examined(both)).symptoms, []);
  const { symptoms, ask, shares } = await examined(both, 'capture: {separateVlans: true}\n');
  assert.deepEqual(symptoms, ['vlan-apart']);
  assert.ok(shares[0]! > 0.9, String(shares[0]));
  assert.match(ask.join(), /separateVlans: false/);
  // One connection in four by the lower bits of its ports.
  const kept = (frame: Buffer) => ((frame.readUInt16BE(34) ^ frame.readUInt16BE(36)) & 3) === 0;
  const part = made(t, (write, ts, frame) => (isUpward(frame) || kept(frame)) && write(ts, apart(frame)));
  const missing = (await examined(part)).symptoms;
  assert.deepEqual(missing.slice(0, 2), ['one-way', 'vlan-missing']);
  const oneWay = made(t, (write, ts, frame) => isUpward(frame) && write(ts, tagged(frame, 10)));
  assert.ok(!(await examined(oneWay)).symptoms.includes('vlan-missing'));
  const routed = made(t, (write, ts, frame) => {
    write(ts, apart(frame));
    write(ts + 3, tagged(frame, isUpward(frame) ? 20 : 10));
  });
  assert.deepEqual((await examined(routed, 'capture: {separateVlans: true}\n')).symptoms, ['doubled']);
});

test('none of the applications that the configuration names', async (t) => {
  const path = made(t, (write, ts, frame) => write(ts, frame));
  const asked = async (named: string) => (await examined(path, `applications: [{${named}, name: ours}]\n`)).symptoms;
  assert.deepEqual(await asked('host: elsewhere.example'), ['other-servers']);
  assert.deepEqual(await asked('port: 1'), ['other-servers']);
  assert.deepEqual(await asked('host: trade.brokerage.example'), []);
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

test('packets that this machine had no room for', () => {
  const { counts } = new Ledger();
  counts[C.packetsRead] = counts[C.tcpSegments] = 1000;
  counts[C.droppedByKernel] = 20;
  counts[C.droppedByInterface] = 10;
  assert.deepEqual(diagnose(counts), [{ symptom: 'dropped-here', value: 30, share: 0.03 }]);
  counts[C.droppedByKernel] = counts[C.droppedByInterface] = 0;
  assert.deepEqual(diagnose(counts), []);
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
