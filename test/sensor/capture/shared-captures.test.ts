import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CaptureError } from '../../../sensor/capture/packet.ts';
import { decodeWhole } from '../../../sensor/decompress.ts';
import { readPaths, temporaryFolder } from './collect.ts';
import { readByGeneratedReaders } from './oracle.ts';

/** Where our number of packets is not the index's (tshark's), and why. */
const differences: Readonly<Record<string, { packets: number; reason: string }>> = {
  'pcapng-test-generator/output_le/advanced/test102.pcapng': { packets: 5, reason: '3 custom blocks are no packets' },
  'pcapng-test-generator/output_le/basic/test017.pcapng': { packets: 0, reason: '4 custom blocks are no packets' },
  'pcapng-test-generator/output_le/basic/test018.pcapng': { packets: 4, reason: '4 custom blocks are no packets' },
  'pcapng-test-generator/output_le/difficult/test202.pcapng': { packets: 8, reason: '3 custom blocks are no packets' },
  'tcpdump/dsa-high-vid.pcap': { packets: 4, reason: 'tshark refuses link type 284' },
  'tcpdump/frf16_magic_ie-oobr.pcap': { packets: 1, reason: 'tshark refuses link type 182' },
  'tcpdump/kday6.pcap': { packets: 1, reason: 'tshark refuses link type 182' },
  'tcpdump/vtp_asan-3.pcap': { packets: 1, reason: 'tshark refuses link type 182' },
};

/** Files that end in damage, with the sentence; everything else reads clean to its end. */
const damaged: Readonly<Record<string, RegExp>> = {
  'suricata-verify/bug-1450-04/tls_DER-incomplete-header.pcap': /^record 7 claims 4325376 octets/,
  'suricata-verify/bug-1450-05/tls_DER-incomplete-content.pcap': /^record 7 claims 4325376 octets/,
  'suricata-verify/smtp-to-comma/10.7.29.101_49898-178.63.41.150_25.pcap': /^record 19 claims 3925868813 octets/,
  'derived/get_cut_in_packet.pcap': /^the file ends inside record 8/,
  'derived/get_cut_in_record_header.pcap': /^the file ends inside record 1/,
  'derived/pcapng_cut_in_block.pcapng': /^the file ends inside the block after frame 34/,
};

/** Files that cannot be read at all. */
const unreadable: Readonly<Record<string, RegExp>> = {
  'pcap-parser/err-eof.bin': /neither pcap nor pcapng/,
  'derived/get_cut_in_file_header.pcap': /ends inside its header/,
};

const packageRoot = fileURLToPath(new URL('.', import.meta.resolve('#root/package.json')));
const shared = join(packageRoot, '..', 'shared', 'captures');

/** The index's rows (path, packets) and a folder the captures were unpacked to; null where there are none. */
function unpackShared(t: TestContext): { folder: string; rows: { path: string; packets: number }[] } | null {
  const archive = join(shared, 'captures.tar.gz');
  const index = join(shared, 'INDEX.tsv');
  if (!existsSync(archive) || !existsSync(index)) {
    t.diagnostic('absent: the shared captures');
    return null;
  }
  const folder = temporaryFolder(t);
  const unpacked = spawnSync('tar', ['-xzf', archive, '-C', folder], { encoding: 'utf8' });
  assert.equal(unpacked.status, 0, unpacked.stderr);
  const [heading, ...lines] = readFileSync(index, 'utf8').trimEnd().split('\n');
  const columns = heading.split('\t');
  const rows = lines.map((line) => {
    const cells = line.split('\t');
    return { path: cells[columns.indexOf('path')], packets: Number(cells[columns.indexOf('packets')]) };
  });
  return { folder, rows };
}

function uncompressed(octets: Buffer): Buffer {
  if (octets.readUInt16BE(0) === 0x1f8b) return Buffer.from(decodeWhole('gzip', octets, 1e9));
  if (octets.readUInt32BE(0) === 0x28b52ffd) return Buffer.from(decodeWhole('zstd', octets, 1e9));
  return octets;
}

test('every shared capture: the packets of the generated readers, as many as the index says', (t) => {
  const captures = unpackShared(t);
  if (captures === null) return;
  let total = 0;
  for (const { path, packets: indexed } of captures.rows) {
    const file = join(captures.folder, path);
    const sentence = unreadable[path];
    if (sentence !== undefined) {
      assert.throws(
        () => readPaths([file]),
        (error) => error instanceof CaptureError && sentence.test(error.message),
        path,
      );
      continue;
    }
    const { packets, damage } = readPaths([file]);
    assert.deepEqual(packets, readByGeneratedReaders(uncompressed(readFileSync(file))), path);
    assert.equal(packets.length, differences[path]?.packets ?? indexed, path);
    assert.equal(damage.length, path in damaged ? 1 : 0, `${path}: ${damage[0]?.reason}`);
    if (path in damaged) assert.match(damage[0].reason, damaged[path], path);
    total += packets.length;
  }
  t.diagnostic(`${captures.rows.length} files, ${total} packets`);
  const known = new Set(captures.rows.map((row) => row.path));
  for (const table of [differences, damaged, unreadable]) {
    for (const path of Object.keys(table)) assert.ok(known.has(path), `${path} is not in the index`);
  }
});
