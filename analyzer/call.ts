/**
 * ApiCall: what `read` learnt of one exchange. A fact, plain and JSON-safe; it crosses threads, the bus and SQL, and
 * holds no clear sensitive value.
 */
import type { Pairing, UnpairedReason } from '../sensor/transaction.ts';

export const callVersion = 1;

/** What style of API the exchange speaks, by evidence. `asset` is a static file, `web` a page for people. */
export type ApiFormat = 'REST' | 'SOAP' | 'GraphQL' | 'gRPC' | 'JSON-RPC' | 'form' | 'web' | 'asset' | 'unknown';

export interface ApiCall {
  readonly v: typeof callVersion;
  /** `<flow uid>-<depth>`: the exchange's name, the same on every run. */
  readonly uid: string;
  /** Packet time of the first byte of the exchange, integer µs since 1970. */
  readonly ts: number;
  /** Completion: running maximum of packet time when the exchange ended, integer µs. With `uid`, the order key. */
  readonly completedTs: number;
  /** Lower-case host without a default port, else `ip:port` of the server. */
  readonly app: string;
  readonly server: string;
  readonly serverPort: number;
  /** Address of the client as the packets show it. */
  readonly client: string;
  readonly clientPort: number;
  readonly vlan: number | null;
  readonly tunnel: string | null;
  /** `1.1`, `1.0`, `2`. */
  readonly httpVersion: string;
  /** Empty when the request was never seen. */
  readonly method: string;
  /** Normalised path with parameter values masked. */
  readonly path: string;
  /** Query string with values masked, without the question mark; empty when there is none. */
  readonly query: string;
  /** Provisional endpoint template; parameters as `{name}`. */
  readonly template: string;
  /** Why the template looks so: `segment=class` per parameter. */
  readonly templateReason: string;
  /** GraphQL operation, SOAP action, JSON-RPC or gRPC method; empty when the path alone names the API. */
  readonly operation: string;
  readonly format: ApiFormat;
  readonly formatReason: string;
  /** Provisional API id: 16 hex digits, hash of app, method, template and operation. */
  readonly apiId: string;
  /** 0 when no response was seen. */
  readonly status: number;
  readonly requestType: string;
  readonly responseType: string;
  readonly userAgent: string;
  /** Without its query string; empty when none was sent. */
  readonly referer: string;
  /** Octets of head and content on the wire. */
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly durationUs: number;
  /** Share of the exchange's octets that was seen, 0…1. */
  readonly completeness: number;
  readonly pairing: Pairing;
  readonly unpaired: UnpairedReason | null;
  readonly weird: readonly string[];
}
