/**
 * Protocol Buffers by their description: fields have the names and types that a .proto gives them
 * (protobuf.dev/programming-guides/encoding). Repeated messages are rows, enums their names, maps objects, as in the
 * JSON form. What is not described, or comes with another wire type than the description says, stays under its number.
 */
import type { ProtoKind } from '../proto-table.ts';
import type { DescribedField, DescribedMessage } from './described-message.ts';
import type { LeafOutput } from './output.ts';
import { isText, MOST_DEEP, unknownField } from './protobuf.ts';
import type { TreeNode } from './tree.ts';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const GROUP = 3;
const GROUP_END = 4;
const FIXED32 = 5;
/** Octets of a varint, and of one that a number holds exactly. */
const MOST_VARINT = 10;
const EXACT_VARINT = 7;

/** The field read last. One walk at a time. */
const wire = { number: 0, type: 0, start: 0, end: 0 };
const scratch = Buffer.alloc(32);
const literals = { true: Buffer.from('true'), false: Buffer.from('false') };

/** Where the varint ends; -1 when it does not. */
function varintEnd(bytes: Uint8Array, at: number, end: number): number {
  const most = Math.min(end, at + MOST_VARINT);
  for (let i = at; i < most; i++) if (bytes[i]! < 0x80) return i + 1;
  return -1;
}

/** Of at most seven octets, exactly; of more the nearest number. */
function varint(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  for (let i = end - 1; i >= at; i--) value = value * 128 + (bytes[i]! & 0x7f);
  return value;
}

function bigVarint(bytes: Uint8Array, at: number, end: number): bigint {
  let value = 0n;
  for (let i = end - 1; i >= at; i--) value = (value << 7n) | BigInt(bytes[i]! & 0x7f);
  return value;
}

/** Reads the field at `at` into `wire`, a group with all that is in it; where the next begins, -1 when it is none. */
function readWire(bytes: Uint8Array, at: number, end: number, depth = 0): number {
  const tagEnd = varintEnd(bytes, at, end);
  if (tagEnd < 0 || tagEnd - at > 5) return -1;
  const tag = varint(bytes, at, tagEnd);
  const number = Math.floor(tag / 8);
  const type = tag % 8;
  if (number === 0) return -1;
  let start = tagEnd;
  let stop = -1;
  let next = -1;
  if (type === VARINT) stop = next = varintEnd(bytes, tagEnd, end);
  else if (type === FIXED64) stop = next = tagEnd + 8;
  else if (type === FIXED32) stop = next = tagEnd + 4;
  else if (type === LENGTH) {
    start = varintEnd(bytes, tagEnd, end);
    if (start < 0) return -1;
    stop = next = start + varint(bytes, tagEnd, start);
  } else if (type === GROUP_END) {
    stop = next = tagEnd;
  } else if (type === GROUP && depth < MOST_DEEP) {
    for (let i = tagEnd; i < end; ) {
      const from = i;
      i = readWire(bytes, i, end, depth + 1);
      if (i < 0) return -1;
      if (wire.type !== GROUP_END) continue;
      if (wire.number !== number) return -1;
      stop = from;
      next = i;
      break;
    }
  }
  if (stop < 0 || next > end) return -1;
  wire.number = number;
  wire.type = type;
  wire.start = start;
  wire.end = stop;
  return next;
}

/** The fields of a message as leaves below `node`. False, and nothing is handed over, when the octets are no message. */
export function describedLeaves(
  output: LeafOutput,
  node: TreeNode,
  type: DescribedMessage,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  for (let at = start; at < end; ) {
    at = readWire(bytes, at, end);
    if (at < 0 || wire.type === GROUP_END) return false;
  }
  walk(output, node, type, bytes, start, end, 0);
  return true;
}

/** What is not whole is read as far as it goes. */
function walk(
  output: LeafOutput,
  node: TreeNode,
  type: DescribedMessage,
  bytes: Uint8Array,
  start: number,
  end: number,
  depth: number,
): void {
  if (depth > MOST_DEEP) {
    output.counts.deepValues++;
    return;
  }
  if (type.isAny && walkAny(output, node, type, bytes, start, end, depth)) return;
  for (let at = start; at < end; ) {
    at = readWire(bytes, at, end);
    if (at < 0) return;
    const { number, type: wireType, start: from, end: until } = wire;
    const field = type.field(number);
    if (field === undefined || !fits(field, wireType)) {
      if (wireType !== GROUP && wireType !== GROUP_END) {
        unknownField(output, node, bytes, number, wireType, from, until, depth);
      }
      continue;
    }
    const own = type.isWrapper ? node : output.key(node, field.key, 0, field.key.length);
    value(output, own, field, bytes, wireType, from, until, depth);
  }
}

function fits({ kind, repeated }: DescribedField, wireType: number): boolean {
  if (kind === 'message') return wireType === LENGTH || wireType === GROUP;
  if (kind === 'string' || kind === 'bytes') return wireType === LENGTH;
  return wireType === wireOf(kind) || (wireType === LENGTH && repeated);
}

function wireOf(kind: ProtoKind): number {
  if (kind === 'fixed32' || kind === 'sfixed32' || kind === 'float') return FIXED32;
  return kind === 'fixed64' || kind === 'sfixed64' || kind === 'double' ? FIXED64 : VARINT;
}

