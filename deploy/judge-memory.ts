/**
 * What judge has learnt, as the store keeps it. Two snapshots, so that what was read of a capture can be taken back:
 *
 *   judge       what captures that were read to their end taught. Writing it is what makes a capture read.
 *   judge-open  that, and the stream of captures under way up to a cursor. It stands only beside the `judge` it began on;
 *               empty when none is under way.
 *
 * So an interrupted stream goes on from its cursor when it comes again, and leaves no trace in judge's memory when
 * another comes first, or the same captures come with more of them: none is ever counted twice.
 *
 * What another version of the program wrote is taken up as far as this one can (`Judge.takeUp`); a stream that was under
 * way then is read from its beginning.
 */
import { type Judge, type JudgeSnapshot, judgeVersion } from '../analyzer/analyzer.ts';
import type { Row, Store } from '../storage/store/store.ts';
import { packJson, unpackJson } from './packed-json.ts';
import type { ReadStream } from './stored-calls.ts';

const CLOSED = 'judge';
const OPEN = 'judge-open';
/** Contents and streams remembered; the oldest are forgotten first, and then taken for new if they come in another form. */
const MAX_CONTENTS = 10_000;

interface ClosedState {
  readonly judge: JudgeSnapshot;
  /** Rows of the captures that were finished last: written again if the process ended before it wrote them. */
  readonly sources: readonly Row[];
  /** `ContentId` of the streams that were read, oldest first. */
  readonly contents: readonly string[];
  /** The streams that were read, oldest first; absent where an earlier version wrote it. */
  readonly streams?: readonly ReadStream[];
  /** How far the bus was read, where an analyzer reads one. */
  readonly bus?: object;
}

interface OpenState {
  /** Version of the `judge` it began on. */
  readonly base: number;
  readonly judge: JudgeSnapshot;
}

interface StoredSource {
  readonly id: string;
  readonly state: string;
  readonly version: number;
  readonly firstTs: number;
  readonly lastTs: number;
}

export class JudgeMemory {
  #version = 0;
  #base = 0;
  /** Of what was stored last, all but judge's memory; null when nothing was. */
  #closed: Omit<ClosedState, 'judge'> | null = null;
  /** The state that was stored last, packed: as objects it would be in memory a second time, for good. */
  #packed: Promise<string> | null = null;
  /** What is unpacked of it already; whoever takes it up gets it as their own. */
  #unpacked: JudgeSnapshot | null = null;
  /** Version of judge's memory in it; null when there is none. */
  #judgeVersion: number | null = null;
  #streams: readonly ReadStream[] = [];

  private constructor(
    private readonly store: Store,
    private readonly content: string,
  ) {}

  /**
   * Reads what there is; captures that were finished, and not yet marked so, are marked. `content`: the digest of what
   * streams are judged by from here on.
   */
  static async open(store: Store, content = ''): Promise<JudgeMemory> {
    const memory = new JudgeMemory(store, content);
    // A run that died may have written rows after its last snapshot: what replaces them must be above those too.
    const [last] = await store.ask<{ version: number }>('last-version');
    memory.#version = last?.version ?? 0;
    const closed = await memory.#load<ClosedState>(CLOSED);
    // A store of the first versions has a memory without a judge: nothing of it can be taken up.
    if (closed?.state.judge !== undefined) {
      const { judge, ...rest } = closed.state;
      memory.#base = closed.version;
      memory.#packed = Promise.resolve(closed.packed);
      memory.#unpacked = judge;
      memory.#judgeVersion = judge.v;
      memory.#closed = rest;
      const stored = await memory.#markFinished(rest.sources);
      // A stream of one capture is named by it.
      memory.#streams = rest.streams ?? streamsOf(stored);
    }
    return memory;
  }

