/** What is asserted of one capture known by name, and what two or more of these assertions share. */
import assert from 'node:assert/strict';
import type { TransactionRecord } from '../../../sensor/record.ts';
import type { Passage } from './passage.ts';

export interface Truth {
  /** What is asserted, in a line. */
  readonly says: string;
  /** `folder` holds the unpacked captures. */
  readonly check: (passage: Passage, folder: string) => void;
}

/** Method, target, status and interim statuses of each exchange, in the order they began. */
export function lines(passage: Passage): string[] {
  return passage.records.map(({ request, response, interim }) =>
    [request?.method ?? '-', request?.target ?? '-', ...(interim ?? []), response?.status ?? '-'].join(' '),
  );
}

/** Every exchange is a pair, and no octet of any is missing. */
export function assertWhole(passage: Passage): void {
  for (const { uid, pairing, truncated, gapBytes } of passage.records) {
    assert.deepEqual({ pairing, truncated, gapBytes }, { pairing: 'paired', truncated: false, gapBytes: 0 }, uid);
  }
}

/** Octets of content after decoding, request and response; -1 where that half is missing. */
export function sizes(passage: Passage): [number, number][] {
  return passage.records.map(({ request, response }) => [request?.body.bytes ?? -1, response?.body.bytes ?? -1]);
}

export function codings(passage: Passage): string[] {
  return passage.records.map(({ response }) => response?.body.encoding ?? '-');
}

export function connections(passage: Passage): number {
  return new Set(passage.records.map(({ uid }) => uid.split('-')[0])).size;
}

export function fieldOf(side: TransactionRecord['request'] | TransactionRecord['response'], name: string): string {
  return side?.headers.find(([field]) => field.toLowerCase() === name)?.[1] ?? '';
}

/** No exchange came of it, and every payload octet is counted as another protocol's. */
export function assertOtherProtocol(passage: Passage, octets: number): void {
  assert.deepEqual(passage.records, []);
  const elsewhere = [
    'otherProtocolBytes',
    'ignoredFlowBytes',
    'tlsBytes',
    'encryptedBytes',
    'encryptedFlowBytes',
  ] as const;
  assert.equal(
    elsewhere.reduce((sum, name) => sum + passage.count(name), 0),
    octets,
  );
  assert.equal(passage.count('payloadBytes'), octets);
}