function value(
  output: LeafOutput,
  own: TreeNode,
  field: DescribedField,
  bytes: Uint8Array,
  wireType: number,
  from: number,
  until: number,
  depth: number,
): void {
  if (field.map) {
    entry(output, own, field.message!, bytes, from, until, depth);
    return;
  }
  const node = field.repeated ? output.tree.items(own) : own;
  if (field.message !== null) {
    if (field.repeated) output.rowBegin(node);
    walk(output, node, field.message, bytes, from, until, depth + 1);
    if (field.repeated) output.rowEnd(node);
    return;
  }
  if (wireType !== LENGTH || field.kind === 'string' || field.kind === 'bytes') {
    scalar(output, node, field, bytes, from, until);
    return;
  }
  // Packed: values one after the other.
  const packed = wireOf(field.kind);
  for (let at = from; at < until; ) {
    const stop = packed === VARINT ? varintEnd(bytes, at, until) : at + (packed === FIXED32 ? 4 : 8);
    if (stop < 0 || stop > until) return;
    scalar(output, node, field, bytes, at, stop);
    at = stop;
  }
}

/** A map's entry: its key is a key as one of JSON. */
function entry(
  output: LeafOutput,
  map: TreeNode,
  type: DescribedMessage,
  bytes: Uint8Array,
  start: number,
  end: number,
  depth: number,
): void {
  const [keyField, valueField] = [type.field(1), type.field(2)];
  if (keyField === undefined || valueField === undefined) return;
  let node: TreeNode | null = null;
  let held: { readonly type: number; readonly from: number; readonly until: number } | null = null;
  for (let at = start; at < end; ) {
    at = readWire(bytes, at, end);
    if (at < 0) break;
    const { number, type: wireType, start: from, end: until } = wire;
    if (number === 1 && fits(keyField, wireType)) node = keyNode(output, map, keyField, bytes, from, until);
    else if (number === 2 && fits(valueField, wireType)) held = { type: wireType, from, until };
  }
  // A key or a value that is nothing (0, an empty text) need not be sent.
  if (held === null) return;
  value(output, node ?? output.tree.dynamic(map), valueField, bytes, held.type, held.from, held.until, depth);
}

function keyNode(
  output: LeafOutput,
  map: TreeNode,
  field: DescribedField,
  bytes: Uint8Array,
  from: number,
  until: number,
): TreeNode {
  if (field.kind === 'string') return output.key(map, bytes, from, until);
  const text = Buffer.from(numberText(field.kind, bytes, from, until));
  return output.key(map, text, 0, text.length);
}

/** The message that an Any holds, below the Any itself. False when its type is not described. */
function walkAny(
  output: LeafOutput,
  node: TreeNode,
  any: DescribedMessage,
  bytes: Uint8Array,
  start: number,
  end: number,
  depth: number,
): boolean {
  let inner: DescribedMessage | null = null;
  let from = end;
  let until = end;
  for (let at = start; at < end; ) {
    at = readWire(bytes, at, end);
    if (at < 0) return false;
    if (wire.type !== LENGTH) continue;
    if (wire.number === 1) {
      const url = Buffer.from(bytes.buffer, bytes.byteOffset + wire.start, wire.end - wire.start).toString('latin1');
      inner = any.others.get(url.slice(url.lastIndexOf('/') + 1)) ?? null;
    } else if (wire.number === 2) {
      from = wire.start;
      until = wire.end;
    }
  }
  if (inner === null) return false;
  walk(output, node, inner, bytes, from, until, depth + 1);
  return true;
}

function scalar(
  output: LeafOutput,
  node: TreeNode,
  field: DescribedField,
  bytes: Uint8Array,
  from: number,
  until: number,
): void {
  const { kind } = field;
  if (kind === 'string' || kind === 'bytes') {
    if (until > from && (kind === 'string' || isText(bytes, from, until))) {
      output.leaf(node, 'text', bytes, from, until);
    }
    return;
  }
  if (kind === 'bool') {
    const literal = varint(bytes, from, until) === 0 ? literals.false : literals.true;
    output.leaf(node, 'literal', literal, 0, literal.length);
    return;
  }
  const name = field.names?.get(Number(numberText('int32', bytes, from, until)));
  if (name !== undefined) {
    output.leaf(node, 'text', name, 0, name.length);
    return;
  }
  output.leaf(node, 'number', scratch, 0, scratch.write(numberText(kind, bytes, from, until), 'latin1'));
}

function numberText(kind: ProtoKind, bytes: Uint8Array, from: number, until: number): string {
  const isShort = until - from <= EXACT_VARINT;
  switch (kind) {
    case 'int32':
    case 'enum':
      return String(
        isShort ? varint(bytes, from, until) | 0 : Number(BigInt.asIntN(32, bigVarint(bytes, from, until))),
      );
    case 'sint32':
    case 'sint64': {
      const folded = bigVarint(bytes, from, until);
      return String((folded & 1n) === 0n ? folded >> 1n : -(folded >> 1n) - 1n);
    }
    case 'int64':
      return String(isShort ? varint(bytes, from, until) : BigInt.asIntN(64, bigVarint(bytes, from, until)));
    case 'uint32':
    case 'uint64':
    case 'bool':
      return String(isShort ? varint(bytes, from, until) : BigInt.asUintN(64, bigVarint(bytes, from, until)));
    default:
      return fixedText(kind, new DataView(bytes.buffer, bytes.byteOffset + from, until - from));
  }
}

function fixedText(kind: ProtoKind, view: DataView): string {
  switch (kind) {
    case 'fixed32':
      return String(view.getUint32(0, true));
    case 'sfixed32':
      return String(view.getInt32(0, true));
    case 'fixed64':
      return String(view.getBigUint64(0, true));
    case 'sfixed64':
      return String(view.getBigInt64(0, true));
    case 'float':
      return String(Number(view.getFloat32(0, true).toPrecision(7)));
    default:
      return String(view.getFloat64(0, true));
  }
}
