/** A request's value at a place whose name says what it may be. */
import { flawsOfCipher } from './fake-cipher.ts';
import { isScriptName, isServerPath } from './files.ts';
import { costOf } from './graphql-cost.ts';
import { holds, structure } from './structure.ts';

const longestText = 64 * 1024;
const shortestPath = 4;
const web = /^(?:https?|ftp):(?:\/\/|%2f%2f)[\w.[\]:-]{3,}/i;

/** As bits of `structure`. `held`: bits of `holds`. */
export function structureOf(held: number, bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length < shortestPath) return 0;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(length, longestText)).toString('utf8');
  let found = 0;
  if ((held & holds.query) !== 0) found |= costOf(text);
  if ((held & holds.upload) !== 0 && isScriptName(text)) found |= structure.scriptFile;
  if ((held & holds.path) !== 0 && isServerPath(text)) found |= structure.serverPath;
  if ((held & holds.address) !== 0 && web.test(text)) found |= structure.webAddress;
  if ((held & holds.cipher) !== 0) found |= flawsOfCipher(text);
  return found;
}
