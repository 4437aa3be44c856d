/**
 * TLS handshakes, summed up: who offers what to whom. One sum for each server, name asked for, outcome of the choice
 * (version, suite, group, protocol), certificate and kind of client (JA4). Adding is commutative, so neither the order of
 * handshakes nor the number of shards makes a difference.
 *
 * What a client's certificate says of its owner does not leave the shard: that there was one is counted.
 */
import { hash } from 'node:crypto';
import type { TlsHandshake } from '../sensor/handshake.ts';
import type { FlowInfo } from '../sensor/transaction.ts';

/** Times are packet time, integer µs since 1970. */
export interface HandshakeSum {
  /** 16 hex digits: what the sum is of. */
  readonly id: string;
  readonly server: string;
  readonly port: number;
  readonly sni: string;
  readonly version: string;
  readonly suite: string;
  readonly group: string;
  readonly alpn: string;
  readonly ja4: string;
  /** One of the JA3 with that JA4: the least. */
  readonly ja3: string;
  /** Of the server's own certificate; fields of it are empty or 0 when it was not seen. */
  readonly fingerprint: string;
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly keyType: string;
  readonly keyBits: number;
  readonly signature: string;
  readonly names: readonly string[];
  readonly selfIssued: boolean;
  readonly handshakes: number;
  readonly refused: number;
  readonly unfinished: number;
  readonly resumed: number;
  /** The client showed a certificate. */
  readonly clientCertificates: number;
  readonly earlyData: number;
  readonly compressed: number;
  readonly encryptedHello: number;
  readonly decrypted: number;
  /** Names of alerts and of oddities, and addresses of clients: the least ones, sorted. */
  readonly alerts: readonly string[];
  readonly weird: readonly string[];
  readonly clients: readonly string[];
  readonly firstSeen: number;
  readonly lastSeen: number;
}

const MAX_CLIENTS = 32;
const MAX_NAMES = 16;
/** Sums of one stream: a scan that asks every server for other names ends here. */
const MAX_SUMS = 100_000;

type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** The least `limit` of both, sorted, each once. */
function union(a: readonly string[], b: readonly string[], limit: number): readonly string[] {
  if (b.every((one) => a.includes(one))) return a;
  return [...new Set([...a, ...b])].sort().slice(0, limit);
}

function sumOf({ client, server }: FlowInfo, told: TlsHandshake): HandshakeSum {
  const [leaf] = told.certificates;
  const key = [
    ...[server.ip, server.port, told.sni, told.version, told.suite, told.group, told.alpn, told.ja4],
    leaf?.fingerprint ?? '',
  ];
  const one = (is: boolean): number => (is ? 1 : 0);
  return {
    id: hash('sha256', key.join('\n'), 'hex').slice(0, 16),
    server: server.ip,
    port: server.port,
    sni: told.sni,
    version: told.version,
    suite: told.suite,
    group: told.group,
    alpn: told.alpn,
    ja4: told.ja4,
    ja3: told.ja3,
    fingerprint: leaf?.fingerprint ?? '',
    subject: leaf?.subject ?? '',
    issuer: leaf?.issuer ?? '',
    notBefore: leaf?.notBefore ?? 0,
    notAfter: leaf?.notAfter ?? 0,
    keyType: leaf?.keyType ?? '',
    keyBits: leaf?.keyBits ?? 0,
    signature: leaf?.signature ?? '',
    names: leaf?.names ?? [],
    selfIssued: leaf?.selfIssued ?? false,
    handshakes: 1,
    refused: one(told.outcome === 'refused'),
    unfinished: one(told.outcome === 'unfinished'),
    resumed: one(told.resumed),
    clientCertificates: one(told.clientCertificates.length > 0),
    earlyData: one(told.earlyData),
    compressed: one(told.compressed),
    encryptedHello: one(told.encryptedHello),
    decrypted: one(told.decrypted),
    alerts: [...new Set(told.alerts.map(({ name }) => name))].sort(),
    weird: told.weird,
    clients: [client.ip],
    firstSeen: told.ts,
    lastSeen: told.endTs,
  };
}

export class HandshakeTally {
  readonly #sums = new Map<string, Draft<HandshakeSum>>();
  /** Ids of those that grew since `changed` was asked. */
  readonly #changed = new Set<string>();
  /** Handshakes that no sum was left for. */
  beyond = 0;

  constructor(private readonly limit = MAX_SUMS) {}

  get size(): number {
    return this.#sums.size;
  }

  add(flow: FlowInfo, handshake: TlsHandshake): void {
    this.merge(sumOf(flow, handshake));
  }

  merge(more: HandshakeSum): void {
    const sum = this.#sums.get(more.id);
    if (sum === undefined) {
      if (this.#sums.size >= this.limit) this.beyond += more.handshakes;
      else {
        this.#sums.set(more.id, { ...more });
        this.#changed.add(more.id);
      }
      return;
    }
    this.#changed.add(more.id);
    sum.handshakes += more.handshakes;
    sum.refused += more.refused;
    sum.unfinished += more.unfinished;
    sum.resumed += more.resumed;
    sum.clientCertificates += more.clientCertificates;
    sum.earlyData += more.earlyData;
    sum.compressed += more.compressed;
    sum.encryptedHello += more.encryptedHello;
    sum.decrypted += more.decrypted;
    sum.alerts = union(sum.alerts, more.alerts, MAX_NAMES);
    sum.weird = union(sum.weird, more.weird, MAX_NAMES);
    sum.clients = union(sum.clients, more.clients, MAX_CLIENTS);
    if (more.ja3 < sum.ja3) sum.ja3 = more.ja3;
    sum.firstSeen = Math.min(sum.firstSeen, more.firstSeen);
    sum.lastSeen = Math.max(sum.lastSeen, more.lastSeen);
  }

  /** The sums by id; they begin anew. */
  take(): HandshakeSum[] {
    const sums = [...this.#sums.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    this.#sums.clear();
    this.#changed.clear();
    return sums;
  }

  /** The sums that grew since this was asked the last time, by id; they go on. */
  changed(): HandshakeSum[] {
    const sums = [...this.#changed].sort().map((id) => ({ ...this.#sums.get(id)! }));
    this.#changed.clear();
    return sums;
  }
}

/** Names what a stream showed by what it showed: the same traffic in another form has the same name. */
export function handshakesId(sums: readonly HandshakeSum[]): string {
  return hash('sha256', JSON.stringify(sums), 'hex').slice(0, 16);
}
