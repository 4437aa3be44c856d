/** The request's leaves, each looked at once by all who want to know of it. */
import type { AskedFact, SideFacts } from '../call.ts';
import type { Finds } from '../classify/finds.ts';
import { statementKind } from '../classify/statement.ts';
import type { Tally } from '../classify/tally.ts';
import type { Caller, RequestRoles } from '../identify/caller.ts';
import type { LeafKind, LeafNode, LeafSink } from '../leaf.ts';
import type { HeadReader } from '../leaves/head-values.ts';
import type { LeafTree } from '../leaves/tree.ts';
import type { Asked } from './asked.ts';
import type { ReadCounts } from './counts.ts';
import { sideFacts } from './side-facts.ts';

/** Places of requests to one API, with what their names say. */
export interface RequestTree {
  readonly tree: LeafTree;
  readonly roles: RequestRoles;
}

/** Shorter texts are no statement: `show t`. */
const shortestStatement = 6;

/** What is in a header field or a cookie. */
export interface HeadFinds {
  readonly finds: Finds;
  readonly statement: string;
}

export class RequestSide implements LeafSink, HeadReader<HeadFinds> {
  /** Kind of the first value that reads as a database statement; empty while none does. */
  statement = '';

  constructor(
    private readonly tally: Tally,
    private readonly roles: RequestRoles,
    private readonly caller: Caller,
    private readonly asking: Asked,
    private readonly counts: ReadCounts,
  ) {}

  leaf(node: LeafNode, kind: LeafKind, bytes: Uint8Array, start: number, end: number, cut: boolean): void {
    this.tally.leaf(node, kind, bytes, start, end, cut);
    const role = this.roles.of(node);
    if (role !== 'none') this.caller.requestLeaf(role, node, kind, bytes, start, end, cut);
    this.asking.leaf(node, role, kind, bytes, start, end);
    if (this.statement === '' && kind === 'text' && end - start >= shortestStatement && node.place !== 'header') {
      this.statement = statementKind(bytes, start, end);
    }
  }

  look(node: LeafNode, bytes: Uint8Array, start: number, end: number): HeadFinds {
    const mayState = node.place !== 'header' && end - start >= shortestStatement;
    const statement = mayState ? statementKind(bytes, start, end) : '';
    return { finds: this.tally.look(node, bytes, start, end), statement };
  }

  /** Of header fields and cookies nobody else wants to know. */
  count(node: LeafNode, { finds, statement }: HeadFinds): void {
    this.tally.again(node, finds);
    if (this.statement === '') this.statement = statement;
  }

  rowBegin(node: LeafNode): void {
    this.tally.rowBegin(node);
  }

  rowEnd(node: LeafNode): void {
    this.tally.rowEnd(node);
  }

  facts(): SideFacts {
    return sideFacts(this.tally.summary(), this.counts);
  }

  asked(): readonly AskedFact[] {
    return this.asking.facts();
  }
}
