/**
 * SipHash-2-4 (Aumasson, Bernstein 2012) as a WebAssembly module put together here: its 64-bit words are pairs of
 * 32-bit numbers in JavaScript, which takes several times as long. Octets are copied into the module's own memory.
 */

/** The few instructions that are needed (WebAssembly core specification 1.0, §5.4). */
const Op = {
  block: [0x02, 0x40],
  loop: [0x03, 0x40],
  if: [0x04, 0x40],
  else: [0x05],
  end: [0x0b],
  br: [0x0c],
  brIf: [0x0d],
  localGet: [0x20],
  localSet: [0x21],
  localTee: [0x22],
  /** Followed by the alignment as a power of two and the offset. */
  i64Load: [0x29, 0x00],
  i64Store: [0x37, 0x00],
  i32Const: [0x41],
  i64Const: [0x42],
  i32Eqz: [0x45],
  i32Add: [0x6a],
  i32Sub: [0x6b],
  i32And: [0x71],
  i32ShrU: [0x76],
  i32Shl: [0x74],
  i64Add: [0x7c],
  i64Sub: [0x7d],
  i64And: [0x83],
  i64Or: [0x84],
  i64Xor: [0x85],
  i64Shl: [0x86],
  i64Rotl: [0x89],
  i64ExtendI32U: [0xad],
} as const;

const i32 = 0x7f;
const i64 = 0x7e;

/** States v0 … v3 that lie ready, a power of two: keys take turns with every value. */
const slots = 8;
const stateSize = 32;
/** Where in the module's memory the result and the octets lie; the states come first. */
const resultAt = slots * stateSize;
const octetsAt = resultAt + 8;
/** Octets that are hashed at once; longer values come in parts. A multiple of 8. */
const mostOctets = 4096;

/** Numbers of the parameters and locals. */
const [state, length, total, last, p, v0, v1, v2, v3, m] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** A small signed number (LEB128): −64 … 8191 is all that is used. */
function signed(value: number): number[] {
  return value < 64 ? [value & 0x7f] : [(value & 0x7f) | 0x80, value >> 7];
}

/** `a += b; c = rotl(c, by) ^ a` where c is b: the step that a round consists of. */
function mix(a: number, b: number, by: number): number[] {
  return [
    [...Op.localGet, a, ...Op.localGet, b, ...Op.i64Add, ...Op.localSet, a],
    [...Op.localGet, b, ...Op.i64Const, ...signed(by), ...Op.i64Rotl, ...Op.localGet, a, ...Op.i64Xor],
    [...Op.localSet, b],
  ].flat();
}

function turn(v: number): number[] {
  return [...Op.localGet, v, ...Op.i64Const, ...signed(32), ...Op.i64Rotl, ...Op.localSet, v];
}

const round = [mix(v0, v1, 13), turn(v0), mix(v2, v3, 16), mix(v0, v3, 21), mix(v2, v1, 17), turn(v2)].flat();

function xorInto(v: number, ...value: number[]): number[] {
  return [...Op.localGet, v, ...value, ...Op.i64Xor, ...Op.localSet, v];
}

/** v3 ^= m; two rounds; v0 ^= m. */
const absorb = [...xorInto(v3, ...Op.localGet, m), ...round, ...round, ...xorInto(v0, ...Op.localGet, m)];

const states = [v0, v1, v2, v3];

/**
 * `(state, length, total, last)`: takes `length` octets into the state that lies at `state`. With `last` also what is
 * left of them and the lowest octet of `total`, and the result is written while the state stays as it was, ready for
 * the next value.
 */
