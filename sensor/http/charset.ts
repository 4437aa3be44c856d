/**
 * Which charset a text body is in, as a WHATWG encoding name in lower case: byte order mark, then what was declared
 * (Content-Type, XML declaration, HTML meta), unless the octets contradict it, then what the octets say.
 */
import { TextDecoder } from 'node:util';
import { ByteEvidence } from './byte-evidence.ts';

/** `unknown` is text only if its octets look so. */
type Kind = 'text' | 'html' | 'xml' | 'binary' | 'unknown';

interface MediaType {
  readonly kind: Kind;
  /** Charset of the Content-Type field; empty when none, or one that does not exist. */
  readonly label: string;
}

/** Octets in which a declaration must stand (WHATWG HTML §13.2.3.2 prescan). */
const declarationSize = 1024;
/** Octets in which a byte order mark, or the zeros of UTF-16, show. */
const markSize = 4;

const decoders = new Map<string, TextDecoder | null>();
/** Labels come from the wire: past so many distinct ones the table begins anew. */
const maxLabels = 256;

function decoderOf(label: string): TextDecoder | null {
  const known = decoders.get(label);
  if (known !== undefined) return known;
  let decoder: TextDecoder | null = null;
  try {
    decoder = new TextDecoder(label);
  } catch {
    // No such encoding: the label is ignored.
  }
  if (decoders.size >= maxLabels) decoders.clear();
  decoders.set(label, decoder);
  return decoder;
}

/** WHATWG name of a charset label (`GB2312` → `gbk`, `latin1` → `windows-1252`); empty for a label that names none. */
export function charsetName(label: string): string {
  if (label.length === 0 || label.length > 40) return '';
  return decoderOf(label.toLowerCase())?.encoding.toLowerCase() ?? '';
}

/** Text of a body, with U+FFFD for what does not decode. An empty or unknown charset reads one character an octet. */
export function decodeText(bytes: Uint8Array, charset: string): string {
  const decoder = charset === '' ? null : decoderOf(charset);
  const octets = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (decoder === null) return octets.toString('latin1');
  try {
    return decoder.decode(bytes);
  } catch {
    // Node 20's decoders of the GB family refuse some octets even when they should replace them.
    return octets.toString('latin1');
  }
}

const textTypes = new Set([
  'application/json',
  'application/javascript',
  'application/x-javascript',
  'application/ecmascript',
  'application/x-www-form-urlencoded',
  'application/x-ndjson',
  'application/graphql',
  'application/yaml',
  'application/x-yaml',
  'application/sql',
]);
const binaryTypes =
  /^(?:image|audio|video|font)\/|^application\/(?:octet-stream|zip|gzip|x-gzip|pdf|x-protobuf|protobuf|grpc(?:\+proto)?|msgpack|x-msgpack|wasm|vnd\.(?!.*(?:json|xml)$).*)$/;

function kindOf(type: string): Kind {
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'html';
  if (type === 'text/xml' || type === 'application/xml' || type.endsWith('+xml')) return 'xml';
  if (type.startsWith('text/') || textTypes.has(type) || type.endsWith('+json')) return 'text';
  return binaryTypes.test(type) ? 'binary' : 'unknown';
}

const charsetParameter = /;\s*charset\s*=\s*["']?\s*([^\s"';,]+)/i;

function parseMediaType(field: string): MediaType {
  const semicolon = field.indexOf(';');
  const type = (semicolon < 0 ? field : field.slice(0, semicolon)).trim().toLowerCase();
  const label = semicolon < 0 ? '' : charsetName(charsetParameter.exec(field)?.[1] ?? '');
  return { kind: kindOf(type), label };
}

const mediaTypes = new Map<string, MediaType>();
const maxMediaTypes = 256;
/** Longer fields carry a boundary, which never comes twice. */
const maxKnownField = 64;

/** The field met last: of the strings on the wire none has its hash yet, and comparing two takes less than that. */
let lastField = '';
let lastType = parseMediaType('');

function mediaTypeOf(field: string): MediaType {
  if (field === lastField) return lastType;
  const type = lookUpMediaType(field);
  if (field.length <= maxKnownField) {
    lastField = field;
    lastType = type;
  }
  return type;
}

function lookUpMediaType(field: string): MediaType {
  const known = mediaTypes.get(field);
  if (known !== undefined) return known;
  const parsed = parseMediaType(field.length > 1024 ? field.slice(0, 1024) : field);
  if (field.length <= maxKnownField) {
    if (mediaTypes.size >= maxMediaTypes) mediaTypes.clear();
    mediaTypes.set(field, parsed);
  }
  return parsed;
}

const xmlDeclaration = /^\s*<\?xml\s[^>]*?encoding\s*=\s*["']\s*([A-Za-z0-9._:-]+)/;
const htmlMeta = /<meta\s[^>]*?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]+)/i;

