/** A SOAP envelope (SOAP 1.1 §4, SOAP 1.2 part 1 §5) in a text that may be cut: is it one, and what does its body ask. */
export interface SoapEnvelope {
  /** Local name of the body's first child; empty when the text was cut before it, or the body is empty. */
  readonly bodyChild: string;
}

const namespaces = ['http://schemas.xmlsoap.org/soap/envelope/', 'http://www.w3.org/2003/05/soap-envelope'];
/** Tags looked at: a longer header is not walked to its end. */
const mostTags = 4096;

/** Null when the root element is not an Envelope in a SOAP namespace. */
export function soapEnvelope(bytes: Uint8Array): SoapEnvelope | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const root = nextTag(text, 0);
  if (root === null || root.closes || root.name !== 'Envelope') return null;
  const attributes = text.slice(root.nameEnd, root.end);
  if (!namespaces.some((namespace) => attributes.includes(namespace))) return null;
  let depth = root.empty ? 0 : 1;
  let from = root.end;
  for (let tags = 0; tags < mostTags && depth > 0; tags++) {
    const tag = nextTag(text, from);
    if (tag === null) break;
    from = tag.end;
    if (tag.closes) {
      depth--;
      continue;
    }
    if (depth === 1 && tag.name === 'Body') {
      if (tag.empty) break;
      const child = nextTag(text, from);
      return { bodyChild: child === null || child.closes ? '' : Buffer.from(child.name, 'latin1').toString('utf8') };
    }
    if (!tag.empty) depth++;
  }
  return { bodyChild: '' };
}

interface Tag {
  /** Local name: what follows the prefix. */
  readonly name: string;
  readonly nameEnd: number;
  readonly end: number;
  readonly closes: boolean;
  readonly empty: boolean;
}

/** The next element tag; comments, CDATA, processing instructions and the document type are passed over. */
function nextTag(text: string, from: number): Tag | null {
  let at = from;
  for (;;) {
    at = text.indexOf('<', at);
    if (at < 0) return null;
    const past = markupEnd(text, at);
    if (past === at) break;
    if (past < 0) return null;
    at = past;
  }
  const closes = text[at + 1] === '/';
  const nameStart = closes ? at + 2 : at + 1;
  let nameEnd = nameStart;
  while (nameEnd < text.length && !isNameEnd(text.charCodeAt(nameEnd))) nameEnd++;
  const end = tagEnd(text, nameEnd);
  if (end < 0) return null;
  const qualified = text.slice(nameStart, nameEnd);
  const name = qualified.slice(qualified.indexOf(':') + 1);
  return { name, nameEnd, end: end + 1, closes, empty: !closes && text[end - 1] === '/' };
}

/** End of what is no element and begins at `at`; `at` itself when it is one; -1 when it was cut. */
function markupEnd(text: string, at: number): number {
  const c = text[at + 1];
  if (c !== '!' && c !== '?') return at;
  const close = c === '?' ? '?>' : text.startsWith('<!--', at) ? '-->' : text.startsWith('<![CDATA[', at) ? ']]>' : '>';
  const end = text.indexOf(close, at + 2);
  return end < 0 ? -1 : end + close.length;
}

function isNameEnd(c: number): boolean {
  return c <= 0x20 || c === 0x3e || c === 0x2f;
}

/** Position of the `>`; quoted attribute values may hold others. -1 when cut. */
function tagEnd(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const c = text[i];
    if (c === '>') return i;
    if (c === '"' || c === "'") {
      i = text.indexOf(c, i + 1);
      if (i < 0) return -1;
    }
  }
  return -1;
}

/** Local name of the action that the field of that name tells, or the media type; empty for none. */
export function soapAction(field: string | undefined, contentType: string | undefined): string {
  return lastPart(field ?? actionParameter(contentType ?? ''));
}

/** `getQuote` of `"urn:broker#getQuote"` or `http://broker/quotes/getQuote`. */
function lastPart(action: string): string {
  const text = action.replace(/^[\s"']+|[\s"'/]+$/g, '');
  return text.slice(Math.max(text.lastIndexOf('/'), text.lastIndexOf('#'), text.lastIndexOf(':')) + 1);
}

/** SOAP 1.2 names its action in the media type (RFC 3902). */
function actionParameter(contentType: string): string {
  return /;\s*action\s*=\s*"?([^";]{1,512})/i.exec(contentType)?.[1] ?? '';
}

/** How messages are called after their operations: `queryBillRequest`, `QueryBillIn`. */
const ending = /(?:request|req|input|in|message|msg|parameters?|params?)$/;

/** An action that names neither the body's first child nor what it is built of, or the other way round. */
export function isOtherAction(action: string, bodyChild: string): boolean {
  const named = plain(action);
  const sent = plain(bodyChild);
  // XML encryption hides what the body asks.
  return named !== '' && sent !== '' && bodyChild !== 'EncryptedData' && !named.includes(sent) && !sent.includes(named);
}

function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replace(ending, '');
}
