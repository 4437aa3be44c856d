/** The openers of a session's records: from what a key log says of it, and what the hellos agreed on. */
import type { SessionSecrets } from './key-log.ts';
import { keyBlock } from './key-schedule.ts';
import { Aead12Opener, Aead13Opener, CbcOpener, type RecordOpener } from './record-opener.ts';
import { type Protection, protectionOf } from './suite.ts';

const TLS10 = 0x0301;
const TLS11 = 0x0302;
const TLS12 = 0x0303;
export const TLS13 = 0x0304;

/** What both hellos say. */
export interface Agreement {
  readonly version: number;
  readonly suite: number;
  readonly clientRandom: Buffer;
  readonly serverRandom: Buffer;
  readonly encryptThenMac: boolean;
}

/** TLS 1.3 as it was standardised: drafts derived other keys. */
export function is13(version: number): boolean {
  return version === TLS13 || version >>> 8 === 0x7f;
}

/** Openers of the client's and of the server's records after their ChangeCipherSpec; null when they cannot be made. */
export function openers12(agreed: Agreement, master: Buffer): readonly [RecordOpener, RecordOpener] | null {
  const { version, suite } = agreed;
  const protection = protectionOf(suite);
  if (protection === null || version < TLS10 || version > TLS12) return null;
  const { kind, keyLength, macLength, blockLength } = protection;
  if (kind !== 'cbc' && version !== TLS12) return null;
  const ivLength = kind === 'chacha' ? 12 : kind === 'aead' ? 4 : version === TLS10 ? blockLength : 0;
  const length = 2 * (macLength + keyLength + ivLength);
  const hash = version === TLS12 ? protection.hash : null;
  const block = keyBlock(hash, master, agreed.serverRandom, agreed.clientRandom, length);
  // RFC 5246 §6.3: both MAC keys, both keys, both IVs, the client's first.
  const part = (index: 0 | 1, before: number, size: number) =>
    Buffer.from(block.subarray(before + index * size, before + (index + 1) * size));
  const make = (index: 0 | 1): RecordOpener => {
    const macKey = part(index, 0, macLength);
    const key = part(index, 2 * macLength, keyLength);
    const iv = part(index, 2 * (macLength + keyLength), ivLength);
    if (kind !== 'cbc') return new Aead12Opener(protection, key, iv);
    return new CbcOpener(protection, key, macKey, version >= TLS11 ? null : iv, agreed.encryptThenMac);
  };
  return [make(0), make(1)];
}

/** Which part of a TLS 1.3 session a secret protects. */
export type Epoch = 'early' | 'handshake' | 'traffic';

/** Null when the key log has not that secret, or the suite cannot be undone. */
export function opener13(
  suite: number,
  secrets: SessionSecrets,
  side: 'client' | 'server',
  epoch: Epoch,
): Aead13Opener | null {
  const protection: Protection | null = protectionOf(suite);
  if (protection === null || protection.kind === 'cbc') return null;
  let secret: Buffer | undefined;
  if (epoch === 'early') secret = secrets.clientEarly;
  else if (epoch === 'handshake') secret = side === 'client' ? secrets.clientHandshake : secrets.serverHandshake;
  else secret = side === 'client' ? secrets.clientTraffic : secrets.serverTraffic;
  return secret === undefined ? null : new Aead13Opener(protection, secret);
}