/** Charset a document declares in its first octets; a declaration one can read byte by byte is not UTF-16. */
function declaredIn(head: Uint8Array, kind: Kind): string {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1', 0, declarationSize);
  const label = xmlDeclaration.exec(text)?.[1] ?? (kind === 'html' ? htmlMeta.exec(text)?.[1] : undefined);
  const name = charsetName(label ?? '');
  return name.startsWith('utf-16') ? 'utf-8' : name;
}

/** Byte order mark, or the zeros that ASCII in UTF-16 begins with. */
function markedBy(head: Uint8Array, at: number, length: number): string {
  if (length >= 3 && head[at] === 0xef && head[at + 1] === 0xbb && head[at + 2] === 0xbf) return 'utf-8';
  if (length >= 2 && head[at] === 0xff && head[at + 1] === 0xfe) return 'utf-16le';
  if (length >= 2 && head[at] === 0xfe && head[at + 1] === 0xff) return 'utf-16be';
  if (length < 4) return '';
  const even = head[at] === 0 && head[at + 2] === 0;
  const odd = head[at + 1] === 0 && head[at + 3] === 0;
  if (even && head[at + 1] !== 0 && head[at + 3] !== 0) return 'utf-16be';
  return odd && head[at] !== 0 && head[at + 2] !== 0 ? 'utf-16le' : '';
}

/** Watches a body go by and names its charset at the end. Keeps no more than the first 1024 octets, and those seldom. */
export class CharsetSniffer {
  readonly #type: MediaType;
  readonly #evidence: ByteEvidence | null;
  readonly #headSize: number;
  /** The first octets, held only when they come in several pieces. */
  #head: Uint8Array | null = null;
  #headLength = 0;
  #headRead = false;
  #marked = '';
  #declared = '';
  #zeros = false;
  #done: boolean;

  constructor(contentType: string) {
    this.#type = mediaTypeOf(contentType);
    this.#done = this.#type.kind === 'binary';
    this.#evidence = this.#done ? null : new ByteEvidence();
    const declares = this.#type.label === '' && (this.#type.kind === 'html' || this.#type.kind === 'xml');
    this.#headSize = declares ? declarationSize : markSize;
  }

  see(bytes: Uint8Array, start: number, end: number): void {
    if (this.#done || start >= end) return;
    if (!this.#headRead) this.#seeHead(bytes, start, end);
    if (this.#type.kind === 'unknown' && !this.#zeros) {
      this.#zeros = bytes.subarray(start, Math.min(end, start + declarationSize)).includes(0);
    }
    const evidence = this.#evidence!;
    if (!evidence.settled) evidence.see(bytes, start, end);
    this.#done = this.#headRead && (this.#marked !== '' || evidence.settled);
  }

  /** The name, or empty when the body is not text, or text of a charset that nothing tells. */
  decide(): string {
    const { kind, label } = this.#type;
    if (kind === 'binary') return '';
    if (!this.#headRead && this.#head !== null) this.#readHead(this.#head, 0, this.#headLength);
    if (this.#marked !== '') return this.#marked;
    if (kind === 'unknown' && this.#zeros) return '';
    const evidence = this.#evidence!;
    let declared = label === '' ? this.#declared : label;
    // UTF-16 would have shown its zeros or its mark.
    if (declared.startsWith('utf-16') && !evidence.high) declared = '';
    if (!evidence.high) return declared === '' ? 'utf-8' : declared;
    if (!evidence.utf8Invalid || evidence.utf8Characters >= 8) return this.#asUtf8(declared, evidence.utf8Characters);
    if (declared !== '' && declared !== 'utf-8' && declared !== 'windows-1252') return declared;
    return evidence.plausibleGb ? 'gb18030' : declared;
  }

  /** The octets are UTF-8. Latin-1 is what servers say who were told nothing; two Chinese characters may be a chance. */
  #asUtf8(declared: string, characters: number): string {
    if (declared === '' || declared === 'utf-8') return 'utf-8';
    if (declared === 'windows-1252' && characters > 0) return 'utf-8';
    return characters >= 3 ? 'utf-8' : declared;
  }

  #seeHead(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (this.#head === null && length >= this.#headSize) {
      this.#readHead(bytes, start, length);
      return;
    }
    this.#head ??= new Uint8Array(this.#headSize);
    const taken = Math.min(this.#headSize - this.#headLength, length);
    for (let i = 0; i < taken; i++) this.#head[this.#headLength + i] = bytes[start + i]!;
    this.#headLength += taken;
    if (this.#headLength === this.#headSize) this.#readHead(this.#head, 0, this.#headLength);
  }

  #readHead(bytes: Uint8Array, at: number, length: number): void {
    this.#headRead = true;
    this.#head = null;
    this.#marked = markedBy(bytes, at, length);
    if (this.#headSize === declarationSize && this.#marked === '') {
      this.#declared = declaredIn(bytes.subarray(at, at + Math.min(length, declarationSize)), this.#type.kind);
    }
  }
}
