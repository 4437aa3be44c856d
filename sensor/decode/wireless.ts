/** IEEE 802.11 data frames, and the headers that capturing in the air puts before them. */
import { C } from '../ledger.ts';
import { type Frame, LLC, short, word32 } from './frame.ts';

/** Radiotap (radiotap.org), which also tells whether the header behind it is filled up to four octets. */
export function radiotap(frame: Frame): number {
  const { data, at, end } = frame;
  if (at + 8 > end) return short(frame);
  const length = little16(data, at + 2);
  if (length < 8) return C.headerMalformed;
  let present = at + 4;
  const fields = data[present]!;
  while ((data[present + 3]! & 0x80) !== 0) {
    present += 4;
    if (present + 4 > end) return short(frame);
  }
  let flags = present + 4;
  // A time stamp of 8 octets, aligned from the header's begin, comes before the flags.
  if ((fields & 1) !== 0) flags = at + ((flags - at + 7) & ~7) + 8;
  const padded = (fields & 2) !== 0 && flags < end && (data[flags]! & 0x20) !== 0;
  frame.at = at + length;
  return wireless(frame, padded);
}

/** Per-packet information: a header that says its length, in little-endian order. */
export function behindPpi(frame: Frame): number {
  if (frame.at + 8 > frame.end) return short(frame);
  frame.at += Math.max(8, little16(frame.data, frame.at + 2));
  return wireless(frame, false);
}

/** Prism has 144 octets; one that begins like AVS (linux-wlan-ng) says its length, in network order. */
export function behindPrism(frame: Frame): number {
  const { data, at, end } = frame;
  if (at + 8 > end) return short(frame);
  const isAvs = (word32(data, at) & 0xfffff000) === (0x80211000 | 0);
  frame.at += isAvs ? Math.max(8, word32(data, at + 4) & 0xffff) : 144;
  return wireless(frame, false);
}

/** IEEE 802.11-2020 §9.3.2.1. Encrypted frames, those without data and aggregates are left. */
export function wireless(frame: Frame, padded: boolean): number {
  const { data, at, end } = frame;
  if (at + 2 > end) return short(frame);
  const kind = data[at]!;
  const flags = data[at + 1]!;
  // Version 0, type data; subtypes with bit 6 carry none.
  if ((kind & 0x0f) !== 0x08 || (kind & 0x40) !== 0 || (flags & 0x40) !== 0) return C.notIp;
  let length = (flags & 3) === 3 ? 30 : 24;
  if ((kind & 0x80) !== 0) {
    if (at + length + 2 > end) return short(frame);
    if ((data[at + length]! & 0x80) !== 0) return C.notIp;
    length += 2;
    if ((flags & 0x80) !== 0) length += 4; // HT control
  }
  frame.at = at + (padded ? (length + 3) & ~3 : length);
  return LLC;
}

function little16(data: Buffer, at: number): number {
  return data[at]! | (data[at + 1]! << 8);
}
