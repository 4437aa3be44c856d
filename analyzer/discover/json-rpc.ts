/**
 * The few members of a JSON request that tell which protocol it speaks: JSON-RPC 2.0 and GraphQL over HTTP. The text
 * may be cut anywhere; depth is a counter, so any nesting takes linear time and no stack.
 */
import { hexValue } from './text-decode.ts';

export interface RpcMembers {
  /** Value of `jsonrpc`; empty when absent. */
  jsonrpc: string;
  method: string;
  /** At most 4 KiB of it. */
  query: string;
  operationName: string;
  /** `extensions.persistedQuery.sha256Hash`. */
  persistedHash: string;
  /** The text is an array with more than one entry; the members are those of its first. */
  batch: boolean;
}

const longestValue = 4096;
/** Members are looked for to this depth below the first object. */
const deepest = 3;

const names = ['jsonrpc', 'method', 'query', 'operationName', 'extensions', 'persistedQuery', 'sha256Hash'] as const;
type Name = (typeof names)[number] | '';
const namesByLength = Array.from({ length: 16 }, (_, length) =>
  names.filter((name) => name.length === length).map((name) => ({ name, bytes: Buffer.from(name) })),
);

/** The name at this place, or empty when it is none of ours: keys are compared where they stand, not copied. */
function nameAt(bytes: Uint8Array, from: number, to: number): Name {
  for (const known of namesByLength[to - from] ?? []) {
    let i = 0;
    while (from + i < to && bytes[from + i] === known.bytes[i]) i++;
    if (from + i === to) return known.name;
  }
  return '';
}

/** Null when the text is no JSON object and no array that begins with one. */
export function rpcMembers(bytes: Uint8Array): RpcMembers | null {
  let i = skipSpace(bytes, startsWithBom(bytes) ? 3 : 0);
  let base = 0;
  if (bytes[i] === 0x5b) {
    base = 1;
    i = skipSpace(bytes, i + 1);
  }
  if (bytes[i] !== 0x7b) return null;
  const found: RpcMembers = { jsonrpc: '', method: '', query: '', operationName: '', persistedHash: '', batch: false };
  const path: Name[] = ['', '', '', ''];
  // Bit d: the container at depth d (below the first object, from 1) is an object.
  let objects = 0;
  let depth = 0;
  let expectKey = false;
  for (; i < bytes.length; i++) {
    switch (bytes[i]) {
      case 0x7b: // {
        depth++;
        if (depth <= deepest) objects |= 1 << depth;
        expectKey = true;
        break;
      case 0x5b: // [
        depth++;
        if (depth <= deepest) objects &= ~(1 << depth);
        expectKey = false;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        if (--depth <= 0) {
          found.batch = base === 1 && hasMore(bytes, i + 1);
          return found;
        }
        expectKey = false;
        break;
      case 0x2c: // ,
        expectKey = depth <= deepest && (objects & (1 << depth)) !== 0;
        break;
      case 0x22: {
        const end = stringEnd(bytes, i + 1);
        if (depth <= deepest && (objects & (1 << depth)) !== 0) {
          if (expectKey) path[depth] = nameAt(bytes, i + 1, end);
          else take(found, path, depth, bytes, i + 1, end);
          expectKey = false;
          // A single call needs no more; a batch is read to the end of its first entry.
          if (base === 0 && found.jsonrpc !== '' && found.method !== '') return found;
        }
        i = end;
        break;
      }
    }
  }
  return found;
}

function take(
  found: RpcMembers,
  path: readonly Name[],
  depth: number,
  bytes: Uint8Array,
  from: number,
  to: number,
): void {
  if (depth === 1) {
    const key = path[1];
    if (key === 'jsonrpc') found.jsonrpc ||= stringValue(bytes, from, to);
    else if (key === 'method') found.method ||= stringValue(bytes, from, to);
    else if (key === 'query') found.query ||= stringValue(bytes, from, to);
    else if (key === 'operationName') found.operationName ||= stringValue(bytes, from, to);
  } else if (depth === 3 && path[1] === 'extensions' && path[2] === 'persistedQuery' && path[3] === 'sha256Hash') {
    found.persistedHash ||= stringValue(bytes, from, to);
  }
}

function startsWithBom(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

export function skipSpace(bytes: Uint8Array, from: number): number {
  let i = from;
  while (i < bytes.length && (bytes[i] === 0x20 || (bytes[i]! >= 0x09 && bytes[i]! <= 0x0d))) i++;
  return i;
}

/** Strings up to this length are walked; the built-in search costs more than it saves on them. */
const shortString = 24;

/** Position of the quote that ends the string, or the end of the bytes. */
function stringEnd(bytes: Uint8Array, from: number): number {
  const near = Math.min(bytes.length, from + shortString);
  let at = from;
  while (at < near) {
    const c = bytes[at];
    if (c === 0x22) return at;
    at += c === 0x5c ? 2 : 1;
  }
  for (;;) {
    const quote = bytes.indexOf(0x22, at);
    if (quote < 0) return bytes.length;
    let backslash = quote - 1;
    while (backslash >= at && bytes[backslash] === 0x5c) backslash--;
    if ((quote - backslash) % 2 === 1) return quote;
    at = quote + 1;
  }
}

/** True when another entry of the array follows. */
function hasMore(bytes: Uint8Array, from: number): boolean {
  return bytes[skipSpace(bytes, from)] === 0x2c;
}

function stringValue(bytes: Uint8Array, from: number, to: number): string {
  const end = Math.min(to, from + longestValue);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, end - from).toString('utf8');
  return text.indexOf('\\') < 0 ? text : unescapeJson(text);
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/** RFC 8259 §7; a broken escape keeps its character. */
function unescapeJson(text: string): string {
  let out = '';
  let from = 0;
  for (let at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', from)) {
    out += text.slice(from, at);
    const c = text[at + 1] ?? '';
    const code = c === 'u' ? codeUnit(text, at + 2) : -1;
    out += code >= 0 ? String.fromCharCode(code) : (escapes[c] ?? c);
    from = at + (code >= 0 ? 6 : 2);
  }
  return out + text.slice(from);
}

function codeUnit(text: string, from: number): number {
  let value = 0;
  for (let i = from; i < from + 4; i++) {
    const digit = i < text.length ? hexValue(text.charCodeAt(i)) : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}
