/** What single header fields say. */
import { type HeaderList, headerValue, type RequestHead } from '../../sensor/transaction.ts';
import type { CidrSet } from '../identify/cidr.ts';

/** `type/subtype` in lower case (RFC 9110 §8.3.1); at most 100 characters, empty when absent. */
export function mediaType(field: string | undefined): string {
  if (field === undefined) return '';
  const end = field.indexOf(';');
  return (end < 0 ? field : field.slice(0, end)).trim().toLowerCase().slice(0, 100);
}

/**
 * Octets of content a request's head announces (RFC 9112 §6.3), 0 for none; -1 where only its end tells, as it does in
 * HTTP/2 (RFC 9113 §8.1).
 */
export function awaitedContent({ version, headers }: RequestHead): number {
  if (!version.startsWith('1.') || headerValue(headers, 'transfer-encoding') !== undefined) return -1;
  const length = headerValue(headers, 'content-length');
  if (length === undefined) return 0;
  const coded = headerValue(headers, 'content-encoding') !== undefined;
  return coded || !/^\d{1,15}$/.test(length) ? -1 : Number(length);
}

const document =
  /^(?:text\/csv|application\/(?:csv|pdf|zip|x-zip-compressed|gzip|x-rar-compressed|x-7z-compressed|msword|rtf|vnd\.ms-excel|vnd\.openxmlformats-.*|vnd\.oasis\..*|x-xls|x-excel|octet-stream|x-download|force-download))$/;

/** A file to keep: Content-Disposition says so (RFC 6266), or the media type is a document's. */
export function isAttachment(headers: HeaderList, type: string): boolean {
  const disposition = headerValue(headers, 'content-disposition');
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