  async #load<T extends object>(name: string): Promise<{ version: number; packed: string; state: T } | null> {
    const [row] = await this.store.ask<{ version: number; payload: string }>('snapshot', { name });
    if (row === undefined || row.payload === '') return null;
    return { version: row.version, packed: row.payload, state: unpackJson<T>(row.payload) };
  }

  /** Answers the sources there were. */
  async #markFinished(rows: readonly Row[]): Promise<readonly StoredSource[]> {
    const stored = await this.store.ask<StoredSource>('sources', { id: '' });
    const states = new Map(stored.map((row) => [row.id, row.state]));
    const unmarked = rows.filter((row) => states.get(row['id'] as string) !== row['state']);
    if (unmarked.length === 0) return stored;
    const version = this.nextVersion();
    await this.store.insert(
      'sources',
      unmarked.map((row) => ({ ...row, version })),
    );
    return stored;
  }

  /** What was read to its end, and so is known. */
  get streams(): readonly ReadStream[] {
    return this.#streams;
  }

  /** Versions order the rows that replace each other, over restarts and a clock that was set back. */
  nextVersion(): number {
    this.#version = Math.max(this.#version + 1, Date.now() * 1000);
    return this.#version;
  }

  /** Gives judge what is known before `stream` goes on, or begins. `stream` null: it can't go on. */
  async restore(judge: Judge, stream: string | null): Promise<void> {
    const open = await this.#load<OpenState>(OPEN);
    const fits = open !== null && open.state.base === this.#base && open.state.judge.v === judgeVersion;
    if (fits && stream !== null && stream in open.state.judge.cursors) {
      judge.restore(open.state.judge);
      this.#unpacked = null;
    } else {
      await this.takeBack(judge);
    }
  }

  /** Gives judge what is known without the stream under way. */
  async takeBack(judge: Judge): Promise<void> {
    const known = this.#unpacked ?? (this.#packed === null ? null : unpackJson<ClosedState>(await this.#packed).judge);
    this.#unpacked = null;
    judge.restore(known === null ? judge.fresh().snapshot() : judge.takeUp(known));
  }

  /** Whether what was learnt was written by another version, and most of it is learnt anew. */
  get isOfAnotherVersion(): boolean {
    return this.#judgeVersion !== null && this.#judgeVersion !== judgeVersion;
  }

  /** Whether some stream within that span of packet time, µs, was judged by other rules or recognizers than now. */
  wasJudgedOtherwise(firstTs: number, lastTs: number): boolean {
    return this.#streams.some(
      (stream) =>
        stream.firstTs <= lastTs &&
        stream.lastTs >= firstTs &&
        stream.content !== undefined &&
        stream.content !== this.content,
    );
  }

  knows(content: string | null): boolean {
    return content === null ? false : (this.#closed?.contents.includes(content) ?? false);
  }

  /** The stream under way, up to here. Rows it speaks of must be stored before. */
  async open(judge: Judge): Promise<Row> {
    const state: OpenState = { base: this.#base, judge: judge.parts() };
    const version = this.nextVersion();
    return { name: OPEN, version, payload: await packJson(state) };
  }

  /**
   * A stream that cannot be read again, up to here: what it taught is kept whatever becomes of the process. Rows it
   * speaks of must be stored before. `span`: packet time of its calls so far, µs.
   */
  keep(judge: Judge, source: string, { firstTs, lastTs }: Pick<ReadStream, 'firstTs' | 'lastTs'>): Promise<Row> {
    const version = this.nextVersion();
    const others = this.#streams.filter((stream) => stream.source !== source);
    const stream: ReadStream = { source, firstTs, lastTs, content: this.content };
    const state: ClosedState = {
      judge: judge.parts(),
      sources: [],
      contents: this.#closed?.contents ?? [],
      streams: (lastTs > 0 ? [...others, stream] : others).slice(-MAX_CONTENTS),
      ...this.#busState(),
    };
    return this.#remember(state, version);
  }

  /** From here on this is what is known. */
  async #remember(state: ClosedState, version: number): Promise<Row> {
    const { judge, ...rest } = state;
    this.#packed = packJson(state);
    this.#unpacked = null;
    this.#judgeVersion = judge.v;
    this.#closed = rest;
    this.#base = version;
    return { name: CLOSED, version, payload: await this.#packed };
  }

  /** Whoever reads something else in between leaves it as it was. */
  #busState(): Pick<ClosedState, 'bus'> {
    return this.#closed?.bus === undefined ? {} : { bus: this.#closed.bus };
  }

  /** How far the bus was read when this was saved; null when none was. */
  get bus(): object | null {
    return this.#closed?.bus ?? null;
  }

  /** The same of what came by the bus. `ended`: streams of it that were read to their end. */
  keepBus(judge: Judge, ended: readonly Omit<ReadStream, 'content'>[], bus: object): Promise<Row> {
    const version = this.nextVersion();
    const names = new Set(ended.map(({ source }) => source));
    const others = this.#streams.filter(({ source }) => !names.has(source));
    const fresh = ended.filter(({ lastTs }) => lastTs > 0).map((stream) => ({ ...stream, content: this.content }));
    this.#streams = [...others, ...fresh].slice(-MAX_CONTENTS);
    const contents = this.#closed?.contents ?? [];
    const state: ClosedState = { judge: judge.parts(), sources: [], contents, streams: this.#streams, bus };
    return this.#remember(state, version);
  }

  /** The stream has been read to its end: from here on it is known. */
  async close(judge: Judge, source: string, content: string | null, sources: readonly Row[]): Promise<void> {
    const contents = [...(this.#closed?.contents ?? [])];
    const isNew = content !== null && !contents.includes(content);
    if (isNew) contents.push(content);
    // A stream without a call, or known in another form, has given no row.
    const streams = isNew
      ? [...this.#streams, streamOf(source, this.content, sources)].slice(-MAX_CONTENTS)
      : this.#streams;
    const state: ClosedState = {
      judge: judge.parts(),
      sources,
      contents: contents.slice(-MAX_CONTENTS),
      streams,
      ...this.#busState(),
    };
    const version = this.nextVersion();
    const closed = await this.#remember(state, version);
    // Nothing is under way any more: what was saved of it on the way, by the clock, is worth nothing, and as large.
    await this.store.insert('snapshots', [closed, { name: OPEN, version, payload: '' }]);
    this.#streams = streams;
    await this.#markFinished(sources);
  }
}

function streamsOf(stored: readonly StoredSource[]): ReadStream[] {
  return stored
    .filter(({ state }) => state === 'finished')
    .map(({ id, firstTs, lastTs }) => ({ source: id, firstTs, lastTs }));
}

function streamOf(source: string, content: string, captures: readonly Row[]): ReadStream {
  const firsts = captures.map((row) => Number(row['firstTs'])).filter((ts) => ts > 0);
  const lasts = captures.map((row) => Number(row['lastTs'])).filter((ts) => ts > 0);
  return { source, firstTs: Math.min(...firsts, Number.MAX_SAFE_INTEGER), lastTs: Math.max(...lasts, 0), content };
}
