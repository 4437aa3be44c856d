/**
 * Finding: a rule's judgement with its evidence. An opinion, plain and JSON-safe; what people decide about it is kept
 * elsewhere and joined on read.
 */
import type { Usual } from './observation.ts';

export const findingVersion = 1;

/**
 * A `weakness` is a flaw of an endpoint and lasts until later traffic shows it fixed; an `event` is what a subject did
 * and has a begin and an end; a `check` is a clause of the specification.
 */
export type FindingKind = 'weakness' | 'event' | 'check';
export const dimensions = ['leak', 'attack', 'account'] as const;
export type Dimension = (typeof dimensions)[number];
/** From least to most. */
export const levels = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Level = (typeof levels)[number];
/** What the engine itself can say; confirmed, fixing, to-verify, false-positive and ignored are people's, and kept with them. */
export type EngineStatus = 'unconfirmed' | 'fixed' | 'reopened';

/** The figure that crossed a rule's threshold. */
export interface Measured {
  /** What was measured: a correlation's type and field, or an observation's measure. */
  readonly name: string;
  /** Largest value while the finding lasted. */
  readonly value: number;
  /** What it was held against; absent when several thresholds decided. */
  readonly threshold?: number;
}

/** Whom it touches, as far as the contributing calls showed: lower bounds. */
export interface Impact {
  /** Distinct accounts, counted to 100. */
  readonly accounts: number;
  /** Most persons one contributing call or measurement showed. */
  readonly persons: number;
  /** Records the contributing calls returned, in sum. */
  readonly records: number;
  /** Distinct clients, counted to 100. */
  readonly clients: number;
}

export interface Finding {
  readonly v: typeof findingVersion;
  /** 16 hex digits: hash of the rule and the key; an event's key has its begin. The same on every run. */
  readonly id: string;
  readonly kind: FindingKind;
  /** Name of the detection, as its file. */
  readonly rule: string;
  readonly title: string;
  /** Simplified Chinese; equals `title` where a rule has none. */
  readonly titleZh: string;
  /** Scenario names (kebab-case), sorted as the rule has them. */
  readonly scenarios: readonly string[];
  readonly dimension: Dimension;
  readonly level: Level;
  readonly status: EngineStatus;
  /** Application of the first contributing call. */
  readonly app: string;
  /** Absent when calls of several APIs contributed. */
  readonly apiId?: string;
  /** Absent when calls of several addresses contributed; several APIs may be behind one. */
  readonly method?: string;
  /** As `method`. */
  readonly template?: string;
  /** Absent when several clients contributed, or none is known. */
  readonly client?: string;
  /** At most 100, sorted; the first 100 that contributed. */
  readonly clients: readonly string[];
  /** Absent when several accounts contributed, or none is known. */
  readonly account?: string;
  /** At most 100, sorted; the first 100 that contributed. */
  readonly accounts: readonly string[];
  /** Packet time of the first contributing call, integer µs since 1970. */
  readonly firstSeen: number;
  /** Packet time of the last contributing call, integer µs. */
  readonly lastSeen: number;
  /** Contributing calls; measurements where the rule is about observations. */
  readonly count: number;
  /** Absent when a single call shows it. */
  readonly measured?: Measured;
  /** The parameter that was measured, with its place: `path.customerId`; absent when the measure is of none. */
  readonly parameter?: string;
  /** Absent when the rule compares with no baseline. */
  readonly usual?: Usual;
  /** Call uids: at most 5 first, 5 strongest and 5 last, each once, in this order. */
  readonly evidence: readonly string[];
  /** Mean share of the contributing exchanges' octets that was seen, times the share of connections that was read, 0…1. */
  readonly completeness: number;
  /** The least such share of one contributing exchange, 0…1. */
  readonly completenessLeast: number;
  /** What to do; empty where a rule has none. */
  readonly advice: string;
  /** Simplified Chinese; equals `advice` where a rule has none. */
  readonly adviceZh: string;
  /** OWASP API Security Top 10: `API1:2023`. */
  readonly owasp: readonly string[];
  /** Clauses of the specification: `7.1.3`. */
  readonly clauses: readonly string[];
  readonly impact: Impact;
}
