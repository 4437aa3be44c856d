/**
 * Which parser reads a message's content: by its media type where that says enough and the first octets agree, else by
 * the first octets. They are held until they decide: one that is no space, for text up to `prefixBytes`; so the choice
 * depends on the content alone and not on how it was cut.
 */
import type { LeafParser, LeafSink } from '../leaf.ts';
import { PerhapsArchive } from './archive.ts';
import { contentTypeOf } from './content-type.ts';
import { CsvParser } from './csv.ts';
import { EmbeddedJson, startsLikeJson } from './embedded.ts';
import { FirstOctets } from './first-octets.ts';
import { FormParser } from './form.ts';
import { framedParser, isFramed } from './framed.ts';
import { JsonParser } from './json.ts';
import { LeafCounts, type LeafLimits, leafLimits } from './limits.ts';
import { type Declared, declared, type Framed, sniffed } from './media.ts';
import { MultipartParser } from './multipart.ts';
import { LeafOutput } from './output.ts';
import { PdfParser } from './pdf/pdf.ts';
import { ScriptParser } from './script.ts';
import { TextParser } from './text.ts';
import { transcoded } from './transcode.ts';
import type { LeafTree, TreeNode } from './tree.ts';
import { XmlParser } from './xml.ts';

export interface LeafOptions {
  /** Field value of Content-Type as sent; empty when none was. */
  readonly contentType: string;
  /** WHATWG label; empty to take the one of `contentType`, and to guess where that has none. */
  readonly charset: string;
  /** Names places; outlives the message. */
  readonly tree: LeafTree;
  readonly sink: LeafSink;
  readonly limits?: LeafLimits;
  /** Where what was read and kept back is counted. */
  readonly counts?: LeafCounts;
}

/** The output of one message: all its parts (query, headers, content) share the limit of leaves. */
export function leafOutput(options: Pick<LeafOptions, 'tree' | 'sink' | 'limits' | 'counts'>): LeafOutput {
  const limits = options.limits ?? leafLimits;
  const output = new LeafOutput(options.tree, options.sink, limits, options.counts ?? new LeafCounts());
  output.embedded = new EmbeddedJson(output);
  return output;
}

/** Null when the media type says that there is nothing to read (pictures, sound, fonts). */
export function openLeaves(options: LeafOptions): LeafParser | null {
  return openContent(leafOutput(options), options.contentType, options.charset);
}

/** As `openLeaves`, into an output that other parts of the message use too. */
export function openContent(output: LeafOutput, contentType: string, charset: string): LeafParser | null {
  return openAt(output, output.tree.root('body'), contentType, charset, 0);
}

function openAt(
  output: LeafOutput,
  root: TreeNode,
  contentType: string,
  charset: string,
  level: number,
): LeafParser | null {
  const { format, charset: own, isUtf8, boundary, isNameless } = contentTypeOf(contentType);
  if (format === 'ignored') return null;
  if (format === 'pdf') return new PdfParser(output, root);
  if (isFramed(format)) return framedParser(output, root, format);
  if (format === 'multipart') {
    // Parts say their own charset; delimiters and heads are ASCII.
    if (boundary === '' || level > 0) {
      output.counts.stopped++;
      return null;
    }
    return new MultipartParser(output, root, boundary, (part) => {
      const kind = declared(part.contentType);
      output.isProse = false;
      const isValue = part.contentType === '' || (kind === 'text' && !part.isFile);
      if (isValue || kind === 'ignored' || kind === 'unknown' || kind === 'pdf') return null;
      return openAt(output, part.node, part.contentType, '', level + 1);
    });
  }
  const open = (): LeafParser => {
    const opening = new OpeningParser(output, root, format);
    return charset === '' && isUtf8 ? opening : transcoded(charset === '' ? own : charset, opening);
  };
  // Workbooks and archives have many media types; none of those that say more than `unknown` is theirs, but for CSV's.
  if (level > 0 || (format !== 'unknown' && format !== 'csv')) return open();
  if (isNameless) output.octets = new FirstOctets();
  return new PerhapsArchive(output, root, open, (type) => openAt(output, root, type, '', level + 1));
}

class OpeningParser implements LeafParser {
  #inner: LeafParser | null = null;
  /** First octets, while they don't decide. */
  #held: Uint8Array | null = null;
  #heldLength = 0;
  #ignored = false;
  #ended = false;
  #whole = false;
  /** Of what is said to be JSON and does not begin so. */
  #odd: FirstOctets | null = null;

