/**
 * The hops that proxies wrote into a request, nearest last, as text: `X-Forwarded-For` (a list, perhaps over several
 * fields) and `Forwarded` (RFC 7239). Garbage stays in its place as the empty text: a walk must stop there.
 */
import { addressOf } from './address.ts';

/** Hops kept, nearest to the server; what lies further off was said by nobody who can be trusted. */
const mostHops = 32;
const longestField = 4096;

/** Appends the addresses of one `X-Forwarded-For` field. */
export function addForwardedFor(field: string, hops: string[]): void {
  for (const item of tailOf(field).split(',')) {
    if (item.trim() !== '') push(hops, addressOf(item) ?? '');
  }
}

/** Appends the `for` of each element of one `Forwarded` field; an element without one is a hop that does not say. */
export function addForwarded(field: string, hops: string[]): void {
  const text = tailOf(field);
  let i = 0;
  while (i < text.length) {
    let node = '';
    let seen = false;
    for (; i < text.length && text[i] !== ','; ) {
      const equals = text.indexOf('=', i);
      const stop = separatorFrom(text, i);
      if (equals < 0 || equals > stop) {
        if (text.slice(i, stop).trim() !== '') seen = true;
        i = stop;
      } else {
        const name = text.slice(i, equals).trim().toLowerCase();
        const value = valueFrom(text, equals + 1);
        if (name === 'for' && node === '') node = value.text;
        seen = true;
        i = separatorFrom(text, value.end);
      }
      if (text[i] === ';') i++;
    }
    if (seen) push(hops, addressOf(node) ?? '');
    i++;
  }
}

function separatorFrom(text: string, from: number): number {
  let i = from;
  while (i < text.length && text[i] !== ';' && text[i] !== ',') i++;
  return i;
}

/** A token or a quoted string (RFC 9110 §5.6.4) with its escapes undone. */
function valueFrom(text: string, from: number): { text: string; end: number } {
  let i = from;
  while (text[i] === ' ') i++;
  if (text[i] !== '"') {
    const end = separatorFrom(text, i);
    return { text: text.slice(i, end).trim(), end };
  }
  let out = '';
  for (i++; i < text.length && text[i] !== '"'; i++) {
    if (text[i] === '\\' && i + 1 < text.length) i++;
    out += text[i];
  }
  return { text: out, end: Math.min(i + 1, text.length) };
}

/** The end of an over-long field is what the nearest proxies wrote. */
function tailOf(field: string): string {
  return field.length > longestField ? field.slice(field.length - longestField) : field;
}

function push(hops: string[], hop: string): void {
  if (hops.length === mostHops) hops.shift();
  hops.push(hop);
}
