/**
 * The flows of one shard, by address and port, and their ends by time. Bounded by `maxFlows` and `maxHeld`.
 *
 * Expiry belongs to the flow, not to the moment it is noticed: it happens at last packet + timeout, so the result does
 * not depend on how often anybody looks or on what other flows do.
 */
import { randomInt } from 'node:crypto';
import { flowHash, type Segment, SYN } from '../decode/segment.ts';
import { C, type Ledger } from '../ledger.ts';
import type { WeirdCounts } from '../weird.ts';
import type { Conversation, FlowView } from './conversation.ts';
import { Flow } from './flow.ts';
import type { FlowContext } from './flow-context.ts';
import type { FlowLimits } from './limits.ts';
import { RecencyList } from './recency.ts';

/** Buckets at first; there are never fewer than flows. */
const BUCKETS = 1024;
/** Drawn anew by each process, so that nobody outside can choose flows of one bucket. No output depends on it. */
const SALT = randomInt(2 ** 32);

/** The shard was chosen by the same hash: its low bits are alike in all flows here, so they are mixed once more. */
function bucketOf(hash: number, buckets: number): number {
  const mixed = Math.imul(hash ^ SALT, 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) & (buckets - 1);
}

export class FlowTable {
  /** First flow of each bucket (`bucketOf`). As many as a power of two. */
  #buckets: (Flow | null)[] = new Array<Flow | null>(BUCKETS).fill(null);
  #size = 0;
  #held = 0;
  #last: Flow | null = null;
  /** By phase. */
  readonly #lists = [new RecencyList<Flow>(0), new RecencyList<Flow>(1), new RecencyList<Flow>(2)];

  readonly #timeouts: readonly number[];
  readonly #isScoped: boolean;
  readonly #context: FlowContext;

  constructor(
    private readonly limits: FlowLimits,
    private readonly ledger: Ledger,
    private readonly weird: WeirdCounts,
    converse: (flow: FlowView) => Conversation,
  ) {
    this.#context = { limits, ledger, weird, converse };
    this.#timeouts = [limits.flowTimeoutUs, limits.halfOpenTimeoutUs, limits.closedLingerUs];
    this.#isScoped = limits.separateVlans || limits.separateTunnels;
  }

  get size(): number {
    return this.#size;
  }

  segment(s: Segment): void {
    const counts = this.ledger.counts;
    counts[C.segmentsToTrack]!++;
    if (s.wireLength > 0) {
      counts[C.segmentsWithPayload]!++;
      counts[C.payloadBytes]! += s.end - s.start;
    } else {
      counts[C.segmentsEmpty]!++;
    }

    s.scope = this.#isScoped ? this.#scopeOf(s) : 0;
    let flow = this.#last;
    let direction = flow === null ? -1 : flow.directionOf(s);
    let hash = 0;
    if (direction < 0) {
      hash = flowHash(s);
      flow = this.#buckets[bucketOf(hash, this.#buckets.length)]!;
      while (flow !== null && (flow.flowHash !== hash || (direction = flow.directionOf(s)) < 0))
        flow = flow.nextInBucket;
    } else {
      hash = flow!.flowHash;
    }
    if (flow !== null && s.clock >= flow.lastSeen + this.#timeouts[flow.phase]!) {
      this.#end(flow, 'timeout', flow.lastSeen + this.#timeouts[flow.phase]!);
      flow = null;
    }
    if (flow?.isReusedBy(s, direction as 0 | 1)) {
      this.weird.note('tcp_port_reuse');
      this.#end(flow, 'closed', s.clock);
      flow = null;
    }
    if (flow === null) {
      // Nothing can be learnt from an empty segment of an unknown connection.
      if (s.wireLength === 0 && (s.flags & SYN) === 0) return;
      flow = this.#open(s, hash);
      direction = 0;
    }
    this.#last = flow;
    this.#held += flow.segment(s, direction as 0 | 1);
    if (this.#held > this.limits.maxHeld) this.#held += flow.releaseHeld();
    const list = this.#lists[flow.phase]!;
    if (list.newest !== flow) {
      this.#lists[flow.list]!.remove(flow);
      list.append(flow);
    }
  }

  /** VLAN (13 bits with «none»), kind of tunnel and id in one number. */
  #scopeOf({ vlan, tunnel, tunnelId }: Segment): number {
    const { separateVlans, separateTunnels } = this.limits;
    const place = separateTunnels ? tunnel * 2 ** 32 + (tunnelId >>> 0) : 0;
    return separateVlans ? place * 2 ** 13 + vlan + 1 : place;
  }

  #open(s: Segment, hash: number): Flow {
    if (this.#size >= this.limits.maxFlows) this.#evict(s.clock);
    if (this.#size >= this.#buckets.length) this.#grow();
    const flow = new Flow(s, hash, this.#context);
    const bucket = bucketOf(hash, this.#buckets.length);
    flow.nextInBucket = this.#buckets[bucket]!;
    this.#buckets[bucket] = flow;
    this.#size++;
    this.ledger.counts[C.flowsSeen]!++;
    if (flow.midStream) this.ledger.counts[C.flowsMidStream]!++;
    this.#lists[flow.phase]!.append(flow);
    return flow;
  }

  /** Twice as many buckets: each one's flows go to two. */
  #grow(): void {
    const old = this.#buckets;
    const grown = new Array<Flow | null>(2 * old.length).fill(null);
    for (let flow of old) {
      while (flow !== null) {
        const next: Flow | null = flow.nextInBucket;
        const bucket = bucketOf(flow.flowHash, grown.length);
        flow.nextInBucket = grown[bucket]!;
        grown[bucket] = flow;
        flow = next;
      }
    }
    this.#buckets = grown;
  }

  /** The one silent for longest goes: closed ones first, then half-open ones. */
  #evict(clock: number): void {
    const victim = this.#lists[2]!.oldest ?? this.#lists[1]!.oldest ?? this.#lists[0]!.oldest;
    if (victim === null) return;
    this.weird.note('flow_table_full');
    this.ledger.counts[C.flowsEvicted]!++;
    this.#end(victim, 'evicted', clock);
  }

  /** Ends every flow whose timeout has passed by `clock`. After it, nothing can complete earlier than `clock`. */
  expire(clock: number): void {
    for (const list of this.#lists) {
      for (;;) {
        const flow = list.oldest;
        if (flow === null) break;
        const due = flow.lastSeen + this.#timeouts[flow.phase]!;
        if (due > clock) break;
        this.#end(flow, 'timeout', due);
      }
    }
  }

  /** The input is over: ends every flow. */
  finish(clock: number): void {
    this.expire(clock);
    for (const list of this.#lists) {
      while (list.oldest !== null) this.#end(list.oldest, 'end-of-input', clock);
    }
  }

  #end(flow: Flow, reason: 'timeout' | 'closed' | 'evicted' | 'end-of-input', clock: number): void {
    const held = flow.heldBytes;
    flow.end(reason, clock);
    this.#held -= held;
    if (flow.spoke(0) !== flow.spoke(1)) this.ledger.counts[C.flowsOneSided]!++;
    this.#lists[flow.list]!.remove(flow);
    this.#size--;
    if (this.#last === flow) this.#last = null;
    const bucket = bucketOf(flow.flowHash, this.#buckets.length);
    let other: Flow | null = this.#buckets[bucket]!;
    if (other === flow) {
      this.#buckets[bucket] = flow.nextInBucket;
      return;
    }
    while (other !== null && other.nextInBucket !== flow) other = other.nextInBucket;
    if (other !== null) other.nextInBucket = flow.nextInBucket;
  }
}
