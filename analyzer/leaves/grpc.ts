/**
 * gRPC: messages with a flag and a length before each (grpc.io, PROTOCOL-HTTP2), as leaves. Several messages are rows,
 * as lines of JSON are. A compressed one is decompressed by what its first octets say it is (gzip, zlib); one that is too
 * long, or in another coding, is passed over and counted.
 */
import { gunzipSync, inflateSync } from 'node:zlib';
import type { LeafParser } from '../leaf.ts';
import type { LeafOutput } from './output.ts';
import { borrowScratch, giveBack, type Scratch } from './scratch.ts';
import type { TreeNode } from './tree.ts';

const PREFIX = 5;
const COMPRESSED = 0x01;
/** gRPC-Web sends the trailers as a last message (PROTOCOL-WEB). */
const TRAILERS = 0x80;
/** Octets of a message, and of what it is decompressed to. */
const MOST = 1024 * 1024;
/** Octets of trailers. */
const MOST_TRAILERS = 8 * 1024;

/** Hands over the leaves of one message; false when it can't be read. */
export type MessageReader = (bytes: Uint8Array, start: number, end: number) => boolean;

export class GrpcParser implements LeafParser {
  readonly #prefix = new Uint8Array(PREFIX);
  #prefixed = 0;
  /** Octets of the message still to come. */
  #left = 0;
  #passed = false;
  /** Grows as octets come, and not as the prefix promises. */
  #message: Scratch | null = null;
  /** The first message, until it is known whether there are more: then each is a row. */
  #first: Uint8Array | null = null;
  #messages = 0;
  #failed = false;
  #ended = false;

  constructor(
    private readonly output: LeafOutput,
    private readonly root: TreeNode,
    private readonly read: MessageReader,
  ) {}

  write(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at < end && !this.#failed) {
      if (this.#prefixed < PREFIX) {
        this.#prefix[this.#prefixed++] = bytes[at++]!;
        if (this.#prefixed === PREFIX) this.#begin();
        continue;
      }
      const stop = Math.min(end, at + this.#left);
      this.#left -= stop - at;
      if (!this.#passed) this.#message!.append(bytes, at, stop, MOST);
      at = stop;
      if (this.#left === 0) this.#finish();
    }
  }

  #begin(): void {
    const prefix = this.#prefix;
    const flags = prefix[0]!;
    this.#left = ((prefix[1]! << 24) | (prefix[2]! << 16) | (prefix[3]! << 8) | prefix[4]!) >>> 0;
    if ((flags & ~(COMPRESSED | TRAILERS)) !== 0) {
      this.#failed = true;
      return;
    }
    const most = (flags & TRAILERS) === 0 ? MOST : MOST_TRAILERS;
    this.#passed = this.#left > most;
    if (this.#passed) this.output.counts.partsSkipped++;
    if (!this.#passed) (this.#message ??= borrowScratch()).clear();
    if (this.#left === 0) this.#finish();
  }

  #finish(): void {
    this.#prefixed = 0;
    if (this.#passed) return;
    const { bytes, length } = this.#message!;
    const isCompressed = (this.#prefix[0]! & COMPRESSED) !== 0;
    const plain = isCompressed ? decompressed(bytes.subarray(0, length)) : bytes.subarray(0, length);
    if (plain === null) {
      this.output.counts.partsSkipped++;
      return;
    }
    if ((this.#prefix[0]! & TRAILERS) !== 0) {
      this.output.trailers = Buffer.from(plain).toString('latin1');
      return;
    }
    if (this.#messages++ === 0) {
      this.#first = plain.slice();
      return;
    }
    this.#tellFirst(true);
    this.#tell(plain, true);
  }

  #tellFirst(isRow: boolean): void {
    const first = this.#first;
    this.#first = null;
    if (first !== null) this.#tell(first, isRow);
  }

  #tell(bytes: Uint8Array, isRow: boolean): void {
    if (isRow) this.output.rowBegin(this.root);
    if (!this.read(bytes, 0, bytes.length)) this.output.counts.partsSkipped++;
    if (isRow) this.output.rowEnd(this.root);
  }

  end(): boolean {
    if (this.#ended) return !this.#failed;
    this.#ended = true;
    this.#tellFirst(false);
    if (this.#message !== null) giveBack(this.#message);
    this.#message = null;
    if (this.#prefixed > 0) this.#failed = true;
    return !this.#failed;
  }
}

function decompressed(bytes: Uint8Array): Uint8Array | null {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!isGzip && (bytes[0]! & 0x0f) !== 8) return null;
  try {
    return (isGzip ? gunzipSync : inflateSync)(bytes, { maxOutputLength: MOST });
  } catch {
    // Damaged, or larger than the bound: either way there is nothing to read.
    return null;
  }
}
