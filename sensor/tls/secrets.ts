/**
 * Where session secrets lie on their way from whoever has them (a key log file, a capture's Decryption Secrets Blocks)
 * to the shards: memory that all threads share, written by one, and never anywhere else.
 *
 * A secret counts from a packet time on. Whoever asks at a later one is sure to be given it, and whoever asks earlier is
 * not, though it may lie there already: so it makes no difference how far the capture thread is ahead.
 */

/** Header of an entry: the time it counts from (float64), its length (uint32), four octets unused. */
const ENTRY_HEADER = 16;
/** Int32 that counts the octets written. */
const BOARD_HEADER = 8;

export type SecretsMemory = SharedArrayBuffer;

/** Room for `bytes` octets of secrets. */
export function createSecrets(bytes: number): SecretsMemory {
  return new SharedArrayBuffer(BOARD_HEADER + Math.ceil(bytes / 8) * 8 + ENTRY_HEADER);
}

export class SecretsWriter {
  readonly #written: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(memory: SecretsMemory) {
    this.#written = new Int32Array(memory, 0, 1);
    this.#bytes = new Uint8Array(memory, BOARD_HEADER);
    this.#view = new DataView(memory, BOARD_HEADER);
  }

  /** `since` in µs of packet time. False when there is no room. */
  add(text: Uint8Array, since: number): boolean {
    const at = this.#written[0]!;
    const end = at + ENTRY_HEADER + Math.ceil(text.length / 8) * 8;
    if (end > this.#bytes.length) return false;
    this.#view.setFloat64(at, since);
    this.#view.setUint32(at + 8, text.length);
    this.#bytes.set(text, at + ENTRY_HEADER);
    Atomics.store(this.#written, 0, end);
    return true;
  }
}

/** Takes entries in their order. */
export class SecretsReader {
  readonly #written: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(memory: SecretsMemory) {
    this.#written = new Int32Array(memory, 0, 1);
    this.#bytes = new Uint8Array(memory, BOARD_HEADER);
    this.#view = new DataView(memory, BOARD_HEADER);
  }

  /** The next entry that counts before `clock`; null when there is none. */
  next(clock: number): Buffer | null {
    const at = this.#at;
    if (at >= Atomics.load(this.#written, 0) || this.#view.getFloat64(at) >= clock) return null;
    const length = this.#view.getUint32(at + 8);
    this.#at = at + ENTRY_HEADER + Math.ceil(length / 8) * 8;
    return Buffer.from(this.#bytes.subarray(at + ENTRY_HEADER, at + ENTRY_HEADER + length));
  }
}
