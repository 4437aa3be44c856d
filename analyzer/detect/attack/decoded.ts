/**
 * A value as the program behind it may come to read it: percent-encoding up to three times, character references of
 * HTML, escapes of JavaScript, and Base64 once. Each step is taken only where the text asks for it.
 */

/** Characters of a value that are looked at. */
export const longestText = 2048;
const mostPercent = 3;

const named: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  tab: '\t',
  newline: '\n',
  colon: ':',
  lpar: '(',
  rpar: ')',
  nbsp: ' ',
  sol: '/',
  bsol: '\\',
  equals: '=',
  semi: ';',
};

function character(code: number): string {
  return code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

function percentDecoded(text: string): string {
  return text
    .replace(/%u([0-9a-f]{4})/gi, (_, digits: string) => character(Number.parseInt(digits, 16)))
    .replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
      const octets = Buffer.from(run.replaceAll('%', ''), 'hex');
      const wide = octets.toString('utf8');
      // Overlong forms of dot and slash (%c0%ae, %c0%af) are what some programs still take for them.
      return wide.includes('\ufffd')
        ? octets.toString('latin1').replaceAll('\u00c0\u00ae', '.').replaceAll('\u00c0\u00af', '/')
        : wide;
    });
}

function unescaped(text: string): string {
  // Brackets of full width are taken for plain ones by programs that fold characters.
  let out = text.includes('\uff1c') ? text.replaceAll('\uff1c', '<').replaceAll('\uff1e', '>') : text;
  if (out.includes('&')) {
    out = out
      .replace(/&#x0*([0-9a-f]{1,6});?/gi, (_, digits: string) => character(Number.parseInt(digits, 16)))
      .replace(/&#0*(\d{1,7});?/g, (_, digits: string) => character(Number(digits)))
      .replace(/&([a-z]{2,8});/gi, (all, name: string) => named[name.toLowerCase()] ?? all);
  }
  if (out.includes('\\')) {
    out = out
      .replace(/\\u\{?([0-9a-f]{4,6})\}?/gi, (_, digits: string) => character(Number.parseInt(digits, 16)))
      .replace(/\\x([0-9a-f]{2})/gi, (_, digits: string) => character(Number.parseInt(digits, 16)));
  }
  return out;
}

/** Base64 of 16 characters or more whose content is text; else empty. */
function fromBase64(text: string): string {
  if (text.length < 16 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(text) || /^[0-9]+$/.test(text)) return '';
  const octets = Buffer.from(text, 'base64');
  for (const octet of octets)
    if (octet < 0x20 ? octet !== 0x0a && octet !== 0x0d && octet !== 0x09 : octet > 0x7e) return '';
  return octets.toString('latin1');
}

/** The text in every reading that differs from the one before it; the last one is decoded the most. */
export function readingsOf(text: string): string[] {
  const out = [text];
  let now = text;
  for (let i = 0; i < mostPercent && now.includes('%'); i++) {
    const next = percentDecoded(now);
    if (next === now) break;
    now = next;
    out.push(now);
  }
  const plain = unescaped(now);
  if (plain !== now) out.push(plain);
  const inside = fromBase64(now);
  if (inside !== '') out.push(inside);
  return out;
}
