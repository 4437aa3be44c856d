/** The parts of an HTTP/1 head: start line, header fields, and what they say about the content's length (RFC 9112 §3–6). */
import type { Weird } from '../weird.ts';
import { isBlank } from './head-fields.ts';

/** How the content that follows a head is delimited (RFC 9112 §6.3). */
export type Framing = 'none' | 'length' | 'chunked' | 'close';

export interface RequestLine {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly weird: Weird | null;
}

export interface StatusLine {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  readonly weird: Weird | null;
}

/** What a header section says about its message. Values of fields are empty when the field is absent. */
export class HeadFields {
  framing: Framing = 'none';
  /** Octets of content by Content-Length; null when it does not say. */
  length: number | null = null;
  /** Transfer codings other than chunked, in the order they were applied. */
  transferCoding = '';
  /** An Upgrade field is there. */
  upgrade = false;
  /** All values of Content-Encoding, joined as RFC 9110 §5.3 says. */
  contentCoding = '';
  contentType = '';
  host = '';
}

type Note = (name: Weird) => void;

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const statusLine = /^HTTP\/(\d)\.(\d) +(\d{3})(?: (.*))?$/s;
/** What clients still take for a status line: anything for a version, three digits, anything behind them. */
const oddStatusLine = /^HTTP\/(\S{1,32})\s+(\d{3})(.*)$/s;
/** SIP, RTSP and their like have the shape of HTTP and name themselves where HTTP has its version. */
const otherVersion = /^(?!HTTP\/)[A-Z]{2,10}\/\d\.\d$/;

/** Octets in which a line's end is looked for. */
const maxPeek = 4096;

const plainMethods = new Set(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'CONNECT', 'TRACE']);

const newest = ' HTTP/1.1';

/** RFC 9112 §3: method SP request-target SP HTTP-version. Null when it is none; `odd` takes any text for one. */
export function parseRequestLine(line: string, odd: boolean): RequestLine | null {
  if (line.endsWith(newest)) {
    // Nearly every line: the space behind the target is the next one after the method's.
    const last = line.length - newest.length;
    const first = line.indexOf(' ');
    const method = line.startsWith('GET ') ? 'GET' : line.slice(0, first);
    if (first < last && line.indexOf(' ', first + 1) === last && plainMethods.has(method))
      return { method, target: line.slice(first + 1, last), version: '1.1', weird: null };
  }
  const first = line.indexOf(' ');
  const last = line.lastIndexOf(' ');
  const method = first < 0 ? line : line.slice(0, first);
  const ending = line.slice(last + 1);
  const version = /^HTTP\/(\d\.\d)$/.exec(ending)?.[1];
  if (version !== undefined && plainMethods.has(method) && last > first) {
    const target = line.slice(first + 1, last);
    if (!target.includes(' ')) return { method, target, version, weird: null };
  }
  // RFC 9113 §3.4: the preface of HTTP/2 is made to look like a request, and is none.
  if (method === 'PRI' && version === '2.0') return null;
  const readable = token.test(method) && (version !== undefined || isSimple(line, first, method));
  if (!readable && !odd) return null;
  if (version === undefined) {
    // HTTP/0.9 had no version and no header section; what comes with header fields only forgot it.
    const target = first < 0 ? '' : line.slice(first + 1).trim();
    return { method, target, version: '0.9', weird: readable ? 'http_missing_version' : 'http_bad_start_line' };
  }
  const target = last > first ? line.slice(first + 1, last).trim() : '';
  const spaced = target.includes(' ') ? 'http_target_with_spaces' : null;
  return { method, target, version, weird: readable ? spaced : 'http_bad_start_line' };
}

/** Whether a line without HTTP's version is a request: `/` or `*` behind the method, or a method that is known. */
function isSimple(line: string, first: number, method: string): boolean {
  if (first <= 0 || otherVersion.test(line.slice(line.lastIndexOf(' ') + 1))) return false;
  const code = line.charCodeAt(first + 1);
  if (code === 47 || code === 42) return true;
  return plainMethods.has(method) && ((code >= 97 && code <= 122) || (code >= 65 && code <= 90));
}

/** Whether the line that begins at `start` ends in another protocol's version. */
export function namesOtherProtocol(data: Buffer, start: number, end: number): boolean {
  const feed = data.subarray(start, Math.min(end, start + maxPeek)).indexOf(10);
  if (feed < 0) return false;
  const line = data.toString('latin1', Math.max(start, start + feed - 16), start + feed).trimEnd();
  return otherVersion.test(line.slice(line.lastIndexOf(' ') + 1));
}

