/**
 * A segment of kept exchanges on disk: a line of JSON (the head), then records: length of uid (1 octet), length of what
 * is sealed (4, big-endian), uid, what is sealed. A record that was cut by the end of a process ends the segment.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { SegmentHead } from './segment-cipher.ts';

const RECORD_HEAD = 5;
/** Octets of the longest head: 32 approvers have 12 KiB. */
const longestHead = 64 * 1024;
/** Octets of the longest record: two bodies as base64, heads, names. */
const longestRecord = 4 * 2 ** 20;
const LINE_FEED = 0x0a;

/** Octets of the file as they are appended. */
export function appendHead(file: number, head: SegmentHead): number {
  return writeSync(file, `${JSON.stringify(head)}\n`);
}

export function recordOctets(uid: string, sealed: Uint8Array): Buffer {
  const name = Buffer.from(uid, 'latin1');
  const octets = Buffer.alloc(RECORD_HEAD + name.length + sealed.length);
  octets[0] = name.length;
  octets.writeUInt32BE(sealed.length, 1);
  octets.set(name, RECORD_HEAD);
  octets.set(sealed, RECORD_HEAD + name.length);
  return octets;
}

export interface SealedRecord {
  readonly head: SegmentHead;
  readonly sealed: Uint8Array;
}

/** The record of that uid, or null. A file that is no segment, or damaged, has none. */
export function findRecord(path: string, uid: string): SealedRecord | null {
  const file = openSync(path, 'r');
  try {
    const begin = readAt(file, 0, longestHead);
    const end = begin.indexOf(LINE_FEED);
    if (end < 0) return null;
    const head = parseHead(begin.toString('utf8', 0, end));
    if (head === null) return null;
    const wanted = Buffer.from(uid, 'latin1');
    const ahead = RECORD_HEAD + wanted.length;
    for (let at = end + 1; ; ) {
      const record = readAt(file, at, ahead);
      if (record.length < RECORD_HEAD) return null;
      const [name, length] = [record[0]!, record.readUInt32BE(1)];
      if (length > longestRecord) return null;
      const from = at + RECORD_HEAD + name;
      if (name === wanted.length && record.subarray(RECORD_HEAD).equals(wanted)) {
        const sealed = readAt(file, from, length);
        return sealed.length === length ? { head, sealed } : null;
      }
      at = from + length;
    }
  } finally {
    closeSync(file);
  }
}

function readAt(file: number, at: number, length: number): Buffer {
  const octets = Buffer.alloc(length);
  return octets.subarray(0, readSync(file, octets, 0, length, at));
}

function parseHead(text: string): SegmentHead | null {
  try {
    const head = JSON.parse(text) as SegmentHead;
    return head.v === 1 && typeof head.salt === 'string' && Array.isArray(head.approvers) ? head : null;
  } catch {
    return null;
  }
}
