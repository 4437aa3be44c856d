/**
 * Calls summed up by the hour (tables/027-call-hours.sql), for questions over long ranges. Hours that are over are summed up
 * from the rows as they are read, each once; a view made by inserts would count twice what comes twice.
 *
 * Sums hold up to a time, but for hours in which calls came after that: those are written down as stale before the calls are
 * stored, and are read from the calls until they are summed up anew. So whatever is killed in between, questions answer the
 * same with sums as without.
 */
import type { ClickHouseClient } from '@clickhouse/client';
import type { Row } from './store.ts';

const HOUR = 3600e6;
const DAY = 24 * HOUR;
/** Packet time that is not over yet: calls of it are still on their way. */
const OPEN = 600e6;
/**
 * Calls that are summed up at once, or one hour whatever it has: sums in the making took some 250 octets a call (500 APIs,
 * 5,000 clients), and a question may take 800 MiB.
 */
const MOST_CALLS = 500_000;
/** Beyond it sums hold up to the first of them only. */
const MOST_STALE = 4000;
const NAME = 'callHours';

/** Begin of the hour of a packet time, µs. */
export function hourOf(ts: number): number {
  return Math.floor(ts / HOUR) * HOUR;
}

export interface CallHoursOptions {
  readonly client: ClickHouseClient;
  /** Writes a row of `settings`; it is stored when this resolves. */
  readonly write: (row: Row) => Promise<void>;
  /** The store has the table. */
  readonly isThere: boolean;
}

export class CallHours {
  /** Sums hold below it, but for stale hours. */
  #until = 0;
  /** What is being summed up to; `#until` when nothing is. */
  #rolling = 0;
  /** Begins of hours in which calls came since. */
  #stale = new Set<number>();
  /** Of these, the ones in which calls came since the last sum was begun. */
  #touched = new Set<number>();
  /** As it is written down. */
  #written: { readonly until: number; readonly stale: ReadonlySet<number> } = { until: 0, stale: new Set() };
  #version = 0;
  readonly #underWay = new Set<Promise<unknown>>();
  #writing: Promise<void> = Promise.resolve();
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(private readonly options: CallHoursOptions) {}

