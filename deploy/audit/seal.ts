/** A seal: what was stored, bound by hash to the seal before it and signed. Every field but the signature is in the hash. */
import { createHash } from 'node:crypto';

export const zeroHash = '0'.repeat(64);

/**
 * begun: a chain begins; body: public key, and where earlier chains ended
 * form: in which columns rows are hashed from here on
 * block: calls of one insert and month
 * adopted: the same, found without a seal after a process ended between the two
 * amended: what is left of a block after later calls took the place of some of its own
 * unproven: a block was not as sealed when calls were to take the place of some of its own
 * rows: rows of other tables, one by one
 * closed: a month that retention is about to drop
 */
export type SealKind = 'begun' | 'form' | 'block' | 'adopted' | 'amended' | 'unproven' | 'rows' | 'closed';

export interface SealFields {
  readonly kind: SealKind;
  /** The table; empty for none. */
  readonly subject: string;
  readonly block: number;
  /** 202611; 0 for none. */
  readonly month: number;
  readonly rows: number;
  /** Packet time of the rows, µs. */
  readonly firstTs: number;
  readonly lastTs: number;
  readonly digest: string;
  /** JSON text. */
  readonly body: string;
}

export interface ChainedSeal extends SealFields {
  readonly writer: string;
  /** From 0 without a gap. */
  readonly number: number;
  /** Wall clock, µs. */
  readonly ts: number;
  /** SHA-256 of the checks' text. */
  readonly checksHash: string;
  /** Hash of the seal before it. */
  readonly previous: string;
}

export interface Seal extends ChainedSeal {
  readonly hash: string;
  /** Ed25519 over the hash's 64 digits, base64. */
  readonly signature: string;
}

export const noFields: Omit<SealFields, 'kind'> = {
  ...{ subject: '', block: 0, month: 0, rows: 0, firstTs: 0, lastTs: 0, digest: '', body: '' },
};

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function hashOf(seal: ChainedSeal): string {
  const { writer, number, ts, kind, subject, block, month, rows, firstTs, lastTs, digest, checksHash, body } = seal;
  return sha256(
    JSON.stringify([
      ...['apiris seal 1', writer, number, ts, kind, subject, block, month, rows, firstTs, lastTs, digest],
      ...[checksHash, sha256(body), seal.previous],
    ]),
  );
}

/** Body of a seal of rows: id, version, hash of each. */
export interface RowsBody {
  readonly rows: readonly (readonly [id: string, version: number, hash: string])[];
  /** Found without a seal. */
  readonly adopted?: true;
}
