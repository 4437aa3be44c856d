/**
 * A role's telemetry, from the moment it runs to its end: `/metrics` for Prometheus, `/health` for whoever balances or
 * pages (200 while something is seen, 503 when nothing is), `/live` for whoever restarts what hangs. Everything is read
 * when it is asked for; between two scrapes it costs nothing.
 */
import { readFileSync } from 'node:fs';
import type { Store } from '../../storage/store/store.ts';
import { parsePlace } from '../config/metrics.ts';
import { assess, type Condition, type ConditionReason, diskReasons } from './condition.ts';
import { FindingCounts } from './finding-counts.ts';
import { Metrics } from './metrics.ts';
import { type Listening, listenForScrapes, type MetricsPlace } from './server.ts';
import { Recent, type Role, type Standing } from './standing.ts';
import type { StoreMeter } from './store-meter.ts';

export interface TelemetryOptions {
  readonly role: Role;
  readonly place: MetricsPlace;
  readonly standing: () => Standing;
  /** Null where there is no store. */
  readonly store: { readonly meter: StoreMeter; readonly questions: Pick<Store, 'ask'> } | null;
}

/** Null where nobody asked for it. `option` wins over `configured`. Throws ConfigError. */
export async function openTelemetry(
  option: MetricsPlace | undefined,
  configured: string,
  options: Omit<TelemetryOptions, 'place'>,
): Promise<Telemetry | null> {
  const place = option ?? parsePlace(configured);
  return place === undefined ? null : Telemetry.open({ ...options, place });
}

/** Judged by itself too, so that ten minutes ago is known whoever asks, ms. */
const LOOK_MS = 60_000;

export class Telemetry {
  readonly #metrics: Metrics;
  readonly #recent = new Recent();
  #listening: Listening | null = null;
  #timer: NodeJS.Timeout | undefined;
  readonly #findings: FindingCounts | null;
  #scraping: Promise<string> = Promise.resolve('');

  private constructor(private readonly options: TelemetryOptions) {
    this.#metrics = new Metrics(options.role, versionOf());
    this.#findings = options.store === null ? null : new FindingCounts(options.store.questions);
  }

  /** Throws ConfigError where the place cannot be listened on. */
  static async open(options: TelemetryOptions): Promise<Telemetry> {
    const telemetry = new Telemetry(options);
    telemetry.#listening = await listenForScrapes(options.place, {
      '/metrics': async () => ({ status: 200, type: telemetry.#metrics.contentType, text: await telemetry.#scrape() }),
      '/health': () => telemetry.#health(),
      '/live': () => ({ status: 200, type: 'text/plain; charset=utf-8', text: 'live\n' }),
    });
    telemetry.#timer = setInterval(() => telemetry.#judge(), LOOK_MS);
    telemetry.#timer.unref();
    telemetry.#judge();
    return telemetry;
  }

  /** `http://127.0.0.1:9464` */
  get address(): string {
    return this.#listening!.address;
  }

  #judge(): { standing: Standing; state: Condition; reasons: readonly ConditionReason[] } {
    const standing = this.options.standing();
    const { counts, damagedSources, sources, silentSources, shedStep, bus, disk } = standing;
    const recent = this.#recent.take(counts, performance.now());
    const allSilent = silentSources === sources ? silentSources : 0;
    const facts = { counts, recent, damagedSources, unfinishedSources: 0, silentSources: allSilent };
    const { state, reasons } = assess({ ...facts, shedStep: shedStep ?? 0 });
    const more = diskReasons(disk);
    if (silentSources > 0 && allSilent === 0) more.push({ code: 'silent', value: silentSources });
    if (bus?.isAway === true) more.push({ code: 'bus-away', value: Math.max(0, bus.published - bus.sent) });
    return {
      standing,
      state: state === 'complete' && more.length > 0 ? 'degraded' : state,
      reasons: [...reasons, ...more],
    };
  }

  #health(): { status: number; type: string; text: string } {
    const { state, reasons } = this.#judge();
    const text = `${JSON.stringify({ state, reasons })}\n`;
    return { status: state === 'blind' ? 503 : 200, type: 'application/json; charset=utf-8', text };
  }

  /** One after the other: the numbers of two scrapes must not be mixed. */
  #scrape(): Promise<string> {
    this.#scraping = this.#scraping.catch(() => '').then(() => this.#text());
    return this.#scraping;
  }

  async #text(): Promise<string> {
    const { store } = this.options;
    const findings = (await this.#findings?.take()) ?? null;
    const { standing, state: condition } = this.#judge();
    return this.#metrics.text({ standing, condition, store: store?.meter ?? null, findings });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#listening?.close();
    await this.#scraping.catch(() => '');
    this.#metrics.close();
  }
}

function versionOf(): string {
  const file = new URL(import.meta.resolve('#root/package.json'));
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
