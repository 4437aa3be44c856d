/**
 * Runs of numbers as text, for snapshots: base64 of their octets as they lie in memory, least significant first as on
 * every machine this runs on. Decimal digits of 53-bit hashes take half as much room again, and twenty times as long.
 */
export function textOf(numbers: Float64Array | Uint32Array): string {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64');
}

export function numbersFrom(text: string): Float64Array {
  return new Float64Array(octetsOf(text));
}

export function wordsFrom(text: string): Uint32Array {
  return new Uint32Array(octetsOf(text));
}

/** In a buffer of their own: they begin where a number may. */
function octetsOf(text: string): ArrayBuffer {
  const octets = Buffer.from(text, 'base64');
  const own = new ArrayBuffer(octets.length);
  new Uint8Array(own).set(octets);
  return own;
}
