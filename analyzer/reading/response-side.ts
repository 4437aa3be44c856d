/** The response's leaves, each looked at once by all who want to know of it; and its rows, counted. */
import type { ResponseFacts } from '../call.ts';
import type { Finds } from '../classify/finds.ts';
import { Tally } from '../classify/tally.ts';
import { disclosure, disclosuresOfValue, isDenial } from '../detect/attack/disclosure.ts';
import { flawsOfCipher } from '../detect/structure/fake-cipher.ts';
import { isKeptScript } from '../detect/structure/files.ts';
import { structure } from '../detect/structure/structure.ts';
import { ShapeTally } from '../discover/shape.ts';
import type { Caller, ResponseRoles } from '../identify/caller.ts';
import { looksLikeCode } from '../identify/code.ts';
import { hashNumber } from '../keyed-hash.ts';
import type { LeafKind, LeafNode, LeafSink } from '../leaf.ts';
import type { HeadReader } from '../leaves/head-values.ts';
import { leafOutput } from '../leaves/open.ts';
import type { LeafOutput } from '../leaves/output.ts';
import { LeafTree } from '../leaves/tree.ts';
import { ObjectIds } from './object-ids.ts';
import { OpaqueBody } from './opaque-body.ts';
import { describes, hasRole, isCipher, isObject, isSchema, PlaceMarks, tellsErrors } from './place-marks.ts';
import { sideFacts } from './side-facts.ts';
import type { SideTools } from './side-tools.ts';

const longestId = 64;
/** Texts of an error: shorter ones give nothing away, and of longer ones the beginning is enough. */
const shortestError = 16;
const longestError = 2048;
/** Sentences that deny, in octets: two words of Chinese at least. */
const shortestDenial = 6;
const longestDenial = 160;
const none: readonly never[] = Object.freeze([]);

/** Replies of one API, one after the other: what is known of their places stays. */
export class ResponseSide implements LeafSink, HeadReader<Finds> {
  readonly tree = new LeafTree();
  readonly output: LeafOutput;
  /** What texts give away of the program's inside, as bits (detect/attack/disclosure.ts). */
  disclosures = 0;
  /** A file was sent that a server would run: does the answer say where it lies? */
  seeksScript = false;
  /** A code may have been sent to somebody: does the answer hold it too? */
  seeksCode = false;
  readonly #tally: Tally;
  readonly #shape: ShapeTally;
  readonly #roles: ResponseRoles;
  readonly #marks: PlaceMarks;
  readonly #opaque = new OpaqueBody();
  #structures = 0;
  #caller: Caller | null = null;
  #objectIds: ObjectIds | null = null;
  /** Rows by the place they share, all but the latest: most responses have one such place. */
  #rows: Map<LeafNode, number> | null = null;
  #lastRow: LeafNode | null = null;
  #lastCount = 0;

  constructor(private readonly tools: SideTools) {
    const { classifier, identity, trace, counts } = tools;
    this.output = leafOutput({ tree: this.tree, sink: this, counts });
    this.#tally = new Tally(classifier, identity, trace);
    this.#shape = new ShapeTally(tools.shownPath, tools.shapes);
    this.#roles = tools.callers.responseRoles();
    this.#marks = new PlaceMarks(this.#roles);
  }

  /** The next reply begins. */
  begin(caller: Caller): void {
    this.output.begin();
    this.#tally.begin();
    this.disclosures = 0;
    this.#structures = 0;
    this.seeksScript = false;
    this.seeksCode = false;
    this.#shape.begin();
    this.#opaque.begin();
    this.#caller = caller;
    this.#objectIds = null;
    this.#rows = null;
    this.#lastRow = null;
    this.#lastCount = 0;
  }

