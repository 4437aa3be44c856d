/**
 * Which attacks a value of a request attempts. Nearly all values have none of the characters that an attack needs, and
 * one walk over their octets says so; the others are read in each way that a program may come to read them.
 */
import { longestText, readingsOf } from './decoded.ts';
import { isClimbing, isCode, isCommand, isLookup, isPathTraversal, isServerRequest, isTemplate } from './injections.ts';
import { isMarkupInjection } from './markup-injection.ts';
import { isSqlInjection } from './sql-injection.ts';

/** Bits of the kinds, in the order of `attackNames`. */
export const attack = {
  sql: 1,
  markup: 2,
  path: 4,
  command: 8,
  request: 16,
  lookup: 32,
  template: 64,
  code: 128,
  entity: 256,
} as const;

/** As calls and rules name them. */
export const attackNames: readonly string[] = [
  ...['sql-injection', 'cross-site-scripting', 'path-traversal', 'command-injection', 'server-side-request'],
  ...['lookup-injection', 'template-injection', 'code-injection', 'external-entity'],
];

/** A path whose segments are all plain names needs no look. */
const oddPath = /%|\.\.|[<>'"(;\\$`|]|\/\.[a-z]|web-inf|win\.ini|etc\/|proc\/self/i;

/** In the path of a target, as it was sent: what its segments hold beside their parameters. */
export function attacksInPath(path: string): number {
  if (!oddPath.test(path)) return 0;
  const text = path.slice(0, longestText);
  const found = attacksInText(text, '', false) & ~attack.sql & ~attack.request;
  // The path of a file that scanners ask for climbs nowhere: rules count such paths.
  if ((found & attack.path) === 0 || readingsOf(text).some((each) => isClimbing(each.toLowerCase()))) return found;
  return found & ~attack.path;
}

const suspicious = new Uint8Array(256);
for (const c of '\'"`<>(){}$%;|&\\#=*\n\r\0') suspicious[c.charCodeAt(0)] = 1;
const dot = 0x2e;
const slash = 0x2f;
const blank = 0x20;
const minus = 0x2d;
const shortest = 3;

/** A text without a sign of danger may still be a statement's rest: `1 union select 2`. */
const plainSql = /\b(?:union|select|sleep|having|order\s+by|waitfor|drop|exec)\b/i;

/** Whether anything in the octets asks for a closer look. */
function isSuspicious(bytes: Uint8Array, start: number, end: number): boolean {
  let blanks = 0;
  for (let i = start; i < end; i++) {
    const c = bytes[i]!;
    if (suspicious[c] === 1) return true;
    if (c === blank) blanks++;
    else if (c === dot && bytes[i + 1] === dot && i + 1 < end) return true;
    else if (c === slash && i + 1 < end && (bytes[i + 1] === slash || i === start)) return true;
    else if (c === minus && i > start && bytes[i - 1] === minus) return true;
  }
  return blanks >= 2;
}

/**
 * The kinds as bits. `name`: of the parameter. `isHead`: a header field, whose own grammar has most of the signs; only
 * what is written for those who log it is looked for.
 */
export function attacksIn(bytes: Uint8Array, start: number, end: number, name: string, isHead: boolean): number {
  if (end - start < shortest || !isSuspicious(bytes, start, end)) return 0;
  const stop = Math.min(end, start + longestText);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, stop - start).toString('utf8');
  return attacksInText(text, name, isHead);
}

/** In a User-Agent, which is no leaf of the request. */
export function attacksInAgent(agent: string): number {
  return /\$\{|<[a-z!/]|\(\)\s*\{|\.\.\/|\/etc\//i.test(agent)
    ? attacksInText(agent.slice(0, longestText), '', true)
    : 0;
}

export function attacksInText(text: string, name: string, isHead: boolean): number {
  let found = 0;
  for (const reading of readingsOf(text)) {
    const lower = reading.toLowerCase();
    if (isLookup(lower)) found |= attack.lookup;
    if (isHead) {
      if (/\(\)\s*\{/.test(lower) && isCommand(lower)) found |= attack.command;
      if (lower.includes('<') && isMarkupInjection(lower)) found |= attack.markup;
      if ((lower.includes('..') || lower.includes('/etc/')) && isPathTraversal(lower)) found |= attack.path;
      continue;
    }
    if (/[^\w\s.,-]/.test(reading) || reading.includes('--') || plainSql.test(reading)) {
      if (isSqlInjection(reading)) found |= attack.sql;
    }
    if (isMarkupInjection(lower)) found |= attack.markup;
    if (isPathTraversal(lower)) found |= attack.path;
    if (isServerRequest(lower, name)) found |= attack.request;
    if (isTemplate(lower)) found |= attack.template;
    if (isCode(lower)) found |= attack.code;
    if (isCommand(lower)) found |= attack.command;
    if (/<!(?:doctype|entity)[^>]{0,200}(?:system|public|%|\[)/.test(lower)) found |= attack.entity;
  }
  return found;
}
