/**
 * Small gzip bodies by one native stream that is kept and reset: opening one costs more than decoding a small body
 * (20 µs against 13 for 1.2 kB that becomes 3.8 kB). Node offers no synchronous call for that, so this reaches for the
 * handle behind its Gunzip, as minizlib does; where the handle is not as expected, everything is left to `gunzipSync`.
 */
import { constants, createGunzip, gzipSync } from 'node:zlib';

/** Octets a body may become here; larger ones take the ordinary way. */
const OUTPUT = 256 * 1024;

/** Where decoded octets lie, until the next call. */
export const smallOutput: Uint8Array = Buffer.allocUnsafeSlow(OUTPUT);

interface NativeGunzip {
  onerror: () => void;
  reset(): void;
  writeSync(
    flush: number,
    input: Uint8Array,
    inputOffset: number,
    inputLength: number,
    output: Uint8Array,
    outputOffset: number,
    outputLength: number,
  ): void;
}

class SmallGunzip {
  /** Keeps the native handle alive. */
  readonly #owner = createGunzip() as unknown as { _handle?: NativeGunzip; _writeState?: Uint32Array };
  #failed = false;

  constructor() {
    const handle = this.#owner._handle;
    if (handle !== undefined) {
      handle.onerror = () => {
        this.#failed = true;
      };
    }
  }

  /** Decodes `bytes[start, end)`; returns how many octets of `smallOutput` they became, -1 when this way can't tell. */
  decode(bytes: Uint8Array, start: number, end: number): number {
    const { _handle: handle, _writeState: state } = this.#owner;
    if (handle === undefined || state === undefined) return -1;
    this.#failed = false;
    handle.reset();
    handle.writeSync(constants.Z_FINISH, bytes, start, end - start, smallOutput, 0, OUTPUT);
    // What is left of the output's room comes first; none left means that there may be more.
    const room = state[0]!;
    return this.#failed || room === 0 || room > OUTPUT ? -1 : OUTPUT - room;
  }
}

/** A SmallGunzip that has shown on two bodies that it works with this version of Node, else null. */
function tryOut(): SmallGunzip | null {
  try {
    const gunzip = new SmallGunzip();
    const sample = Buffer.from('sample');
    const coded = gzipSync(sample);
    const works = () => sample.equals(smallOutput.subarray(0, Math.max(0, gunzip.decode(coded, 0, coded.length))));
    return works() && gunzip.decode(coded, 0, 12) < 0 && works() ? gunzip : null;
  } catch {
    return null;
  }
}

let gunzip: SmallGunzip | null | undefined;

/**
 * Decodes a whole small gzip body, `bytes[start, end)`, and returns how many octets of `smallOutput` it became; -1 when
 * it is damaged, too large, or must be decoded the ordinary way.
 */
export function gunzipSmall(bytes: Uint8Array, start: number, end: number): number {
  if (gunzip === undefined) gunzip = tryOut();
  return gunzip === null ? -1 : gunzip.decode(bytes, start, end);
}
