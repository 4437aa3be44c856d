/** XML that brings entities from elsewhere (XML 1.0 §4.2.2). */
import type { Prefix } from './prefix.ts';

/** Octets that are looked through: a declaration stands first. */
const DECLARED = 4096;

/** The parser of XML passes over document types, so no leaf tells of them. */
export function opensEntities(contentType: string | undefined, prefix: Prefix | null): boolean {
  if (prefix === null || !(contentType ?? '').includes('xml')) return false;
  const { buffer, byteOffset, length } = prefix.octets;
  const text = Buffer.from(buffer, byteOffset, Math.min(length, DECLARED)).toString('latin1');
  return (
    /<!(?:DOCTYPE|ENTITY)\b[^>]{0,500}\b(?:SYSTEM|PUBLIC)\b\s*["'][^"'>]{0,300}["']\s*>/i.test(text) &&
    /<!ENTITY/i.test(text)
  );
}
