/**
 * Large buffers that go from hand to hand: a block grows in some, the engine stores them, the next block grows in them
 * again. Left to the collector they count as memory outside of its heap, and each 64 MiB of that have it look through all
 * that judging remembers.
 */

/** Smaller ones are not worth it. */
const leastBits = 16;
/** Octets that are kept for whoever comes next. */
const mostKept = 64 * 2 ** 20;

const idle: Buffer[][] = [];
let kept = 0;
/** Out of the pool now: what is given back twice, or is no buffer of it, is passed over. */
const lent = new WeakSet<ArrayBufferLike>();

/** A buffer of at least so many octets, with anything in them. */
export function lendBuffer(least: number): Buffer {
  const bits = Math.max(leastBits, 32 - Math.clz32(least - 1));
  let buffer = least > 2 ** 31 ? undefined : idle[bits]?.pop();
  if (buffer === undefined) buffer = Buffer.allocUnsafeSlow(least > 2 ** 31 ? least : 2 ** bits);
  else kept -= buffer.length;
  lent.add(buffer.buffer);
  return buffer;
}

/** Nobody reads these any more. */
export function giveBack(octets: readonly Uint8Array[]): void {
  for (const { buffer } of octets) {
    if (!lent.delete(buffer)) continue;
    const bits = 31 - Math.clz32(buffer.byteLength);
    if (buffer.byteLength !== 2 ** bits || kept + buffer.byteLength > mostKept) continue;
    kept += buffer.byteLength;
    (idle[bits] ??= []).push(Buffer.from(buffer));
  }
}