  leaf(node: LeafNode, kind: LeafKind, bytes: Uint8Array, start: number, end: number, cut: boolean): void {
    this.#tally.leaf(node, kind, bytes, start, end, cut);
    if (node.place === 'body') {
      this.#opaque.leaf(node, kind, bytes, start, end);
      if (!this.output.isProse) this.#shape.leaf(node, kind, bytes[start]!);
    }
    if (this.seeksScript && kind === 'text' && isKeptScript(textOf(bytes, start, end))) {
      this.#structures |= structure.scriptKept;
    }
    if (this.seeksCode && node.place === 'body' && !cut && looksLikeCode(bytes, start, end))
      this.#keep(bytes, start, end);
    const mark = this.#marks.of(node);
    if (mark === 0) return;
    if ((mark & hasRole) !== 0) {
      this.#caller!.responseLeaf(this.#roles.of(node), node, kind, bytes, start, end, cut);
    }
    const length = end - start;
    if ((mark & (tellsErrors | describes | isSchema)) !== 0 && kind === 'text') this.#read(mark, bytes, start, length);
    if ((mark & isCipher) !== 0 && kind === 'text') this.#structures |= flawsOfCipher(textOf(bytes, start, end));
    if ((mark & isObject) === 0 || kind === 'literal' || length === 0 || length > longestId) return;
    this.#keep(bytes, start, end);
  }

  /** Whoever asks with this value later, or shows it as a code, had it from here. */
  #keep(bytes: Uint8Array, start: number, end: number): void {
    const { identity } = this.tools;
    const ids = (this.#objectIds ??= new ObjectIds());
    identity.hash(bytes, start, end);
    if (!ids.add(hashNumber(identity.high, identity.low))) this.tools.counts.factsOverLimit++;
  }

  #read(mark: number, bytes: Uint8Array, start: number, length: number): void {
    if ((mark & isSchema) !== 0) this.disclosures |= disclosure.schema;
    if ((mark & describes) !== 0 && length < shortestError && bytes[start + 1] === 0x2e) {
      this.disclosures |= disclosure.description;
    }
    if ((mark & tellsErrors) === 0 || length < shortestDenial) return;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(length, longestError));
    if (length <= longestDenial && isDenial(buffer.toString('utf8'))) this.disclosures |= disclosure.denied;
    if (length < shortestError) return;
    const text = buffer.toString('latin1');
    this.disclosures |= disclosuresOfValue(text);
  }

  look(node: LeafNode, bytes: Uint8Array, start: number, end: number): Finds {
    return this.#tally.look(node, bytes, start, end);
  }

  /** Of header fields and cookies nobody else wants to know. */
  count(node: LeafNode, finds: Finds): void {
    this.#tally.again(node, finds);
  }

  empty(node: LeafNode, isArray: boolean): void {
    if (node.place === 'body') this.#shape.empty(node, isArray);
  }

  rowBegin(node: LeafNode): void {
    this.#tally.rowBegin(node);
    if (node !== this.#lastRow) this.#changeRows(node);
    this.#lastCount++;
  }

  rowEnd(node: LeafNode): void {
    this.#tally.rowEnd(node);
  }

  #changeRows(node: LeafNode): void {
    if (this.#lastRow !== null) (this.#rows ??= new Map()).set(this.#lastRow, this.#lastCount);
    this.#lastRow = node;
    this.#lastCount = this.#rows?.get(node) ?? 0;
  }

  /** How it is built (detect/structure), as bits. */
  get structures(): number {
    return this.#opaque.isOpaque(this.output) ? this.#structures | structure.opaqueResponse : this.#structures;
  }

  facts(attachment: boolean): ResponseFacts {
    let records = this.#lastCount;
    if (this.#rows !== null) for (const count of this.#rows.values()) records = Math.max(records, count);
    const summary = this.#tally.summary();
    const facts = sideFacts(summary, this.#shape.shape(), this.tools.counts);
    const { labels, places, values, shape, shapeEntries } = facts;
    const objectIds = this.#objectIds?.list() ?? none;
    const { persons, personIds } = summary;
    // biome-ignore format: one object, literally
    return { labels, places, values, shape, shapeEntries, persons, personIds, records, objectIds, attachment };
  }
}

const longestText = 16 * 1024;

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(end - start, longestText)).toString('utf8');
}
