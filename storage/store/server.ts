/**
 * The store of a ClickHouse server, or of a running appliance that offers its engine in the same protocol. For questions
 * and decisions it is taken as it is; for writing its tables are brought up to date, and a server that is away is waited
 * for.
 */
import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseLogLevel, type ClickHouseSettings, createClient } from '@clickhouse/client';
import { openClientStore, type StoreFiles, shippedFiles } from './client-store.ts';
import { localTable, onCluster } from './cluster.ts';
import type { Column } from './columns.ts';
import type { BoundValues, Connections } from './connections.ts';
import type { AuditedStore } from './digests.ts';
import { directSettings } from './direct-settings.ts';
import type { DirectSettings, Months, Sums } from './engine.ts';
import { monthsOf, type Spread } from './months.ts';
import { MAX_BODY } from './offer-limits.ts';
import { Patience } from './patience.ts';
import { assertSameSchema, readMigrations, readViews } from './schema.ts';
import { StoreError } from './store.ts';

export interface ServerOptions {
  /** `http://host:port`, `https://host:port`, or `unix:/path` of a socket. */
  readonly url: string;
  /** The user's password, or the token of an appliance. */
  readonly token: string;
  readonly user?: string;
  readonly database?: string;
  /** In PEM form. */
  readonly tls?: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
  /** Name of the cluster that the tables are spread over; absent for a single server. */
  readonly cluster?: string;
  readonly files?: StoreFiles;
}

export interface WritingOptions extends ServerOptions {
  /** Told when the server is away, and when it is back; a sentence each. */
  readonly tell: (sentence: string) => void;
  /** Once it is aborted, a server that is away is waited for some seconds more. */
  readonly signal?: AbortSignal;
  /** Asked before any table is made or changed; what it throws leaves the store alone. */
  readonly before?: (settings: DirectSettings) => Promise<void>;
}

export interface ServerStore extends AuditedStore {
  readonly engine: Months;
  readonly hours: Sums;
  /** How long a server that is away is waited for, and by whose leave. */
  readonly patience: Pick<Patience, 'guard' | 'hurry'>;
  readonly settings: DirectSettings;
}

const SOCKET = 'unix:';

/** What the embedded engine is set to as well; a reader's profile must let it (`readonly = 2`). */
const SETTINGS: ClickHouseSettings = {
  // A row stays in its month, so FINAL need not compare months.
  do_not_merge_across_partitions_select_final: 1,
  output_format_json_quote_64bit_integers: 0,
  session_timezone: 'UTC',
};

const WRITING: ClickHouseSettings = {
  // A row that comes twice in one insert is left to FINAL and the merges.
  optimize_on_insert: 0,
  // Every month of 2000–2100 may come in one insert.
  max_partitions_per_insert_block: '1300',
  // An insert is stored when it is answered.
  async_insert: 0,
  wait_end_of_query: 1,
};

/** Where tables are spread: rows are on their shards, and on most replicas, when an insert is answered. */
const SPREAD: ClickHouseSettings = {
  distributed_foreground_insert: 1,
  insert_quorum: 'auto',
  insert_quorum_parallel: 0,
  select_sequential_consistency: '1',
  // Lists that are asked for within a question are made once, not on each shard.
  distributed_product_mode: 'global',
};

/** For questions and people's decisions. Throws StoreError. */
export async function openServerStore(options: ServerOptions): Promise<AuditedStore> {
  const { client, connections } = connect(options, null);
  return opened(client, options.url, async () => {
    const files = options.files ?? shippedFiles();
    await assertSameSchema(client, readMigrations(files.tables), readViews(files.views), options.url);
    return openClientStore(connections, files, options.url, { migrates: false });
  });
}

