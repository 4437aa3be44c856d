/**
 * TLS in the shared captures: fingerprints, suites and certificates as Arkime and Suricata tell them, and content as the
 * key logs beside the captures open it.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import type { TlsHandshake } from '../../../sensor/handshake.ts';
import { C, type CounterName, imbalances } from '../../../sensor/ledger.ts';
import { RecordSink, type TransactionRecord } from '../../../sensor/record.ts';
import { createSecrets, defaultSensorLimits, openSource, SecretsWriter, Sensor } from '../../../sensor/sensor.ts';
import { unpackCaptures } from '../conformance/captures.ts';
import { laterStages, passSegments } from '../conformance/passage.ts';

interface Read {
  readonly records: readonly TransactionRecord[];
  readonly handshakes: readonly TlsHandshake[];
  readonly count: (name: CounterName) => number;
}

function read(file: string, keyLog?: string): Read {
  const records: TransactionRecord[] = [];
  const handshakes: TlsHandshake[] = [];
  const memory = createSecrets(4 << 20);
  const writer = new SecretsWriter(memory);
  if (keyLog !== undefined) writer.add(readFileSync(keyLog), -1);
  // Those that lie in the capture count from its beginning.
  const source = openSource([file, file], { secrets: (octets) => writer.add(octets, 0) });
  source.close();
  const record = new RecordSink({ maxBody: 1 << 20, clear: true }, (each) => records.push(each));
  const sensor = new Sensor(
    defaultSensorLimits,
    { open: (flow, depth) => record.open(flow, depth), handshake: (_, told) => handshakes.push(told) },
    undefined,
    memory,
  );
  passSegments(file, sensor);
  const { counts } = sensor.ledger;
  for (const name of laterStages) counts[C[name]] = counts[C.exchangesEmitted]!;
  assert.deepEqual(imbalances(counts), [], file);
  return { records, handshakes, count: (name) => counts[C[name]]! };
}

/** Sorted, each once. */
const set = (values: readonly string[]): string[] => [...new Set(values.filter((value) => value !== ''))].sort();

interface ArkimeSession {
  readonly body: {
    readonly ipProtocol: number;
    readonly tls?: Readonly<Partial<Record<'ja3' | 'ja4' | 'cipher' | 'version', readonly string[]>>>;
    readonly cert?: readonly {
      readonly serial: string;
      readonly notBefore: number;
      readonly notAfter: number;
      readonly alt?: readonly string[];
      readonly subjectCN?: readonly string[];
    }[];
  };
}

/** LDAP and other protocols that begin in clear and turn to TLS are not followed. */
const startsInClear = ['ldap-ssl'];

test('Arkime tells the same of every handshake it expects', (t) => {
  const captures = unpackCaptures(t);
  if (captures === null) return;
  let compared = 0;
  let certificates = 0;
  for (const { path } of captures.rows) {
    const name = /^arkime\/(.*)\.pcap(?:ng)?$/.exec(path)?.[1];
    const expected = join(captures.folder, 'arkime/_expected', `${name}.test`);
    if (name === undefined || startsInClear.includes(name) || !existsSync(expected)) continue;
    const { sessions3 } = JSON.parse(readFileSync(expected, 'utf8')) as { sessions3: readonly ArkimeSession[] };
    const sessions = sessions3
      .map(({ body }) => body)
      .filter(({ tls, ipProtocol }) => tls !== undefined && ipProtocol === 6);
    if (sessions.length === 0) continue;
    const { handshakes } = read(join(captures.folder, path));
    const want = (field: 'ja3' | 'ja4' | 'cipher' | 'version') =>
      set(sessions.flatMap(({ tls }) => tls?.[field] ?? []));
    assert.deepEqual(set(handshakes.map(({ ja3 }) => ja3)), want('ja3'), path);
    assert.deepEqual(set(handshakes.map(({ ja4 }) => ja4)), want('ja4'), path);
    assert.deepEqual(set(handshakes.map(({ suite }) => suite)), want('cipher'), path);
    compared++;
    const told = handshakes.flatMap((handshake) => handshake.certificates);
    for (const { serial, notBefore, notAfter, alt = [], subjectCN = [] } of sessions.flatMap(
      ({ cert }) => cert ?? [],
    )) {
      const same = told.some(
        (each) =>
          each.serial.replace(/^0+/, '') === serial.replace(/^0+/, '') &&
          each.notBefore === notBefore * 1000 &&
          each.notAfter === notAfter * 1000 &&
          alt.every((one) => each.names.includes(one)) &&
          subjectCN.every((one) => each.subject.replaceAll('\\', '').toLowerCase().includes(one)),
      );
      assert.ok(same, `${path}: certificate ${serial}`);
      certificates++;
    }
  }
  t.diagnostic(`${compared} captures, ${certificates} certificates`);
  assert.ok(compared > 10 && certificates > 20);
});

