/**
 * Lines of a message that lie whole in the octets and have nothing odd about them, read without making text of what need
 * not become text. Nearly every line is one; of any other these say so, and it is read as text.
 */
import { parseStatusLine, type RequestLine, type StatusLine } from './head.ts';

/** What `toString('latin1')` calls after looking at its arguments; for every message that is worth skipping. */
export type Latin1Buffer = Buffer & { latin1Slice(start: number, end: number): string };

const SPACE = 32;
const CR = 13;
const LF = 10;

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE'];
const requestEnd = ' HTTP/1.1';
const statusBegin = 'HTTP/1.1 ';
/** Where the reason phrase of a plain status line begins: behind `HTTP/1.1 nnn `. */
const REASON = 13;

/** Status lines by status, the latest of each: a server has one text for each, and most servers the same. */
const statusLines: (KnownLine | undefined)[] = [];
/** A longer reason phrase is read each time. */
const MAX_REASON = 64;

interface KnownLine extends StatusLine {
  readonly reason: string;
}

/** RFC 9112 §3: the request line in `data[start, end)`, null when it is not `METHOD SP target SP HTTP/1.1`. */
export function plainRequestLine(data: Buffer, start: number, end: number): RequestLine | null {
  const last = end - requestEnd.length;
  if (last <= start || !matches(data, last, requestEnd)) return null;
  for (const method of methods) {
    const target = start + method.length + 1;
    if (data[target - 1] !== SPACE || target > last || !matches(data, start, method)) continue;
    // A control octet is as odd as a space.
    for (let i = target; i < last; i++) if (data[i]! <= SPACE) return null;
    return { method, target: (data as Latin1Buffer).latin1Slice(target, last), version: '1.1', weird: null };
  }
  return null;
}

/** RFC 9112 §4: the status line in `data[start, end)`, null when it is none or has anything odd. */
export function plainStatusLine(data: Buffer, start: number, end: number): StatusLine | null {
  if (end - start < REASON || end - start > REASON + MAX_REASON || !matches(data, start, statusBegin)) return null;
  const status = data[start + 9]! * 100 + data[start + 10]! * 10 + data[start + 11]! - 48 * 111;
  const known = statusLines[status];
  if (known !== undefined && known.reason.length === end - start - REASON && data[start + REASON - 1] === SPACE) {
    if (matches(data, start + REASON, known.reason) && isDigits(data, start + 9)) return known;
  }
  const line = parseStatusLine((data as Latin1Buffer).latin1Slice(start, end));
  if (line === null || line.weird !== null || line.status !== status) return null;
  statusLines[status] = line;
  return line;
}

function isDigits(data: Buffer, at: number): boolean {
  return isDigit(data[at]!) && isDigit(data[at + 1]!) && isDigit(data[at + 2]!);
}

function isDigit(octet: number): boolean {
  return octet >= 48 && octet <= 57;
}

/** Whether `text` stands at `at`; the caller has compared the lengths. */
function matches(data: Buffer, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (data[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Whether a line ends at `at` in `data[…end)`. */
export function endsLine(data: Buffer, at: number, end: number): boolean {
  return at + 2 <= end && data[at] === CR && data[at + 1] === LF;
}
