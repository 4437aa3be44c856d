/**
 * The chain of this writer: seals made one after the other, stored, then anchored. Opening it goes on from the last seal,
 * and adopts what a process stored and did not live to seal.
 *
 * State is the last seal and the forms; blocks that were sealed are asked for where they are wanted.
 */
import { readFileSync } from 'node:fs';
import type { AuditedStore, BlockDigest, RowForm, SealedTable } from '../../storage/store/digests.ts';
import { anchorPath, appendAnchor, readAnchor } from './anchor.ts';
import type { AuditKey } from './audit-key.ts';
import { hashOf, noFields, type RowsBody, type Seal, type SealFields, sha256, zeroHash } from './seal.ts';

/** Blocks of a writer are numbered from here on: two writers of one table do not meet. */
const BLOCKS_A_WRITER = 2 ** 32;

/** Ids that one question names. */
const IDS_AT_ONCE = 2000;

/** Rows that are sealed one by one may be stored this long before the seal that comes next; µs. */
const OVERLAP = 3600e6;

interface End {
  readonly writer: string;
  readonly number: number;
  readonly hash: string;
  readonly ts: number;
  readonly block: number;
  readonly lastTs: number;
}

interface Within {
  readonly block: number;
  readonly month: number;
  readonly rows: number;
  readonly digest: string;
}

type RowTable = Exclude<SealedTable, 'calls'>;

