/** TLS through the whole pipeline: what is read with keys, what is told without, once or twice, with any number of shards. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ConfigError } from '../../deploy/config.ts';
import { merge } from '../../deploy/traffic/disturb.ts';
import { pcapOf } from '../../deploy/traffic/pcap-writer.ts';
import { openEmbeddedStore } from '../../storage/store/embedded.ts';
import type { Row } from '../../storage/store/store.ts';
import { block, describedInterface, enhancedPacket, halves, section, u32 } from '../sensor/capture/made-captures.ts';
import { packetsOf, recordTalk } from '../sensor/tls/recorded-talk.ts';
import { config, folderOf, replayed } from './replaying.ts';

async function asked(data: string, question: 'tls' | 'findings'): Promise<Row[]> {
  const store = await openEmbeddedStore(data);
  try {
    return await store.ask(question);
  } finally {
    await store.close();
  }
}

const tlsOf = (data: string) => asked(data, 'tls');

/** Rule, application, how often. */
async function flawsOf(data: string): Promise<unknown[]> {
  const findings = await asked(data, 'findings');
  return findings.map((row) => [row['rule'], row['app'], row['count']]).sort();
}

/** Connections of both versions, and their key log. */
async function traffic() {
  const talks = [];
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (let i = 0; i < 3; i++) talks.push(await recordTalk({ server: { maxVersion } }));
  }
  const packets = merge(...talks.map(({ turns }, i) => packetsOf(turns, { clientPort: 41_000 + i })));
  return { packets, keyLog: talks.map((talk) => talk.keyLog).join('') };
}

test('calls with a key log, handshakes with and without, the same for 1 and 3 shards and when read again', async (t) => {
  const folder = folderOf(t);
  const { packets, keyLog } = await traffic();
  const capture = join(folder, 'tls.pcap');
  writeFileSync(capture, pcapOf(packets));
  const keys = join(folder, 'keys.log');
  writeFileSync(keys, keyLog);
  const keyed = { config: { ...config, tlsKeylog: keys } };

  const dark = await replayed(join(folder, 'dark'), [capture]);
  assert.deepEqual([dark.exchanges, dark.imbalances], [0, []]);
  const seen = await tlsOf(join(folder, 'dark'));
  assert.deepEqual(
    seen.map((row) => [row['version'], row['handshakes'], row['sni'], row['fingerprint'] !== '']),
    [
      ['TLS 1.2', 3, 'shop.example', true],
      ['TLS 1.3', 3, 'shop.example', false],
    ],
  );

  // Of TLS 1.3 the certificate is not seen.
  assert.deepEqual(await flawsOf(join(folder, 'dark')), [['poor-tls', 'shop.example', 1]]);

  const data = join(folder, 'keyed');
  const one = await replayed(data, [capture], { ...keyed, shards: 1 });
  assert.deepEqual([one.exchanges, one.stored, one.imbalances], [12, 12, []]);
  const told = await tlsOf(data);
  assert.ok(told.every((row) => row['decrypted'] === 3 && row['fingerprint'] !== ''));
  const three = await replayed(join(folder, 'three'), [capture], { ...keyed, shards: 3 });
  assert.deepEqual(three.state.rows, one.state.rows);
  assert.deepEqual(three.state.ledger, one.state.ledger);
  assert.deepEqual(await tlsOf(join(folder, 'three')), told);

  const again = await replayed(data, [capture], keyed);
  assert.equal(again.sources[0]?.state, 'known');
  writeFileSync(`${capture}.gz`, gzipSync(pcapOf(packets)));
  await replayed(data, [`${capture}.gz`], keyed);
  assert.deepEqual(await tlsOf(data), told);
  // Also where no call tells that it is the same traffic.
  await replayed(join(folder, 'dark'), [`${capture}.gz`]);
  assert.deepEqual(await tlsOf(join(folder, 'dark')), seen);
  assert.deepEqual(await flawsOf(join(folder, 'dark')), [['poor-tls', 'shop.example', 1]]);
});

test('secrets that lie in a capture open what follows them', async (t) => {
  const folder = folderOf(t);
  const { packets, keyLog } = await traffic();
  const secrets = Buffer.from(keyLog);
  const padding = Buffer.alloc(-secrets.length & 3);
  const capture = join(folder, 'tls.pcapng');
  writeFileSync(
    capture,
    Buffer.concat([
      ...[section('le'), describedInterface('le', 1, 0)],
      block('le', 10, Buffer.concat([u32('le', 0x544c534b, secrets.length), secrets, padding])),
      ...packets.map(({ ts, frame }) => enhancedPacket('le', 0, { time: halves(BigInt(ts)), data: frame })),
    ]),
  );
  const run = await replayed(join(folder, 'data'), [capture], { shards: 3 });
  assert.deepEqual([run.exchanges, run.stored, run.imbalances], [12, 12, []]);
});

test('a key log that is none is a mistake of the person, said at once', async (t) => {
  const folder = folderOf(t);
  const capture = join(folder, 'tls.pcap');
  writeFileSync(capture, pcapOf((await traffic()).packets));
  for (const [tlsKeylog, sentence] of [
    [capture, /no TLS key log/],
    [join(folder, 'nothing'), /there is no TLS key log/],
    [folder, /cannot read the TLS key log/],
  ] as const) {
    await assert.rejects(
      replayed(join(folder, 'data'), [capture], { config: { ...config, tlsKeylog } }),
      (error) => error instanceof ConfigError && sentence.test(error.message),
    );
  }
});
