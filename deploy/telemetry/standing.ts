/** How a role stands at the moment it is asked: what metrics and health are made of. */
import { Ledger, withWaiting } from '../../sensor/ledger.ts';
import { weirds } from '../../sensor/weird.ts';
import type { BusCounters } from '../../storage/bus/bus.ts';
import type { DiskState } from '../disk.ts';
import type { SensedSoFar } from '../sensing.ts';

export type Role = 'run' | 'sensor' | 'analyzer';

export interface Standing {
  /** The ledger's counters; what is under way makes them add up. */
  readonly counts: Float64Array;
  readonly weird: readonly { readonly name: string; readonly count: number }[];
  /** Newest packet time, µs; 0 before the first packet. */
  readonly packetTime: number;
  readonly damagedSources: number;
  readonly sources: number;
  /** Of these, ports and streams from which nothing has come of late. */
  readonly silentSources: number;
  /** Step of shedding that is in force; null where nothing is shed. */
  readonly shedStep: number | null;
  /** Share of the fullest shard's ring that is taken; null where there is none. */
  readonly ringFill: number | null;
  /** By shard: µs of packet time that its calls are behind the packets. */
  readonly shardLags: readonly number[];
  readonly bus: BusCounters | null;
  /** What judging has forgotten because a memory was full; null where nothing is judged. */
  readonly forgotten: number | null;
  /** The volume of the data folder; null where nobody looks at it. */
  readonly disk: DiskState | null;
}

/** µs without a packet after which a mirror of a firm at work has something wrong. */
const SILENCE = 120e6;

/** What the threads of `run` and `sensor` said last. */
export class Watched {
  #so: SensedSoFar | null = null;
  #step = 0;

  take(so: SensedSoFar): void {
    this.#so = so;
    this.#step = so.sheddings.at(-1)?.step ?? this.#step;
  }

  /** `judged`: counters of judging; null where none is done. */
  standing(
    judged: Float64Array | null,
    more: Pick<Standing, 'bus' | 'forgotten' | 'disk'>,
    now = Date.now() * 1000,
  ): Standing {
    const counters = new Ledger();
    const so = this.#so;
    if (so === null) return { ...nothing, ...more, counts: counters.counts };
    counters.add(so.counters.counts);
    if (judged !== null) counters.add(judged);
    // A folder that waits for its next file is not silent.
    const extents = so.folder === null ? so.extents : [];
    return {
      counts: withWaiting(counters.counts),
      weird: oddities(so.weird.counts),
      packetTime: so.packetTime,
      damagedSources: so.damage.length > 0 ? new Set(so.damage.map(({ input }) => input)).size : 0,
      sources: so.inputs.length,
      silentSources: extents.filter(({ lastTs }) => isSilent(lastTs, now)).length,
      shedStep: this.#step,
      ringFill: so.ringFill,
      shardLags: so.shardLags,
      ...more,
    };
  }
}

const nothing: Omit<Standing, 'counts' | 'bus' | 'forgotten' | 'disk'> = {
  ...{ weird: [], packetTime: 0, damagedSources: 0, sources: 0, silentSources: 0 },
  ...{ shedStep: null, ringFill: null, shardLags: [] },
};

/** `lastTs` 0: nothing has come yet, which is another matter. */
export function isSilent(lastTs: number, now: number): boolean {
  return lastTs > 0 && now - lastTs > SILENCE;
}

function oddities(counts: Float64Array): Standing['weird'] {
  return weirds.map((name, index) => ({ name, count: counts[index]! })).filter(({ count }) => count > 0);
}

/** Growth of the counters over the last minutes: a loss of last week is no news. */
export class Recent {
  readonly #marks: { readonly at: number; readonly counts: Float64Array }[] = [];

  /** `now`: ms of a clock that never goes back. Answers what the counters grew by since ten minutes ago, about. */
  take(counts: Float64Array, now: number): Float64Array {
    const marks = this.#marks;
    // What was counted before the first look may be of last week: an analyzer goes on from what it had.
    if (marks.length === 0 || now - marks.at(-1)!.at >= MARK_MS)
      marks.push({ at: now, counts: Float64Array.from(counts) });
    while (marks.length > 2 && now - marks[1]!.at >= WINDOW_MS) marks.shift();
    const since = marks[0]!.counts;
    return counts.map((count, index) => Math.max(0, count - since[index]!));
  }
}

const WINDOW_MS = 600_000;
const MARK_MS = 60_000;

/** Stages that a role has. */
export function hasStage(role: Role, stage: string): boolean {
  return role !== 'sensor' || (stage !== 'judged' && stage !== 'stored');
}
