/**
 * A FileDescriptorSet (google/protobuf/descriptor.proto), which `protoc --include_imports --descriptor_set_out` and `buf
 * build` write, as declarations. Its names are whole already.
 */
import type {
  Declarations,
  DeclaredEnum,
  DeclaredExtension,
  DeclaredField,
  DeclaredMessage,
  DeclaredMethod,
} from './declarations.ts';

/** The octets are no FileDescriptorSet. */
export class DescriptorSetError extends Error {}

const REPEATED = 3;
/** By FieldDescriptorProto.Type; groups, messages and enums have a name instead. */
const SCALARS: readonly (string | undefined)[] = [
  ...[undefined, 'double', 'float', 'int64', 'uint64', 'int32', 'fixed64', 'fixed32', 'bool', 'string'],
  ...[undefined, undefined, 'bytes', 'uint32', undefined, 'sfixed32', 'sfixed64', 'sint32', 'sint64'],
];
/** What a map's keys may be: integers, bool, string. */
const MAP_KEYS = new Set(SCALARS.filter((type) => type !== undefined && !/^(?:double|float|bytes)$/.test(type)));
const MOST_DEEP = 64;

/** A message's fields: numbers, and octets of what has a length. */
interface Fields {
  readonly numbers: ReadonlyMap<number, number>;
  readonly octets: ReadonlyMap<number, readonly Buffer[]>;
}

/** Throws DescriptorSetError alone. */
export function readDescriptorSet(octets: Buffer, file: string): Declarations {
  const found: Found = { messages: [], enums: [], methods: [], extensions: [] };
  const files = listOf(fieldsOf(octets), 1).map(fieldsOf);
  if (files.length === 0 || files.some((each) => !textOf(each, 1).endsWith('.proto'))) {
    throw new DescriptorSetError('it names no .proto files');
  }
  for (const each of files) {
    const scope = textOf(each, 2);
    for (const message of listOf(each, 4)) readMessage(fieldsOf(message), scope, found, 0);
    for (const one of listOf(each, 5)) readEnum(fieldsOf(one), scope, found);
    for (const service of listOf(each, 6)) readService(fieldsOf(service), scope, found);
    readExtensions(listOf(each, 7), scope, found);
  }
  return { file, ...found, lineOf: () => 1 };
}

interface Found {
  readonly messages: DeclaredMessage[];
  readonly enums: DeclaredEnum[];
  readonly methods: DeclaredMethod[];
  readonly extensions: DeclaredExtension[];
}

function readMessage(message: Fields, scope: string, found: Found, depth: number): void {
  if (depth > MOST_DEEP) throw new DescriptorSetError(`messages lie more than ${MOST_DEEP} deep in one another`);
  const name = within(scope, textOf(message, 1));
  const nested = listOf(message, 3).map(fieldsOf);
  const entries = new Map(
    nested.flatMap((each) => (isMapEntry(each) ? [[`.${within(name, textOf(each, 1))}`, each] as const] : [])),
  );
  const fields = listOf(message, 2).map(fieldsOf);
  found.messages.push({ name, fields: fields.map((each) => fieldOf(each, entries)) });
  for (const each of nested) if (!isMapEntry(each)) readMessage(each, name, found, depth + 1);
  for (const one of listOf(message, 4)) readEnum(fieldsOf(one), name, found);
  readExtensions(listOf(message, 6), name, found);
}

function isMapEntry(message: Fields): boolean {
  const options = listOf(message, 7)[0];
  return options !== undefined && fieldsOf(options).numbers.get(7) === 1;
}

function fieldOf(field: Fields, entries: ReadonlyMap<string, Fields>): DeclaredField {
  const type = typeOf(field);
  const entry = entries.get(type);
  const of = { number: field.numbers.get(3) ?? 0, name: textOf(field, 1) };
  if (entry === undefined) return { ...of, type, keyType: null, repeated: field.numbers.get(4) === REPEATED };
  const parts = listOf(entry, 2).map(fieldsOf);
  const part = (number: number) => parts.find((each) => each.numbers.get(3) === number);
  const [key, value] = [part(1), part(2)];
  if (key === undefined || value === undefined) throw new DescriptorSetError(`${type} is no entry of a map`);
  const keyType = typeOf(key);
  if (!MAP_KEYS.has(keyType))
    throw new DescriptorSetError(`keys of the map ${of.name} are of no kind that keys may be`);
  return { ...of, type: typeOf(value), keyType, repeated: false };
}

function typeOf(field: Fields): string {
  return SCALARS[field.numbers.get(5) ?? 0] ?? textOf(field, 6);
}

function readEnum(one: Fields, scope: string, found: Found): void {
  const first = new Map<number, string>();
  for (const value of listOf(one, 2).map(fieldsOf)) {
    const number = value.numbers.get(2) ?? 0;
    if (!first.has(number)) first.set(number, textOf(value, 1));
  }
  found.enums.push({ name: within(scope, textOf(one, 1)), values: [...first].sort(([a], [b]) => a - b) });
}

function readService(service: Fields, scope: string, found: Found): void {
  const name = within(scope, textOf(service, 1));
  for (const method of listOf(service, 2).map(fieldsOf)) {
    found.methods.push({
      service: name,
      name: textOf(method, 1),
      request: textOf(method, 2),
      response: textOf(method, 3),
    });
  }
}

function readExtensions(extensions: readonly Buffer[], scope: string, found: Found): void {
  for (const each of extensions.map(fieldsOf)) {
    found.extensions.push({ extendee: textOf(each, 2), scope, field: fieldOf(each, new Map()) });
  }
}

function within(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`;
}

function listOf(message: Fields, number: number): readonly Buffer[] {
  return message.octets.get(number) ?? [];
}

function textOf(message: Fields, number: number): string {
  return listOf(message, number).at(-1)?.toString('utf8') ?? '';
}

/** What the descriptor of descriptors needs: varints below 2^53 (a negative one becomes 32 bits), lengths; the rest is passed over. */
function fieldsOf(octets: Buffer): Fields {
  const numbers = new Map<number, number>();
  const lists = new Map<number, Buffer[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const octet = octets[at++];
      if (octet === undefined) break;
      value |= BigInt(octet & 0x7f) << shift;
      if (octet < 0x80) return Number(BigInt.asIntN(64, value));
    }
    throw new DescriptorSetError('it is cut or damaged');
  };
  while (at < octets.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    if (number <= 0) throw new DescriptorSetError('it is damaged');
    if (wire === 0) numbers.set(number, varint());
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire === 2) {
      const length = varint();
      if (length < 0 || at + length > octets.length) throw new DescriptorSetError('it is cut or damaged');
      const list = lists.get(number);
      const part = octets.subarray(at, at + length);
      if (list === undefined) lists.set(number, [part]);
      else list.push(part);
      at += length;
    } else throw new DescriptorSetError('it is damaged');
  }
  return { numbers, octets: lists };
}
