/** What sensors tell of their packets: the last word of each stream, and the sum of those that have ended. */
import { type HandshakeSum, handshakesId } from '../../analyzer/analyzer.ts';
import { C, Ledger } from '../../sensor/ledger.ts';
import type { CallsRecord, SensorReport } from '../../storage/bus/calls.ts';
import type { Row } from '../../storage/store/store.ts';
import { isSilent, type Standing } from '../telemetry/standing.ts';

type Counts = Readonly<Record<string, number>>;

interface StreamReport {
  readonly sources: SensorReport['sources'];
  /** By name; oddities as `weird NAME`. */
  readonly counts: Counts;
  /** Step of shedding that is in force; absent where none was ever taken. */
  readonly step?: number;
}

/** As it is kept with judge's memory. */
export interface ReportsState {
  readonly streams: readonly (readonly [stream: string, report: StreamReport])[];
  /** Of streams that have ended. */
  readonly ended: Counts;
}

/** Of one report. */
export interface StreamedSums {
  /** What its rows name as their stream; more may come of a live one. */
  readonly stream: string;
  readonly isLive: boolean;
  readonly sums: readonly HandshakeSum[];
}

const WEIRD = 'weird ';
/** µs that a source is behind the newest one when it is no longer counted on. */
const GONE_US = 86_400e6;

/** Of a source's row. */
interface SourceFacts {
  readonly name: string;
  /** Octets; 0 for a port or a pipe. */
  readonly size: number;
  /** µs. */
  readonly lastTs: number;
}

export class Reports {
  readonly #streams: Map<string, StreamReport>;
  #ended: Counts;
  #sources: Row[] = [];
  #handshakes: StreamedSums[] = [];
  #sheddings: Row[] = [];

  constructor(restored: ReportsState | null) {
    this.#streams = new Map(restored?.streams ?? []);
    this.#ended = restored?.ended ?? {};
  }

  take({ stream, isLive, report }: CallsRecord): void {
    if (report === null) return;
    const counts: Record<string, number> = {};
    for (const { stage, name, value } of report.ledger) {
      counts[stage === 'weird' ? `${WEIRD}${name}` : String(name)] = Number(value);
    }
    const step = report.sheddings.at(-1)?.step ?? this.#streams.get(stream)?.step;
    this.#streams.set(stream, { sources: report.sources, counts, ...(step === undefined ? {} : { step }) });
    this.#sheddings.push(...report.sheddings.map((row) => ({ ...row, source: stream })));
    // Not finished before all of it was judged.
    this.#sources.push(...report.sources.map((row) => ({ ...row, state: isLive ? 'live' : 'reading' })));
    if (report.handshakes.length === 0) return;
    const named = isLive ? stream : handshakesId(report.handshakes);
    this.#handshakes.push({ stream: named, isLive, sums: report.handshakes });
  }

  /** All of the stream was judged. */
  finish(stream: string): void {
    const report = this.#streams.get(stream);
    if (report === undefined) return;
    this.#streams.delete(stream);
    this.#ended = sum([this.#ended, report.counts]);
    this.#sources.push(...report.sources.map((row) => ({ ...row, state: 'finished' })));
  }

  #all(): Counts {
    return sum([this.#ended, ...[...this.#streams.values()].map(({ counts }) => counts)]);
  }

  /** The sensors' counters together. */
  total(): Ledger {
    const ledger = new Ledger();
    for (const [name, value] of Object.entries(this.#all())) {
      if (name in C) ledger.counts[C[name as keyof typeof C]]! += value;
    }
    return ledger;
  }

  /**
   * What sensors read, and how new it is. Of a sensor that was started anew the latest stream counts, and one that is a
   * day behind another is taken to be gone. The last one is never: when all are silent, nothing is seen. Of what they
   * shed the highest step counts, but of none that is silent: there is nothing to shed, or nobody there. `now`: µs.
   */
  sources(now: number): Pick<Standing, 'packetTime' | 'sources' | 'silentSources' | 'shedStep'> {
    let packetTime = 0;
    const latest = new Map<string, { readonly lastTs: number; readonly step: number | null }>();
    for (const [stream, { sources, step = null }] of this.#streams) {
      for (const { name, size, lastTs } of sources as unknown as readonly SourceFacts[]) {
        packetTime = Math.max(packetTime, lastTs);
        // A live stream's name ends with when it began.
        const key = `${stream.replace(/ \S+$/, '')} ${name}`;
        if (size === 0 && lastTs >= (latest.get(key)?.lastTs ?? 0)) latest.set(key, { lastTs, step });
      }
    }
    const newest = Math.max(...[...latest.values()].map(({ lastTs }) => lastTs));
    const there = [...latest.values()].filter(({ lastTs }) => newest - lastTs < GONE_US);
    const heard = there.filter(({ lastTs }) => !isSilent(lastTs, now));
    const steps = heard.flatMap(({ step }) => (step === null ? [] : [step]));
    const shedStep = steps.length === 0 ? null : Math.max(...steps);
    return { packetTime, sources: there.length, silentSources: there.length - heard.length, shedStep };
  }

  oddities(): Row[] {
    return Object.entries(this.#all())
      .filter(([name]) => name.startsWith(WEIRD))
      .map(([name, value]) => ({
        ...{ stage: 'weird', unit: 'times', name: name.slice(WEIRD.length), kind: 'note', value },
      }));
  }

  /** Rows that are new since this was asked the last time. */
  changed(): { readonly sources: Row[]; readonly handshakes: StreamedSums[]; readonly sheddings: Row[] } {
    // Of rows of one source the last one counts; it stands behind the others.
    const sources = [...new Map(this.#sources.map((row) => [row['id'], row])).values()];
    const handshakes = this.#handshakes;
    const sheddings = this.#sheddings;
    this.#sources = [];
    this.#handshakes = [];
    this.#sheddings = [];
    return { sources, handshakes, sheddings };
  }

  state(): ReportsState {
    return { streams: [...this.#streams], ended: this.#ended };
  }
}

function sum(all: readonly Counts[]): Counts {
  const total: Record<string, number> = {};
  for (const counts of all) {
    for (const [name, value] of Object.entries(counts)) total[name] = (total[name] ?? 0) + value;
  }
  return total;
}
