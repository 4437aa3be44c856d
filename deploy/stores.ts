/**
 * The store that the configuration names: the embedded one of the data folder, or a ClickHouse server. The data folder
 * has the keys either way.
 */
import { readFileSync } from 'node:fs';
import type { AuditedStore } from '../storage/store/digests.ts';
import { type EmbeddedStore, openEmbeddedStore } from '../storage/store/embedded.ts';
import type { Months, Sums } from '../storage/store/engine.ts';
import { openServerStore, openWritableServerStore, type ServerOptions } from '../storage/store/server.ts';
import { ConfigError } from './config/problems.ts';
import type { StoreConfig } from './config/store.ts';
import type { Config } from './config.ts';
import { codeOf, readSecretFile } from './key-file.ts';
import type { Environment } from './keys.ts';
import { StoreMeter } from './telemetry/store-meter.ts';
import { assertFree, holdStore } from './writer.ts';

const PASSWORD = 'APIRIS_STORE_PASSWORD';

export type WritableStore = AuditedStore & { readonly engine: Months; readonly hours: Sums };

export interface OpenedStore {
  readonly store: WritableStore;
  /** The same where its engine is in this process, and can be offered to others; null where a server is asked directly. */
  readonly embedded: EmbeddedStore | null;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly data: string;
  readonly config: Config;
  readonly environment?: Environment | undefined;
  /** Told when a server is away, and when it is back. */
  readonly tell?: ((sentence: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** A data folder without room is waited for too: of a process that stays up. */
  readonly isPatient?: boolean;
}

/** For a process that writes: there is one at a time. Throws StoreError, ConfigError, KeyError. */
export async function openStore(options: OpenOptions): Promise<OpenedStore> {
  const { data, config, environment = process.env, tell = () => {}, signal, isPatient = false } = options;
  if (config.store.url === '') {
    const embedded = await openEmbeddedStore(data, isPatient ? { patience: { tell, signal } } : {});
    return { store: embedded, embedded, close: () => embedded.close() };
  }
  const place = serverOf(config.store, environment);
  const { url } = config.store;
  const store = await openWritableServerStore({
    ...{ ...place, tell, before: (settings) => assertFree(settings, data, url) },
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    const held = await holdStore(store.settings, { data, place: url, onLost: ({ message }) => tell(message) });
    store.patience.guard(() => held.confirm());
    const meter = new StoreMeter();
    return {
      store: meter.over(store),
      embedded: null,
      close: async () => {
        store.patience.hurry();
        await held.end();
        const unwritten = meter.unwritten.map(([table, rows]) => `${rows} of ${table}`);
        if (unwritten.length > 0) tell(`Rows that were not written into the store at ${url}: ${unwritten.join(', ')}.`);
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The server's store for questions; null where the configuration names none. Throws StoreError, ConfigError, KeyError. */
export async function openNamedServer(
  config: Config,
  environment: Environment = process.env,
): Promise<AuditedStore | null> {
  return config.store.url === '' ? null : openServerStore(serverOf(config.store, environment));
}

function serverOf(store: StoreConfig, environment: Environment): ServerOptions {
  const { url, user, database, ca, cert, key, cluster } = store;
  const isTls = url.startsWith('https:');
  if (!isTls && (ca !== '' || cert !== '' || key !== '')) {
    throw new ConfigError([
      'store.ca, store.cert and store.key are for TLS; write https:// in store.url, or remove them',
    ]);
  }
  if (cert !== '' && ca === '') {
    throw new ConfigError(['store.cert needs store.ca; name the file of the authority that the server is of']);
  }
  const tls = {
    ...(ca === '' ? {} : { ca: read(ca, 'store.ca') }),
    ...(cert === '' ? {} : { cert: read(cert, 'store.cert') }),
    ...(key === '' ? {} : { key: read(key, 'store.key') }),
  };
  return {
    ...{ url, user, database, token: passwordOf(store, environment) },
    ...(isTls ? { tls } : {}),
    ...(cluster === '' ? {} : { cluster }),
  };
}

function read(file: string, setting: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ConfigError([`${file} (${setting}) can't be read (${codeOf(error)}); name a file in PEM form`]);
  }
}

function passwordOf({ passwordFile }: StoreConfig, environment: Environment): string {
  if (passwordFile !== '') return readSecretFile(passwordFile, 'handed over').trim();
  // A server on a socket or within one machine may ask for none.
  return environment[PASSWORD] ?? '';
}