const code = [
  ...states.flatMap((v, i) => [...Op.localGet, state, ...Op.i64Load, 8 * i, ...Op.localSet, v]),
  // `length` counts down, `p` up.
  ...Op.block,
  ...Op.loop,
  ...[...Op.localGet, length, ...Op.i32Const, 3, ...Op.i32ShrU, ...Op.i32Eqz, ...Op.brIf, 1],
  ...[...Op.localGet, p, ...Op.i64Load, ...signed(octetsAt), ...Op.localSet, m],
  ...absorb,
  ...[...Op.localGet, p, ...Op.i32Const, 8, ...Op.i32Add, ...Op.localSet, p],
  ...[...Op.localGet, length, ...Op.i32Const, 8, ...Op.i32Sub, ...Op.localSet, length],
  ...[...Op.br, 0],
  ...Op.end,
  ...Op.end,
  ...[...Op.localGet, last, ...Op.if],
  // m = the rest's octets, those behind it masked out, below the length.
  ...[...Op.localGet, p, ...Op.i64Load, ...signed(octetsAt)],
  ...[...Op.i64Const, 1, ...Op.localGet, length, ...Op.i32Const, 3, ...Op.i32Shl, ...Op.i64ExtendI32U, ...Op.i64Shl],
  ...[...Op.i64Const, 1, ...Op.i64Sub, ...Op.i64And],
  ...[...Op.localGet, total, ...Op.i64ExtendI32U, ...Op.i64Const, ...signed(56), ...Op.i64Shl, ...Op.i64Or],
  ...[...Op.localSet, m],
  ...absorb,
  ...xorInto(v2, ...Op.i64Const, ...signed(0xff)),
  ...[...round, ...round, ...round, ...round],
  ...[...Op.i32Const, 0, ...Op.localGet, v0, ...Op.localGet, v1, ...Op.i64Xor, ...Op.localGet, v2, ...Op.i64Xor],
  ...[...Op.localGet, v3, ...Op.i64Xor, ...Op.i64Store, ...signed(resultAt)],
  ...Op.else,
  ...states.flatMap((v, i) => [...Op.localGet, state, ...Op.localGet, v, ...Op.i64Store, 8 * i]),
  ...Op.end,
  ...Op.end,
];

/** A number of octets, as sections and vectors begin with it (unsigned LEB128). */
function sized(content: readonly number[]): number[] {
  const size = content.length;
  return [...(size < 128 ? [size] : [(size & 0x7f) | 0x80, size >> 7]), ...content];
}

const name = (text: string): number[] => sized([...text].map((letter) => letter.charCodeAt(0)));

const bytes = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  // One type: four i32, no result. One function of it. One memory of one page, no more.
  ...[0x01, ...sized([1, 0x60, 4, i32, i32, i32, i32, 0])],
  ...[0x03, ...sized([1, 0])],
  ...[0x05, ...sized([1, 1, 1, 1])],
  ...[0x07, ...sized([2, ...name('take'), 0x00, 0, ...name('memory'), 0x02, 0])],
  // Locals: one i32, five i64.
  ...[0x0a, ...sized([1, ...sized([2, 1, i32, 5, i64, ...code])])],
]);

interface Exports {
  readonly take: (state: number, length: number, total: number, last: number) => void;
  readonly memory: { readonly buffer: ArrayBuffer };
}

/** The types of Node.js leave it out. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Exports };
};

const { take, memory } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
const words = new Int32Array(memory.buffer, 0, octetsAt / 4);
const octets = new Uint8Array(memory.buffer, octetsAt, mostOctets);

/** By slot: whose state lies there. */
const owners = new Array<SipHash | undefined>(slots).fill(undefined);
let keys = 0;

/** One key. All keys share the module, one value at a time. */
export class SipHash {
  /** The upper and lower 32 bits of the last hash, unsigned. */
  high = 0;
  low = 0;
  /** v0 … v3 before the first octet, halves of each, the lower first. */
  readonly #state: Int32Array;
  readonly #slot = keys++ & (slots - 1);

  /** `key` has 16 octets. */
  constructor(key: Uint8Array) {
    const view = new DataView(key.buffer, key.byteOffset, 16);
    const [k0l, k0h, k1l, k1h] = [0, 4, 8, 12].map((at) => view.getInt32(at, true));
    this.#state = Int32Array.of(
      ...[k0l! ^ 0x70736575, k0h! ^ 0x736f6d65, k1l! ^ 0x6e646f6d, k1h! ^ 0x646f7261],
      ...[k0l! ^ 0x6e657261, k0h! ^ 0x6c796765, k1l! ^ 0x79746573, k1h! ^ 0x74656462],
    );
  }

  hash(bytes: Uint8Array, start: number, end: number): void {
    const slot = this.#slot;
    if (owners[slot] !== this) {
      words.set(this.#state, slot * (stateSize / 4));
      owners[slot] = this;
    }
    const total = end - start;
    let from = start;
    for (; end - from > mostOctets; from += mostOctets) {
      octets.set(bytes.subarray(from, from + mostOctets));
      take(slot * stateSize, mostOctets, 0, 0);
      owners[slot] = undefined;
    }
    for (let i = from; i < end; i++) octets[i - from] = bytes[i]!;
    take(slot * stateSize, end - from, total, 1);
    this.low = words[resultAt / 4]! >>> 0;
    this.high = words[resultAt / 4 + 1]! >>> 0;
  }
}