  static async open(options: CallHoursOptions): Promise<CallHours> {
    const hours = new CallHours(options);
    if (!options.isThere) return hours;
    const [row] = await hours.#rows<{ value: string; version: number }>(
      `SELECT value, toFloat64(version) AS version FROM settings FINAL WHERE name = '${NAME}'`,
    );
    if (row !== undefined) {
      const { until, stale } = JSON.parse(row.value) as { until: number; stale: number[] };
      hours.#written = { until, stale: new Set(stale) };
      hours.#until = until;
      hours.#rolling = until;
      hours.#stale = new Set(stale);
      hours.#version = row.version;
    }
    return hours;
  }

  /** Stores calls of these hours. */
  async storing(hours: ReadonlySet<number>, store: () => Promise<void>): Promise<void> {
    const stored = this.#spoil(hours).then(store);
    this.#underWay.add(stored);
    try {
      await stored;
    } finally {
      this.#underWay.delete(stored);
    }
  }

  /** Resolves when nobody reads sums of these hours any more. */
  async #spoil(hours: Iterable<number>): Promise<void> {
    let isRead = false;
    for (const hour of hours) {
      if (hour < Math.max(this.#until, this.#rolling)) {
        this.#stale.add(hour);
        this.#touched.add(hour);
      }
      if (hour < this.#written.until && !this.#written.stale.has(hour)) isRead = true;
    }
    if (this.#stale.size > MOST_STALE) {
      this.#until = Math.min(this.#until, ...this.#stale);
      this.#rolling = this.#until;
      this.#stale.clear();
    }
    if (isRead) await this.#write();
  }

  #write(): Promise<void> {
    const written = this.#writing.then(async () => {
      const until = this.#until;
      const stale = [...this.#stale].filter((hour) => hour < until).sort((a, b) => a - b);
      this.#version++;
      await this.options.write({ name: NAME, value: JSON.stringify({ until, stale }), version: this.#version });
      this.#written = { until, stale: new Set(stale) };
    });
    this.#writing = written.catch(() => {});
    return written;
  }

  /**
   * Months (`202611`) of calls are about to go, all or in part: what was summed up of them goes before. Nothing is summed up
   * until whoever lets them go calls what this resolves to.
   */
  forget(months: readonly string[]): Promise<() => void> {
    return new Promise((resolve, reject) => {
      this.#turn = this.#turn.then(async () => {
        try {
          await this.#drop(months);
        } catch (error) {
          reject(error as Error);
          return;
        }
        await new Promise<void>((gone) => resolve(gone));
      });
    });
  }

  async #drop(months: readonly string[]): Promise<void> {
    const hours: number[] = [];
    for (const month of months) {
      const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(4))];
      const end = Date.UTC(year, number) * 1000;
      for (let hour = Date.UTC(year, number - 1) * 1000; hour < end; hour += HOUR) hours.push(hour);
    }
    await this.#spoil(hours);
    for (const month of months)
      await this.options.client.command({ query: `ALTER TABLE callHours DROP PARTITION ${month}` });
  }

  /** Sums up what is over and not summed up yet, part by part. */
  roll(): Promise<void> {
    const rolled = this.#turn.then(() => this.#roll());
    this.#turn = rolled.catch(() => {});
    return rolled;
  }

  async #roll(): Promise<void> {
    const [newest] = await this.#rows<{ ts: number }>('SELECT max(ts) AS ts FROM calls');
    const until = Math.max(this.#until, hourOf((newest?.ts ?? 0) - OPEN));
    // From here on calls that come tell their hours; those that came before are stored first.
    this.#rolling = until;
    await Promise.allSettled(this.#underWay);
    const again = [...this.#stale].filter((hour) => hour < this.#until).sort((a, b) => a - b);
    for (const part of partsOf(await this.#callsOf(this.#until, until))) {
      const to = Math.min(until, part.at(-1)! + HOUR);
      await this.#sumUp(part[0]!, to);
      // Too much came meanwhile that is older: it is begun anew from there.
      if (this.#rolling !== until) return;
      this.#until = to;
      await this.#write();
    }
    const had = again.length === 0 ? [] : await this.#callsOf(again[0]!, again.at(-1)! + HOUR);
    const calls = new Map(had.map((each) => [each.hour, each.calls]));
    for (const part of partsOf(again.map((hour) => ({ hour, calls: calls.get(hour) ?? 0 })))) {
      this.#touched.clear();
      await Promise.allSettled(this.#underWay);
      await this.#sumUp(part[0]!, part.at(-1)! + HOUR, part);
      if (this.#rolling !== until) return;
      for (const hour of part) if (!this.#touched.has(hour)) this.#stale.delete(hour);
      await this.#write();
    }
  }

  /** Hours of a span that have calls, in order; rows that came twice count twice. */
  #callsOf(from: number, to: number): Promise<HourCalls[]> {
    return this.#rows(
      `SELECT intDiv(ts, ${HOUR}) * ${HOUR} AS hour, toFloat64(count()) AS calls FROM calls
        WHERE ts >= ${from} AND ts < ${to} GROUP BY hour ORDER BY hour`,
    );
  }

  /** All hours of a span, or those of it that are named. */
  async #sumUp(from: number, to: number, only: readonly number[] = []): Promise<void> {
    const which = only.length === 0 ? '' : ` AND hour IN (${only.join(', ')})`;
    // Of a process that was killed there may be rows which are written down nowhere.
    const span = `hour >= ${from} AND hour < ${to}`;
    const [newest] = await this.#rows<{ version: number }>(
      `SELECT toFloat64(max(version)) AS version FROM callHours WHERE ${span}`,
    );
    const version = (newest?.version ?? 0) + 1;
    // An API that has no calls in an hour any more leaves a row that says so.
    await this.options.client.command({
      query: `INSERT INTO callHours (hour, app, apiId, method, version) SELECT hour, app, apiId, method, ${version}
        FROM callHours FINAL WHERE ${span}${which} AND calls > 0`,
    });
    await this.options.client.command({
      query: `INSERT INTO callHours (${COLUMNS}, version) SELECT ${COLUMNS}, ${version + 1}
        FROM hourRows(since = ${from}, until = ${to}, offset = 0, every = 3600, byApi = 1) WHERE hour >= ${from}${which}`,
    });
  }

  async #rows<T>(query: string): Promise<T[]> {
    return (await this.options.client.query({ query, format: 'JSONEachRow' })).json<T>();
  }
}

const COLUMNS =
  'hour, app, apiId, method, calls, errors, timed, boundCalls, outsideCalls, requestBytes, responseBytes, firstTs, ' +
  'lastTs, persons, functions, sent, given, clients, accounts, latency, servers';

export interface HourCalls {
  /** Begin, µs. */
  readonly hour: number;
  readonly calls: number;
}

/** Hours in order, those together that are of one day and have no more than `most` calls. */
export function partsOf(hours: readonly HourCalls[], most = MOST_CALLS): number[][] {
  const parts: number[][] = [];
  let day = Number.NaN;
  let sum = 0;
  for (const { hour, calls } of hours) {
    sum += calls;
    if (Math.floor(hour / DAY) !== day || sum > most) {
      day = Math.floor(hour / DAY);
      sum = calls;
      parts.push([]);
    }
    parts.at(-1)!.push(hour);
  }
  return parts;
}
