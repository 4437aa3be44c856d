/** JSON inside a string (RFC 8259 says nothing of it; applications do it): its leaves hang below the string's place. */
import { JsonParser } from './json.ts';
import type { LeafOutput, ValueReader } from './output.ts';
import type { TreeNode } from './tree.ts';

export class EmbeddedJson implements ValueReader {
  readonly #output: LeafOutput;
  /** One a level, made when first needed. */
  readonly #parsers: JsonParser[] = [];
  #level = 0;

  constructor(output: LeafOutput) {
    this.#output = output;
  }

  /** A value that turns out not to be JSON is handed over whole, beside what was read of it by then. */
  read(node: TreeNode, bytes: Uint8Array, start: number, end: number, cut: boolean): boolean {
    if (this.#level >= this.#output.limits.embedded) return false;
    if (startsLikeJson(bytes, start, end) !== true || !(cut || endsLikeJson(bytes, start, end))) return false;
    const parser = (this.#parsers[this.#level] ??= new JsonParser(this.#output, node, { lines: false }));
    parser.reset(node);
    this.#level++;
    parser.write(bytes, start, end);
    const stopped = parser.stopped;
    const whole = parser.end();
    this.#level--;
    return whole || (cut && !stopped);
  }
}

/** Does an object or array begin here? Undefined when that can't be told yet. */
export function startsLikeJson(bytes: Uint8Array, start: number, end: number): boolean | undefined {
  let i = start;
  while (i < end && bytes[i] <= 0x20) i++;
  if (i === end) return undefined;
  const open = bytes[i++];
  if (open !== 0x7b && open !== 0x5b) return false;
  while (i < end && bytes[i] <= 0x20) i++;
  if (i === end) return undefined;
  const c = bytes[i];
  if (c === 0x22) return true;
  if (open === 0x7b) return c === 0x7d;
  // An array: of anything, but `[note]` and `[2024-01-01 …]` are text; the end of the first token tells.
  if (c === 0x7b || c === 0x5b || c === 0x5d) return true;
  while (i < end && isScalar(bytes[i])) i++;
  if (i === end) return undefined;
  while (i < end && bytes[i] <= 0x20) i++;
  if (i === end) return undefined;
  return (bytes[i] === 0x2c || bytes[i] === 0x5d) && (c === 0x2d || (c >= 0x30 && c <= 0x39) || isWordStart(c));
}

function endsLikeJson(bytes: Uint8Array, start: number, end: number): boolean {
  let i = end - 1;
  while (i > start && bytes[i] <= 0x20) i--;
  return bytes[i] === 0x7d || bytes[i] === 0x5d;
}

/** What numbers and `true`, `false`, `null` are made of. */
function isScalar(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || c === 0x2b || c === 0x2d || c === 0x2e || (c >= 0x61 && c <= 0x7a) || c === 0x45;
}

function isWordStart(c: number): boolean {
  return c === 0x74 || c === 0x66 || c === 0x6e;
}