/** Fingerprints that upstream tests name. */
const published: Readonly<Record<string, Partial<TlsHandshake>>> = {
  'suricata-verify/ja4-tls/input.pcap': { ja4: 't12i1810s1_27d4652c4487_06a4338d0495' },
  // Suricata ends the hashed text with an underscore where there are no signature algorithms; JA4's description and
  // Arkime do not.
  'suricata-verify/bug-5713-01/TLSv1-Extracted-MaliciousC2.pcap': {
    ja4: 't10i070600_c50f5591e341_c39ab67fec8e',
    versions: ['TLS 1.0'],
  },
  'arkime/tls-split-client-hello.pcap': {
    sni: 'clients2.google.com',
    ja3: '35708a08e7be9f7aa5bce7f2d5c1cecb',
    suite: 'TLS_AES_128_GCM_SHA256',
    version: 'TLS 1.3',
    encryptedHello: true,
    group: 'X25519MLKEM768',
  },
};

test('published fingerprints', (t) => {
  const captures = unpackCaptures(t);
  if (captures === null) return;
  for (const [path, wanted] of Object.entries(published)) {
    const { handshakes } = read(join(captures.folder, path));
    const found = handshakes.some((told) =>
      Object.entries(wanted).every(
        ([field, value]) => JSON.stringify(told[field as keyof TlsHandshake]) === JSON.stringify(value),
      ),
    );
    assert.ok(found, `${path}: ${JSON.stringify(handshakes.map(({ ja3, ja4, sni }) => [ja3, ja4, sni]))}`);
  }
});

/** Key logs that are not of their capture. */
const mismatched = ['snet/tls_ECDHE-RSA-AES128-SHA.pcap'];

test('every capture with a key log beside it or in it is opened', (t) => {
  const captures = unpackCaptures(t);
  if (captures === null) return;
  let opened = 0;
  for (const { path, keyLog } of captures.rows) {
    if (keyLog === '' || path === 'retina/tls_ciphers.pcap' || path.startsWith('pcapfs/')) continue;
    const told = read(join(captures.folder, path), keyLog.startsWith('(') ? undefined : join(captures.folder, keyLog));
    const isMismatched = mismatched.includes(path);
    assert.ok(told.handshakes.length > 0, path);
    assert.equal(
      told.handshakes.every(({ decrypted }) => decrypted),
      !isMismatched,
      path,
    );
    const dark = told.count('encryptedBytes') + told.count('encryptedFlowBytes') + told.count('tlsLostBytes');
    assert.equal(dark > 0, isMismatched, path);
    opened++;
  }
  t.diagnostic(`${opened} captures`);
  assert.ok(opened > 50);
  // All suites but RC4; one connection each.
  const ciphers = read(
    join(captures.folder, 'pcapfs/all_ciphers_test/all_ciphers.pcap'),
    join(captures.folder, 'pcapfs/_keys/all_ciphers.key'),
  );
  const closed = ciphers.handshakes.filter(({ decrypted }) => !decrypted);
  assert.equal(ciphers.handshakes.length, 31);
  assert.ok(closed.length === 5 && closed.every(({ suite }) => suite.includes('RC4')));
  assert.equal(ciphers.count('tlsLostBytes'), 0);
  // Compressed before it was encrypted (RFC 3749): told, not opened.
  const compressed = read(
    join(captures.folder, 'retina/tls_ciphers.pcap'),
    join(captures.folder, 'lekensteyn-notes/all/premaster.txt'),
  );
  assert.equal(compressed.handshakes.length, 73);
  assert.ok(compressed.handshakes.some((told) => told.compressed));
  const scapy = read(join(captures.folder, 'derived/tls12+tls13_http_dsb.pcapng'));
  assert.deepEqual(
    scapy.records.map(({ request, response, pairing }) => [request?.target, response?.body.bytes, pairing]),
    [
      ['/pki/srv_key.pem', 1732, 'paired'],
      ['/pki/srv_key.pem', 1732, 'paired'],
    ],
  );
});
