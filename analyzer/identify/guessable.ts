/**
 * What may be said of a session's id without telling it: whether it is a clock reading, and its stem, the part that ids
 * out of a counter or a clock share and random ones never do. Both are worked out of one id alone, so shards agree.
 */

/** Characters. Below, an id can be tried out whatever it is made of; above, something is wrapped up in it. */
const shortest = 16;
const longest = 128;
/** Bits that ids of one stem may differ in: 2³² random ids of one application would have to meet by chance. */
const stemBits = 32;
/** Bits beside a time that are enough for an id (rules.md W-18). */
const enoughBits = 64;
/** What a balancer adds behind an id, such as `.node1`. */
const route = /[.!][A-Za-z]{1,8}[-_]?\d{0,3}$/;

/** The beginning of an id, without its last 32 bits; empty for one that is too short or too long to say anything of. */
export function stemOf(id: string): string {
  if (id.length < shortest || id.length > longest) return '';
  const text = id.replace(route, '');
  let widest = 0;
  let many = 0;
  for (let at = text.length - 1; at >= 0; at--) {
    const bits = bitsOf(text.charCodeAt(at));
    if (bits === 0) continue;
    widest = Math.max(widest, bits);
    if (++many * widest > stemBits) return text.slice(0, at + 1);
  }
  return '';
}

/** Of a digit, a digit beyond nine, and other characters; 0 for those that part groups or fill up. */
function bitsOf(c: number): number {
  if (c >= 0x30 && c <= 0x39) return 3.33;
  if ((c >= 0x41 && c <= 0x46) || (c >= 0x61 && c <= 0x66)) return 4;
  return c === 0x2d || c === 0x2e || c === 0x3a || c === 0x3d || c === 0x5f ? 0 : 6;
}

const hour = 3600;
const day = 86_400;
const digitRun = /\d{10,}/g;
const hexRun = /[0-9a-f]{8,}/gi;
const dateAndTime = /20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d/g;
const timeUuid = /^([0-9a-f]{8})-?([0-9a-f]{4})-?1([0-9a-f]{3})-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i;
/** RFC 9562 §5.1: 100 ns since 15 October 1582; seconds until 1970. */
const uuidEpoch = 12_219_292_800;
/** A MongoDB ObjectId: seconds, a number of the process, a counter. */
const objectId = /^[0-9a-f]{24}$/i;

/**
 * Whether the id is the time at which it was handed out, with fewer than 64 bits beside it. `ts`: of the exchange,
 * integer µs. Servers' clocks may be an hour off, and date and time of any zone.
 */
export function isClock(id: string, ts: number): boolean {
  if (id.length < shortest || id.length > longest) return false;
  const now = ts / 1e6;
  const uuid = timeUuid.exec(id);
  if (uuid !== null) {
    const ticks = BigInt(`0x${uuid[3]}${uuid[2]}${uuid[1]}`);
    return Math.abs(Number(ticks / 10_000_000n) - uuidEpoch - now) < hour;
  }
  const text = id.replace(route, '');
  const length = clockLength(text, now);
  if (length === 0) return false;
  return objectId.test(text) || restBits(text, length) < enoughBits;
}

/** Characters that are a time near `now`, seconds since 1970; 0 for none. */
function clockLength(text: string, now: number): number {
  for (const [written] of text.matchAll(dateAndTime)) {
    const [, y, mo, d, h, mi, s] = /(....)(..)(..)(..)(..)(..)/.exec(written)!;
    if (Math.abs(Date.UTC(+y!, +mo! - 1, +d!, +h!, +mi!, +s!) / 1000 - now) < day) return written.length;
  }
  for (const [run] of text.matchAll(digitRun)) {
    for (let at = 0; at + 10 <= run.length; at++) {
      if (Math.abs(Number(run.slice(at, at + 10)) - now) < hour) return at + 13 <= run.length ? 13 : 10;
    }
  }
  for (const [run] of text.matchAll(hexRun)) {
    if (Math.abs(Number.parseInt(run.slice(0, 8), 16) - now) < hour) return 8;
    if (run.length >= 11 && Math.abs(Number.parseInt(run.slice(0, 11), 16) / 1000 - now) < hour) return 11;
  }
  return 0;
}

/** Bits of the text's characters, of the widest kind that it has, but for `length` of them. */
function restBits(text: string, length: number): number {
  let widest = 0;
  let many = 0;
  for (let at = 0; at < text.length; at++) {
    const bits = bitsOf(text.charCodeAt(at));
    if (bits === 0) continue;
    widest = Math.max(widest, bits);
    many++;
  }
  return (many - length) * widest;
}
