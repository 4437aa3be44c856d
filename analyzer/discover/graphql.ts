/** The head of a GraphQL document (GraphQL specification, October 2021, §2): enough to name its operation. */
export interface GraphqlOperation {
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** Empty for an anonymous operation. */
  readonly name: string;
  /** First field of the selection set; empty when the text was cut before it, or a fragment comes first. */
  readonly field: string;
}

/** The first operation of the text, which may be cut; null when the text does not begin like a document. */
export function firstOperation(text: string): GraphqlOperation | null {
  let at = skipIgnored(text, 0);
  // Fragments may come first; each is passed over whole.
  while (nameAt(text, at) === 'fragment') {
    const name = nameAt(text, skipIgnored(text, at + 8));
    if (name === '' || name === 'on') return null;
    const body = braceAfter(text, at);
    if (body < 0) return null;
    const end = closing(text, body);
    if (end < 0) return null;
    at = skipIgnored(text, end + 1);
  }
  if (text[at] === '{') return isSelection(text, at) ? { kind: 'query', name: '', field: fieldAfter(text, at) } : null;
  const kind = nameAt(text, at);
  if (kind !== 'query' && kind !== 'mutation' && kind !== 'subscription') return null;
  at = skipIgnored(text, at + kind.length);
  const name = nameAt(text, at);
  at = skipIgnored(text, at + name.length);
  const c = text[at];
  if (c !== '{' && c !== '(' && c !== '@') return null;
  const brace = c === '{' ? at : braceAfter(text, at);
  if (brace >= 0 && !isSelection(text, brace)) return null;
  return { kind, name, field: brace < 0 ? '' : fieldAfter(text, brace) };
}

function isNameCode(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a) || c === 0x5f;
}

function nameAt(text: string, at: number): string {
  let end = at;
  while (end < text.length && isNameCode(text.charCodeAt(end))) end++;
  return text.slice(at, end);
}

/** White space, commas, comments and the byte order mark mean nothing (§2.1). */
function skipIgnored(text: string, from: number): number {
  let i = from;
  for (; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x23) {
      while (i + 1 < text.length && text[i + 1] !== '\n' && text[i + 1] !== '\r') i++;
    } else if (c !== 0x20 && c !== 0x2c && c !== 0xfeff && !(c >= 0x09 && c <= 0x0d)) {
      break;
    }
  }
  return i;
}

/** End of a string that begins at `at` (§2.9.4), or the end of the text. */
function stringEnd(text: string, at: number): number {
  if (text.startsWith('"""', at)) {
    const end = text.indexOf('"""', at + 3);
    return end < 0 ? text.length : end + 2;
  }
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i;
  }
  return text.length;
}

/** The next `{` outside parentheses and strings: default values of variables are objects too. -1 when cut. */
function braceAfter(text: string, from: number): number {
  let parentheses = 0;
  for (let i = from; i < text.length; i++) {
    const c = text[i];
    if (c === '"') i = stringEnd(text, i);
    else if (c === '#') i = skipIgnored(text, i) - 1;
    else if (c === '(') parentheses++;
    else if (c === ')') parentheses--;
    else if (c === '{' && parentheses <= 0) return i;
  }
  return -1;
}

/** The brace that closes the one at `open`; -1 when cut. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    const c = text[i];
    if (c === '"') i = stringEnd(text, i);
    else if (c === '#') i = skipIgnored(text, i) - 1;
    else if (c === '{') depth++;
    else if (c === '}' && --depth === 0) return i;
  }
  return -1;
}

/** A selection set begins with a field or a fragment: that tells a document from JSON inside a string. */
function isSelection(text: string, brace: number): boolean {
  const at = skipIgnored(text, brace + 1);
  return at >= text.length || text[at] === '.' || (nameAt(text, at) !== '' && !/\d/.test(text[at]!));
}

/** Name of the first field; of `alias: field` the field. */
function fieldAfter(text: string, brace: number): string {
  const at = skipIgnored(text, brace + 1);
  const first = nameAt(text, at);
  const colon = skipIgnored(text, at + first.length);
  return text[colon] === ':' ? nameAt(text, skipIgnored(text, colon + 1)) : first;
}
