/**
 * Zstandard frames (RFC 8878), decoded block by block from octets cut anywhere.
 *
 * Written here because the decoders npm has do not bound their work: a block of 23 octets can keep them busy for minutes.
 * Content checksums are skipped, not verified. Dictionaries (RFC 9842 carries them out of band) are refused.
 */
import { decodeBlock, type FrameMemory, freshMemory, maxBlock } from './zstd-block.ts';
import { ZstdCorrupt } from './zstd-entropy.ts';

/** Largest window a message may ask for, octets (RFC 9659 §3). */
export const contentWindow = 8 * 1024 * 1024;

/** Octets of the longest frame header: magic 4, descriptor 1, window 1, dictionary 4, size 8 (§3.1.1.1). */
const maxHeader = 18;

// A block is decoded out of this copy: bit readers look a few octets past the end. Decoding a block never yields.
const scratch = new Uint8Array(maxBlock + 8);

type State = 'magic' | 'header' | 'skip-size' | 'skip' | 'block-header' | 'block' | 'garbage';

export class ZstdDecoder {
  readonly #maxWindow: number;
  #state: State = 'magic';
  /** Octets of the unit being read, when they came in pieces. */
  #held: Uint8Array = new Uint8Array(maxHeader);
  #holding = 0;
  /** Size of the unit being read, octets; in state `skip`, what is left of it. */
  #need = 4;
  #frames = 0;
  #blockType = 0;
  #blockSize = 0;
  #lastBlock = false;
  #checksum = false;
  #window = 0;
  #memory: FrameMemory = freshMemory();
  /** Decoded octets: at least the window, if the frame has come that far, ending at `#at`. */
  #out: Uint8Array = new Uint8Array(0);
  #at = 0;

  /** A frame with a window of more than `maxWindow` octets is refused; at most twice as many are held. */
  constructor(maxWindow: number) {
    this.#maxWindow = maxWindow;
  }

  /** True at the end of a frame, with at least one seen. */
  get complete(): boolean {
    return this.#frames > 0 && (this.#state === 'garbage' || (this.#state === 'magic' && this.#holding === 0));
  }

