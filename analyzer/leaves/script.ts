/**
 * Scripts as leaves: of all they hold only literals that could be a key, for a program's words are no data. Such a one is
 * quoted, of 16 to 512 characters without a space, with letters and digits in it; it is named where it is given to a name
 * that speaks of keys (`appSecret: "…"`), and bare elsewhere. Of a key in PEM its first line is told. No syntax is
 * followed: whatever stands between two equal quotes is looked at, so comments and regular expressions lead nowhere far.
 */
import type { LeafParser } from '../leaf.ts';
import type { LeafOutput } from './output.ts';
import { borrowScratch, giveBack, type Scratch } from './scratch.ts';
import type { TreeNode } from './tree.ts';

// Any other octet is 0: it stands in no key.
const VALUE = 1;
const QUOTE = 2;

const classes = new Uint8Array(256);
for (const [from, to] of ['09', 'AZ', 'az']) classes.fill(VALUE, from!.charCodeAt(0), to!.charCodeAt(0) + 1);
for (const c of '._~+/=@$!|-') classes[c.charCodeAt(0)] = VALUE;
for (const c of '"\'`') classes[c.charCodeAt(0)] = QUOTE;

const shortest = 16;
const longest = 512;
const longestName = 64;
/** What is kept of what went before: a literal, its name and what may stand between them. */
const kept = longest + longestName + 16;
const windowBytes = 4096;
/** Octets of a PEM's first line with its quote, at least. */
const pemLine = 64;
const pemBegin = '-----BEGIN';
const ofKeys = /secret|key|credential/i;

export class ScriptParser implements LeafParser {
  #window: Scratch | null = null;
  /** In the window: where looking goes on, and the last quote; -1 for none. */
  #at = 0;
  #quote = -1;
  /** Nothing since the quote that no key has. */
  #clean = false;
  #ended = false;

  constructor(
    private readonly output: LeafOutput,
    private readonly root: TreeNode,
  ) {}

  write(bytes: Uint8Array, start: number, end: number): void {
    const window = (this.#window ??= borrowScratch());
    if (this.#at === 0 && this.#quote < 0) window.clear();
    for (let from = start; from < end; ) {
      const size = Math.min(end - from, windowBytes - window.length);
      window.append(bytes, from, from + size, windowBytes);
      from += size;
      this.#look(window, false);
      if (window.length === windowBytes) this.#slide(window);
    }
  }

  end(): boolean {
    if (this.#ended) return true;
    this.#ended = true;
    if (this.#window !== null) {
      this.#look(this.#window, true);
      giveBack(this.#window);
      this.#window = null;
    }
    return true;
  }

  #slide(window: Scratch): void {
    const from = Math.min(this.#at, window.length - kept);
    window.bytes.copyWithin(0, from, window.length);
    window.length -= from;
    this.#at -= from;
    this.#quote = Math.max(-1, this.#quote - from);
  }

  #look({ bytes, length }: Scratch, isLast: boolean): void {
    let i = this.#at;
    while (i < length) {
      const kind = classes[bytes[i]!];
      if (kind === VALUE) {
        i++;
        continue;
      }
      if (kind === QUOTE) {
        if (this.#clean && this.#quote >= 0 && bytes[this.#quote] === bytes[i]) this.#literal(bytes, this.#quote, i);
        this.#quote = i;
        this.#clean = true;
      } else if (this.#clean) {
        if (this.#quote >= 0 && isPem(bytes, this.#quote + 1, i)) {
          if (length - this.#quote < pemLine && !isLast) break;
          this.#tell(bytes, this.#quote, this.#quote + 1, Math.min(length, this.#quote + pemLine));
        }
        this.#clean = false;
      }
      i++;
      if (!this.#clean) while (i < length && classes[bytes[i]!] !== QUOTE) i++;
    }
    this.#at = i;
  }

  #literal(bytes: Uint8Array, quote: number, end: number): void {
    const start = quote + 1;
    if (end - start < shortest || end - start > longest) return;
    let digits = 0;
    let letters = 0;
    for (let i = start; i < end; i++) {
      const c = bytes[i]!;
      if (c >= 0x30 && c <= 0x39) digits++;
      else if ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a) letters++;
    }
    if (digits > 0 && letters > 0) this.#tell(bytes, quote, start, end);
  }

  #tell(bytes: Uint8Array, quote: number, start: number, end: number): void {
    const to = endOfName(bytes, quote);
    let from = to;
    while (from > 0 && to - from < longestName && isOfName(bytes[from - 1]!)) from--;
    const isNamed =
      to > from && ofKeys.test(Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1'));
    const node = isNamed ? this.output.key(this.root, bytes, from, to) : this.root;
    this.output.leaf(node, 'text', bytes, start, end);
  }
}

/** Where the name ends that `name: "`, `name = "` and `'name': "` give to what is quoted; 0 for none. */
function endOfName(bytes: Uint8Array, quote: number): number {
  let i = quote;
  const pass = (is: (c: number) => boolean): void => {
    for (let n = 0; n < 4 && i > 0 && is(bytes[i - 1]!); n++) i--;
  };
  pass(isSpace);
  if (i === 0 || (bytes[i - 1] !== 0x3a && bytes[i - 1] !== 0x3d)) return 0;
  i--;
  pass(isSpace);
  if (i > 0 && classes[bytes[i - 1]!] === QUOTE) i--;
  return i;
}

function isSpace(c: number): boolean {
  return c <= 0x20;
}

function isOfName(c: number): boolean {
  return c === 0x5f || c === 0x24 || (c >= 0x30 && c <= 0x39) || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a);
}

function isPem(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== pemBegin.length) return false;
  for (let i = 0; i < pemBegin.length; i++) if (bytes[start + i] !== pemBegin.charCodeAt(i)) return false;
  return true;
}
