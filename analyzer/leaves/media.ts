/** Formats of content: what the media type says, and what the first octets say where it says too little. */
import { startsLikeJson } from './embedded.ts';

/** What has a framing of its own: nothing about it is to be guessed. */
export const framedFormats = [
  'grpc', // messages of Protocol Buffers, each with its length
  'grpc-text', // the same in Base64 (gRPC-Web)
  'grpc-json',
  'protobuf',
  'events', // an event stream
  'messages', // of a WebSocket, a line each
] as const;
export type Framed = (typeof framedFormats)[number];

export type Declared =
  | 'json'
  | 'lines' // one JSON value a line
  | 'form'
  | 'multipart'
  | 'xml'
  | 'csv'
  | 'html'
  | 'script' // JSONP, or a program
  | 'text'
  | 'pdf'
  | Framed
  | 'unknown'
  | 'ignored';

/** What has a parser. */
export type Format = 'json' | 'lines' | 'form' | 'xml' | 'csv' | 'html' | 'script' | 'text';

/** Stands for the media type that messages of a WebSocket don't have. */
export const webSocketMessages = 'websocket';

/** By the value of Content-Type. Archives and documents (`octet-stream`, …) may be mislabelled text: `unknown`. */
export function declared(contentType: string): Declared {
  const semicolon = contentType.indexOf(';');
  const type = (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
  if (type === 'text/event-stream') return 'events';
  if (type === webSocketMessages) return 'messages';
  if (type.startsWith('application/grpc')) return grpcKind(type);
  if (type === 'application/json' || type.endsWith('+json')) return 'json';
  if (type.startsWith('multipart/')) return 'multipart';
  if (/^(image|audio|video|font|model)\//.test(type)) return type.endsWith('+xml') ? 'xml' : 'ignored';
  if (/[/.+-](x-)?(ndjson|jsonl|json-?lines|json-seq)$/.test(type)) return 'lines';
  if (/\bjson\b/.test(type)) return 'json';
  if (type.endsWith('x-www-form-urlencoded')) return 'form';
  // `proto`: Connect's unary calls.
  if (/^application\/(?:(?:x-|vnd\.google\.)?protobuf|proto)$/.test(type)) return 'protobuf';
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'html';
  if (/[/+]xml$/.test(type)) return 'xml';
  if (/\bcsv$|tab-separated-values$/.test(type)) return 'csv';
  if (/(java|ecma)script$/.test(type)) return 'script';
  if (type === 'text/css' || type === 'application/wasm') return 'ignored';
  if (type === 'application/pdf' || type === 'application/x-pdf') return 'pdf';
  return type.startsWith('text/') ? 'text' : 'unknown';
}

/** `application/grpc`, `application/grpc+proto`, `application/grpc-web+json`, `application/grpc-web-text` … */
function grpcKind(type: string): Declared {
  const message = /^application\/grpc(?:-web(-text)?)?(?:\+(.*))?$/.exec(type);
  if (message === null) return 'ignored';
  const [, text, kind = 'proto'] = message;
  if (kind === 'proto') return text === undefined ? 'grpc' : 'grpc-text';
  return kind === 'json' && text === undefined ? 'grpc-json' : 'ignored';
}

/** By the first octets, `bytes[0, size)`, which did not decide at once. */
export function sniffed(format: Declared, bytes: Uint8Array, size: number): Format | 'ignored' {
  let start = 0;
  while (
    start < size &&
    (bytes[start] <= 0x20 || bytes[start] === 0xef || bytes[start] === 0xbb || bytes[start] === 0xbf)
  )
    start++;
  if (start === size) return format === 'json' || format === 'lines' ? format : 'text';
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, size - start).toString('latin1');
  if (format === 'html') return program.test(text) ? 'script' : 'html';
  if (text[0] === '<') return /^<(!doctype\s+html|html|head|body|script|div|table)\b/i.test(text) ? 'html' : 'xml';
  if (format === 'csv') return 'csv';
  if (startsLikeJson(bytes, start, size) === true) return 'json';
  if (format === 'json' || format === 'lines') return format;
  // JSONP: a call with an object, an array or a string.
  if (/^(\/\*\*\/)?[\s;]*(typeof [\w$.]+ *=== *'function' *&& *)?[\w$.]{1,100}\s*\(\s*[[{"]/.test(text)) return 'json';
  if (/^\)\]\}'?,?\s*[[{]/.test(text)) return 'json';
  if (isBinary(text)) return 'ignored';
  if (format === 'script' || program.test(text)) return 'script';
  if (/^[\w.%[\]-]{1,64}=[^\s<>"]*$/.test(text)) return 'form';
  return isTable(text) ? 'csv' : 'text';
}

/**
 * A script that is served as a page or as text: `pin: function (…)` in it is no PIN. One that begins with an object may
 * be a configuration with secrets, and is read.
 */
const program =
  /^(?:\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/|\/\/[^\n]*\n)?\s*(?:['"]use strict['"]|[;!+~(]{0,3}function(?:\s+[\w$]{1,100})?\s*\(|[;!+~(]{0,3}\(\)\s*=>)/;

/** Control characters that no text has. */
function isBinary(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x09 || (c > 0x0d && c < 0x20 && c !== 0x1b)) return true;
  }
  return false;
}

/** Two lines or more, each with the same number of separators, at least two. */
function isTable(text: string): boolean {
  const lines = text.split(/\r?\n/);
  // The last may be cut, unless there are just two.
  if (lines.length < 2) return false;
  return [',', '\t', ';', '|'].some((separator) => {
    const count = lines[0].split(separator).length;
    return (
      count > 2 && lines.slice(0, Math.max(2, lines.length - 1)).every((line) => line.split(separator).length === count)
    );
  });
}
