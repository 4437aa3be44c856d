/** Rows as the questions of `storage/store/queries/` answer them, as far as the command line shows them. Times are µs. */

import type { TraitRows } from './traits-view.ts';

/** Quantities of a set of calls. Latencies are of paired exchanges, null when there is none. */
export interface Usage {
  readonly calls: number;
  readonly errors: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

/** What of one kind of data a call carried. */
export interface LabelRow {
  readonly label: string;
  readonly count: number;
  /** Different values; absent where calls are summed up. */
  readonly distinct?: number;
  /** One of them, masked; absent where calls are summed up. */
  readonly sample?: string;
  /** How many of `count` travelled in a masked form. */
  readonly masked: number;
}

/** What went in and out of an API or a call. */
export interface Carried {
  readonly functions: readonly string[];
  readonly labelsRequest: readonly LabelRow[];
  readonly labelsResponse: readonly LabelRow[];
  /** Distinct persons: in the response, or in the one that had most of them. */
  readonly persons: number;
}

export interface AppRow extends Usage {
  readonly app: string;
  readonly apis: number;
  readonly clients: number;
  readonly accounts: number;
  /** Calls whose account is known. */
  readonly boundCalls: number;
  /** Kinds of data that responses gave out, and how many values in clear. */
  readonly labels: readonly string[];
  readonly given: readonly { readonly label: string; readonly count: number }[];
  /** Its APIs by grade; '' where none is known. */
  readonly grades: Readonly<Record<string, number>>;
  /** In the response that had most of them. */
  readonly persons: number;
  /** From addresses that are not of private use. */
  readonly outsideCalls: number;
  /** Days with calls. */
  readonly days: number;
  /** The first eight addresses, sorted. */
  readonly servers: readonly string[];
  /** What people said of it, as JSON text; '' for nothing. */
  readonly decided: string;
  readonly methods: readonly string[];
  readonly firstSeen: number;
  readonly lastSeen: number;
}

export interface ApiRow extends Usage, Carried, TraitRows {
  readonly id: string;
  readonly app: string;
  readonly method: string;
  readonly template: string;
  readonly operation: string;
  readonly format: string;
  /** How sure the inventory is of it: candidate, provisional, confirmed. */
  readonly state: string;
  /** Where it is in its life: new, active, inactive, revived; '' when it never succeeded. */
  readonly lifecycle: string;
  /** Why it has its functions, by function. */
  readonly functionReasons: Readonly<Record<string, string>>;
  readonly clients: number;
  readonly accounts: number;
  readonly p50Us: number | null;
  readonly p95Us: number | null;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly templateReason: string;
  readonly formatReason: string;
}

/** One API in full. The pairs are [what, calls]. */
export interface ApiDetailRow extends ApiRow {
  /** 0 when it never succeeded. */
  readonly firstSuccess: number;
  readonly lastSuccess: number;
  /** Silences it came back from, oldest first. */
  readonly revivals: readonly { readonly silentSince: number; readonly at: number }[];
  readonly newestCall: number;
  /** How long it is new, until it is inactive, and revived, µs. */
  readonly newPeriod: number;
  readonly inactivePeriod: number;
  readonly revivedPeriod: number;
  readonly successes: number;
  readonly failures: number;
  readonly statuses: readonly (readonly [number, number])[];
  readonly topClients: readonly (readonly [string, number])[];
  /** Start of the hour and of the zone's day, µs. */
  readonly hours: readonly (readonly [number, number])[];
  readonly days: readonly (readonly [number, number])[];
}

export interface CallRow extends Carried {
  readonly uid: string;
  readonly ts: number;
  readonly app: string;
  readonly apiId: string;
  readonly method: string;
  readonly template: string;
  readonly operation: string;
  readonly format: string;
  readonly path: string;
  readonly query: string;
  /** 0 when no response was seen. */
  readonly status: number;
  readonly success: number | boolean;
  readonly client: string;
  readonly server: string;
  readonly serverPort: number;
  readonly userAgent: string;
  readonly referer: string;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly durationUs: number;
  readonly completeness: number;
  /** One of so many connections was read. */
  readonly sampling: number;
  readonly pairing: string;
  readonly unpaired: string | null;
  readonly weird: readonly string[];
  /** `masked#hash10`; '' when not known. */
  readonly account: string;
  /** Keyed hash; '' when there is none. */
  readonly session: string;
  /** What an untrusted header says of the client; '' when nothing. */
  readonly claimedClient: string;
  /** Kind of device that the caller says it is: `chrome/windows`; '' when it does not. */
  readonly device?: string;
  /** Code of the reply itself; '' for none. */
  readonly resultCode?: string;
}

export interface StatsRow extends Usage {
  /** App, API id, client, account, method or status, as asked; '' when the rows are not told apart by subject, or it is not known. */
  readonly key: string;
  /** Start of the bucket, µs; 0 when not asked for. */
  readonly bucket: number;
  /** Calls by method. */
  readonly methods: Readonly<Record<string, number>>;
  readonly p50Us: number | null;
  readonly p95Us: number | null;
}

export interface SourceRow {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly state: string;
  readonly packets: number;
  readonly firstTs: number;
  readonly lastTs: number;
  /** JSON text of Damage[]. */
  readonly damage: string;
}

/** What a server and its clients agreed on, over all handshakes that came to the same. */
export interface TlsRow {
  readonly server: string;
  readonly port: number;
  /** Server name that clients asked for; '' when they asked for none. */
  readonly sni: string;
  /** '' when the server agreed on nothing, or its answer was not seen. */
  readonly version: string;
  readonly suite: string;
  readonly group: string;
  readonly alpn: string;
  /** Of the server's own certificate: '' and 0 when it was not seen. */
  readonly fingerprint: string;
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly keyType: string;
  readonly keyBits: number;
  readonly signature: string;
  readonly names: readonly string[];
  readonly selfIssued: number | boolean;
  readonly handshakes: number;
  readonly refused: number;
  readonly unfinished: number;
  readonly resumed: number;
  readonly clientCertificates: number;
  readonly earlyData: number;
  readonly compressed: number;
  readonly encryptedHello: number;
  readonly decrypted: number;
  readonly alerts: readonly string[];
  readonly weird: readonly string[];
  /** The first 32 addresses, sorted. */
  readonly clients: readonly string[];
  /** The first 32 fingerprints of clients. */
  readonly ja4: readonly string[];
  readonly ja3: readonly string[];
  readonly firstSeen: number;
  readonly lastSeen: number;
}

export interface SummaryRow {
  readonly exchanges: number;
  readonly applications: number;
  readonly apis: number;
  readonly assets: number;
  readonly candidates: number;
}
