/**
 * Endpoint template of one path from the spelling of its segments: strong values become `{name}`, words stay.
 * Stateless: the first request counts, and the same path always gives the same template. What only behaviour can
 * tell (logins, slugs) is left apart here and merged by the inventory's learning.
 */
import { RepeatCache } from '../repeat-cache.ts';
import { dispatchedName, dispatchedNumber } from './dispatched-number.ts';
import { extensionKind, extensionStart } from './lexicon.ts';
import { parameterName } from './parameter-name.ts';
import { normalisePath, pathOf } from './path.ts';
import { isPathStart } from './path-starts.ts';
import { classOf, isStrong, type SegmentClass } from './segment.ts';
import { maskSegment } from './segment-mask.ts';
import { decodeText } from './text-decode.ts';

export interface PathParameter {
  readonly name: string;
  readonly class: SegmentClass;
  /** Position of its segment in the path, from 1. */
  readonly segment: number;
  /** As it stood in the path, percent-decoded once, one character an octet (UTF-8). Clear: it stays in `read`. */
  readonly value: string;
}

export interface PathTemplate {
  /** `/customers/{customerId}/orders`; no raw strong value is in it, but a function's number may be. */
  readonly template: string;
  /** The normalised path with the parameters' values masked. */
  readonly masked: string;
  /** `2=integer 4=uuid`: segment and class of each parameter; empty when there is none. */
  readonly reason: string;
  readonly parameters: readonly PathParameter[];
}

/** Whether a text that reads as a word is a person's name or number all the same: who knows values tells. */
export type IsClear = (text: string) => boolean;
const nothingIsClear: IsClear = () => false;

/** Paths kept, and characters of the longest: at most 10 MB. Most paths with values in them never come again. */
const cachedPaths = 8192;
const longestCached = 512;

export class PathTemplates {
  readonly #cache = new RepeatCache<PathTemplate>(cachedPaths, longestCached);
  readonly #infer: (path: string) => PathTemplate;

  constructor(isClear: IsClear = nothingIsClear) {
    this.#infer = (path) => inferTemplate(path, isClear);
  }

  /** `target` is a request target as sent (Latin-1); its query and fragment are ignored. */
  of(target: string): PathTemplate {
    const path = pathOf(target);
    return this.#cache.get(path) ?? this.#cache.make(path, this.#infer);
  }
}

export function inferTemplate(path: string, isClear: IsClear = nothingIsClear): PathTemplate {
  const normalised = normalisePath(path);
  if (normalised.form === 'asterisk') return { template: '*', masked: '*', reason: '', parameters: [] };
  if (normalised.form === 'authority') {
    return { template: '{authority}', masked: normalised.path, reason: '', parameters: [] };
  }
  const { segments, encoded } = normalised;
  const parameters: PathParameter[] = [];
  let template = '';
  let masked = '';
  let reason = '';
  let before = '';
  for (let i = 0; i < segments.length; i++) {
    const text = segments[i]!;
    const isLast = i === segments.length - 1;
    const dispatched = isLast ? dispatchedNumber(segments, i) : 'none';
    if (dispatched !== 'none') {
      const name = unusedName(dispatchedName, parameters);
      parameters.push({ name, class: 'integer', segment: i + 1, value: text });
      template += `/${encoded[i]}`;
      masked += `/${dispatched === 'certain' ? encoded[i] : maskSegment(text, 'integer')}`;
      continue;
    }
    const value = !isLast && isNumberedStart(segments, i) ? null : valueIn(text, isClear);
    if (value === null) {
      before = text;
      template += `/${encoded[i]}`;
      masked += `/${encoded[i]}`;
      continue;
    }
    const head = value.start === 0 ? '' : decodeText(text.slice(0, value.start)).encoded;
    const tail = value.end === text.length ? '' : decodeText(text.slice(value.end)).encoded;
    const name = unusedName(value.isFile ? 'file' : parameterName(value.before ?? before, value.class), parameters);
    parameters.push({ name, class: value.class, segment: i + 1, value: octetsOf(text.slice(value.start, value.end)) });
    template += `/${head}{${name}}${tail}`;
    masked += `/${head}${maskSegment(text.slice(value.start, value.end), value.class)}${tail}`;
    reason += `${reason === '' ? '' : ' '}${i + 1}=${value.class}`;
    before = '';
  }
  return template === ''
    ? { template: '/', masked: '/', reason, parameters }
    : { template, masked, reason, parameters };
}

