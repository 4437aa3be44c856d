/** The audit of a running appliance: it also seals what other processes decide through its door. */
import type { AuditedStore } from '../../storage/store/digests.ts';
import type { Engine } from '../../storage/store/engine.ts';
import type { Config } from '../config.ts';
import type { Environment } from '../keys.ts';
import { recordConfiguration, recordOperation, sealed } from './audit.ts';
import type { Chain } from './chain.ts';

/** ms between two looks for decisions that came through the door. */
const ADOPT_EVERY_MS = 10_000;

type LiveStore = AuditedStore & { readonly engine: Engine };

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
  ) {
    this.#timer = setInterval(() => void this.#adopt(), ADOPT_EVERY_MS);
    this.#timer.unref();
  }

  static async begin(
    store: LiveStore,
    { data, config, environment, input }: Begun,
    content: string,
    notices: readonly string[],
  ): Promise<Audit> {
    const { store: audited, chain } = await sealed(store, data, environment, config);
    for (const notice of notices)
      await recordOperation(audited, { kind: 'trace-key', subject: data, value: { notice } });
    await recordConfiguration(audited, config, content);
    await recordOperation(audited, { kind: 'run', subject: data, value: { input } });
    return new Audit(audited, chain, data);
  }

  /** A store that fails is met by judging. */
  #adopt(): Promise<void> {
    return this.chain.adoptRows('decisions').catch(() => {});
  }

  async beforeRetention(table: 'calls' | 'values', months: readonly string[]): Promise<void> {
    await recordOperation(this.store, { kind: 'retention', subject: table, value: { months } });
    if (table === 'calls') for (const month of months) await this.chain.close(Number(month));
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    await recordOperation(this.store, { kind: 'stop', subject: this.data, value: {} }).catch(() => {});
    await this.#adopt();
  }
}