/** The digit at `at`, or far below zero. */
function digit(line: string, at: number): number {
  const value = line.charCodeAt(at) - 48;
  return value >= 0 && value <= 9 ? value : -1e6;
}

/** RFC 9112 §4: HTTP-version SP status-code SP [ reason-phrase ]. Null when it is none; status 0 when it names none. */
export function parseStatusLine(line: string): StatusLine | null {
  // Nearly every line, without a regular expression: `HTTP/1.1 nnn reason`.
  if (line.startsWith('HTTP/1.1 ') && line.charCodeAt(12) === 32) {
    const status = digit(line, 9) * 100 + digit(line, 10) * 10 + digit(line, 11);
    if (status >= 0) return { version: '1.1', status, reason: line.slice(13), weird: null };
  }
  const match = statusLine.exec(line);
  if (match !== null) {
    const version = match[1] === '1' ? (match[2] === '1' ? '1.1' : '1.0') : `${match[1]}.${match[2]}`;
    return { version, status: Number(match[3]), reason: match[4] ?? '', weird: null };
  }
  const odd = oddStatusLine.exec(line);
  // Browsers go on without a status they can read; so a head is there, and content behind it.
  if (odd === null)
    return line.startsWith('HTTP/') ? { version: '1.1', status: 0, reason: '', weird: 'http_bad_start_line' } : null;
  return { version: '1.1', status: Number(odd[2]), reason: odd[3]!.trim(), weird: 'http_bad_start_line' };
}

/**
 * The field in `text[from, to)`, a line without its end, onto `fields` (RFC 9112 §5); one that begins with white space
 * continues the field before (§5.2). Returns what is odd about it.
 */
export function parseField(text: string, from: number, to: number, fields: string[]): Weird | null {
  if (isBlank(text.charCodeAt(from))) {
    if (fields.length > 0) fields[fields.length - 1] = `${fields[fields.length - 1]} ${text.slice(from, to).trim()}`;
    return 'http_header_folded';
  }
  const colon = text.indexOf(':', from);
  if (colon <= from || colon >= to) return 'http_bad_header';
  let nameEnd = colon;
  while (nameEnd > from && isBlank(text.charCodeAt(nameEnd - 1))) nameEnd--;
  let start = colon + 1;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  fields.push(text.slice(from, nameEnd), text.slice(start, end));
  return nameEnd < colon ? 'http_space_before_colon' : null;
}

/**
 * Reads what matters of `headers` into `fields`, in one pass; `framing` by RFC 9112 §6.3, without what depends on the
 * request's method and the status.
 */
export function readFields(headers: readonly string[], isRequest: boolean, fields: HeadFields, note: Note): void {
  let length: number | null = null;
  let codings = '';
  let contentCoding = '';
  let contentType: string | null = null;
  let host: string | null = null;
  fields.upgrade = false;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    // The lengths of the few names that matter here tell nearly all others apart.
    switch (name.length) {
      case 4:
        if (!isNamed(name, 'host')) break;
        // RFC 9112 §3.2: whoever routes by the other one goes elsewhere.
        if (host !== null && host !== headers[i + 1]) note('http_host_conflict');
        host ??= headers[i + 1]!;
        break;
      case 7:
        if (isNamed(name, 'upgrade')) fields.upgrade = true;
        break;
      case 12:
        if (contentType === null && isNamed(name, 'content-type')) contentType = headers[i + 1]!;
        break;
      case 14:
        if (isNamed(name, 'content-length')) length = contentLength(headers[i + 1]!, length, note);
        break;
      case 16:
        if (isNamed(name, 'content-encoding'))
          contentCoding = contentCoding === '' ? headers[i + 1]! : `${contentCoding}, ${headers[i + 1]!}`;
        break;
      case 17:
        if (isNamed(name, 'transfer-encoding'))
          codings += `${codings === '' ? '' : ','}${headers[i + 1]!.toLowerCase()}`;
        break;
    }
  }
  fields.length = length;
  fields.contentCoding = contentCoding;
  fields.contentType = contentType ?? '';
  fields.host = host ?? '';
  fields.transferCoding = '';
  if (codings === 'chunked' && length === null) {
    fields.framing = 'chunked';
    return;
  }
  fields.framing = length === null ? (isRequest ? 'none' : 'close') : 'length';
  if (codings !== '') frameByCodings(codings, fields, note);
}

const plainChunked = /^[ \t]*chunked[ \t]*$/;

/**
 * The framing where there are transfer codings, and not chunked alone. Where two readers may disagree about it, it is
 * named (RFC 9112 §6.1, §6.3, §11.2).
 */
