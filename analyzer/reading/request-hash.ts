/** A request that may change something (RFC 9110 §9.2.1), to be known again when it is sent a second time. */
import type { KeyedHash } from '../keyed-hash.ts';
import type { Prefix } from './prefix.ts';

/** 16 hex digits; empty for requests that only read. `limit`: octets that the prefix has room for. */
export function hashOfRequest(
  prefix: Prefix | null,
  method: string,
  target: string,
  limit: number,
  identity: KeyedHash,
): string {
  if (prefix === null || method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return '';
  const { octets } = prefix;
  // Of content that goes on behind the prefix nobody knows whether it is the same: two files begin alike.
  if (octets.length >= limit) return '';
  identity.hash(octets, 0, octets.length);
  return identity.hexOfText(`${method} ${target} ${identity.high} ${identity.low} ${octets.length}`);
}