  constructor(
    private readonly output: LeafOutput,
    private readonly root: TreeNode,
    private readonly format: Exclude<Declared, Framed | 'pdf'>,
  ) {}

  write(bytes: Uint8Array, start: number, end: number): void {
    this.#odd?.take(bytes, start, end);
    if (this.#inner !== null) {
      this.#inner.write(bytes, start, end);
      return;
    }
    if (this.#ignored) return;
    let from = start;
    if (this.#heldLength === 0) {
      this.#inner = this.#early(bytes, start, Math.min(end, start + this.output.limits.prefixBytes));
      this.#odd?.take(bytes, start, end);
    } else {
      from = this.#hold(bytes, start, end);
      this.#inner = this.#early(this.#held!, 0, this.#heldLength);
    }
    if (this.#inner === null) {
      if (from === start) from = this.#hold(bytes, start, end);
      if (this.#heldLength < this.output.limits.prefixBytes) return;
      this.#decide();
    }
    if (this.#ignored) return;
    this.#flush();
    if (from < end) this.#inner!.write(bytes, from, end);
  }

  end(): boolean {
    if (this.#ended) return this.#whole;
    this.#ended = true;
    if (this.#inner === null && !this.#ignored) {
      // Of an answer to HEAD, or one that is not modified, nothing was to be read.
      if (this.#heldLength === 0) return (this.#whole = true);
      this.#decide();
      this.#flush();
    }
    this.#whole = this.#inner?.end() ?? false;
    if (!this.#whole && this.#inner !== null) {
      this.output.counts.stopped++;
      this.output.letters = this.#odd;
    }
    return this.#whole;
  }

  /** Takes what the prefix still lacks; the place after it. */
  #hold(bytes: Uint8Array, start: number, end: number): number {
    this.#held ??= new Uint8Array(this.output.limits.prefixBytes);
    const size = Math.min(end - start, this.#held.length - this.#heldLength);
    this.#held.set(bytes.subarray(start, start + size), this.#heldLength);
    this.#heldLength += size;
    return start + size;
  }

  #flush(): void {
    if (this.#held !== null && this.#heldLength > 0) this.#inner?.write(this.#held, 0, this.#heldLength);
    this.#held = null;
    this.#heldLength = 0;
  }

  /** What can be told from the first octet that is no space, whatever comes later. */
  #early(bytes: Uint8Array, start: number, end: number): LeafParser | null {
    let i = start;
    while (i < end && (bytes[i] <= 0x20 || bytes[i] === 0xef || bytes[i] === 0xbb || bytes[i] === 0xbf)) i++;
    if (i === end) return null;
    const c = bytes[i];
    const { format } = this;
    const isStructured = format === 'json' || format === 'lines' || format === 'form' || format === 'xml';
    if (c === 0x3c) return format === 'html' ? this.#parser('html') : null;
    if (isStructured) {
      if (c !== 0x7b && c !== 0x5b && c !== 0x22 && (format === 'json' || format === 'lines'))
        this.#odd = new FirstOctets();
      if (format !== 'form' && format !== 'xml') return this.#parser(format);
      return c === 0x7b || c === 0x5b ? this.#parser('json') : format === 'form' ? this.#parser('form') : null;
    }
    return startsLikeJson(bytes, i, end) === true ? this.#parser('json') : null;
  }

  #decide(): void {
    const format = sniffed(this.format, this.#held ?? new Uint8Array(0), this.#heldLength);
    if (format === 'ignored') this.#ignored = true;
    else this.#inner = this.#parser(format);
  }

  #parser(format: Exclude<Declared, Framed | 'pdf' | 'ignored' | 'unknown' | 'multipart'>): LeafParser {
    const { output, root } = this;
    output.isScript = format === 'script';
    output.isProse = format === 'html' || format === 'text' || output.isScript;
    switch (format) {
      case 'json':
        return new JsonParser(output, root, { lines: false });
      case 'lines':
        return new JsonParser(output, root, { lines: true });
      case 'form':
        return new FormParser(output, root);
      case 'xml':
        return new XmlParser(output, root);
      case 'csv':
        return new CsvParser(output, root);
      case 'script':
        return new ScriptParser(output, root);
      default:
        return new TextParser(output, root, { markup: format === 'html' });
    }
  }
}
