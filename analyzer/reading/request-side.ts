/** The request's leaves, each looked at once by all who want to know of it. */
import type { AskedFact, SideFacts } from '../call.ts';
import type { Finds } from '../classify/finds.ts';
import { statementKind } from '../classify/statement.ts';
import { Tally } from '../classify/tally.ts';
import { attack, attacksIn } from '../detect/attack/attack.ts';
import { holdings, holds, isSignature, namesSignature, structure } from '../detect/structure/structure.ts';
import { structureOf } from '../detect/structure/value-structure.ts';
import { ShapeTally } from '../discover/shape.ts';
import type { Caller, RequestRoles } from '../identify/caller.ts';
import { looksLikeCode, showsCode } from '../identify/code.ts';
import { wordsOf } from '../identify/name-words.ts';
import { proofsOf } from '../identify/proof-names.ts';
import { hashNumber } from '../keyed-hash.ts';
import type { LeafKind, LeafNode, LeafSink } from '../leaf.ts';
import type { HeadReader } from '../leaves/head-values.ts';
import { leafOutput } from '../leaves/open.ts';
import type { LeafOutput } from '../leaves/output.ts';
import { LeafTree } from '../leaves/tree.ts';
import { Asked } from './asked.ts';
import { OpaqueBody } from './opaque-body.ts';
import { Selection } from './selection.ts';
import { sideFacts } from './side-facts.ts';
import type { SideTools } from './side-tools.ts';

/** Shorter texts are no statement: `show t`. */
const shortestStatement = 6;
const longestMarkup = 512;
/** Of a place's mark: what its name promises, and above that what its values may be (detect/structure). */
const promised = 7;
const heldFrom = 3;
/** Operations in one request that are many. */
const mostOperations = 10;

/** What is in a header field or a cookie. */
export interface HeadFinds {
  readonly finds: Finds;
  readonly statement: string;
  readonly attacks: number;
  /** What the field promises against replays, as bits. */
  readonly proofs: number;
  /** What signs the request, as sent; empty for nothing. */
  readonly signature: string;
}

/** Requests to one API, one after the other: what is known of their places stays. */
export class RequestSide implements LeafSink, HeadReader<HeadFinds> {
  readonly tree = new LeafTree();
  readonly output: LeafOutput;
  /** Kind of the first value that reads as a database statement; empty while none does. */
  statement = '';
  /** Attacks that values attempt, as bits (detect/attack). */
  attacks = 0;
  /** The first value that would run as script in a page, its beginning as one character an octet; empty for none. */
  markup = '';
  /** What fields promise against replays (identify/proof-names.ts), as bits. */
  proofs = 0;
  /** What signs it, as sent; empty for nothing. The first one counts. */
  signature = '';
  #operations = 0;
  readonly #tally: Tally;
  readonly #shape: ShapeTally;
  readonly #roles: RequestRoles;
  readonly #asked: Asked;
  readonly #selection = new Selection();
  readonly #opaque = new OpaqueBody();
  #structures = 0;
  #caller: Caller | null = null;

  constructor(private readonly tools: SideTools) {
    const { classifier, identity, trace, offsets, shown, counts } = tools;
    this.output = leafOutput({ tree: this.tree, sink: this, counts });
    this.#tally = new Tally(classifier, identity, trace);
    this.#shape = new ShapeTally(tools.shownPath, tools.shapes);
    this.#roles = tools.callers.requestRoles();
    this.#asked = new Asked(identity, offsets, shown, counts);
  }

  /** The next request begins. */
  begin(caller: Caller, app: string): void {
    this.output.begin();
    this.statement = '';
    this.attacks = 0;
    this.markup = '';
    this.proofs = 0;
    this.#structures = 0;
    this.signature = '';
    this.#operations = 0;
    this.#tally.begin();
    this.#shape.begin();
    this.#opaque.begin();
    this.#asked.begin(app);
    this.#selection.begin();
    this.#caller = caller;
  }

  leaf(node: LeafNode, kind: LeafKind, bytes: Uint8Array, start: number, end: number, cut: boolean): void {
    const { finds } = this.#tally;
    this.#tally.leaf(node, kind, bytes, start, end, cut);
    if (node.place === 'body') {
      this.#opaque.leaf(node, kind, bytes, start, end);
      if (!this.output.isProse) this.#shape.leaf(node, kind, bytes[start]!);
    } else if (node.place === 'query') {
      this.#shape.leaf(node, kind === 'text' && isInteger(bytes, start, end) ? 'number' : kind, bytes[start]!);
    }
    const mark = markOf(node);
    if (mark !== 0 && start < end) this.#marked(mark, kind, bytes, start, end);
    const role = this.#roles.of(node);
    if (role !== 'none') {
      this.#caller!.requestLeaf(role, node, kind, bytes, start, end, cut);
      if (role === 'code' || role === 'captcha') this.#code(node, bytes, start, end);
    }
    this.#asked.leaf(node, role, kind, bytes, start, end);
    // Its value would leave in clear.
    if (this.#tally.finds === finds) this.#selection.leaf(node, kind, bytes, start, end);
    if (kind !== 'text') return;
    const attacks = attacksOf(node, bytes, start, end);
    if ((attacks & attack.markup) !== 0 && this.markup === '') this.markup = markupIn(bytes, start, end);
    this.attacks |= attacks;
    if (this.statement === '' && end - start >= shortestStatement && node.place !== 'header') {
      this.statement = statementKind(bytes, start, end);
    }
  }

  #code({ name }: LeafNode, bytes: Uint8Array, start: number, end: number): void {
    if (!looksLikeCode(bytes, start, end) || !showsCode(name)) return;
    const { identity } = this.tools;
    identity.hash(bytes, start, end);
    this.#caller!.code ||= hashNumber(identity.high, identity.low);
  }

