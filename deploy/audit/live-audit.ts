/** The audit of a running appliance: it also seals what other processes decide through its door. */
import type { AuditedStore } from '../../storage/store/digests.ts';
import type { Months } from '../../storage/store/engine.ts';
import type { Config } from '../config.ts';
import type { Environment, OpenedKeys } from '../keys.ts';
import { recordConfiguration, recordOperation, sealed, type Untold } from './audit.ts';
import type { Chain } from './chain.ts';

/** ms between two looks for decisions that came through the door. */
const ADOPT_EVERY_MS = 10_000;

type LiveStore = AuditedStore & { readonly engine: Months };

export interface Begun {
  readonly data: string;
  readonly config: Config;
  readonly environment?: Environment;
  readonly input: object;
}

export class Audit {
  readonly #timer: NodeJS.Timeout;

  private constructor(
    /** Seals what is written into it. */
    readonly store: LiveStore,
    private readonly chain: Chain,
    private readonly data: string,
    private readonly untold: Untold,
  ) {
    this.#timer = setInterval(() => void this.#adopt(), ADOPT_EVERY_MS);
    this.#timer.unref();
  }

  static async begin(
    store: LiveStore,
    { data, config, environment, input }: Begun,
    content: string,
    { identity, notices }: OpenedKeys,
  ): Promise<Audit> {
    const { store: audited, chain, untold } = await sealed(store, data, environment, config);
    for (const notice of notices)
      await recordOperation(audited, { kind: 'trace-key', subject: data, value: { notice } });
    await recordConfiguration(audited, config, content, identity);
    await recordOperation(audited, { kind: 'run', subject: data, value: { input } });
    return new Audit(audited, chain, data, untold);
  }

  /** A store that fails is met by judging. */
  #adopt(): Promise<void> {
    return this.chain.adoptRows('decisions').catch(() => {});
  }

  /** `why`: more than their age. */
  async beforeRetention(table: 'calls' | 'values', months: readonly string[], why: object = {}): Promise<void> {
    await recordOperation(this.store, { kind: 'retention', subject: table, value: { months, ...why } });
    if (table === 'calls') for (const month of months) await this.chain.close(Number(month));
  }

  /** What stays of a month that was closed is sealed anew. */
  async afterThinning(month: string): Promise<void> {
    await this.chain.sealLeft(Number(month));
  }

  /** What a person should know at the end; '' for nothing. */
  async end(): Promise<string> {
    clearInterval(this.#timer);
    await recordOperation(this.store, { kind: 'stop', subject: this.data, value: {} }).catch(() => {});
    await this.#adopt();
    return this.untold();
  }
}
