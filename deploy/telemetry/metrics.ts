/**
 * What Prometheus is told: the ledger, and what operators watch beside it. Names end with their unit, and with `_total`
 * where they only grow; no name of an application, a client or an account is in them. The only importer of prom-client.
 */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { Ledger } from '../../sensor/ledger.ts';
import type { Condition } from './condition.ts';
import { hasStage, type Role, type Standing } from './standing.ts';
import type { StoreMeter } from './store-meter.ts';

export interface FindingCount {
  readonly kind: string;
  readonly level: string;
  readonly findings: number;
}

export interface Measures {
  readonly standing: Standing;
  readonly condition: Condition;
  /** Null where there is no store. */
  readonly store: StoreMeter | null;
  /** Open findings; null where there is no store. */
  readonly findings: readonly FindingCount[] | null;
}

const CONDITIONS: readonly Condition[] = ['complete', 'degraded', 'blind'];

type Labels = Readonly<Record<string, string | number>>;

export class Metrics {
  readonly #registry = new Registry();
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, Gauge>();

  constructor(
    private readonly role: Role,
    version: string,
  ) {
    // Of the process with all its threads; heap and event loop are the main thread's.
    collectDefaultMetrics({ register: this.#registry });
    this.#gauge('apiris_build_info', 'Version and role of this process; always 1.', 1, { version, role });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Everything as text, as it stands now. */
  text(measures: Measures): Promise<string> {
    for (const counter of this.#counters.values()) counter.reset();
    // A level without findings, a shard that is gone: what is not set again is not there any more.
    for (const [name, gauge] of this.#gauges) if (name !== 'apiris_build_info') gauge.reset();
    const { standing, condition, store, findings } = measures;
    this.#ledger(standing);
    for (const each of CONDITIONS) {
      const help = 'How complete the picture is; 1 for the word that is in force.';
      this.#gauge('apiris_condition', help, Number(each === condition), { state: each });
    }
    this.#pace(standing);
    this.#bus(standing);
    if (store !== null) this.#store(store);
    for (const { kind, level, findings: count } of findings ?? []) {
      this.#gauge('apiris_findings', 'Open findings in the store.', count, { kind, level });
    }
    return this.#registry.metrics();
  }

  #ledger({ counts, weird }: Standing): void {
    const ledger = new Ledger();
    ledger.add(counts);
    for (const { stage, unit, name, kind, value } of ledger.entries()) {
      if (!hasStage(this.role, stage)) continue;
      if (kind === 'waiting') {
        const help = `The ledger, ${unit}: in a stage at this moment.`;
        this.#gauge(`apiris_ledger_${unit}_waiting`, help, value, { stage });
        continue;
      }
      const help =
        `The ledger, ${unit}. Of a stage kind "in" equals out + skipped + lost + waiting; skipped: on purpose, lost: by ` +
        'force, the counter says why; note: outside the balance.';
      this.#counter(`apiris_ledger_${unit}_total`, help, value, { stage, counter: name, kind });
    }
    for (const { name, count } of weird) {
      this.#counter('apiris_weird_events_total', 'Oddities of the traffic, by name.', count, { name });
    }
  }

  #pace(standing: Standing): void {
    const { packetTime, sources, silentSources, shedStep, ringFill, shardLags, forgotten, disk } = standing;
    const newest = 'Time of the newest packet, seconds since 1970; 0 before the first one.';
    this.#gauge('apiris_packet_timestamp_seconds', newest, packetTime / 1e6);
    this.#gauge('apiris_sources', 'Ports, streams and files that are read.', sources);
    this.#gauge('apiris_sources_silent', 'Of them, without a packet for two minutes.', silentSources);
    for (const [index, lag] of shardLags.entries()) {
      const help =
        'Packet time that the calls of a shard are behind the packets, the wait for slow responses among it.';
      this.#gauge('apiris_shard_lag_seconds', help, lag / 1e6, { shard: index + 1 });
    }
    if (ringFill !== null) {
      this.#gauge('apiris_ring_fill_ratio', 'Share of the fullest ring before a shard that is taken.', ringFill);
    }
    if (disk !== null) {
      this.#gauge('apiris_disk_free_bytes', 'Room on the volume of the data folder.', disk.free);
      this.#gauge('apiris_disk_size_bytes', 'Size of the volume of the data folder.', disk.size);
      const marks =
        '0: above both marks; 1: below disk.warn; 2: below disk.drop, where the oldest of little worth goes.';
      this.#gauge('apiris_disk_mark', marks, disk.mark);
      this.#gauge('apiris_disk_stuck', '1 while more ought to go and nothing may.', Number(disk.isStuck));
      this.#counter('apiris_disk_dropped_months_total', 'Months of a table that went for want of room.', disk.dropped);
    }
    if (shedStep !== null) {
      this.#gauge('apiris_shedding_step', 'Step of shedding under load; 0 when everything is read.', shedStep);
    }
    if (forgotten !== null) {
      this.#counter(
        'apiris_judge_evictions_total',
        'Entries that judging forgot because a memory was full.',
        forgotten,
      );
    }
  }

  #bus({ bus }: Standing): void {
    if (bus === null) return;
    this.#gauge('apiris_bus_up', '1 while the broker answers.', Number(!bus.isAway));
    this.#gauge('apiris_bus_lag_messages', 'Messages on the bus that are not judged and kept yet.', bus.behind);
    this.#gauge(
      'apiris_bus_outbox_messages',
      'Messages that wait for the broker, on disk or in memory.',
      Math.max(0, bus.published - bus.sent),
    );
    const counters = [
      ['published', 'Messages that were given to the bus.', bus.published],
      ['sent', 'Messages that the broker took.', bus.sent],
      ['spooled', 'Messages that were put on the disk to wait.', bus.spooled],
      ['poisoned', 'Messages that could not be read and are in the dead letters.', bus.poisoned],
    ] as const;
    for (const [name, help, value] of counters) this.#counter(`apiris_bus_${name}_messages_total`, help, value);
    this.#counter('apiris_bus_failures_total', 'Times the broker did not take a batch.', bus.failures);
    this.#counter('apiris_bus_waits_total', 'Times a publisher had to wait for room.', bus.waits);
  }

  #store({ rows, waiting, inserts, failures, seconds }: StoreMeter): void {
    for (const [table, count] of rows) {
      this.#counter('apiris_store_rows_total', 'Rows stored by this process.', count, { table });
    }
    this.#gauge('apiris_store_rows_waiting', 'Rows on their way to the store.', waiting);
    this.#counter('apiris_store_inserts_total', 'Inserts that were done.', inserts);
    this.#counter('apiris_store_insert_seconds_total', 'Time that inserts took.', seconds);
    this.#counter('apiris_store_insert_failures_total', 'Inserts that failed.', failures);
  }

  #counter(name: string, help: string, value: number, labels: Labels = {}): void {
    let counter = this.#counters.get(name);
    if (counter === undefined) {
      counter = new Counter({ name, help, labelNames: Object.keys(labels), registers: [this.#registry] });
      this.#counters.set(name, counter);
    }
    counter.inc(labels, value);
  }

  #gauge(name: string, help: string, value: number, labels: Labels = {}): void {
    let gauge = this.#gauges.get(name);
    if (gauge === undefined) {
      gauge = new Gauge({ name, help, labelNames: Object.keys(labels), registers: [this.#registry] });
      this.#gauges.set(name, gauge);
    }
    gauge.set(labels, value);
  }

  /** The process's own measures end with it. */
  close(): void {
    this.#registry.clear();
  }
}
