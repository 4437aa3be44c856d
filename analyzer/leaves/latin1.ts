/** Text of a message's head, one character an octet (RFC 9110 §5.5), given to a parser as octets. */
import type { LeafParser } from '../leaf.ts';
import type { LeafOutput } from './output.ts';
import type { TreeNode } from './tree.ts';

/** Shared by a thread: what is in it is used up before the call returns. */
const buffer = Buffer.alloc(8 * 1024);
let busy = false;
/** Longer texts are copied by native code. */
const shortest = 256;
const PERCENT = 0x25;
const AMPERSAND = 0x26;
const PLUS = 0x2b;
const EQUALS = 0x3d;

/**
 * Hands over a text that reads as it stands: ASCII without a percent sign, as most values are. False when it is another
 * and needs a parser.
 */
export function plainLeaf(output: LeafOutput, node: TreeNode, text: string): boolean {
  const { length } = text;
  if (busy || length > shortest) return false;
  for (let i = 0; i < length; i++) {
    const c = text.charCodeAt(i);
    if (c > 0x7e || c === 0x25) return false;
    buffer[i] = c;
  }
  busy = true;
  try {
    output.leaf(node, 'text', buffer, 0, length);
  } finally {
    busy = false;
  }
  return true;
}

/** Writes `text` and ends the parser: what `end()` says. */
export function parseLatin1(parser: LeafParser, text: string): boolean {
  // Someone who parses a head while looking at a leaf of another gets a buffer of his own.
  const target = busy ? Buffer.alloc(buffer.length) : buffer;
  const outermost = !busy;
  busy = true;
  try {
    for (let at = 0; at < text.length; at += target.length) {
      const piece = text.length <= target.length ? text : text.slice(at, at + target.length);
      parser.write(target, 0, target.write(piece, 0, 'latin1'));
    }
    return parser.end();
  } finally {
    if (outermost) busy = false;
  }
}

/**
 * Hands over `name=value&name=value` where it reads as it stands: ASCII without percent and plus signs, and names
 * without brackets and points. False when it is another and needs a parser.
 */
export function plainPairs(output: LeafOutput, root: TreeNode, text: string): boolean {
  const { length } = text;
  if (busy || length > shortest || length > output.limits.valueBytes) return false;
  let inName = true;
  for (let i = 0; i < length; i++) {
    const c = text.charCodeAt(i);
    if (c > 0x7e || c === PERCENT || c === PLUS) return false;
    if (c === AMPERSAND) inName = true;
    else if (c === EQUALS) inName = false;
    else if (inName && (c === 0x5b || c === 0x5d || c === 0x2e)) return false;
    buffer[i] = c;
  }
  busy = true;
  try {
    for (let at = 0; at <= length; ) {
      let i = at;
      while (i < length && buffer[i] !== AMPERSAND && buffer[i] !== EQUALS) i++;
      const isNamed = i < length && buffer[i] === EQUALS;
      let end = i;
      while (end < length && buffer[end] !== AMPERSAND) end++;
      if (isNamed) output.leaf(i > at ? output.key(root, buffer, at, i) : root, 'text', buffer, i + 1, end);
      // A name alone has no value; it often is one.
      else if (i > at) output.leaf(root, 'text', buffer, at, i);
      at = end + 1;
    }
  } finally {
    busy = false;
  }
  return true;
}
