/** The Content-Encoding field (RFC 9110 §8.4) and what coded octets look like. */
import type { Coding } from '../decompress.ts';
import type { Weird } from '../weird.ts';

export interface CodingList {
  /** Codings that can be removed, outermost (last applied) first. */
  readonly codings: readonly Coding[];
  /** Their names as sent, in the same order. */
  readonly names: readonly string[];
  /** The names in the order they were applied, as one text. */
  readonly all: string;
  /** What is odd about the list; null when nothing is. */
  readonly weird: Weird | null;
}

const known: Readonly<Record<string, Coding>> = Object.freeze({
  __proto__: null as never,
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
  br: 'br',
  zstd: 'zstd',
});

/** A longer chain is nobody's server: its content passes as it is. */
const maxChain = 3;

const lists = new Map<string, CodingList>();
/** The field comes from the wire: past so many distinct ones the table begins anew. */
const maxLists = 128;

function parse(field: string): CodingList {
  const sent = field
    .split(',', 64)
    .map((name) => name.trim())
    .filter((name) => name !== '' && name.toLowerCase() !== 'identity');
  if (sent.length > maxChain) return { codings: [], names: [], all: '', weird: 'content_coding_chain_too_long' };
  const codings: Coding[] = [];
  const names: string[] = [];
  for (const name of sent.reverse()) {
    const coding = known[name.toLowerCase()];
    // What lies inside an unknown coding cannot be reached.
    if (coding === undefined) return { codings, names, all: applied(names), weird: 'content_coding_unknown' };
    codings.push(coding);
    names.push(name);
  }
  return { codings, names, all: applied(names), weird: null };
}

/** Names of codings, outermost first, as a field has them. */
export function applied(names: readonly string[]): string {
  return [...names].reverse().join(', ');
}

export function parseCodings(field: string): CodingList {
  const seen = lists.get(field);
  if (seen !== undefined) return seen;
  const list = parse(field.length > 1024 ? field.slice(0, 1024) : field);
  if (lists.size >= maxLists) lists.clear();
  if (field.length <= 64) lists.set(field, list);
  return list;
}

const zstdMagic = [0x28, 0xb5, 0x2f, 0xfd];
const zstdSkippable = [0x2a, 0x4d, 0x18];

/** False when the first octets of a body cannot be, or are most unlikely to be, the begin of data in the coding. */
export function looksCoded(coding: Coding, head: Uint8Array): boolean {
  if (coding === 'gzip') return (head.length < 1 || head[0] === 0x1f) && (head.length < 2 || head[1] === 0x8b);
  if (coding === 'zstd') {
    if (head.length >= 4 && (head[0]! & 0xf0) === 0x50) return zstdSkippable.every((octet, i) => head[i + 1] === octet);
    return zstdMagic.every((octet, i) => i >= head.length || head[i] === octet);
  }
  // Brotli and bare deflate have no magic, but nearly one octet in three of theirs is no printable one.
  return head.length < 4 || !isPrintable(head, 64);
}

function isPrintable(bytes: Uint8Array, most: number): boolean {
  const end = Math.min(bytes.length, most);
  for (let i = 0; i < end; i++) {
    const octet = bytes[i]!;
    if (octet > 0x7e || (octet < 0x20 && octet !== 0x09 && octet !== 0x0a && octet !== 0x0d)) return false;
  }
  return true;
}
