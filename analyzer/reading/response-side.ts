/** The response's leaves, each looked at once by all who want to know of it; and its rows, counted. */
import type { ResponseFacts } from '../call.ts';
import type { Finds } from '../classify/finds.ts';
import type { Tally } from '../classify/tally.ts';
import type { Caller, ResponseRoles } from '../identify/caller.ts';
import { hashNumber, type KeyedHash } from '../keyed-hash.ts';
import type { LeafKind, LeafNode, LeafSink } from '../leaf.ts';
import type { HeadReader } from '../leaves/head-values.ts';
import type { LeafTree } from '../leaves/tree.ts';
import type { ReadCounts } from './counts.ts';
import { ObjectIds } from './object-ids.ts';
import { hasRole, isObject, type PlaceMarks } from './place-marks.ts';
import { sideFacts } from './side-facts.ts';

/** Places of replies of one API, with what their names say. */
export interface ResponseTree {
  readonly tree: LeafTree;
  readonly roles: ResponseRoles;
  readonly marks: PlaceMarks;
}

const longestId = 64;
const none: readonly never[] = Object.freeze([]);

export class ResponseSide implements LeafSink, HeadReader<Finds> {
  #objectIds: ObjectIds | null = null;
  /** Rows by the place they share, all but the latest: most responses have one such place. */
  #rows: Map<LeafNode, number> | null = null;
  #lastRow: LeafNode | null = null;
  #lastCount = 0;

  constructor(
    private readonly tally: Tally,
    private readonly places: ResponseTree,
    private readonly caller: Caller,
    private readonly hash: KeyedHash,
    private readonly counts: ReadCounts,
  ) {}

  leaf(node: LeafNode, kind: LeafKind, bytes: Uint8Array, start: number, end: number, cut: boolean): void {
    this.tally.leaf(node, kind, bytes, start, end, cut);
    const mark = this.places.marks.of(node);
    if (mark === 0) return;
    if ((mark & hasRole) !== 0) {
      this.caller.responseLeaf(this.places.roles.of(node), node, kind, bytes, start, end, cut);
    }
    const length = end - start;
    if ((mark & isObject) === 0 || kind === 'literal' || length === 0 || length > longestId) return;
    const ids = (this.#objectIds ??= new ObjectIds());
    this.hash.hash(bytes, start, end);
    if (!ids.add(hashNumber(this.hash.high, this.hash.low))) this.counts.factsOverLimit++;
  }

  look(node: LeafNode, bytes: Uint8Array, start: number, end: number): Finds {
    return this.tally.look(node, bytes, start, end);
  }

  /** Of header fields and cookies nobody else wants to know. */
  count(node: LeafNode, finds: Finds): void {
    this.tally.again(node, finds);
  }

  rowBegin(node: LeafNode): void {
    this.tally.rowBegin(node);
    if (node !== this.#lastRow) this.#changeRows(node);
    this.#lastCount++;
  }

  rowEnd(node: LeafNode): void {
    this.tally.rowEnd(node);
  }

  #changeRows(node: LeafNode): void {
    if (this.#lastRow !== null) (this.#rows ??= new Map()).set(this.#lastRow, this.#lastCount);
    this.#lastRow = node;
    this.#lastCount = this.#rows?.get(node) ?? 0;
  }

  facts(attachment: boolean): ResponseFacts {
    let records = this.#lastCount;
    if (this.#rows !== null) for (const count of this.#rows.values()) records = Math.max(records, count);
    const summary = this.tally.summary();
    const { labels, places, values } = sideFacts(summary, this.counts);
    const objectIds = this.#objectIds?.list() ?? none;
    const { persons, personIds } = summary;
    return { labels, places, values, persons, personIds, records, objectIds, attachment };
  }
}