function frameByCodings(codings: string, fields: HeadFields, note: Note): void {
  const sent = codings.split(',');
  // More is trimmed than is white space in HTTP: as lenient readers do, and it is named.
  const list = sent.map((coding) => coding.trim());
  const chunked = list.filter((coding) => coding === 'chunked').length;
  if (chunked > 1) note('http_chunked_repeated');
  if (chunked > 0 && list.at(-1) !== 'chunked') note('http_chunked_not_last');
  if (sent.some((coding) => coding.includes('chunked') && !plainChunked.test(coding))) note('http_chunked_disguised');
  fields.transferCoding = list.filter((coding) => coding !== 'chunked' && coding !== 'identity').join(', ');
  if (list.at(-1) === 'chunked') {
    if (fields.length !== null) note('http_length_and_chunked');
    fields.framing = 'chunked';
    fields.length = null;
  } else if (fields.transferCoding !== '') note('http_transfer_coding_unknown');
}

/** Whether `name`, of as many characters, is `lower` in whatever case. */
function isNamed(name: string, lower: string): boolean {
  for (let i = 0; i < lower.length; i++) {
    const code = name.charCodeAt(i);
    const wanted = lower.charCodeAt(i);
    if (code !== wanted && (code < 65 || code > 90 || code + 32 !== wanted)) return false;
  }
  return true;
}

/** RFC 9112 §6.3 item 5: a list of equal values is one value; of different ones the first is taken, and named. */
function contentLength(value: string, known: number | null, note: Note): number | null {
  let length = known;
  const only = decimal(value);
  if (only >= 0 && known === null) return only;
  if (known !== null || value.includes(',')) note('http_content_length_repeated');
  for (const item of value.split(',')) {
    const parsed = decimal(item.trim());
    if (parsed < 0) note('http_content_length_invalid');
    else if (length === null) length = parsed;
    else if (parsed !== length) note('http_content_length_conflict');
  }
  return length;
}

/** The value of 1 to 15 digits, else -1. */
function decimal(text: string): number {
  if (text.length === 0 || text.length > 15) return -1;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

const chunkSize = /^[ \t]*([0-9A-Fa-f]{1,13})[ \t]*(?:;.*)?$/s;
/** RFC 9112 §7.1.1: chunk-ext, names and values that are tokens or quoted strings. */
const chunkExtension =
  /^(?:[ \t]*;[ \t]*[!#$%&'*+.^_`|~\w-]+(?:[ \t]*=[ \t]*(?:[!#$%&'*+.^_`|~\w-]+|"[^"\r\n\0]*"))?)*$/;
/** Zeros before a size beyond which nobody means it. */
const manyZeros = /^0{8}/;
/** Octets of an extension beyond which it hides something, or wears a reader out. */
const MAX_EXTENSION = 256;

/** What is odd about a line that gives a chunk's size; null for nearly every one. */
export function chunkLineWeird(line: string): Weird | null {
  const semicolon = line.indexOf(';');
  const size = semicolon < 0 ? line : line.slice(0, semicolon);
  // Blanks before the semicolon are «bad white space», which readers must accept; others pass over it or not.
  if (size.trim() !== size || manyZeros.test(size)) return 'http_chunk_size_padded';
  if (semicolon < 0) return null;
  const extension = line.slice(semicolon);
  return extension.length > MAX_EXTENSION || !chunkExtension.test(extension) ? 'http_chunk_extension_odd' : null;
}

/** RFC 9112 §7.1: chunk-size [ chunk-ext ]; -1 when it is none. */
export function parseChunkSize(line: string): number {
  const match = chunkSize.exec(line);
  return match === null ? -1 : Number.parseInt(match[1]!, 16);
}

/** The number whose hex digits `data[start, end)` are, -1 when they are not. Exact up to 13 digits. */
export function hexNumber(data: Uint8Array, start: number, end: number): number {
  let value = start < end ? 0 : -1;
  for (let i = start; i < end; i++) {
    const octet = data[i]!;
    // Bit 5 makes letters small.
    const digit = octet <= 57 ? octet - 48 : (octet | 32) - 87;
    if (digit < 0 || digit > 15 || (octet > 57 && digit < 10)) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** Offset of the first CR LF CR LF in `data[start, end)`, or -1. Looks at every fourth octet until one may belong to it. */
export function findEndOfHead(data: Uint8Array, start: number, end: number): number {
  let i = start + 3;
  while (i < end) {
    const octet = data[i]!;
    if (octet === 10) {
      if (data[i - 1] === 13 && data[i - 2] === 10 && data[i - 3] === 13) return i - 3;
      i += 2;
    } else {
      i += octet === 13 ? 1 : 4;
    }
  }
  return -1;
}
