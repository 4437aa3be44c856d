/**
 * ApiCall: what `read` learnt of one exchange. A fact, plain and JSON-safe; it crosses threads, the bus and SQL, and
 * holds no clear sensitive value.
 */
import type { Pairing, UnpairedReason } from '../sensor/transaction.ts';
import type { CallerFacts } from './identify/facts.ts';

export const callVersion = 1;

/** What style of API the exchange speaks, by evidence. `asset` is a static file, `web` a page for people. */
export type ApiFormat = 'REST' | 'SOAP' | 'GraphQL' | 'gRPC' | 'JSON-RPC' | 'form' | 'web' | 'asset' | 'unknown';

/** The values of one label in one side of an exchange. */
export interface LabelFact {
  readonly label: string;
  /** Values, masked ones included. */
  readonly count: number;
  /** Different values among the clear ones; beyond about a thousand an estimate within 3 %. */
  readonly distinct: number;
  /** The first clear one, masked; of values that all travelled masked, the form: `###****####`. */
  readonly sample: string;
  /** Values that travelled in a masked form. */
  readonly masked: number;
}

/** Clear values of one label at one place. */
export interface HitFact {
  readonly label: string;
  readonly count: number;
  /** Identity hashes (53 bits) of different ones, at most 4: enough to tell three apart. */
  readonly samples: readonly number[];
}

/** A place at which labels were found, or looked for in vain. */
export interface PlaceFact {
  /** `path`, `query`, `header`, `cookie` or `body`. */
  readonly place: string;
  /** Path of the leaf in it: `data[].mobile`. */
  readonly path: string;
  /** Values met there in this message. */
  readonly values: number;
  readonly hits: readonly HitFact[];
}

/** A value that can be traced: its hash under the trace key in two halves, unsigned. */
export interface ValueFact {
  readonly label: string;
  /** `body.data[].mobile`, `query.id`. */
  readonly place: string;
  readonly high: number;
  readonly low: number;
}

/** What data one side of an exchange held. Lists are bounded by who makes them (classify/tally.ts) and sorted. */
export interface SideFacts {
  /** By label. */
  readonly labels: readonly LabelFact[];
  /** By place. */
  readonly places: readonly PlaceFact[];
  /** In the order they were met first. */
  readonly values: readonly ValueFact[];
  /**
   * Which fields the content has and of which types, 53 bits (discover/shape.ts); of a request those of the query too,
   * behind `?`. 0 when there are none.
   */
  readonly shape: number;
  /** What that number stands for, sorted, a line each: `data.rows[].name:string`; at most 256 of them, or 8 KiB. */
  readonly shapeEntries: string;
}

export interface ResponseFacts extends SideFacts {
  /** Estimate of the natural persons it tells of. */
  readonly persons: number;
  /** Identity hashes (53 bits) that stand for them, at most 256. */
  readonly personIds: readonly number[];
  /** Rows of the longest list. */
  readonly records: number;
  /** Identity hashes (53 bits) of the object ids it gave out, at most 1,024: asking for one of them is no guess. */
  readonly objectIds: readonly number[];
  /** It is a file to keep: Content-Disposition says so, or its media type is a document's. */
  readonly attachment: boolean;
}

/** A value the caller chose: a parameter that may name an object. */
export interface AskedFact {
  /** `path.customerId`, `query.id`, `body.order.no`. */
  readonly parameter: string;
  /** Identity hash, 53 bits; comparable with `ResponseFacts.objectIds`. */
  readonly value: number;
  /** Of an integer, or one behind a prefix: its number plus the application's secret offset; else null. */
  readonly ordinal: number | null;
}

/** What a reply says of its outcome in its own words. */
export interface Envelope {
  /** Field of the code: `error_no`, `retCode`; empty when there is none. */
  readonly name: string;
  /** The code where it looks like one, else `#` and its identity hash. */
  readonly value: string;
  /** A member such as `success`; null when there is none. */
  readonly flag: boolean | null;
  /** How its message reads. */
  readonly message: '' | 'good' | 'bad';
}

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
  /** Address of the client: behind trusted proxies the one they vouch for, else the packets' own. */
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
  /** One of so many connections was read (configured sampling), this one among them; 1 where all were. */
  readonly sampling: number;
  /** What its fields promise against replays and changes on the way: request-id, timestamp, signature. */
  readonly proofs: readonly string[];
  /** As of TransactionTail: tells the same exchange at another tap. 0 where an earlier version read it. */
  readonly sequence: number;
  readonly pairing: Pairing;
  readonly unpaired: UnpairedReason | null;
  readonly weird: readonly string[];
  /** Who called, as far as this exchange tells. */
  readonly caller: CallerFacts;
  readonly sent: SideFacts;
  readonly given: ResponseFacts;
  /** At most 64. */
  readonly asked: readonly AskedFact[];
  /** Null when the response has none. */
  readonly envelope: Envelope | null;
  /** The client's leg was encrypted, as a trusted proxy says, or as the sensor saw; null when nobody does. */
  readonly encrypted: boolean | null;
  /** Kind of statement that a request value reads as (`select`, `update`, `dsl` …); empty when none does. */
  readonly statement: string;
  /** Names of rule parts that hit in the text as sent; at most 64. */
  readonly parts: readonly string[];
  /** What was noticed in its text (reading/signals.ts): attacks the request attempts, what the answer gives away. */
  readonly signals: readonly string[];
  /** Keyed hash of target and content, 16 hex digits, of a request that may change something; empty for others. */
  readonly requestHash: string;
  /** Identity hash (53 bits) of what signs the request, by its field's name; 0 for nothing. */
  readonly signature: number;
  /** Keyed hash of a foreign origin that was let in with credentials (CORS), 16 hex digits; empty for none. */
  readonly foreignOrigin: string;
  /**
   * Keyed hashes of the ids that gateways and services hand on with a request (trace-ids.ts), 16 hex digits each, the
   * surest first, parted by spaces; empty for none.
   */
  readonly traceIds: string;
}
