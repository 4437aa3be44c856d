/** A request's value at a place whose name says what it may be. */
import { flawsOfCipher } from './fake-cipher.ts';
import { isScriptName, isServerPath } from './files.ts';
import { costOf } from './graphql-cost.ts';
import { holds, structure } from './structure.ts';

const longestText = 64 * 1024;
/** Names of files and paths; what is longer is neither. */
const longestPath = 4 * 300;
const shortestPath = 4;
/** Values of fewer octets are no cipher's. */
const shortestCipher = 16;
const web = /^(?:https?|ftp):(?:\/\/|%2f%2f)[\w.[\]:-]{3,}/i;

/** As bits of `structure`. `held`: bits of `holds`. */
export function structureOf(held: number, bytes: Uint8Array, start: number, end: number): number {
  const may = candidates(held, bytes, start, end);
  if (may === 0) return 0;
  const length = Math.min(end - start, longestText);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString('utf8');
  let found = 0;
  if ((may & holds.query) !== 0) found |= costOf(text);
  if ((may & holds.upload) !== 0 && isScriptName(text)) found |= structure.scriptFile;
  if ((may & holds.path) !== 0 && isServerPath(text)) found |= structure.serverPath;
  if ((may & holds.address) !== 0 && web.test(text)) found |= structure.webAddress;
  if ((may & holds.cipher) !== 0) found |= flawsOfCipher(text);
  return found;
}

/** Of `held` what the octets alone do not rule out: nearly nothing is, and then no text is made of them. */
function candidates(held: number, bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length < shortestPath) return 0;
  let may = held & holds.query;
  if ((held & holds.upload) !== 0 && length <= longestPath) may |= holds.upload;
  if ((held & holds.path) !== 0 && length <= longestPath && mayBePath(bytes, start, end)) may |= holds.path;
  // http, https, ftp.
  const first = bytes[start]! | 0x20;
  if ((held & holds.address) !== 0 && (first === 0x68 || first === 0x66)) may |= holds.address;
  if ((held & holds.cipher) !== 0 && length >= shortestCipher) may |= holds.cipher;
  return may;
}

/** With a slash of either kind, or one that is encoded. */
function mayBePath(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const octet = bytes[i]!;
    if (octet === 0x2f || octet === 0x5c || octet === 0x25) return true;
  }
  return false;
}
