/**
 * What the octets themselves say of their charset: two automata, UTF-8 (RFC 3629) and GB 18030, over a sample that
 * begins at the first octet above 0x7F. State is a few integers, so it does not matter how the octets are cut.
 */
import { isAscii } from 'node:buffer';

/** Octets looked at from the first one above 0x7F on. */
const sampleSize = 4096;
/** Octets searched for one above 0x7F; text that is ASCII as far as this counts as ASCII. */
const searchSize = 1024 * 1024;
/** So many valid multi-octet characters are UTF-8 beyond doubt: the sample ends early. */
const conclusive = 8;

/** Octets walked one by one: for so few, asking the native check costs more. */
const walked = 256;

/** Index of the first octet above 0x7F; `end` when there is none. */
function firstHigh(bytes: Uint8Array, start: number, end: number): number {
  let low = start;
  for (const near = Math.min(end, start + walked); low < near; low++) if (bytes[low]! >= 0x80) return low;
  if (low === end || isAscii(bytes.subarray(low, end))) return end;
  // Far ahead, halving with the native check beats a walk.
  let top = end;
  while (top - low > walked) {
    const middle = (low + top) >> 1;
    if (isAscii(bytes.subarray(low, middle))) low = middle;
    else top = middle;
  }
  while (bytes[low]! < 0x80) low++;
  return low;
}

export class ByteEvidence {
  /** Valid UTF-8 sequences of two octets and more, before the first invalid one. */
  utf8Characters = 0;
  utf8Invalid = false;
  /** Two-octet GB 18030 characters, and those of them that everyday Chinese is made of (GB 2312 rows 1–3, 16–87). */
  gbPairs = 0;
  gbCommon = 0;
  gbInvalid = false;
  /** True once an octet above 0x7F was met. */
  high = false;
  /** True when more octets would not change the verdict. */
  settled = false;
  #searched = 0;
  #sampled = 0;
  /** UTF-8: continuation octets still to come, and the range the next one must lie in. */
  #more = 0;
  #low = 0x80;
  #top = 0xbf;
  /** GB 18030: 0 between characters, 1 after a lead octet, 2 and 3 inside a character of four octets. */
  #gbState = 0;
  #gbLead = 0;

  /** True when the sample reads as Chinese text in GB 18030 and not as some other 8-bit text. */
  get plausibleGb(): boolean {
    return !this.gbInvalid && this.gbPairs > 0 && this.gbCommon * 10 >= this.gbPairs * 6;
  }

  see(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    if (!this.high) {
      at = firstHigh(bytes, start, end);
      if (at === end) {
        this.#searched += end - start;
        this.settled = this.#searched >= searchSize;
        return;
      }
      this.high = true;
    }
    this.#sample(bytes, at, Math.min(end, at + sampleSize - this.#sampled));
  }

  #sample(bytes: Uint8Array, start: number, end: number): void {
    for (let i = start; i < end; i++) {
      const octet = bytes[i]!;
      if (octet < 0x80 && this.#more === 0 && this.#gbState === 0) {
        while (i + 1 < end && bytes[i + 1]! < 0x80) i++;
        continue;
      }
      if (!this.utf8Invalid) this.#utf8(octet);
      if (!this.gbInvalid) this.#gb(octet);
      if (this.utf8Characters >= conclusive || (this.utf8Invalid && this.gbInvalid)) {
        this.settled = true;
        return;
      }
    }
    this.#sampled += end - start;
    if (this.#sampled >= sampleSize) this.settled = true;
  }

  #utf8(octet: number): void {
    if (this.#more > 0) {
      if (octet < this.#low || octet > this.#top) {
        this.utf8Invalid = true;
        return;
      }
      this.#low = 0x80;
      this.#top = 0xbf;
      if (--this.#more === 0) this.utf8Characters++;
      return;
    }
    if (octet < 0x80) return;
    if (octet >= 0xc2 && octet <= 0xdf) this.#more = 1;
    else if (octet >= 0xe0 && octet <= 0xef) {
      this.#more = 2;
      if (octet === 0xe0) this.#low = 0xa0;
      if (octet === 0xed) this.#top = 0x9f;
    } else if (octet >= 0xf0 && octet <= 0xf4) {
      this.#more = 3;
      if (octet === 0xf0) this.#low = 0x90;
      if (octet === 0xf4) this.#top = 0x8f;
    } else this.utf8Invalid = true;
  }

  #gb(octet: number): void {
    switch (this.#gbState) {
      case 0:
        if (octet < 0x80) return;
        if (octet === 0x80 || octet === 0xff) this.gbInvalid = true;
        this.#gbLead = octet;
        this.#gbState = 1;
        return;
      case 1: {
        if (octet >= 0x30 && octet <= 0x39) {
          this.#gbState = 2;
          return;
        }
        this.#gbState = 0;
        if (octet < 0x40 || octet === 0x7f || octet === 0xff) {
          this.gbInvalid = true;
          return;
        }
        this.gbPairs++;
        const lead = this.#gbLead;
        const row = (lead >= 0xb0 && lead <= 0xf7) || (lead >= 0xa1 && lead <= 0xa3);
        if (row && octet >= 0xa1) this.gbCommon++;
        return;
      }
      case 2:
        if (octet < 0x81 || octet === 0xff) this.gbInvalid = true;
        this.#gbState = 3;
        return;
      default:
        if (octet < 0x30 || octet > 0x39) this.gbInvalid = true;
        this.#gbState = 0;
    }
  }
}
