/**
 * Observation: something measured about a subject over a window of packet time, beside what is usual for it. A fact
 * over many calls; whether it is a risk is for the rules. Plain and JSON-safe.
 */

export const observationVersion = 1;

/** Whom a measure is about, in order of trust. `api` where the callers of an API are taken together. */
export type SubjectKind = 'account' | 'session' | 'client' | 'api' | 'app';

export interface Subject {
  readonly kind: SubjectKind;
  /** The account (`masked#hash10`), session hash, IP address, API id or application. */
  readonly id: string;
}

/** What a measure was in the subject's earlier windows of the same length. */
export interface Usual {
  readonly median: number;
  readonly p95: number;
  /** Windows that were not empty and have ended. */
  readonly n: number;
}

export interface Observation {
  readonly v: typeof observationVersion;
  /** Name of the measure, as its file under observe/: `traversal`, `predictability`, `login-outcomes`, `persons` … */
  readonly measure: string;
  readonly subject: Subject;
  readonly app: string;
  /** Absent when the measure spans APIs. */
  readonly apiId?: string;
  /** Absent when the measure spans APIs. */
  readonly method?: string;
  /** Absent when the measure spans APIs. */
  readonly template?: string;
  /** The parameter that was measured: `path.customerId`, `query.id`; absent when the measure is of no parameter. */
  readonly parameter?: string;
  /** First packet time the window covers, integer µs since 1970. */
  readonly begin: number;
  /** Packet time of the call that completed the measurement, integer µs. */
  readonly end: number;
  /** Nominal length of the window, µs. */
  readonly window: number;
  /** The measured figure; its unit is the measure's. */
  readonly value: number;
  /** Further figures by name, as the measure's file documents them. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Absent when the measure keeps no history. */
  readonly usual?: Usual;
  /** Calls that show it: at most 16, first and last ones. */
  readonly samples: readonly string[];
  /** Clients that took part: at most 100, sorted. */
  readonly clients: readonly string[];
  /** Accounts that took part: at most 100, sorted. */
  readonly accounts: readonly string[];
  /** Mean share of the exchanges' octets that was seen, 0…1. */
  readonly completeness: number;
}
