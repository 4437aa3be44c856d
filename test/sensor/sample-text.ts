/** Deterministic octets for tests of codings and charsets. */

const words = [
  ...['"name":"', '张三', '"mobile":', '13800138000', '{"id":'],
  ...['},\n', 'fund', '华夏成长混合', '"balance":', 'hello world '],
];

/** Integers of 24 bits, the same for the same seed. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
}

/** UTF-8 that looks like the business's JSON, cut to `size` octets (maybe inside a character). */
export function sampleText(size: number, seed: number): Buffer {
  const next = numbers(seed);
  const parts: string[] = [];
  let length = 0;
  while (length < size) {
    const word = next() % 5 === 0 ? String(next() % 100000) : words[next() % words.length]!;
    parts.push(word);
    length += Buffer.byteLength(word);
  }
  return Buffer.from(parts.join('')).subarray(0, size);
}

/** `bytes` cut at random places, with an empty piece now and then. */
export function cutUp(bytes: Uint8Array, seed: number, largest: number): Uint8Array[] {
  const next = numbers(seed);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = next() % (largest + 1);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}
