/** What single header fields say. */
import { type HeaderList, headerValue } from '../../sensor/transaction.ts';
import type { CidrSet } from '../identify/cidr.ts';
import { mostTraceFields, traceFields } from './trace-ids.ts';

/** `type/subtype` in lower case (RFC 9110 §8.3.1); at most 100 characters, empty when absent. */
export function mediaType(field: string | undefined): string {
  if (field === undefined) return '';
  const end = field.indexOf(';');
  return (end < 0 ? field : field.slice(0, end)).trim().toLowerCase().slice(0, 100);
}

/** Fields that are asked for by name, in the order of their numbers in `numbers`. */
const asked = [
  'content-type',
  'content-length',
  'content-encoding',
  'content-disposition',
  'transfer-encoding',
  'user-agent',
  'referer',
  'cookie',
  'soapaction',
  'upgrade',
  'origin',
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'cache-control',
  'x-cache',
  'x-cache-status',
  'cf-cache-status',
] as const;
/** From this number on: `traceFields`. */
const firstTrace = asked.length;
const names: readonly string[] = [...asked, ...traceFields];
/** Spelling as sent → number; -1 for others. At most 1,000 spellings a thread; more are worked out anew. */
const numbers = new Map<string, number>();
const mostSpellings = 1_000;

/** Of one header section the first field of each name; undefined for one that was not sent. One walk finds them all. */
export class NamedFields {
  contentType: string | undefined = undefined;
  contentLength: string | undefined = undefined;
  contentEncoding: string | undefined = undefined;
  contentDisposition: string | undefined = undefined;
  transferEncoding: string | undefined = undefined;
  userAgent: string | undefined = undefined;
  referer: string | undefined = undefined;
  cookie: string | undefined = undefined;
  soapAction: string | undefined = undefined;
  upgrade: string | undefined = undefined;
  origin: string | undefined = undefined;
  allowOrigin: string | undefined = undefined;
  allowCredentials: string | undefined = undefined;
  cacheControl: string | undefined = undefined;
  /** What a store on the way says of itself; no standard names the field. */
  cacheStatus: string | undefined = undefined;
  /** Fields that hold a request's id, each as its number in `traceFields` and its text; null for none. */
  traces: (number | string)[] | null = null;

  constructor(headers: HeaderList) {
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i]!;
      const value = headers[i + 1]!;
      const number = numbers.get(name) ?? numberOf(name);
      switch (number) {
        case 0:
          this.contentType ??= value;
          break;
        case 1:
          this.contentLength ??= value;
          break;
        case 2:
          this.contentEncoding ??= value;
          break;
        case 3:
          this.contentDisposition ??= value;
          break;
        case 4:
          this.transferEncoding ??= value;
          break;
        case 5:
          this.userAgent ??= value;
          break;
        case 6:
          this.referer ??= value;
          break;
        case 7:
          this.cookie ??= value;
          break;
        case 8:
          this.soapAction ??= value;
          break;
        case 9:
          this.upgrade ??= value;
          break;
        case 10:
          this.origin ??= value;
          break;
        case 11:
          this.allowOrigin ??= value;
          break;
        case 12:
          this.allowCredentials ??= value;
          break;
        case 13:
          this.cacheControl ??= value;
          break;
        case 14:
        case 15:
        case 16:
          this.cacheStatus ??= value;
          break;
        default:
          if (number >= firstTrace) this.#trace(number - firstTrace, value);
      }
    }
  }

  #trace(field: number, text: string): void {
    const traces = (this.traces ??= []);
    if (traces.length < 2 * mostTraceFields) traces.push(field, text);
  }
}

function numberOf(name: string): number {
  const number = names.indexOf(name.toLowerCase());
  // A copy of its own: a name cut out of a head would keep the whole head in memory.
  if (numbers.size < mostSpellings) numbers.set(Buffer.from(name, 'latin1').toString('latin1'), number);
  return number;
}

/** The exchange opens a WebSocket, or asks for one: its content is what is said there (sensor/http/websocket). */
export function isChannel({ upgrade }: NamedFields): boolean {
  return upgrade !== undefined && /\bwebsocket\b/i.test(upgrade);
}

/**
 * Octets of content a request's head announces (RFC 9112 §6.3), 0 for none; -1 where only its end tells, as it does in
 * HTTP/2 (RFC 9113 §8.1).
 */
export function awaitedContent(version: string, fields: NamedFields): number {
  const { contentLength, contentEncoding, transferEncoding } = fields;
  if (isChannel(fields)) return -1;
  if (!version.startsWith('1.') || transferEncoding !== undefined) return -1;
  if (contentLength === undefined) return 0;
  return contentEncoding !== undefined || !/^\d{1,15}$/.test(contentLength) ? -1 : Number(contentLength);
}

const document =
  /^(?:text\/csv|application\/(?:csv|pdf|zip|x-zip-compressed|gzip|x-rar-compressed|x-7z-compressed|msword|rtf|vnd\.ms-excel|vnd\.openxmlformats-.*|vnd\.oasis\..*|x-xls|x-excel|octet-stream|x-download|force-download))$/;

/** A file to keep: Content-Disposition says so (RFC 6266), or the media type is a document's. */
export function isAttachment(disposition: string | undefined, type: string): boolean {
  if (disposition !== undefined) return /^\s*attachment\b/i.test(disposition) || /filename/i.test(disposition);
  return document.test(type);
}

/** The client's own leg, as a proxy that is trusted tells; null when nobody does. */
export function encryptedLeg(headers: HeaderList, peer: string, trusted: CidrSet): boolean | null {
  if (trusted.size === 0 || !trusted.has(peer)) return null;
  const forwarded = headerValue(headers, 'forwarded');
  const named =
    headerValue(headers, 'x-forwarded-proto') ??
    headerValue(headers, 'x-forwarded-scheme') ??
    /(?:^|[;,\s])proto="?([a-z]+)/i.exec(forwarded ?? '')?.[1];
  if (named === undefined) {
    const flag = headerValue(headers, 'front-end-https') ?? headerValue(headers, 'x-forwarded-ssl');
    return flag === undefined ? null : flag.toLowerCase() === 'on';
  }
  return /^\s*(?:https|wss)\b/i.test(named);
}
