/** What a direction's first octets look like, and where a next HTTP message begins after octets were lost. */
import { namesOtherProtocol } from './head.ts';
import { PREFACE } from './http2/frames.ts';

/** `odd-request`: its first line is no request line, but what follows is a header section. */
export type Probe = 'request' | 'odd-request' | 'response' | 'tls' | 'http2' | 'other' | 'more';

const SPACE = 32;

const tokenMarks: ReadonlySet<number> = new Set(Buffer.from("!#$%&'*+-.^_`|~"));

/** Longest method name taken for one; IANA's longest is 17 characters. */
const MAX_METHOD = 24;

/** Looks at the octets at `start`; `more` when there are too few to tell. */
export function probe(data: Buffer, start: number, end: number): Probe {
  if (end - start > 4 && matches(data, start, end, PREFACE)) return end - start < PREFACE.length ? 'more' : 'http2';
  while (start < end && (data[start] === 13 || data[start] === 10)) start++;
  const length = end - start;
  if (length === 0) return 'more';
  const first = data[start]!;
  if (first === 0x16 && (length < 2 || data[start + 1] === 3)) return length < 2 ? 'more' : 'tls';
  if (matches(data, start, end, 'HTTP/')) return length < 5 ? 'more' : 'response';
  // method SP target: a token, a space, something visible.
  let i = start;
  while (i < end && i - start <= MAX_METHOD && isTokenChar(data[i]!)) i++;
  if (i === end && length <= MAX_METHOD) return 'more';
  if (i === start || i >= end || data[i] !== SPACE || !isLetter(first)) return probeOdd(data, start, end);
  if (i + 1 === end) return 'more';
  const target = data[i + 1]!;
  if (target === 47 || target === 42) return namesOtherProtocol(data, i, end) ? 'other' : 'request'; // "/" or "*"
  // Absolute and authority forms, and targets that are not one: only an HTTP version later in the line tells.
  const lineEnd = data.subarray(i, Math.min(end, i + 4096)).indexOf(10);
  const line = data.toString('latin1', i, lineEnd < 0 ? Math.min(end, i + 4096) : i + lineEnd);
  if (/ HTTP\/\d\.\d\r?$/.test(line)) return 'request';
  if (lineEnd < 0 && end - i < 4096) return 'more';
  return probeOdd(data, start, end);
}

/**
 * Clients send broken request lines, and servers answer them: a line of text that is no other protocol's, with a Host
 * field behind it (RFC 9112 §3.2).
 */
function probeOdd(data: Buffer, start: number, end: number): Probe {
  const [line = '', ...fields] = data.toString('latin1', start, Math.min(end, start + 2048)).split(/\r?\n/);
  if (fields.length === 0 || line === '' || hasControl(line)) return 'other';
  // SIP, RTSP and their like name themselves; STOMP begins as HTTP might.
  if (/ (?!HTTP\/)[A-Z]{2,10}\/\d\.\d$/.test(line) || fields.some((field) => /^accept-version:/.test(field)))
    return 'other';
  return /^[A-Za-z][A-Za-z0-9-]*:/.test(fields[0]!) && fields.some((field) => /^host:/i.test(field))
    ? 'odd-request'
    : 'other';
}

function hasControl(line: string): boolean {
  for (let i = 0; i < line.length; i++) if (line.charCodeAt(i) < 32) return true;
  return false;
}

const knownMethods = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'CONNECT', 'TRACE', 'PROPFIND'];

/**
 * Offset of the next start line in octets that begin in the middle of something, -1 when there is none. A start line
 * opens the segment, or ends in an HTTP version behind a known method; a status line is `HTTP/1.x nnn `.
 */
export function findStartLine(data: Buffer, start: number, end: number, kind: 'REQUEST' | 'RESPONSE'): number {
  const limited = data.subarray(start, end);
  if (kind === 'REQUEST' && !namesOtherProtocol(data, start, end)) {
    for (const method of knownMethods) {
      if (matches(data, start, end, `${method} `) && end - start > method.length + 1) return start;
    }
  }
  let at = limited.indexOf('HTTP/1.');
  while (at >= 0) {
    if (kind === 'RESPONSE') {
      if (/^HTTP\/1\.\d [1-5]\d\d[ \r]/.test(limited.toString('latin1', at, at + 13))) return start + at;
    } else {
      const begin = requestLineBefore(limited, at);
      if (begin >= 0) return start + begin;
    }
    at = limited.indexOf('HTTP/1.', at + 7);
  }
  return -1;
}

/** `at` is where a version begins: the offset of `METHOD SP target SP` right before it, or -1. */
function requestLineBefore(data: Buffer, at: number): number {
  if (at < 2 || data[at - 1] !== SPACE) return -1;
  let i = at - 2;
  while (i >= 0 && data[i]! > SPACE) i--;
  if (i < 0 || data[i] !== SPACE) return -1;
  for (const method of knownMethods) {
    const begin = i - method.length;
    if (begin >= 0 && matches(data, begin, i, method)) return begin;
  }
  return -1;
}

/** Whether the octets are `text`, or its beginning when there are fewer. */
function matches(data: Buffer, start: number, end: number, text: string): boolean {
  const length = Math.min(end - start, text.length);
  for (let i = 0; i < length; i++) if (data[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

/** RFC 9110 §5.6.2. */
function isTokenChar(code: number): boolean {
  return isLetter(code) || (code >= 48 && code <= 57) || tokenMarks.has(code);
}
