/**
 * Calls that are stored already, from captures that were read to their end: parts of a capture, or two that overlap,
 * hold some exchanges twice, and twice is once. Asked only where the time of calls lies within that of such a capture.
 *
 * A call is recognised by the time of its first message and its connection. So what begins in one part of a capture and
 * ends in the next stands as the part read first had it, or in two halves; and a tap with another clock sees other calls.
 */
import type { ApiCall, PackedCall } from '../analyzer/analyzer.ts';
import type { Store } from '../storage/store/store.ts';

/** A stream that was read to its end. */
export interface ReadStream {
  /** What its calls name as their source. */
  readonly source: string;
  /** Packet time of its first and last packet, µs. */
  readonly firstTs: number;
  readonly lastTs: number;
  /** `contentDigest` of what it was judged by; absent where an earlier version read it. */
  readonly content?: string;
}

type Known = Pick<ApiCall, 'ts' | 'clientPort' | 'server' | 'serverPort'>;

/** Sources that a question names; those of more streams that lie over one another are asked for in turn. */
const sourcesAtOnce = 1000;

export class StoredCalls {
  /** Those of the calls looked up that are stored, by uid, until they are taken. */
  readonly #found = new Set<string>();
  taken = 0;

  constructor(
    private readonly store: Store,
    /** Those that were read to their end, as they are when calls come. */
    private readonly memory: { readonly streams: readonly ReadStream[] },
  ) {}

  /** Looks up calls before they are taken. Null where nothing stored lies at their time: then there is nothing to wait for. */
  look(packed: readonly PackedCall[]): Promise<void> | null {
    const { streams } = this.memory;
    if (streams.length === 0 || packed.length === 0) return null;
    const calls = packed.map((call) => call.unpack());
    let since = Number.POSITIVE_INFINITY;
    let until = Number.NEGATIVE_INFINITY;
    for (const { ts } of calls) {
      if (ts < since) since = ts;
      if (ts > until) until = ts;
    }
    const beside = streams.filter(({ firstTs, lastTs }) => firstTs <= until && lastTs >= since);
    return beside.length === 0 ? null : this.#ask(calls, beside, since, until);
  }

  async #ask(calls: readonly ApiCall[], beside: readonly ReadStream[], since: number, until: number): Promise<void> {
    const sources = [...new Set(beside.map(({ source }) => source))];
    const apps = [...new Set(calls.map(({ app }) => app))];
    const times = [...new Set(calls.map(({ ts }) => String(ts)))];
    const stored = new Set<string>();
    for (let from = 0; from < sources.length; from += sourcesAtOnce) {
      const some = sources.slice(from, from + sourcesAtOnce);
      const rows = await this.store.ask<Known>('stored-calls', { apps, times, since, until, sources: some });
      for (const row of rows) stored.add(keyOf(row));
    }
    for (const call of calls) if (stored.has(keyOf(call))) this.#found.add(call.uid);
  }

  /** Whether a call that was looked up is stored; asked once a call. */
  take(uid: string): boolean {
    if (this.#found.size === 0 || !this.#found.delete(uid)) return false;
    this.taken++;
    return true;
  }
}

function keyOf({ ts, clientPort, server, serverPort }: Known): string {
  return `${ts} ${clientPort} ${server} ${serverPort}`;
}
