/**
 * Files that are exported as archives: ZIP, and XLSX, which is one. An archive is held until its end, for its directory
 * stands there; one that is too large to hold (held-file.ts) is not opened. What is inside is read as files of their kind are:
 * sheets as CSV, and of a ZIP its texts, one archive deep. Bounds on what comes out make a bomb cost as much as a body.
 *
 * What is encrypted, broken or beyond a bound is counted (`LeafCounts`), and what was read before it stays read.
 */
import type { LeafParser } from '../leaf.ts';
import { CsvParser } from './csv.ts';
import { HeldFile } from './held-file.ts';
import type { LeafOutput } from './output.ts';
import { SharedStrings, Sheet } from './spreadsheet.ts';
import type { TreeNode } from './tree.ts';
import { type ZipEntry, zipContent, zipEntries } from './zip.ts';

/** Octets that come out of one archive, archives inside it included. */
const MAX_CONTENT = 64 << 20;
const MAX_SHEETS = 64;
/** A record of a file at the beginning of an archive, and how a PDF begins. */
const signatures = [
  [0x50, 0x4b, 0x03, 0x04],
  [0x25, 0x50, 0x44, 0x46],
] as const;

/** Media types by the end of a file's name: what is read in a ZIP. */
const types: readonly (readonly [RegExp, string])[] = [
  [/\.csv$/i, 'text/csv'],
  [/\.(txt|log|sql|tsv)$/i, 'text/plain'],
  [/\.(ndjson|jsonl)$/i, 'application/x-ndjson'],
  [/\.json$/i, 'application/json'],
  [/\.xml$/i, 'application/xml'],
  [/\.html?$/i, 'text/html'],
  [/\.pdf$/i, 'application/pdf'],
];

/** Opens a text inside an archive. */
export type OpenText = (contentType: string) => LeafParser | null;

/** Content that may be an archive or a PDF, and is something else when it does not begin as one. */
export class PerhapsArchive implements LeafParser {
  #inner: LeafParser | null = null;
  readonly #first: number[] = [];

  constructor(
    private readonly output: LeafOutput,
    private readonly root: TreeNode,
    private readonly otherwise: () => LeafParser,
    private readonly openText: OpenText,
  ) {}

  write(bytes: Uint8Array, start: number, end: number): void {
    this.output.octets?.take(bytes, start, end);
    let at = start;
    while (this.#inner === null && at < end) {
      const first = this.#first;
      const fits = signatures.find(
        (each) => first.every((octet, i) => octet === each[i]) && bytes[at] === each[first.length],
      );
      if (fits !== undefined) first.push(bytes[at++]!);
      if (fits !== undefined && first.length < fits.length) continue;
      this.#open(fits === undefined ? this.otherwise() : this.#signed(fits));
    }
    if (at < end) this.#inner!.write(bytes, at, end);
  }

  #signed(signature: (typeof signatures)[number]): LeafParser {
    const isPdf = signature === signatures[1];
    return (
      (isPdf ? this.openText('application/pdf') : null) ?? new ArchiveParser(this.output, this.root, this.openText)
    );
  }

  #open(inner: LeafParser): void {
    this.#inner = inner;
    if (this.#first.length > 0) inner.write(Uint8Array.from(this.#first), 0, this.#first.length);
  }

  end(): boolean {
    if (this.#inner === null) this.#open(this.otherwise());
    return this.#inner!.end();
  }
}

class ArchiveParser implements LeafParser {
  readonly #held = new HeldFile();
  #ended = false;
  #whole = true;
  #left = MAX_CONTENT;

  constructor(
    private readonly output: LeafOutput,
    private readonly root: TreeNode,
    private readonly openText: OpenText,
  ) {}

  write(bytes: Uint8Array, start: number, end: number): void {
    if (!this.#held.write(bytes, start, end)) this.#beyond();
  }

  end(): boolean {
    if (this.#ended) return this.#whole;
    this.#ended = true;
    const archive = this.#held.take();
    if (archive === null) this.#whole = false;
    else this.#read(archive, 0);
    // Counted as content that could not be read.
    if (!this.#whole) this.output.counts.stopped++;
    return this.#whole;
  }

  #beyond(): void {
    this.output.counts.archivesBeyond++;
    this.output.note('archive_beyond_limit');
    this.#whole = false;
  }

  #read(archive: Buffer, level: number): void {
    const entries = zipEntries(archive);
    if (entries === null) {
      this.#whole = false;
      return;
    }
    const named = (name: RegExp) => entries.filter((entry) => name.test(entry.name));
    if (named(/^xl\/workbook\.xml$/i).length > 0) {
      this.#readWorkbook(archive, named(/^xl\/sharedStrings\.xml$/i), named(/^xl\/worksheets\/[^/]+\.xml$/i));
      return;
    }
    for (const entry of entries) {
      const type = types.find(([name]) => name.test(entry.name))?.[1];
      const isArchive = level === 0 && /\.(xlsx|xlsm|zip)$/i.test(entry.name);
      if (type === undefined && !isArchive) continue;
      const content = this.#content(archive, entry);
      if (content === null) continue;
      if (isArchive) this.#read(content, level + 1);
      else this.#readText(content, type!);
    }
  }

  #readText(content: Buffer, type: string): void {
    const parser = this.openText(type);
    if (parser === null) return;
    parser.write(content, 0, content.length);
    if (!parser.end()) this.#whole = false;
  }

  #readWorkbook(archive: Buffer, shared: readonly ZipEntry[], sheets: readonly ZipEntry[]): void {
    const strings = new SharedStrings();
    for (const entry of shared.slice(0, 1)) {
      const xml = this.#content(archive, entry);
      if (xml !== null) strings.read(xml);
    }
    for (const entry of sheets.slice(0, MAX_SHEETS)) {
      const xml = this.#content(archive, entry);
      if (xml === null) continue;
      const rows = new CsvParser(this.output, this.root);
      new Sheet(strings.strings, rows).read(xml);
      rows.end();
    }
  }

  /** Null when it is not read; why is counted. */
  #content(archive: Buffer, entry: ZipEntry): Buffer | null {
    if (entry.encrypted) {
      this.output.counts.archivesEncrypted++;
      this.output.note('archive_encrypted');
      this.#whole = false;
      return null;
    }
    const content = zipContent(archive, entry, this.#left);
    if (content === 'too-large') {
      this.#beyond();
      return null;
    }
    if (content === null) this.#whole = false;
    else this.#left -= content.length;
    return content;
  }
}
