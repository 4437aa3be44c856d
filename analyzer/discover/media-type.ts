import { BoundedCache, ownCopy } from '../bounded-cache.ts';

const essences = new BoundedCache<string>(512);

/** Type and subtype of a Content-Type in lower case, without parameters (RFC 9110 §8.3.1); empty for none. */
export function essenceOf(contentType: string | undefined): string {
  if (contentType === undefined || contentType === '') return '';
  if (contentType.length > 256) return '';
  let essence = essences.get(contentType);
  if (essence === undefined) {
    const semicolon = contentType.indexOf(';');
    essence = (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
    essences.set(ownCopy(contentType), essence);
  }
  return essence;
}

export type MediaKind = 'json' | 'xml' | 'html' | 'form' | 'page-part' | 'picture' | 'data' | 'text' | 'none';

const known = new Map<string, MediaKind>([
  ['', 'none'],
  ['application/json', 'json'],
  ['text/json', 'json'],
  ['application/x-json', 'json'],
  ['application/x-ndjson', 'json'],
  ['application/json-rpc', 'json'],
  ['application/xml', 'xml'],
  ['text/xml', 'xml'],
  ['text/html', 'html'],
  ['application/xhtml+xml', 'html'],
  ['application/x-www-form-urlencoded', 'form'],
  ['multipart/form-data', 'form'],
  ['text/css', 'page-part'],
  ['text/javascript', 'page-part'],
  ['application/javascript', 'page-part'],
  ['application/x-javascript', 'page-part'],
  ['application/ecmascript', 'page-part'],
  ['application/wasm', 'page-part'],
  ['application/manifest+json', 'page-part'],
  ['application/font-woff', 'page-part'],
  ['application/x-font-ttf', 'page-part'],
  ['application/x-font-woff', 'page-part'],
  ['application/vnd.ms-fontobject', 'page-part'],
  ['text/plain', 'text'],
  ['text/event-stream', 'data'],
  ['text/csv', 'data'],
]);

/** What a media type is to an observer of APIs. `page-part`: a page loads it to work; `data`: any other content. */
export function mediaKind(essence: string): MediaKind {
  const kind = known.get(essence);
  if (kind !== undefined) return kind;
  if (essence.endsWith('+json')) return 'json';
  if (essence.startsWith('image/') || essence.startsWith('audio/') || essence.startsWith('video/')) return 'picture';
  if (essence.endsWith('+xml')) return 'xml';
  if (essence.startsWith('font/')) return 'page-part';
  return essence.startsWith('application/') ? 'data' : 'text';
}
