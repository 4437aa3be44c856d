/**
 * The values a request chose: its parameters that may name an object, as hashes, and integers besides as their number
 * plus an offset that is the application's secret, so that order and gaps survive and the numbers do not.
 */
import type { ApiFormat, AskedFact } from '../call.ts';
import { dispatchedName } from '../discover/dispatched-number.ts';
import { selectorKind } from '../discover/selector.ts';
import type { RequestRole } from '../identify/field-role.ts';
import { hashNumber, type KeyedHash } from '../keyed-hash.ts';
import type { LeafKind, LeafNode } from '../leaf.ts';
import { digitsShown } from '../mask.ts';
import type { ReadCounts } from './counts.ts';
import { isSelector } from './object-names.ts';

const mostAsked = 64;
const longestValue = 64;
const mostDigits = 15;
const longestPrefix = 8;
/** Places beyond are looked at each time. */
const mostPlaces = 4096;
/** Applications whose offset is remembered; beyond, it is worked out each time. */
const mostOffsets = 4096;

export class AppOffsets {
  readonly #known = new Map<string, number>();

  constructor(private readonly hash: KeyedHash) {}

  /** 0 … 2^50, fixed for an application. */
  of(app: string): number {
    const known = this.#known.get(app);
    if (known !== undefined) return known;
    this.hash.hexOfText(`ordinal\n${app}`);
    const offset = (this.hash.high >>> 12) * 0x4000_0000 + (this.hash.low >>> 2);
    if (this.#known.size < mostOffsets) this.#known.set(app, offset);
    return offset;
  }
}

export class Asked {
  #app = '';
  #facts: AskedFact[] | null = null;
  /** By number of the place: 1 where values may be shown, 2 where not, 0 while nobody asked. */
  #marks = new Uint8Array(64);

  constructor(
    private readonly hash: KeyedHash,
    private readonly offsets: AppOffsets,
    /** The place as it may be shown: a key that is a value itself is not. */
    private readonly shown: (node: LeafNode) => string,
    private readonly counts: ReadCounts,
  ) {}

  /** The next request begins. */
  begin(app: string): void {
    this.#app = app;
    this.#facts = null;
  }

  leaf(node: LeafNode, role: RequestRole, kind: LeafKind, bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (kind === 'literal' || length === 0 || length > longestValue) return;
    if (role !== 'none' && role !== 'account' && role !== 'configured' && role !== 'business') return;
    if (node.place === 'header' || node.place === 'cookie' || !hasDigit(bytes, start, end)) return;
    if (isSelector(node.name)) return;
    if (this.#facts !== null && this.#facts.length >= mostAsked) {
      this.counts.factsOverLimit++;
      return;
    }
    this.hash.hash(bytes, start, end);
    const value = hashNumber(this.hash.high, this.hash.low);
    // A number that is shown somewhere in clear would tell, beside its ordinal, the offset of all others.
    const number = this.#isShown(node) ? null : integerIn(bytes, start, end);
    const ordinal = number === null ? null : number + this.offsets.of(this.#app);
    (this.#facts ??= []).push({ parameter: this.shown(node), value, ordinal });
  }

  facts(): readonly AskedFact[] {
    return this.#facts ?? none;
  }

  #isShown(node: LeafNode): boolean {
    const { id } = node;
    if (id >= this.#marks.length) {
      if (id >= mostPlaces) return isShown(node);
      const grown = new Uint8Array(Math.max(id + 1, 2 * this.#marks.length));
      grown.set(this.#marks);
      this.#marks = grown;
    }
    if (this.#marks[id] === 0) this.#marks[id] = isShown(node) ? 1 : 2;
    return this.#marks[id] === 1;
  }
}

const none: readonly AskedFact[] = Object.freeze([]);

/** Of a channel what its address names; of JSON-RPC all but what every request has (JSON-RPC 2.0, section 4): its number. */
export function objectsAsked(asked: readonly AskedFact[], format: ApiFormat, isChannel: boolean): readonly AskedFact[] {
  if (asked.length === 0) return asked;
  if (isChannel) return asked.filter(({ parameter }) => parameter !== 'body' && !parameter.startsWith('body.'));
  return format === 'JSON-RPC' ? asked.filter(({ parameter }) => !envelopeOfRpc.test(parameter)) : asked;
}

const envelopeOfRpc = /^body\.(\[\]\.)?(id|jsonrpc)$/;

/** Its value may stand in clear: in the API's name, as its operation, or in the query as it is kept. */
function isShown({ place, path, name }: LeafNode): boolean {
  if (place === 'path') return name === dispatchedName;
  return digitsShown(name) > 0 || selectorKind(place, path, name) !== 'none';
}

function hasDigit(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i]! >= 0x30 && bytes[i]! <= 0x39) return true;
  return false;
}

/** The number of `1024`, `000123`, `KH-1024`; null for what is none. */
function integerIn(bytes: Uint8Array, start: number, end: number): number | null {
  let i = start;
  while (i < end && isLetterOrDash(bytes[i]!)) i++;
  if (i - start > longestPrefix || i === end || end - i > mostDigits) return null;
  let number = 0;
  for (; i < end; i++) {
    const digit = bytes[i]! - 0x30;
    if (digit < 0 || digit > 9) return null;
    number = number * 10 + digit;
  }
  return number;
}

function isLetterOrDash(c: number): boolean {
  return ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a) || c === 0x2d || c === 0x5f;
}
