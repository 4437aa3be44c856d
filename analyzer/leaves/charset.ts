/** Text of a charset that nobody declared: UTF-8, or what Chinese systems send when it is not. */
import { isUtf8 } from 'node:buffer';

const decoder = new TextDecoder('gb18030');
const encoder = new TextEncoder();

export interface TextPiece {
  bytes: Uint8Array;
  start: number;
  end: number;
}

const piece: TextPiece = { bytes: new Uint8Array(0), start: 0, end: 0 };

/** The text in UTF-8; valid until the next call. `cut` text may end inside a character. */
export function textOfUnknownCharset(bytes: Uint8Array, start: number, end: number, cut: boolean): TextPiece {
  let whole = end;
  // Up to three octets of a character that was cut are no sign of another charset.
  if (cut) for (let back = 0; back < 3 && whole > start && bytes[whole - 1] >= 0x80; back++) whole--;
  if (isUtf8(bytes.subarray(start, end)) || (cut && isUtf8(bytes.subarray(start, whole)))) {
    piece.bytes = bytes;
    piece.start = start;
    piece.end = end;
  } else {
    piece.bytes = encoder.encode(decoder.decode(bytes.subarray(start, end)));
    piece.start = 0;
    piece.end = piece.bytes.length;
  }
  return piece;
}
