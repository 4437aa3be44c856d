import { classOf } from './segment.ts';

/** Longest name kept, in characters. */
const longestName = 128;

/**
 * A function's name as a message gave it, fit to be a part of an API's identity: bounded, printable, without values.
 * Numbers stay: function numbers are how many trading back ends name their operations.
 */
export function operationName(raw: string): string {
  const text = raw.length > longestName ? raw.slice(0, longestName) : raw;
  let out = '';
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c > 0x20 && c !== 0x7f && !(c >= 0x80 && c < 0xa1) && c !== 0x7b && c !== 0x7d) continue;
    out += `${text.slice(from, i)}_`;
    from = i + 1;
  }
  const name = from === 0 ? text : out + text.slice(from);
  switch (classOf(name)) {
    case 'uuid':
    case 'email':
    case 'mobile':
    case 'id-card':
    case 'ip':
    case 'jwt':
    case 'hex':
    case 'objectid':
    case 'token':
    case 'datetime':
      return `{${classOf(name)}}`;
    default:
      return name;
  }
}