const shortNumber = /^\d{1,2}$/;
const isoDate = /^20\d\d-[01]\d-[0-3]\d$/;

/**
 * A version written as a number or a date, before any word that names a thing: `/1/boards`, `/rest/api/2/issue`,
 * `/2010-04-01/Accounts`. Should it be a value all the same, what is below tells (learn/).
 */
function isNumberedStart(segments: readonly string[], at: number): boolean {
  if (at > 2 || !(shortNumber.test(segments[at]!) || isoDate.test(segments[at]!))) return false;
  if (!/^[a-z]/i.test(segments[at + 1]!)) return false;
  for (let i = 0; i < at; i++) if (!isPathStart(segments[i]!.toLowerCase())) return false;
  return true;
}

interface ValueInSegment {
  readonly class: SegmentClass;
  readonly start: number;
  readonly end: number;
  readonly isFile: boolean;
  /** What stands before the value inside the segment, where that names it (`Orders(123)`). */
  readonly before: string | null;
}

/** The strong value a segment is or holds: before a file extension, before a verb (`123:cancel`), in parentheses. */
function valueIn(text: string, isClear: IsClear): ValueInSegment | null {
  let letters = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if ((c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a) || c === 0x2d || c === 0x5f) letters++;
  }
  // Most segments are short words: no need to look closer.
  if (letters === text.length && letters < 16) return null;
  const dot = extensionStart(text);
  if (dot > 0) {
    const kind = extensionKind(text.slice(dot + 1));
    const stem = text.slice(0, dot);
    let stemClass = classOf(stem);
    if (kind === 'asset' && stemClass === 'word' && hasBuildHash(stem)) stemClass = 'code';
    if (!isStrong(stemClass))
      return isClear(stem) ? { class: 'text', start: 0, end: dot, isFile: false, before: null } : null;
    const isFile = kind !== 'operation' && (stemClass === 'prefixed' || stemClass === 'code' || kind === 'asset');
    return { class: stemClass, start: 0, end: dot, isFile, before: null };
  }
  const whole = (start: number, end: number, before: string | null): ValueInSegment | null => {
    const part = text.slice(start, end);
    const valueClass = classOf(part);
    if (isStrong(valueClass)) return { class: valueClass, start, end, isFile: false, before };
    return isClear(part) ? { class: 'text', start, end, isFile: false, before } : null;
  };
  if (text.charCodeAt(text.length - 1) === 0x29) {
    const open = text.indexOf('(');
    if (open > 0) {
      const quoted = text[open + 1] === "'" && text[text.length - 2] === "'" && text.length - open > 3 ? 1 : 0;
      const inside = whole(open + 1 + quoted, text.length - 1 - quoted, text.slice(0, open));
      if (inside !== null) return inside;
    }
  }
  const colon = text.lastIndexOf(':');
  if (colon > 0 && /^[a-z]{2,}$/i.test(text.slice(colon + 1)) && !/^[0-9a-f:]+$/i.test(text)) {
    const custom = whole(0, colon, null);
    if (custom !== null) return custom;
  }
  const result = whole(0, text.length, null);
  if (result !== null && (result.class === 'code' || result.class === 'prefixed')) {
    const lastDot = text.lastIndexOf('.');
    // An extension of no list (`65db7ef.patch`): an id and the form it is asked for in.
    if (lastDot > 0 && /^[a-z]{2,5}$/.test(text.slice(lastDot + 1))) return whole(0, lastDot, null) ?? result;
  }
  return result;
}

/** A token of 4 hex digits or more with both a letter and a number: `main.8f3a`. */
function hasBuildHash(stem: string): boolean {
  for (const token of stem.split(/[^0-9A-Za-z]/)) {
    if (token.length >= 4 && /^[0-9a-f]*$/i.test(token) && /\d/.test(token) && /[a-f]/i.test(token)) return true;
  }
  return false;
}

function octetsOf(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) return Buffer.from(text, 'utf8').toString('latin1');
  }
  return text;
}

function unusedName(wanted: string, parameters: readonly PathParameter[]): string {
  let name = wanted;
  for (let n = 2; parameters.some((parameter) => parameter.name === name); n++) name = `${wanted}${n}`;
  return name;
}