  #marked(mark: number, kind: LeafKind, bytes: Uint8Array, start: number, end: number): void {
    this.proofs |= mark & promised;
    const held = mark >> heldFrom;
    if (held === 0 || kind !== 'text') return;
    if ((held & holds.signature) !== 0) this.signature ||= signatureOf(bytes, start, end);
    if ((held & holds.operation) !== 0 && ++this.#operations > mostOperations) this.#structures |= structure.operations;
    this.#structures |= structureOf(held, bytes, start, end);
  }

  look(node: LeafNode, bytes: Uint8Array, start: number, end: number): HeadFinds {
    const mayState = node.place !== 'header' && end - start >= shortestStatement;
    const statement = mayState ? statementKind(bytes, start, end) : '';
    const attacks = attacksOf(node, bytes, start, end);
    const proofs = proofsIn(node, start, end);
    const signature = (markOf(node) >> heldFrom) & holds.signature ? signatureOf(bytes, start, end) : '';
    return { finds: this.#tally.look(node, bytes, start, end), statement, attacks, proofs, signature };
  }

  /** Of header fields and cookies nobody else wants to know. */
  count(node: LeafNode, { finds, statement, attacks, proofs, signature }: HeadFinds): void {
    this.#tally.again(node, finds);
    this.proofs |= proofs;
    this.signature ||= signature;
    this.attacks |= attacks;
    if (this.statement === '') this.statement = statement;
  }

  empty(node: LeafNode, isArray: boolean): void {
    if (node.place === 'body') this.#shape.empty(node, isArray);
  }

  rowBegin(node: LeafNode): void {
    this.#tally.rowBegin(node);
  }

  rowEnd(node: LeafNode): void {
    this.#tally.rowEnd(node);
  }

  /** How it is built (detect/structure), as bits. */
  get structures(): number {
    return this.#opaque.isOpaque(this.output) ? this.#structures | structure.opaqueRequest : this.#structures;
  }

  facts(): SideFacts {
    return sideFacts(this.#tally.summary(), this.#shape.shape(), this.tools.counts);
  }

  /** Empty when no parameter selects one. */
  get operation(): string {
    return this.#selection.operation;
  }

  /** Where the operation's name stood. */
  get selector(): string {
    return this.#selection.places;
  }

  asked(): readonly AskedFact[] {
    return this.#asked.facts();
  }
}

/** The place says, once; a cookie comes back by itself. */
function markOf(node: LeafNode): number {
  return node.mark ?? tellMark(node);
}

function tellMark(node: LeafNode): number {
  const { name, path, place } = node;
  let mark = 0;
  if (name === '{filename}') mark = holds.upload << heldFrom;
  else if (place !== 'cookie') {
    mark = proofsOf(name);
    if (name !== '' && name.length <= 32) {
      const joined = wordsOf(name).join('');
      const isHead = place !== 'body' && place !== 'query';
      mark |= (isHead ? (namesSignature(joined) ? holds.signature : 0) : holdings(joined, path)) << heldFrom;
    }
  }
  node.mark = mark;
  return mark;
}

function signatureOf(bytes: Uint8Array, start: number, end: number): string {
  if (end - start < 27 || end - start > 702) return '';
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
  return isSignature(text) ? text : '';
}

/** A field without a value promises nothing. */
function proofsIn(node: LeafNode, start: number, end: number): number {
  return start === end ? 0 : markOf(node) & promised;
}

/** A whole statement is no injection: its API takes statements by design, and says so by `statement`. */
function attacksOf(node: LeafNode, bytes: Uint8Array, start: number, end: number): number {
  const found = attacksIn(bytes, start, end, node.name, node.place === 'header');
  return (found & attack.sql) !== 0 && statementKind(bytes, start, end) !== '' ? found & ~attack.sql : found;
}

/** It would be shown as it was sent. */
function markupIn(bytes: Uint8Array, start: number, end: number): string {
  const length = Math.min(end - start, longestMarkup);
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, length)
    .toString('latin1')
    .trim();
}

/** As a parameter would be declared: `000123` is a text. */
function isInteger(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length === 0 || length > 15 || (bytes[start] === 0x30 && length > 1)) return false;
  for (let i = start; i < end; i++) if (bytes[i]! < 0x30 || bytes[i]! > 0x39) return false;
  return true;
}