/** For everything. Throws StoreError. */
export async function openWritableServerStore(options: WritingOptions): Promise<ServerStore> {
  const { url, cluster, tell, signal, before } = options;
  const patience = new Patience({ place: url, tell, signal });
  const { client, connections } = connect(options, patience);
  return opened(client, url, async () => {
    const settings = directSettings(client);
    await before?.(settings);
    const form = cluster === undefined ? {} : { rewrite: onCluster(cluster) };
    const store = await openClientStore(connections, options.files ?? shippedFiles(), url, form);
    const spread: Spread | null = cluster === undefined ? null : { cluster, local: localTable };
    return Object.assign(store, {
      engine: monthsOf(client, (months) => store.hours.forget(months), spread),
      patience,
      settings,
    });
  });
}

async function opened<T>(client: ClickHouseClient, url: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    await client.close();
    if (error instanceof StoreError) throw error;
    const { message, code } = error as NodeJS.ErrnoException;
    const reason = code === '81' ? 'there is no such database; make it, see deploy/clickhouse.md' : message;
    throw new StoreError('unreachable', `The store at ${url} cannot be asked: ${reason.split('\n', 1)[0]}`, {
      cause: error,
    });
  }
}

function connect(
  { url, token, user = 'apiris', database = 'apiris', tls, cluster }: ServerOptions,
  patience: Patience | null,
): { client: ClickHouseClient; connections: Connections } {
  const socketPath = url.startsWith(SOCKET) ? url.slice(SOCKET.length) : null;
  const client = createClient({
    url: socketPath === null ? url : 'http://localhost',
    ...(socketPath === null ? {} : { http_agent: new Agent({ keepAlive: true, socketPath } as object) }),
    ...(tls?.ca === undefined ? {} : { tls: tlsOf(tls.ca, tls) }),
    username: user,
    password: token,
    database,
    request_timeout: 150_000,
    // Many values have no room in an address.
    use_multipart_params_auto: true,
    clickhouse_settings: {
      ...SETTINGS,
      ...(patience === null ? {} : WRITING),
      ...(cluster === undefined ? {} : SPREAD),
    },
    log: { level: ClickHouseLogLevel.OFF },
  });
  return { client, connections: new ServerConnections(client, patience) };
}

function tlsOf(ca_cert: Buffer, { cert, key }: NonNullable<ServerOptions['tls']>) {
  return cert === undefined || key === undefined ? { ca_cert } : { ca_cert, cert, key };
}

class ServerConnections implements Connections {
  constructor(
    private readonly client: ClickHouseClient,
    /** Null: what fails, fails. */
    private readonly patience: Patience | null,
  ) {}

  get write(): ClickHouseClient {
    return this.client;
  }

  get read(): ClickHouseClient {
    return this.client;
  }

  async stage(table: string, columns: readonly Column[], parts: readonly Uint8Array[]): Promise<() => Promise<void>> {
    const octets = parts.reduce((sum, part) => sum + part.length, 0);
    if (this.patience === null && octets > MAX_BODY) {
      const [given, most] = [octets, MAX_BODY].map((count) => (count / 2 ** 20).toFixed(1));
      throw new StoreError(
        'failed',
        `This comes to ${given} MiB, and a running appliance takes ${most} MiB at once: stop it, do this again, and start it.`,
      );
    }
    const names = columns.map((column) => `\`${column.name}\``).join(', ');
    // An insert whose answer was lost is sent again by this name: replicated tables then know it. Where they do not, the
    // same rows replace themselves.
    const clickhouse_settings = this.patience === null ? {} : { insert_deduplication_token: randomUUID() };
    const insert = async () => {
      const query = `INSERT INTO \`${table}\` (${names}) FORMAT Native`;
      const values = Readable.from(parts, { objectMode: false });
      const { stream } = await this.client.exec({ query, values, clickhouse_settings });
      stream.resume();
    };
    return () => this.bound(insert);
  }

  bound<T>(task: () => Promise<T>): Promise<T> {
    return this.patience === null ? task() : this.patience.run(task);
  }

  async *stream(sql: string, values: BoundValues): AsyncGenerator<Uint8Array> {
    const { stream } = await this.client.exec({ query: `${sql}\nFORMAT JSONEachRow`, query_params: values });
    for await (const chunk of stream) yield chunk as Uint8Array;
  }

  async close(): Promise<void> {
    await this.client.close();
  }
}
