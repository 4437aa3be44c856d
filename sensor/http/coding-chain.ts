/** Content codings removed as the octets come: one decoder feeds the next, and nothing is held but their windows. */
import { type Coding, DecodeError, type DecodeFailure, type Decoder, openDecoder } from '../decompress.ts';
import { looksCoded } from './coding.ts';

/** Unwinds nested decoders once one of them has failed and the chain knows why. */
class ChainStopped extends Error {}
const stopped = new ChainStopped();

/** One coding of a chain. */
interface Layer {
  readonly coding: Coding;
  decoder: Decoder | null;
  /** Octets that came out. */
  bytes: number;
  state: 'unopened' | 'decoding' | 'plain';
}

export class CodingChain {
  /** Why decoding stopped; null while it goes on. */
  failure: DecodeFailure | null = null;
  /** Codings, from the outermost, that were there: what follows them was labelled wrongly. */
  removed: number;
  readonly #layers: readonly Layer[];
  readonly #maxOutput: number;
  readonly #allowance: () => number;
  readonly #out: (bytes: Uint8Array) => void;
  readonly #emits: readonly ((bytes: Uint8Array) => void)[];

  /** `codings` outermost first. `allowance` tells how many octets any coding may have put out by now. */
  constructor(
    codings: readonly Coding[],
    maxOutput: number,
    allowance: () => number,
    out: (bytes: Uint8Array) => void,
  ) {
    this.#layers = codings.map((coding) => ({ coding, decoder: null, bytes: 0, state: 'unopened' }));
    this.#emits = this.#layers.map((_, index) => (bytes: Uint8Array) => this.#emit(index, bytes));
    this.removed = codings.length;
    this.#maxOutput = maxOutput;
    this.#allowance = allowance;
    this.#out = out;
  }

  /** True when the outermost coding yielded nothing. */
  get silent(): boolean {
    return this.#layers[0]!.bytes === 0;
  }

  push(bytes: Uint8Array): void {
    if (this.failure === null) this.#guarded(() => this.#push(0, bytes));
  }

  /** No more octets come: a coding that has not ended fails with `cut`, after what it still had. */
  end(): void {
    for (const [index, layer] of this.#layers.entries()) {
      if (this.failure === null && layer.state === 'decoding') {
        this.#guarded(() => this.#run(index, (decoder, emit) => decoder.end(emit)));
      }
    }
  }

  close(): void {
    for (const layer of this.#layers) {
      layer.decoder?.close();
      layer.decoder = null;
    }
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error !== stopped) throw error;
    }
  }

  #push(index: number, bytes: Uint8Array): void {
    const layer = this.#layers[index];
    if (layer === undefined) {
      this.#out(bytes);
      return;
    }
    if (layer.state === 'unopened') {
      if (index === 0 || looksCoded(layer.coding, bytes)) {
        layer.state = 'decoding';
        layer.decoder = openDecoder(layer.coding, { maxOutput: this.#maxOutput });
      } else {
        layer.state = 'plain';
        this.removed = Math.min(this.removed, index);
      }
    }
    // Behind a layer that was not there no other can be.
    if (layer.state === 'plain') this.#out(bytes);
    else this.#run(index, (decoder, emit) => decoder.push(bytes, emit));
  }

  #run(index: number, work: (decoder: Decoder, emit: (bytes: Uint8Array) => void) => void): void {
    try {
      work(this.#layers[index]!.decoder!, this.#emits[index]!);
    } catch (error) {
      if (error instanceof DecodeError) this.#stop(error.code);
      throw error;
    }
  }

  #emit(index: number, bytes: Uint8Array): void {
    const layer = this.#layers[index]!;
    const left = this.#allowance() - layer.bytes;
    const allowed = bytes.length <= left ? bytes : bytes.subarray(0, Math.max(0, left));
    layer.bytes += allowed.length;
    if (allowed.length > 0) this.#push(index + 1, allowed);
    if (allowed !== bytes) this.#stop('bomb');
  }

  #stop(failure: DecodeFailure): never {
    this.failure = failure;
    throw stopped;
  }
}
