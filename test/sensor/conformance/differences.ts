/** `differences.tsv`: where our counts are not those of another reader, at which packet that begins, and why. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

/** Every reason there is. A difference that fits none is a defect to be mended, or a reason to be agreed on. */
export const reasons = {
  'needs-tunnel': 'inside an encapsulation that is not decoded',
  'needs-decryption': 'TLS whose keys are known, which is not decrypted yet',
  'tshark-not-tcp': 'tshark counts SSDP over UDP',
  'tshark-unknown-method': 'tshark knows no such method',
  'tshark-http09': 'tshark reads neither requests without version nor what answers them',
  'tshark-no-close': 'tshark waits for the FIN that ends the content',
  'tshark-content-short': 'tshark shows a message only when all its content was captured',
  'tshark-head-cut': 'tshark shows a message only when its head ends',
  'tshark-odd-start-line': 'tshark wants a clean start line, first thing',
  'tshark-gap': 'tshark loses messages at missing octets',
  'tshark-reordering': 'tshark, as the index was made, does not put segments in order',
  'tshark-duplicate': 'tshark counts a mirrored copy as another message',
  'tshark-other-dissector': 'tshark goes by the port and reads another protocol',
  'tshark-urgent-data': 'tshark does not put urgent octets together with the others',
  'packet-time-jump': 'packet time leaps ahead, so that connections expire',
  'upstream-no-handshake': 'the other reader leaves out a connection without SYN',
  'upstream-unknown-method': 'the other reader counts the methods it knows',
  'upstream-odd-start-line': 'the other reader gives up at a broken line',
  'upstream-not-on-wire': 'the other count is not what the packets hold',
  'ours-in-parts': 'a channel that lives long is told in parts',
  'ours-wrong': 'a weakness of ours',
} as const;
export type Reason = keyof typeof reasons;

export type Source = 'tshark' | 'upstream';
export type What = 'requests' | 'responses' | 'exchanges';

export interface Difference {
  readonly path: string;
  readonly source: Source;
  readonly what: What;
  readonly ours: number;
  readonly theirs: number;
  /** Number of the packet, from 1, at which the difference begins. */
  readonly packet: number;
  readonly reason: Reason;
  readonly note: string;
}

const columns = ['path', 'source', 'what', 'ours', 'theirs', 'packet', 'reason', 'note'];
const maxNoteWords = 12;

export function differenceKey(path: string, source: Source, what: What): string {
  return `${path}\t${source}\t${what}`;
}

/** The table by key; asserts that its rows are sorted, well formed and each there once. */
export function readDifferences(): Map<string, Difference> {
  const file = new URL('test/sensor/conformance/differences.tsv', import.meta.resolve('#root/package.json'));
  const [heading, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  assert.deepEqual(heading?.split('\t'), columns);
  const table = new Map<string, Difference>();
  let previous = '';
  for (const line of lines) {
    const cells = line.split('\t');
    assert.equal(cells.length, columns.length, line);
    const [path, source, what, ours, theirs, packet, reason, note] = cells as [string, Source, What, ...string[]];
    const key = differenceKey(path, source, what);
    assert.ok(key > previous, `${key}: rows are sorted by path, source and what`);
    previous = key;
    assert.ok(reason! in reasons, `${line}: no such reason`);
    assert.ok(note!.split(' ').length <= maxNoteWords, `${line}: the note has more than ${maxNoteWords} words`);
    const numbers = { ours: Number(ours), theirs: Number(theirs), packet: Number(packet) };
    for (const number of Object.values(numbers)) assert.ok(Number.isSafeInteger(number) && number >= 0, line);
    assert.notEqual(numbers.ours, numbers.theirs, line);
    table.set(key, { path, source, what, ...numbers, reason: reason as Reason, note: note! });
  }
  return table;
}
