/**
 * Calls that are stored already, from captures that were read to their end: twice is once. Asked only where the time of
 * calls lies within that of such a capture, or close by.
 *
 * Parts of a capture, or two that overlap, hold some exchanges twice: a call is recognised by the time of its first
 * message and its connection. What begins in one part and ends in the next stands as the part read first had it, or in
 * two halves.
 *
 * Another tap sees the same exchange at another time, by another clock: it is recognised by addresses and ports, by where
 * in the connection it begins (the TCP sequence number), by method, path and query, within `TAP_WINDOW`. The same request
 * sent once more has another sequence number. Behind address translation, or where a firewall or balancer puts numbers of
 * its own, it is another connection and counted twice; so it is where the taps' clocks differ by more, and in HTTP/2 and
 * WebSocket where one of the taps lost exchanges, joined in the middle or never saw the client, for they are told by their
 * order. What the tap read first had only in part stays so.
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

/** What clocks of two taps may differ by, and what the way between them takes, µs. */
const TAP_WINDOW = 10e6;

type Known = Pick<ApiCall, 'ts' | 'clientPort' | 'server' | 'serverPort'>;
type Tapped = Known & Pick<ApiCall, 'client' | 'method' | 'path' | 'query' | 'sequence'>;

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
    const [from, to] = [since - TAP_WINDOW, until + TAP_WINDOW];
    const beside = streams.filter(({ firstTs, lastTs }) => firstTs <= to && lastTs >= from);
    return beside.length === 0 ? null : this.#ask(calls, beside, since, until);
  }

  async #ask(calls: readonly ApiCall[], beside: readonly ReadStream[], since: number, until: number): Promise<void> {
    const over = beside.filter(({ firstTs, lastTs }) => firstTs <= until && lastTs >= since);
    const times = [...new Set(calls.map(({ ts }) => String(ts)))];
    const same = new Set<string>();
    for await (const row of this.#rows<Known>('stored-calls', calls, over, { times, since, until })) {
      same.add(keyOf(row));
    }
    const rest: ApiCall[] = [];
    for (const call of calls) {
      if (same.has(keyOf(call))) this.#found.add(call.uid);
      else if (call.sequence !== 0) rest.push(call);
    }
    if (rest.length > 0) await this.#askTaps(rest, beside, since - TAP_WINDOW, until + TAP_WINDOW);
  }

  async #askTaps(
    calls: readonly ApiCall[],
    beside: readonly ReadStream[],
    since: number,
    until: number,
  ): Promise<void> {
    const sequences = [...new Set(calls.map(({ sequence }) => String(sequence)))];
    const seen = new Map<string, number[]>();
    for await (const row of this.#rows<Tapped>('tapped-calls', calls, beside, { sequences, since, until })) {
      const key = tapKeyOf(row);
      const times = seen.get(key);
      if (times === undefined) seen.set(key, [row.ts]);
      else times.push(row.ts);
    }
    if (seen.size === 0) return;
    for (const call of calls) {
      const times = seen.get(tapKeyOf(call));
      if (times?.some((ts) => Math.abs(ts - call.ts) <= TAP_WINDOW)) this.#found.add(call.uid);
    }
  }

  async *#rows<T>(
    question: string,
    calls: readonly ApiCall[],
    streams: readonly ReadStream[],
    parameters: Readonly<Record<string, number | readonly string[]>>,
  ): AsyncIterable<T> {
    const sources = [...new Set(streams.map(({ source }) => source))];
    const apps = [...new Set(calls.map(({ app }) => app))];
    for (let from = 0; from < sources.length; from += sourcesAtOnce) {
      const some = sources.slice(from, from + sourcesAtOnce);
      yield* await this.store.ask<T>(question, { ...parameters, apps, sources: some });
    }
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

function tapKeyOf({ sequence, client, clientPort, server, serverPort, method, path, query }: Tapped): string {
  return `${sequence} ${client} ${clientPort} ${server} ${serverPort} ${method} ${path}?${query}`;
}