export class Chain {
  #number = 0;
  #previous = zeroHash;
  #ts = 0;
  #block = 0;
  /** When the chain was opened: time of the last seal, and the newest packet time sealed. µs */
  #opened = { ts: 0, lastTs: 0 };
  readonly #forms = new Map<SealedTable, RowForm>();
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly store: AuditedStore,
    private readonly data: string,
    private readonly key: AuditKey,
    /** Told of every seal that is anchored. */
    private readonly tell: (seal: Seal) => void,
  ) {}

  static async open(
    store: AuditedStore,
    data: string,
    key: AuditKey,
    tell: (seal: Seal) => void = () => {},
  ): Promise<Chain> {
    const chain = new Chain(store, data, key, tell);
    await chain.#takeUp();
    return chain;
  }

  /** Number for the next insert of calls. */
  nextBlock(): number {
    return ++this.#block;
  }

  /** Whether calls of this packet time, µs, may take the place of calls that an earlier run stored. */
  mayReplace(firstTs: number): boolean {
    return firstTs <= this.#opened.lastTs;
  }

  async #takeUp(): Promise<void> {
    const ends = await this.store.ask<End>('seal-ends');
    const mine = ends.find(({ writer }) => writer === this.key.writer);
    this.#block = Math.max(mine?.block ?? 0, Number.parseInt(this.key.writer.slice(0, 5), 16) * BLOCKS_A_WRITER);
    if (mine !== undefined) {
      this.#number = mine.number + 1;
      this.#previous = mine.hash;
      this.#ts = mine.ts;
      for (const { subject, body } of await this.store.ask<{ subject: SealedTable; body: string }>('seal-forms', {
        writer: mine.writer,
      })) {
        this.#forms.set(subject, JSON.parse(body) as RowForm);
      }
      await this.#mendAnchor();
    } else {
      const earlier = ends.map(({ writer, number, hash }) => ({ writer, number, hash }));
      const blocks = await this.store.ask<{ rows: number }>('call-blocks', { after: 0 });
      const before = blocks.reduce((sum, { rows }) => sum + rows, 0);
      await this.append({
        ...noFields,
        kind: 'begun',
        rows: before,
        body: JSON.stringify({ publicKey: this.key.publicKey, earlier }),
      });
    }
    await this.#adopt(mine);
    const now = await this.store.ask<End>('seal-ends');
    this.#opened = { ts: this.#ts, lastTs: now.reduce((newest, { lastTs }) => Math.max(newest, lastTs), 0) };
  }

  /** A process that ended between storing a seal and anchoring it leaves one line to write. */
  async #mendAnchor(): Promise<void> {
    const anchor = readAnchor(anchorPath(this.data));
    const written = anchor.lines.filter(({ writer }) => writer === this.key.writer).at(-1)?.number ?? -1;
    if (written !== this.#number - 2) return;
    const [last] = await this.store.ask<Seal>('seals', { writer: this.key.writer, from: this.#number - 1 });
    if (last === undefined) return;
    // The process may have ended in the middle of a line.
    const isTorn = anchor.exists && !readFileSync(anchor.path, 'utf8').endsWith('\n');
    appendAnchor(this.data, last, isTorn ? '\n' : '');
  }

  async #adopt(mine: End | undefined): Promise<void> {
    const base = this.#block;
    const unsealed = mine === undefined ? [] : await this.store.ask<{ block: number }>('call-blocks', { after: base });
    const last = unsealed.filter(({ block }) => block < base + BLOCKS_A_WRITER).map(({ block }) => block);
    if (last.length > 0) {
      const to = Math.max(...last);
      await this.#sealBlocks('adopted', await this.#digests(base + 1, to));
      this.#block = to;
    }
    for (const table of ['findings', 'decisions'] as const) await this.adoptRows(table, mine === undefined);
  }

  async #form(table: SealedTable): Promise<RowForm> {
    const form = await this.store.digests.formOf(table);
    const body = JSON.stringify(form);
    if (JSON.stringify(this.#forms.get(table)) !== body) {
      this.#forms.set(table, form);
      await this.append({ ...noFields, kind: 'form', subject: table, body });
    }
    return form;
  }

  async #digests(from: number, to: number): Promise<BlockDigest[]> {
    const form = await this.#form('calls');
    const { digests } = this.store;
    const found = await digests.blocks(form, { from, to, checks: true });
    // A row that came twice in one insert is one row.
    return found.some(({ rows, keys }) => rows !== keys)
      ? digests.blocks(form, { from, to, checks: true, final: true })
      : found;
  }

  /** Seals the calls of an insert that is stored. */
  async sealBlock(block: number): Promise<void> {
    await this.#sealBlocks('block', await this.#digests(block, block));
  }

  async #sealBlocks(kind: 'block' | 'adopted' | 'amended', digests: readonly BlockDigest[], body = ''): Promise<void> {
    for (const { block, month, rows, firstTs, lastTs, digest, checks } of digests) {
      await this.append({ kind, subject: 'calls', block, month, rows, firstTs, lastTs, digest, body }, checks);
    }
  }

  /**
   * Calls of this span are about to be stored that may take the place of others: what is sealed there, if it is as
   * sealed. What is not is told, and stays so.
   */
  async lookWithin(firstTs: number, lastTs: number): Promise<readonly Within[]> {
    const span = { asOf: this.#opened.ts, since: firstTs, until: lastTs };
    const sealed = await this.store.ask<Within>('seals-within', span);
    const sound: Within[] = [];
    for (const each of sealed) {
      const found = await this.#finally(each);
      if (found?.digest === each.digest) sound.push(each);
      else await this.append({ ...noFields, kind: 'unproven', subject: 'calls', block: each.block, month: each.month });
    }
    return sound;
  }

  async #finally({ block, month }: Within): Promise<BlockDigest | undefined> {
    const range = { from: block, to: block, month, final: true, checks: true };
    return (await this.store.digests.blocks(await this.#form('calls'), range))[0];
  }

  /** What is left of blocks after the insert `by`. */
  async amend(before: readonly Within[], by: number): Promise<void> {
    for (const each of before) {
      const { block, month, rows, digest } = each;
      const left = await this.#finally(each);
      if (left?.digest === digest) continue;
      const body = JSON.stringify({ by, before: rows });
      if (left !== undefined) await this.#sealBlocks('amended', [left], body);
      else await this.append({ ...noFields, kind: 'amended', subject: 'calls', block, month, body });
    }
  }

  /** Seals rows that are stored, by their ids. */
  async sealRows(table: RowTable, ids: readonly string[]): Promise<void> {
    const form = await this.#form(table);
    for (let i = 0; i < ids.length; i += IDS_AT_ONCE) {
      const rows = await this.store.digests.rows(table, form, { ids: ids.slice(i, i + IDS_AT_ONCE) });
      await this.#appendRows(table, { rows: rows.map(({ id, version, hash }) => [id, version, hash]) });
    }
  }

  /** Seals what stands in a table without a seal: a process ended before it, or another process wrote it. */
  async adoptRows(table: RowTable, all = false): Promise<void> {
    const { writer } = this.key;
    const since = all ? 0 : Math.max(0, this.#ts - OVERLAP);
    const lists = await this.store.ask<{ body: string }>('seal-lists', { writer, subject: table, since });
    const known = new Map<string, number>();
    for (const { body } of lists) {
      for (const [id, version] of (JSON.parse(body) as RowsBody).rows) known.set(id, version);
    }
    const form = await this.#form(table);
    const recent = await this.store.digests.rows(table, form, { since });
    const rows = recent.filter(({ id, version }) => (known.get(id) ?? -1) < version);
    await this.#appendRows(table, { rows: rows.map(({ id, version, hash }) => [id, version, hash]), adopted: true });
  }

  async #appendRows(table: RowTable, body: RowsBody): Promise<void> {
    const { rows } = body;
    if (rows.length === 0) return;
    await this.append({ ...noFields, kind: 'rows', subject: table, rows: rows.length, body: JSON.stringify(body) });
  }

  /** A month of calls is about to go. */
  async close(month: number): Promise<void> {
    await this.append({ ...noFields, kind: 'closed', subject: 'calls', month });
  }

  /** Calls of a closed month that stay, as evidence: each block is sealed as it is now. */
  async sealLeft(month: number): Promise<void> {
    const left = await this.store.ask<{ block: number; month: number }>('call-blocks', { after: 0 });
    const blocks = left.filter((each) => each.month === month && each.block > 0).map(({ block }) => block);
    if (blocks.length === 0) return;
    const range = { from: blocks[0]!, to: blocks.at(-1)!, month, final: true, checks: true };
    const digests = await this.store.digests.blocks(await this.#form('calls'), range);
    await this.#sealBlocks('amended', digests, JSON.stringify({ by: 'retention' }));
  }

  /** Makes, stores and anchors a seal. One at a time. */
  append(fields: SealFields, checks = ''): Promise<void> {
    const made = this.#turn.then(() => this.#append(fields, checks));
    this.#turn = made.catch(() => undefined);
    return made;
  }

  async #append(fields: SealFields, checks: string): Promise<void> {
    const ts = Math.max(this.#ts + 1, Date.now() * 1000);
    const { writer } = this.key;
    const chained = {
      ...fields,
      writer,
      number: this.#number,
      ts,
      checksHash: sha256(checks),
      previous: this.#previous,
    };
    const hash = hashOf(chained);
    const seal: Seal = { ...chained, hash, signature: this.key.sign(hash) };
    const { checksHash: _, ...row } = { ...seal, checks };
    await this.store.insert('seals', [row]);
    this.#number++;
    this.#previous = hash;
    this.#ts = ts;
    appendAnchor(this.data, seal);
    this.tell(seal);
  }
}
