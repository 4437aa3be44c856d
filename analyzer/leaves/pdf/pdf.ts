/**
 * Text of PDF as leaves (ISO 32000-1): rows of its tables with a place for each column, and lines of text. A file is held
 * until its end. What can't be read is named and never guessed: encrypted files, fonts that don't say what their glyphs are,
 * pages that are pictures, what lies beyond a bound.
 */
import type { LeafParser } from '../../leaf.ts';
import { HeldFile } from '../held-file.ts';
import type { LeafOutput } from '../output.ts';
import { TextParser } from '../text.ts';
import type { TreeNode } from '../tree.ts';
import { TextWalk } from './content.ts';
import { PdfDocument, PdfStream } from './document.ts';
import { linesOf } from './lines.ts';
import type { PdfDict, PdfValue } from './syntax.ts';
import { PdfRef } from './syntax.ts';
import { type PageReader, Tables } from './tables.ts';

/** Octets that come out of all streams of a file. */
const MOST_OCTETS = 64 << 20;
const MOST_PAGES = 5000;
/** Entries of the pages' tree that are looked at: its nodes may share a long list of them. */
const MOST_KIDS = 500_000;
/** Pages in one another's trees. */
const MOST_DEEP = 32;
/** Octets of a page's content, whose streams are joined. */
const MOST_OF_PAGE = 16 << 20;
/** Charged for each stream that a page refers to, also for those that are not there: pages may share a long list of them. */
const COST_OF_REF = 16;
const blank = Uint8Array.of(0x0a);

export class PdfParser implements LeafParser {
  readonly #held = new HeldFile();
  #ended = false;
  #whole = false;

  constructor(
    private readonly output: LeafOutput,
    private readonly root: TreeNode,
  ) {}

  write(bytes: Uint8Array, start: number, end: number): void {
    if (this.#held.write(bytes, start, end)) return;
    this.output.counts.archivesBeyond++;
    this.output.note('pdf_beyond_limit');
  }

  end(): boolean {
    if (this.#ended) return this.#whole;
    this.#ended = true;
    const file = this.#held.take();
    this.#whole = file !== null && (file.length === 0 || this.#tryRead(file));
    if (!this.#whole) this.output.counts.stopped++;
    return this.#whole;
  }

  /** Lengths are bounded where they are used; should one be missed, the file is lost and not the run. */
  #tryRead(file: Buffer): boolean {
    try {
      return this.#read(file);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.output.note('pdf_damaged');
      return false;
    }
  }

  #read(file: Buffer): boolean {
    const { output } = this;
    const document = new PdfDocument(file, MOST_OCTETS);
    if (document.isEncrypted) {
      output.counts.archivesEncrypted++;
      output.note('pdf_encrypted');
      return false;
    }
    const pages = pagesOf(document);
    if (pages.length === 0 && !document.isBeyond) {
      output.note('pdf_damaged');
      return false;
    }
    const walk = new TextWalk(document);
    const reader = new PdfLeaves(output, this.root);
    const tables = new Tables(reader);
    let isPicture = false;
    for (const page of pages) {
      const before = walk.pictures;
      const unread = walk.unreadable;
      const lines = linesOf(walk.page(contentsOf(document, page.dict), page.resources));
      if (lines.length === 0 && walk.pictures > before && walk.unreadable === unread) isPicture = true;
      for (const line of lines) tables.line(line);
    }
    tables.end();
    reader.end();
    const isBeyond = document.isBeyond || walk.isBeyond || pages.length >= MOST_PAGES;
    if (isBeyond) {
      output.counts.archivesBeyond++;
      output.note('pdf_beyond_limit');
    }
    if (document.isDamaged) output.note('pdf_damaged');
    if (walk.unreadable > 0) output.note('pdf_font_unreadable');
    if (isPicture) output.note('pdf_picture_page');
    return !isBeyond && !document.isDamaged && walk.unreadable === 0 && !isPicture;
  }
}

interface Page {
  readonly dict: PdfDict;
  readonly resources: PdfDict | null;
}

/** In the order of the pages' tree; where that leads nowhere, in order of their numbers. */
function pagesOf(document: PdfDocument): Page[] {
  const pages: Page[] = [];
  const seen = new Set<PdfDict>();
  let looked = 0;
  const visit = (value: PdfValue | undefined, inherited: PdfDict | null, depth: number): void => {
    if (++looked > MOST_KIDS) {
      document.isBeyond = true;
      return;
    }
    const dict = document.dict(value);
    if (dict === null || depth > MOST_DEEP || seen.has(dict) || pages.length >= MOST_PAGES) return;
    seen.add(dict);
    const resources = document.dict(dict.get('Resources')) ?? inherited;
    if (!dict.has('Kids')) pages.push({ dict, resources });
    else {
      for (const kid of document.array(dict.get('Kids'))) {
        if (looked > MOST_KIDS) return;
        visit(kid, resources, depth + 1);
      }
    }
  };
  const numbers = document.numbers();
  const roots = numbers.filter((number) => document.name(document.dict(new PdfRef(number))?.get('Type')) === 'Catalog');
  // Of several the last: an update writes it anew.
  for (const number of roots.slice(-1)) visit(document.dict(new PdfRef(number))?.get('Pages'), null, 0);
  if (pages.length > 0) return pages;
  for (const number of numbers) {
    const ref = new PdfRef(number);
    if (document.name(document.dict(ref)?.get('Type')) === 'Page') visit(ref, null, 0);
  }
  return pages;
}

function contentsOf(document: PdfDocument, page: PdfDict): Uint8Array {
  const contents = document.object(page.get('Contents'));
  const streams = contents instanceof PdfStream ? [contents] : document.array(page.get('Contents'));
  const parts: Uint8Array[] = [];
  if (!document.spend(streams.length * COST_OF_REF)) return blank;
  let size = 0;
  for (const each of streams) {
    const stream = each instanceof PdfStream ? each : document.object(each);
    const octets = stream instanceof PdfStream ? document.content(stream) : null;
    if (octets === null) continue;
    if ((size += octets.length) > MOST_OF_PAGE) {
      document.isBeyond = true;
      break;
    }
    // A stream's end parts words (§7.8.2).
    parts.push(octets, blank);
  }
  return Buffer.concat(parts);
}

/** Rows share a place, columns have one each; lines are read as a text file's. */
class PdfLeaves implements PageReader {
  readonly #lines: TextParser;
  readonly #rows: TreeNode;

  constructor(
    private readonly output: LeafOutput,
    root: TreeNode,
  ) {
    output.isProse = true;
    this.#lines = new TextParser(output, root, { markup: false });
    this.#rows = output.tree.items(output.tree.childNamed(root, 'tr'));
  }

  text(line: string): void {
    const octets = Buffer.from(`${line}\n`);
    this.#lines.write(octets, 0, octets.length);
  }

  row(names: readonly string[], cells: readonly string[]): void {
    const { output } = this;
    output.rowBegin(this.#rows);
    try {
      for (const [i, cell] of cells.entries()) {
        if (cell === '') continue;
        const octets = Buffer.from(cell);
        output.leaf(this.#column(names[i] ?? '', i), 'text', octets, 0, octets.length);
      }
    } finally {
      output.rowEnd(this.#rows);
    }
  }

  #column(name: string, index: number): TreeNode {
    if (name === '') return this.output.tree.childNamed(this.#rows, `td${index + 1}`);
    const key = Buffer.from(name);
    return this.output.key(this.#rows, key, 0, key.length);
  }

  end(): void {
    this.#lines.end();
  }
}