  /** Chunks given to `emit` are views that the next block overwrites. Returns why decoding cannot go on, or null. */
  push(bytes: Uint8Array, emit: (chunk: Uint8Array) => void): 'corrupt' | 'bomb' | null {
    let at = 0;
    while (at < bytes.length && this.#state !== 'garbage') {
      if (this.#state === 'skip') {
        const skipped = Math.min(this.#need, bytes.length - at);
        at += skipped;
        this.#need -= skipped;
        if (this.#need === 0) this.#expect('magic', 4);
        continue;
      }
      const have = bytes.length - at;
      if (this.#holding === 0 && have >= this.#need) {
        const unit = bytes.subarray(at, at + this.#need);
        at += this.#need;
        const failure = this.#take(unit, emit);
        if (failure !== null) return failure;
        continue;
      }
      const taken = Math.min(this.#need - this.#holding, have);
      if (this.#held.length < this.#need) this.#grow();
      this.#held.set(bytes.subarray(at, at + taken), this.#holding);
      this.#holding += taken;
      at += taken;
      if (this.#holding < this.#need) break;
      this.#holding = 0;
      const failure = this.#take(this.#held.subarray(0, this.#need), emit);
      if (failure !== null) return failure;
    }
    return null;
  }

  close(): void {
    this.#out = new Uint8Array(0);
    this.#held = new Uint8Array(0);
    this.#state = 'garbage';
  }

  #grow(): void {
    const larger = new Uint8Array(this.#need);
    larger.set(this.#held.subarray(0, this.#holding));
    this.#held = larger;
  }

  #expect(state: State, need: number): void {
    this.#state = state;
    this.#need = need;
  }

  #take(unit: Uint8Array, emit: (chunk: Uint8Array) => void): 'corrupt' | 'bomb' | null {
    switch (this.#state) {
      case 'magic':
        return this.#takeMagic(unit);
      case 'header':
        return this.#takeHeader(unit);
      case 'skip-size':
        return this.#takeSkipSize(unit);
      case 'block-header':
        return this.#takeBlockHeader(unit);
      case 'block':
        return this.#takeBlock(unit, emit);
      default:
        return null;
    }
  }

  #takeMagic(unit: Uint8Array): 'corrupt' | null {
    const magic = (unit[0]! | (unit[1]! << 8) | (unit[2]! << 16) | (unit[3]! << 24)) >>> 0;
    if (magic === 0xfd2fb528) this.#expect('header', 1);
    else if (magic >>> 4 === 0x184d2a5) this.#expect('skip-size', 4);
    else if (this.#frames === 0) return 'corrupt';
    else this.#state = 'garbage';
    return null;
  }

  /** A skippable frame (§3.1.2) carries nothing for us. */
  #takeSkipSize(unit: Uint8Array): null {
    const size = (unit[0]! | (unit[1]! << 8) | (unit[2]! << 16) | (unit[3]! << 24)) >>> 0;
    this.#frames++;
    if (size === 0) this.#expect('magic', 4);
    else this.#expect('skip', size);
    return null;
  }

  /** Descriptor first, to learn how long the header is; then the whole of it (§3.1.1.1). */
  #takeHeader(unit: Uint8Array): 'corrupt' | 'bomb' | null {
    const descriptor = unit[0]!;
    const single = (descriptor & 0x20) !== 0;
    const dictionarySize = [0, 1, 2, 4][descriptor & 3]!;
    const sizeSize = descriptor >> 6 === 0 ? (single ? 1 : 0) : 1 << (descriptor >> 6);
    const length = 1 + (single ? 0 : 1) + dictionarySize + sizeSize;
    if ((descriptor & 8) !== 0) return 'corrupt';
    if (unit.length < length) {
      this.#held[0] = descriptor;
      this.#holding = 1;
      this.#need = length;
      return null;
    }
    let at = 1;
    if (!single) {
      const exponent = unit[at]! >> 3;
      this.#window = 2 ** (10 + exponent) * (1 + (unit[at]! & 7) / 8);
      at++;
    }
    for (let i = 0; i < dictionarySize; i++) if (unit[at++] !== 0) return 'corrupt';
    if (single) {
      let size = sizeSize === 2 ? 256 : 0;
      for (let i = 0; i < sizeSize; i++) size += unit[at + i]! * 2 ** (8 * i);
      this.#window = size;
    }
    if (this.#window > this.#maxWindow) return 'bomb';
    this.#checksum = (descriptor & 4) !== 0;
    this.#memory = freshMemory();
    this.#at = 0;
    this.#expect('block-header', 3);
    return null;
  }

  #takeBlockHeader(unit: Uint8Array): 'corrupt' | null {
    const header = unit[0]! | (unit[1]! << 8) | (unit[2]! << 16);
    this.#lastBlock = (header & 1) !== 0;
    this.#blockType = (header >> 1) & 3;
    this.#blockSize = header >> 3;
    if (this.#blockType === 3 || this.#blockSize > Math.min(this.#window, maxBlock)) return 'corrupt';
    const coded = this.#blockType === 1 ? 1 : this.#blockSize;
    if (coded === 0) {
      if (this.#blockType === 2) return 'corrupt';
      this.#blockEnded();
    } else this.#expect('block', coded);
    return null;
  }

  #takeBlock(unit: Uint8Array, emit: (chunk: Uint8Array) => void): 'corrupt' | null {
    const limit = Math.min(this.#window, maxBlock);
    this.#makeRoom(this.#blockType === 2 ? limit : this.#blockSize);
    const from = this.#at;
    const out = this.#out;
    if (this.#blockType === 0) {
      out.set(unit, from);
      this.#at += unit.length;
    } else if (this.#blockType === 1) {
      this.#at += this.#blockSize;
      out.fill(unit[0]!, from, this.#at);
    } else {
      scratch.set(unit);
      try {
        this.#at = decodeBlock(scratch, 0, unit.length, this.#memory, out, from, limit, Math.min(from, this.#window));
      } catch (error) {
        if (error instanceof ZstdCorrupt) return 'corrupt';
        throw error;
      }
    }
    this.#blockEnded();
    if (this.#at > from) emit(out.subarray(from, this.#at));
    return null;
  }

  #blockEnded(): void {
    if (!this.#lastBlock) this.#expect('block-header', 3);
    else {
      this.#frames++;
      if (this.#checksum) this.#expect('skip', 4);
      else this.#expect('magic', 4);
    }
  }

  /** Room for a block behind what is there: grows by doubling to twice the window, then slides. */
  #makeRoom(size: number): void {
    const need = this.#at + size;
    if (need <= this.#out.length) return;
    const most = 2 * this.#window + maxBlock;
    if (need > most) {
      this.#out.copyWithin(0, this.#at - this.#window, this.#at);
      this.#at = this.#window;
      return;
    }
    // Not cleared: nothing behind `#at` can be referred to.
    const larger = Buffer.allocUnsafeSlow(Math.min(most, Math.max(need, 2 * this.#out.length)));
    larger.set(this.#out.subarray(0, this.#at));
    this.#out = larger;
  }
}
