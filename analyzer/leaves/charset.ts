/** A value of a charset that nobody declared: UTF-8, or what Chinese systems send when it is not. */
import { isUtf8 } from 'node:buffer';
import { codePage } from './code-pages.ts';
import { PageDecoding } from './decode.ts';
import type { Scratch } from './scratch.ts';

/** Turns GB 18030 in `scratch` into UTF-8, at most `limit` octets; UTF-8 stays. */
export function toUtf8(scratch: Scratch, limit: number): void {
  const { bytes, length, cut } = scratch;
  let whole = length;
  // Up to three octets of a character that was cut are no sign of another charset.
  if (cut) for (let back = 0; back < 3 && whole > 0 && bytes[whole - 1] >= 0x80; back++) whole--;
  if (isUtf8(bytes.subarray(0, length)) || (cut && isUtf8(bytes.subarray(0, whole)))) return;
  const page = codePage('gb18030');
  if (page === null) return;
  const octets = new Uint8Array(bytes.subarray(0, length));
  const take = (from: Uint8Array, start: number, end: number) => scratch.append(from, start, end, limit);
  const decoding = new PageDecoding(page);
  scratch.length = 0;
  decoding.write(octets, 0, length, take);
  decoding.end(take);
}
