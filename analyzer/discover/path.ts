/**
 * A request target (RFC 9112 §3.2) as a path in one spelling. Dot segments stay: an attack must stay visible.
 *
 * Bounds: of a target's path at most 2 KiB and 64 segments are kept, before and after decoding; a segment `…` stands
 * for what was cut. At most 16 matrix parameters are kept.
 */
import { decodeText } from './text-decode.ts';

export interface NormalisedPath {
  readonly form: 'origin' | 'absolute' | 'authority' | 'asterisk';
  /** Authority as sent, of the absolute and authority forms; else empty. */
  readonly authority: string;
  /** `/a/b`; `/` for the root; `*` or the authority in the two forms that have no path. */
  readonly path: string;
  /** Each segment decoded once. An encoded slash stays inside its segment. */
  readonly segments: readonly string[];
  /** The same segments as they stand in `path`. */
  readonly encoded: readonly string[];
  /** Matrix parameters and session ids (`jsessionid=…`) that followed a semicolon, as sent. */
  readonly matrix: readonly string[];
  readonly cut: boolean;
}

const maxLength = 2048;
const maxSegments = 64;
const maxMatrix = 16;
const cutMarker = '…';

export interface SplitTarget {
  readonly path: string;
  /** Without the question mark; empty when there is none. */
  readonly query: string;
}

/** Path and query of a target, undecoded; a fragment is dropped. */
export function splitTarget(target: string): SplitTarget {
  const hash = target.indexOf('#');
  const whole = hash < 0 ? target : target.slice(0, hash);
  const mark = whole.indexOf('?');
  return mark < 0 ? { path: whole, query: '' } : { path: whole.slice(0, mark), query: whole.slice(mark + 1) };
}

/** The path alone. */
export function pathOf(target: string): string {
  const hash = target.indexOf('#');
  const mark = target.indexOf('?');
  if (mark >= 0 && (hash < 0 || mark < hash)) return target.slice(0, mark);
  return hash < 0 ? target : target.slice(0, hash);
}

export function normalisePath(target: string): NormalisedPath {
  const path = pathOf(target);
  if (path === '*') return whole('asterisk', '', '*');
  if (path.charCodeAt(0) === 0x2f) return originForm('origin', '', path);
  const scheme = /^[a-z][a-z0-9+.-]{0,15}:\/\//i.exec(path);
  if (scheme !== null) {
    const start = scheme[0].length;
    const slash = path.indexOf('/', start);
    return slash < 0
      ? originForm('absolute', path.slice(start), '/')
      : originForm('absolute', path.slice(start, slash), path.slice(slash));
  }
  if (path.length <= 262 && /^(?:[\w.-]+|\[[0-9a-f:.]+\]):\d{1,5}$/i.test(path)) {
    return whole('authority', path, path.toLowerCase());
  }
  return originForm('origin', '', path);
}

function whole(form: 'asterisk' | 'authority', authority: string, path: string): NormalisedPath {
  return { form, authority, path, segments: [], encoded: [], matrix: [], cut: false };
}

function originForm(form: 'origin' | 'absolute', authority: string, raw: string): NormalisedPath {
  const segments: string[] = [];
  const encoded: string[] = [];
  const matrix: string[] = [];
  // The segment a limit falls into is dropped whole: half an escape would decode to something else.
  let cut = raw.length > maxLength;
  const end = cut ? raw.lastIndexOf('/', maxLength) : raw.length;
  let length = 0;
  let at = 0;
  while (at < end) {
    if (raw.charCodeAt(at) === 0x2f) {
      at++;
      continue;
    }
    let stop = raw.indexOf('/', at);
    if (stop < 0 || stop > end) stop = end;
    let piece = raw.slice(at, stop);
    at = stop;
    const semicolon = piece.indexOf(';');
    if (semicolon >= 0) {
      if (matrix.length < maxMatrix && semicolon + 1 < piece.length) matrix.push(piece.slice(semicolon + 1));
      if (semicolon === 0) continue;
      piece = piece.slice(0, semicolon);
    }
    const decoded = decodeText(piece);
    length += 1 + decoded.encoded.length;
    if (segments.length === maxSegments || length > maxLength) {
      cut = true;
      break;
    }
    segments.push(decoded.text);
    encoded.push(decoded.encoded);
  }
  let path = `/${encoded.join('/')}`;
  if (cut) {
    while (segments.length >= maxSegments || path.length + 1 + cutMarker.length > maxLength) {
      segments.pop();
      encoded.pop();
      path = `/${encoded.join('/')}`;
    }
    segments.push(cutMarker);
    encoded.push(cutMarker);
    path = `/${encoded.join('/')}`;
  }
  return { form, authority, path, segments, encoded, matrix, cut };
}
