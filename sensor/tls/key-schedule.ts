/** From a session's secrets to the keys of its records (RFC 5246 §5 and §6.3, RFC 4346 §5, RFC 8446 §7). */
import { createHmac } from 'node:crypto';

function hmac(algorithm: string, key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const mac = createHmac(algorithm, key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

/** P_hash (RFC 5246 §5). */
function expand(algorithm: string, secret: Uint8Array, seed: Uint8Array, length: number): Buffer {
  const parts: Buffer[] = [];
  let a: Uint8Array = seed;
  for (let have = 0; have < length; ) {
    a = hmac(algorithm, secret, a);
    const part = hmac(algorithm, secret, a, seed);
    parts.push(part);
    have += part.length;
  }
  return Buffer.concat(parts).subarray(0, length);
}

/** The key block of TLS 1.0 to 1.2; `algorithm` is the PRF's hash, or null for the one of TLS 1.0 and 1.1. */
export function keyBlock(
  algorithm: string | null,
  master: Uint8Array,
  serverRandom: Uint8Array,
  clientRandom: Uint8Array,
  length: number,
): Buffer {
  const seed = Buffer.concat([Buffer.from('key expansion'), serverRandom, clientRandom]);
  if (algorithm !== null) return expand(algorithm, master, seed, length);
  // RFC 2246 §5: each half of the secret feeds another hash.
  const half = Math.ceil(master.length / 2);
  const block = expand('md5', master.subarray(0, half), seed, length);
  const other = expand('sha1', master.subarray(master.length - half), seed, length);
  for (let i = 0; i < length; i++) block[i]! ^= other[i]!;
  return block;
}

/** HKDF-Expand-Label with an empty context (RFC 8446 §7.1). */
export function expandLabel(algorithm: string, secret: Uint8Array, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.from([length >>> 8, length & 0xff, name.length]), name, Buffer.from([0])]);
  const parts: Buffer[] = [];
  let previous: Uint8Array = new Uint8Array(0);
  for (let i = 1, have = 0; have < length; i++) {
    previous = hmac(algorithm, secret, previous, info, Buffer.from([i]));
    parts.push(previous as Buffer);
    have += previous.length;
  }
  return Buffer.concat(parts).subarray(0, length);
}
