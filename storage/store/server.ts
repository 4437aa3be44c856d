/**
 * The store of a ClickHouse server, or of a running appliance that offers its engine in the same protocol, for
 * questions and decisions.
 */
import { Agent } from 'node:http';
import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { openClientStore, type StoreFiles, shippedFiles } from './client-store.ts';
import type { Column } from './columns.ts';
import type { BoundValues, Connections } from './connections.ts';
import type { AuditedStore } from './digests.ts';
import { StoreError } from './store.ts';

export interface ServerOptions {
  /** `http://host:port`, or `unix:/path` of a socket. */
  readonly url: string;
  readonly token: string;
  readonly database?: string;
  readonly files?: StoreFiles;
}

const SOCKET = 'unix:';

/** Throws StoreError. */
export async function openServerStore({
  url,
  token,
  database = 'apiris',
  files,
}: ServerOptions): Promise<AuditedStore> {
  const socketPath = url.startsWith(SOCKET) ? url.slice(SOCKET.length) : null;
  const client = createClient({
    url: socketPath === null ? url : 'http://localhost',
    ...(socketPath === null ? {} : { http_agent: new Agent({ keepAlive: true, socketPath } as object) }),
    username: 'apiris',
    password: token,
    database,
    request_timeout: 150_000,
    // Many values have no room in an address.
    use_multipart_params_auto: true,
    log: { level: ClickHouseLogLevel.OFF },
  });
  const connections = new ServerConnections(client);
  try {
    return await openClientStore(connections, files ?? shippedFiles(), url, { migrates: false });
  } catch (error) {
    await client.close();
    const reason = (error as Error).message.split('\n', 1)[0];
    throw new StoreError('unreachable', `The store at ${url} cannot be asked: ${reason}`, { cause: error });
  }
}

class ServerConnections implements Connections {
  constructor(private readonly client: ClickHouseClient) {}

  get write(): ClickHouseClient {
    return this.client;
  }

  get read(): ClickHouseClient {
    return this.client;
  }

  async stage(table: string, columns: readonly Column[], parts: readonly Uint8Array[]): Promise<() => Promise<void>> {
    const names = columns.map((column) => `\`${column.name}\``).join(', ');
    return async () => {
      const query = `INSERT INTO \`${table}\` (${names}) FORMAT Native`;
      const { stream } = await this.client.exec({ query, values: Readable.from(parts, { objectMode: false }) });
      stream.resume();
    };
  }

  bound<T>(task: () => Promise<T>): Promise<T> {
    return task();
  }

  async *stream(sql: string, values: BoundValues): AsyncGenerator<Uint8Array> {
    const { stream } = await this.client.exec({ query: `${sql}\nFORMAT JSONEachRow`, query_params: values });
    for await (const chunk of stream) yield chunk as Uint8Array;
  }

  async close(): Promise<void> {
    await this.client.close();
  }
}
