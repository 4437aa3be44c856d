/**
 * Protocol Buffers without their description: the wire format says where fields begin and end, and not what they are
 * (protobuf.dev/programming-guides/encoding). Fields are named by number (`f1.f2`). Octets that are text in UTF-8 are
 * text; what reads strictly as a message is one, and its fields are leaves below it; what is neither (packed numbers,
 * bytes) is left alone. Messages that one message has several of under one number are rows.
 */
import { isUtf8 } from 'node:buffer';
import type { LeafOutput } from './output.ts';
import type { TreeNode } from './tree.ts';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

/** Messages in one another; what lies deeper is counted and not read. */
export const MOST_DEEP = 32;
/** Numbers of fields that a guess at a message may have: extensions go higher, chance much higher. */
const MOST_NUMBER = 65_535;
/** Octets of a varint (64 bits). */
const MOST_VARINT = 10;
/** Octets of one that a number holds exactly. */
const EXACT_VARINT = 7;

/** The field read last. One walk at a time. */
const field = { number: 0, wire: 0, start: 0, end: 0 };
const digits = Buffer.alloc(32);
const keys: Uint8Array[] = [];
const MOST_KEYS = 256;

/** Where the varint at `at` ends; -1 when it does not, or is not written as short as it could be. */
function varintEnd(bytes: Uint8Array, at: number, end: number): number {
  const most = Math.min(end, at + MOST_VARINT);
  for (let i = at; i < most; i++) {
    if (bytes[i]! < 0x80) return i > at && bytes[i] === 0 ? -1 : i + 1;
  }
  return -1;
}

function varint(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  for (let i = end - 1; i >= at; i--) value = value * 128 + (bytes[i]! & 0x7f);
  return value;
}

/** Reads the field at `at` into `field`; where the next one begins, -1 when it is none. */
function readField(bytes: Uint8Array, at: number, end: number): number {
  const tagEnd = varintEnd(bytes, at, Math.min(end, at + 5));
  if (tagEnd < 0) return -1;
  const tag = varint(bytes, at, tagEnd);
  field.number = Math.floor(tag / 8);
  field.wire = tag % 8;
  if (field.number === 0 || field.number > MOST_NUMBER) return -1;
  field.start = tagEnd;
  switch (field.wire) {
    case VARINT:
      field.end = varintEnd(bytes, tagEnd, end);
      break;
    case FIXED64:
      field.end = tagEnd + 8;
      break;
    case FIXED32:
      field.end = tagEnd + 4;
      break;
    case LENGTH: {
      const from = varintEnd(bytes, tagEnd, Math.min(end, tagEnd + 5));
      if (from < 0) return -1;
      field.start = from;
      field.end = from + varint(bytes, tagEnd, from);
      break;
    }
    default:
      return -1;
  }
  return field.end > end ? -1 : field.end;
}

/** Whether the octets are a message to the last one. */
function isMessage(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    at = readField(bytes, at, end);
    if (at < 0) return false;
  }
  return end > start;
}

/** Text has no control characters but tabs and ends of lines; what begins with one of those may be a message's tag. */
export function isText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const c = bytes[i]!;
    if ((c < 0x20 && c !== 9 && c !== 10 && c !== 13) || c === 0x7f) return false;
  }
  if (!isUtf8(bytes.subarray(start, end))) return false;
  return bytes[start]! >= 0x20 || !isMessage(bytes, start, end);
}

function keyOf(number: number): Uint8Array {
  if (number >= MOST_KEYS) return Buffer.from(`f${number}`);
  return (keys[number] ??= Buffer.from(`f${number}`));
}

/** The fields of a message as leaves below `node`. False, and nothing is handed over, when the octets are no message. */
export function protobufLeaves(
  output: LeafOutput,
  node: TreeNode,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  if (!isMessage(bytes, start, end)) return start === end;
  walk(output, node, bytes, start, end, 0);
  return true;
}

function walk(output: LeafOutput, node: TreeNode, bytes: Uint8Array, start: number, end: number, depth: number): void {
  const repeated = repeatedNumbers(bytes, start, end);
  for (let at = start; at < end; ) {
    at = readField(bytes, at, end);
    const { number, wire, start: from, end: until } = field;
    unknownField(output, node, bytes, number, wire, from, until, depth, repeated?.has(number) ?? false);
  }
}

/** A field of which nobody says what it is. */
export function unknownField(
  output: LeafOutput,
  node: TreeNode,
  bytes: Uint8Array,
  number: number,
  wire: number,
  from: number,
  until: number,
  depth: number,
  isRow = false,
): void {
  if (wire === LENGTH && from === until) return;
  if (wire !== LENGTH) {
    numberLeaf(output, output.key(node, keyOf(number), 0, keyOf(number).length), bytes, wire, from, until);
  } else if (isText(bytes, from, until)) {
    output.leaf(output.key(node, keyOf(number), 0, keyOf(number).length), 'text', bytes, from, until);
  } else if (isMessage(bytes, from, until)) {
    if (depth >= MOST_DEEP) {
      output.counts.deepValues++;
      return;
    }
    const inner = output.key(node, keyOf(number), 0, keyOf(number).length);
    if (isRow) output.rowBegin(inner);
    walk(output, inner, bytes, from, until, depth + 1);
    if (isRow) output.rowEnd(inner);
  }
}

/** Numbers under which a message has several values with a length; null for none. */
function repeatedNumbers(bytes: Uint8Array, start: number, end: number): Set<number> | null {
  let repeated: Set<number> | null = null;
  let seen: Set<number> | null = null;
  let latest = -1;
  for (let at = start; at < end; ) {
    at = readField(bytes, at, end);
    if (field.wire !== LENGTH) continue;
    if (field.number === latest || seen?.has(field.number)) (repeated ??= new Set()).add(field.number);
    else if (latest >= 0) (seen ??= new Set([latest])).add(field.number);
    latest = field.number;
  }
  return repeated;
}

function numberLeaf(
  output: LeafOutput,
  node: TreeNode,
  bytes: Uint8Array,
  wire: number,
  start: number,
  end: number,
): void {
  const length = digits.write(numberText(bytes, wire, start, end), 'latin1');
  output.leaf(node, 'number', digits, 0, length);
}

/** What eight or four octets are is not said: a floating-point number where that is one of a usual size. */
function numberText(bytes: Uint8Array, wire: number, start: number, end: number): string {
  if (wire === VARINT) {
    if (end - start <= EXACT_VARINT) return String(varint(bytes, start, end));
    let value = 0n;
    for (let i = end - 1; i >= start; i--) value = (value << 7n) | BigInt(bytes[i]! & 0x7f);
    return String(BigInt.asIntN(64, value));
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
  if (wire === FIXED64) {
    const float = view.getFloat64(0, true);
    return isUsual(float) ? String(float) : String(view.getBigInt64(0, true));
  }
  const float = view.getFloat32(0, true);
  return isUsual(float) ? String(Number(float.toPrecision(7))) : String(view.getInt32(0, true));
}

function isUsual(value: number): boolean {
  const size = Math.abs(value);
  return size === 0 || (size >= 1e-6 && size < 1e15);
}
