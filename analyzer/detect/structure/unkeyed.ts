/**
 * A signature that anybody can make: the digest of the request's own values, put together as is usual (sorted by name,
 * `k=v&k=v`), without a key. Only what can be recomputed is told of.
 */
import { getHashes, hash } from 'node:crypto';

const hex = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/i;
/** By characters of the hexadecimal form. */
const digests: Readonly<Record<number, readonly string[]>> = { 32: ['md5'], 40: ['sha1'], 64: ['sha256', 'sm3'] };
/** Builds of OpenSSL without SM3 exist. */
const known: ReadonlySet<string> = new Set(getHashes());
const mostPairs = 64;
/** Values that are tried alone: the content of an envelope. */
const mostAlone = 6;
const shortestAlone = 8;
/** Digits are spread evenly, so this takes one signature in eight: to look at each would cost more than reading it. */
const looked = /^[01]/;

/** `signature` as sent; `body` and `query` as octets of Latin-1. */
export function isUnkeyed(signature: string, contentType: string, body: string, query: string): boolean {
  if (!looked.test(signature) || !hex.test(signature)) return false;
  const wanted = signature.toLowerCase();
  const names = digests[signature.length]!.filter((name) => known.has(name));
  for (const text of candidates(signature, contentType, body, query)) {
    for (const name of names) if (hash(name, text) === wanted) return true;
  }
  return false;
}

function candidates(signature: string, contentType: string, body: string, query: string): string[] {
  const content = Buffer.from(body, 'latin1').toString('utf8');
  const pairs = pairsOf(contentType, content, query).filter(([, value]) => value !== signature);
  const out = content === '' ? [] : [content];
  if (pairs.length === 0 || pairs.length > mostPairs) return out;
  pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const given = pairs.filter(([, value]) => value !== '');
  out.push(given.map(([name, value]) => `${name}=${value}`).join('&'));
  if (given.length < pairs.length) out.push(pairs.map(([name, value]) => `${name}=${value}`).join('&'));
  out.push(given.map(([name, value]) => name + value).join(''), given.map(([, value]) => value).join(''));
  out.push(
    ...given
      .map(([, value]) => value)
      .filter((value) => value.length >= shortestAlone)
      .slice(0, mostAlone),
  );
  return out;
}

/** Values of the first level; those of a structure as it would be written. */
function pairsOf(contentType: string, content: string, query: string): [string, string][] {
  const pairs = [...new URLSearchParams(query)];
  if (content.startsWith('{')) {
    let value: unknown;
    try {
      value = JSON.parse(content);
    } catch {
      return pairs;
    }
    for (const [name, member] of Object.entries(value as object)) {
      pairs.push([name, typeof member === 'string' ? member : JSON.stringify(member)]);
    }
  } else if (contentType.includes('form-urlencoded')) pairs.push(...new URLSearchParams(content));
  return pairs;
}
