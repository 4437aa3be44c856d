/** The request's leaves, each looked at once by all who want to know of it. */
import type { AskedFact, SideFacts } from '../call.ts';
import type { Finds } from '../classify/finds.ts';
import { statementKind } from '../classify/statement.ts';
import { Tally } from '../classify/tally.ts';
import type { Caller, RequestRoles } from '../identify/caller.ts';
import type { LeafKind, LeafNode, LeafSink } from '../leaf.ts';
import type { HeadReader } from '../leaves/head-values.ts';
import { leafOutput } from '../leaves/open.ts';
import type { LeafOutput } from '../leaves/output.ts';
import { LeafTree } from '../leaves/tree.ts';
import { Asked } from './asked.ts';
import { sideFacts } from './side-facts.ts';
import type { SideTools } from './side-tools.ts';

/** Shorter texts are no statement: `show t`. */
const shortestStatement = 6;

/** What is in a header field or a cookie. */
export interface HeadFinds {
  readonly finds: Finds;
  readonly statement: string;
}

/** Requests to one API, one after the other: what is known of their places stays. */
export class RequestSide implements LeafSink, HeadReader<HeadFinds> {
  readonly tree = new LeafTree();
  readonly output: LeafOutput;
  /** Kind of the first value that reads as a database statement; empty while none does. */
  statement = '';
  readonly #tally: Tally;
  readonly #roles: RequestRoles;
  readonly #asked: Asked;
  #caller: Caller | null = null;

  constructor(private readonly tools: SideTools) {
    const { classifier, identity, trace, offsets, shown, counts } = tools;
    this.output = leafOutput({ tree: this.tree, sink: this, counts });
    this.#tally = new Tally(classifier, identity, trace);
    this.#roles = tools.callers.requestRoles();
    this.#asked = new Asked(identity, offsets, shown, counts);
  }

  /** The next request begins. */
  begin(caller: Caller, app: string): void {
    this.output.begin();
    this.statement = '';
    this.#tally.begin();
    this.#asked.begin(app);
    this.#caller = caller;
  }

  leaf(node: LeafNode, kind: LeafKind, bytes: Uint8Array, start: number, end: number, cut: boolean): void {
    this.#tally.leaf(node, kind, bytes, start, end, cut);
    const role = this.#roles.of(node);
    if (role !== 'none') this.#caller!.requestLeaf(role, node, kind, bytes, start, end, cut);
    this.#asked.leaf(node, role, kind, bytes, start, end);
    if (this.statement === '' && kind === 'text' && end - start >= shortestStatement && node.place !== 'header') {
      this.statement = statementKind(bytes, start, end);
    }
  }

  look(node: LeafNode, bytes: Uint8Array, start: number, end: number): HeadFinds {
    const mayState = node.place !== 'header' && end - start >= shortestStatement;
    const statement = mayState ? statementKind(bytes, start, end) : '';
    return { finds: this.#tally.look(node, bytes, start, end), statement };
  }

  /** Of header fields and cookies nobody else wants to know. */
  count(node: LeafNode, { finds, statement }: HeadFinds): void {
    this.#tally.again(node, finds);
    if (this.statement === '') this.statement = statement;
  }

  rowBegin(node: LeafNode): void {
    this.#tally.rowBegin(node);
  }

  rowEnd(node: LeafNode): void {
    this.#tally.rowEnd(node);
  }

  facts(): SideFacts {
    return sideFacts(this.#tally.summary(), this.tools.counts);
  }

  asked(): readonly AskedFact[] {
    return this.#asked.facts();
  }
}
