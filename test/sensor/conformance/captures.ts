/** The shared captures: unpacked to a folder of the test's own, with the rows of their index. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

export interface IndexRow {
  /** V01…V30 for the ones known by name, else empty. */
  readonly id: string;
  readonly path: string;
  /** Packets by tshark. */
  readonly packets: number;
  /** HTTP messages by tshark; responses with the interim ones. */
  readonly requests: number;
  readonly responses: number;
  /** Exchanges that Zeek, Arkime or Suricata logged; null where nobody did. */
  readonly upstream: number | null;
  /** TLS key log beside the capture; in parentheses where it lies in the capture itself; empty for none. */
  readonly keyLog: string;
}

export interface Captures {
  readonly folder: string;
  readonly rows: readonly IndexRow[];
}

const packageRoot = fileURLToPath(new URL('.', import.meta.resolve('#root/package.json')));
const shared = join(packageRoot, '..', 'shared', 'captures');

/** Null, with a line in the report, where the captures are not there. The folder is removed after the test. */
export function unpackCaptures(t: TestContext): Captures | null {
  const archive = join(shared, 'captures.tar.gz');
  const index = join(shared, 'INDEX.tsv');
  if (!existsSync(archive) || !existsSync(index)) {
    t.diagnostic('absent: ../shared/captures');
    return null;
  }
  const folder = mkdtempSync(join(tmpdir(), 'apiris-conformance-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const unpacked = spawnSync('tar', ['-xzf', archive, '-C', folder], { encoding: 'utf8' });
  assert.equal(unpacked.status, 0, unpacked.stderr);
  return { folder, rows: readIndex(readFileSync(index, 'utf8')) };
}

function readIndex(text: string): IndexRow[] {
  const [heading = '', ...lines] = text.trimEnd().split('\n');
  const names = heading.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    const cell = (name: string): string => {
      const column = names.indexOf(name);
      assert.ok(column >= 0, `the index has no column ${name}`);
      return cells[column] ?? '';
    };
    const upstream = cell('upstream_http_txn');
    return {
      id: cell('id').startsWith('V') ? cell('id') : '',
      path: cell('path'),
      packets: Number(cell('packets')),
      requests: Number(cell('http_req_msgs')) + Number(cell('http2_req')),
      responses: Number(cell('http_resp_msgs')) + Number(cell('http2_resp')),
      upstream: upstream === '' ? null : Number.parseInt(upstream, 10),
      keyLog: cell('keylog'),
    };
  });
}
