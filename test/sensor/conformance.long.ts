/**
 * Every shared capture through the sensor: nothing throws, the ledger adds up, and the messages are as many as tshark
 * and the upstream projects count, or the table of differences says at which packet and why not.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { CaptureError } from '../../sensor/capture/packet.ts';
import { type IndexRow, unpackCaptures } from './conformance/captures.ts';
import {
  type Difference,
  differenceKey,
  type Reason,
  readDifferences,
  reasons,
  type Source,
  type What,
} from './conformance/differences.ts';
import { type Passage, pass } from './conformance/passage.ts';

/** Files that are no capture, and the sentence that says so. */
const unreadable: Readonly<Record<string, RegExp>> = {
  'pcap-parser/err-eof.bin': /neither pcap nor pcapng/,
  'derived/get_cut_in_file_header.pcap': /ends inside its header/,
};

type Compared = readonly [Source, What, ours: number, theirs: number];

function comparisons(row: IndexRow, passage: Passage): Compared[] {
  const all: Compared[] = [
    ['tshark', 'requests', passage.requests, row.requests],
    ['tshark', 'responses', passage.responses, row.responses],
  ];
  if (row.upstream !== null) all.push(['upstream', 'exchanges', passage.records.length, row.upstream]);
  return all;
}

test('every shared capture: no exception, a balanced ledger, counts that agree or are explained', (t) => {
  const captures = unpackCaptures(t);
  if (captures === null) return;
  const table = readDifferences();
  const unexplained: string[] = [];
  const unbalanced: string[] = [];
  const explained = new Set<string>();
  const total = { files: 0, packets: 0, agree: 0, compared: 0, requests: 0, responses: 0 };
  for (const row of captures.rows) {
    const file = join(captures.folder, row.path);
    const sentence = unreadable[row.path];
    if (sentence !== undefined) {
      assert.throws(
        () => pass(file),
        (error) => error instanceof CaptureError && sentence.test(error.message),
        row.path,
      );
      t.diagnostic(`not a capture: ${row.path} (${sentence.source})`);
      continue;
    }
    const passage = pass(file);
    total.files++;
    total.packets += passage.packets;
    total.requests += passage.requests;
    total.responses += passage.responses;
    for (const problem of passage.imbalances) unbalanced.push(`${row.path}: ${problem}`);
    let agrees = true;
    for (const [source, what, ours, theirs] of comparisons(row, passage)) {
      total.compared++;
      if (ours === theirs) continue;
      agrees = false;
      const key = differenceKey(row.path, source, what);
      const known = table.get(key);
      if (known === undefined || known.ours !== ours || known.theirs !== theirs) {
        const was = known === undefined ? 'not in the table' : `in the table ${known.ours} and ${known.theirs}`;
        unexplained.push(`${row.path}: ${what} ${ours}, ${source} ${theirs}; ${was}`);
      }
      if (known === undefined) continue;
      explained.add(key);
      if (known.packet < 1 || known.packet > passage.packets) {
        unexplained.push(`${row.path}: there is no packet ${known.packet} of ${passage.packets}`);
      }
    }
    if (agrees) total.agree++;
  }
  for (const line of summary(table, total)) t.diagnostic(line);
  assert.deepEqual(unbalanced, []);
  assert.deepEqual(unexplained, []);
  const stale = [...table.keys()].filter((key) => !explained.has(key)).map((key) => key.replaceAll('\t', ' '));
  assert.deepEqual(stale, [], 'rows of the table that explain nothing');
  const used = new Set([...table.values()].map((row) => row.reason));
  assert.deepEqual(
    Object.keys(reasons).filter((reason) => !used.has(reason as Reason)),
    [],
    'reasons that no row has',
  );
});

function summary(
  table: ReadonlyMap<string, Difference>,
  total: { files: number; packets: number; agree: number; compared: number; requests: number; responses: number },
): string[] {
  const counts = new Map<Reason, number>();
  for (const { reason } of table.values()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const differing = new Set([...table.values()].map((row) => row.path)).size;
  return [
    `${total.files} captures, ${total.packets} packets, ${total.requests} requests, ${total.responses} responses`,
    `${total.agree} captures agree, ${differing} differ; ${table.size} of ${total.compared} counts explained:`,
    ...[...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([r, n]) => `  ${n} ${r}: ${reasons[r]}`),
  ];
}
