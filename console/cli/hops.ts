/**
 * One request over several hops: a gateway hands on what a client asked, a service asks the next one, and each hop is a
 * call of its own where a tap sees it. Calls belong together by the ids that tracing hands on, else by what they are:
 * the same request, within the other one's time, from the machine that the other one went to.
 *
 * A wrong join is worse than none: what fits two calls by content is joined to neither. State: the calls of the last
 * minute, at most 20,000; the eldest go first, and what they would have been joined to begins a chain of its own.
 */
export interface Hop {
  readonly uid: string;
  readonly ts: number;
  readonly durationUs: number;
  readonly method: string;
  /** Masked. */
  readonly path: string;
  readonly query: string;
  readonly status: number;
  readonly client: string;
  readonly server: string;
  readonly serverPort: number;
  readonly accountHash: string;
  readonly session: string;
  /** Parted by spaces; '' for none. */
  readonly traceIds: string;
}

export interface Joined {
  /** Serial number of the first hop; its own where it is the first, or the only one. */
  readonly chain: string;
  /** From 1. */
  readonly hop: number;
  /** What joins it to the hop before it. */
  readonly by: '' | 'trace-id' | 'content';
}

/** µs that clocks of taps, and of the machines between them, may differ by. */
const slack = 5_000;
/** µs for which an id stands for one request: a retry has it again, and so has what runs on behind the answer. */
export const longestChain = 60e6;
const mostOpen = 20_000;
/** Calls with one id: what more of them share is no request's, but a constant of their sender. */
const mostOfId = 64;

interface Open extends Joined {
  readonly call: Hop;
  readonly end: number;
}

export class Hops {
  /** In order of time. */
  #open: Open[] = [];
  /** Calls before it are gone. */
  #first = 0;
  readonly #byTrace = new Map<string, Open[]>();
  readonly #byRequest = new Map<string, Open[]>();

  /** Calls come in order of time. */
  take(call: Hop): Joined {
    this.#forget(call.ts);
    const joined = this.#byId(call) ?? this.#byContent(call) ?? { chain: call.uid, hop: 1, by: '' };
    const { chain, hop, by } = joined;
    const open: Open = { chain, hop, by, call, end: call.ts + call.durationUs };
    this.#open.push(open);
    for (const id of idsOf(call)) push(this.#byTrace, id, open);
    push(this.#byRequest, requestOf(call), open);
    return { chain, hop, by };
  }

  #byId(call: Hop): Joined | undefined {
    const ids = idsOf(call);
    const known = ids.flatMap((id) => {
      const some = this.#byTrace.get(id) ?? [];
      return some.length < mostOfId ? some : [];
    });
    const [first] = known;
    if (first === undefined) return undefined;
    const around = innermost(known.filter((open) => isWithin(call, open) && !isSameHop(call, open.call)));
    return { chain: (around ?? first).chain, hop: around === undefined ? 1 : around.hop + 1, by: 'trace-id' };
  }

  #byContent(call: Hop): Joined | undefined {
    const key = requestOf(call);
    const under = (this.#byRequest.get(key) ?? []).filter(({ end }) => end + slack >= call.ts);
    if (under.length > 0) this.#byRequest.set(key, under);
    const some = under.filter((open) => isHandedOn(call, open));
    // Of hops one within the other only the innermost may be the one before.
    const around = innermost(some);
    if (around === undefined || some.some((open) => open.chain !== around.chain)) return undefined;
    return { chain: around.chain, hop: around.hop + 1, by: 'content' };
  }

  #forget(now: number): void {
    while (this.#first < this.#open.length) {
      const open = this.#open[this.#first]!;
      const waits = Math.max(open.end, open.call.ts + longestChain) >= now;
      if (waits && this.#open.length - this.#first < mostOpen) break;
      for (const id of idsOf(open.call)) shift(this.#byTrace, id, open);
      shift(this.#byRequest, requestOf(open.call), open);
      this.#first++;
    }
    if (this.#first > mostOpen) {
      this.#open = this.#open.slice(this.#first);
      this.#first = 0;
    }
  }
}

function idsOf({ traceIds }: Hop): readonly string[] {
  return traceIds === '' ? [] : traceIds.split(' ');
}

/** Gateways put a prefix before a path, or take it away: its last two segments stay. */
function requestOf({ method, path, query }: Hop): string {
  return `${method} ${path.split('/').slice(-2).join('/')} ${query}`;
}

function isWithin(call: Hop, { call: around, end }: Open): boolean {
  return call.ts >= around.ts - slack && call.ts + call.durationUs <= end + slack;
}

/** The same leg, seen once more. */
function isSameHop(call: Hop, other: Hop): boolean {
  return call.server === other.server && call.serverPort === other.serverPort && call.client === other.client;
}

function isHandedOn(call: Hop, open: Open): boolean {
  const { call: around } = open;
  // Behind a trusted proxy the client is the same one, else it is the machine in between.
  const isOfIt = call.client === around.server || call.client === around.client;
  const differ = (a: string, b: string) => a !== '' && b !== '' && a !== b;
  return (
    isOfIt &&
    isWithin(call, open) &&
    call.status === around.status &&
    (call.server !== around.server || call.serverPort !== around.serverPort) &&
    (call.path.endsWith(around.path) || around.path.endsWith(call.path)) &&
    !differ(call.session, around.session) &&
    !differ(call.accountHash, around.accountHash) &&
    // Ids that differ say that it is another request.
    (call.traceIds === '' || around.traceIds === '')
  );
}

/** The one that began last. */
function innermost(some: readonly Open[]): Open | undefined {
  return some.reduce<Open | undefined>(
    (best, open) => (best === undefined || open.hop >= best.hop ? open : best),
    undefined,
  );
}

function push(lists: Map<string, Open[]>, key: string, open: Open): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [open]);
  else list.push(open);
}

function shift(lists: Map<string, Open[]>, key: string, open: Open): void {
  const list = lists.get(key);
  // They come and go in one order; some went before.
  if (list?.[0] === open) list.shift();
  if (list?.length === 0) lists.delete(key);
}
