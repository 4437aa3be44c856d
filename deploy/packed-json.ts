/**
 * JSON of something large as a smaller text. It is never there as one text before that: neither joined nor measured, and
 * what is read of it goes through memory part by part, both ways.
 *
 *   value ─▶ a line for each part: where it is, tab, the part ─▶ gzip (RFC 1952) ─▶ base64 (RFC 4648)
 */
import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';

/** Objects are taken apart so deep; what is below is a part. */
const depth = 5;
/** Octets that are compressed at once: each is a member of its own, which one after the other are a gzip file too. */
const memberBytes = 1 << 20;
/** The fastest: the usual one, 6, gives a tenth less for two and a half times the CPU. */
const level = 1;

const compress = promisify(gzip);

/** The value is read before this returns, and may change then; it is compressed in the background. */
export function packJson(value: object): Promise<string> {
  const octets = new Octets();
  write(value, depth, [], octets);
  return pack(octets.take());
}

/**
 * What was packed, as plain data: what `wants` says yes to, by the names that lead to it. Takes JSON as it is, too, which
 * is how earlier versions kept it, and then as a whole.
 */
export function unpackJson<T extends object>(text: string, wants?: (path: readonly string[]) => boolean): T {
  if (text.startsWith('{')) return JSON.parse(text) as T;
  const lines = gunzipSync(Buffer.from(text, 'base64'));
  const value = {};
  for (let at = 0; at < lines.length; ) {
    const tab = lines.indexOf('\t', at);
    const end = lines.indexOf('\n', tab);
    const path = JSON.parse(lines.toString('utf8', at, tab)) as string[];
    if (wants === undefined || wants(path)) put(value, path, JSON.parse(lines.toString('utf8', tab + 1, end)));
    at = end + 1;
  }
  return value as T;
}

async function pack(pieces: Buffer[]): Promise<string> {
  const members: Buffer[] = [];
  for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
    members.push(await compress(piece, { level }));
  }
  return Buffer.concat(members).toString('base64');
}

function write(value: unknown, left: number, path: readonly string[], into: Octets): void {
  if (left > 0 && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const names = Object.keys(value);
    // One after the other: a part may be made when it is read.
    for (const name of names) write((value as Record<string, unknown>)[name], left - 1, [...path, name], into);
    if (names.length > 0) return;
  }
  const part = JSON.stringify(value) as string | undefined;
  if (part !== undefined) into.add(`${JSON.stringify(path)}\t${part}\n`);
}

function put(root: object, path: readonly string[], value: unknown): void {
  let at = root as Record<string, unknown>;
  for (let i = 0; i < path.length; i++) {
    const name = path[i]!;
    if (!Object.hasOwn(at, name)) own(at, name, i === path.length - 1 ? value : {});
    at = at[name] as Record<string, unknown>;
  }
}

/** As JSON.parse does it: whatever it is called, it is a field of its own. */
function own(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
}

/** UTF-8 in pieces. */
class Octets {
  readonly #pieces: Buffer[] = [];
  readonly #encoder = new TextEncoder();
  #piece = Buffer.allocUnsafeSlow(memberBytes);
  #used = 0;

  add(text: string): void {
    let rest = text;
    while (rest.length > 0) {
      const { read, written } = this.#encoder.encodeInto(rest, this.#piece.subarray(this.#used));
      this.#used += written;
      rest = rest.slice(read);
      if (rest.length > 0) this.#next();
    }
  }

  #next(): void {
    this.#pieces.push(this.#piece.subarray(0, this.#used));
    this.#piece = Buffer.allocUnsafeSlow(memberBytes);
    this.#used = 0;
  }

  take(): Buffer[] {
    this.#next();
    return this.#pieces;
  }
}
