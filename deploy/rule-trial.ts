/**
 * `rules try`: rules of a file over stored calls, in the order in which judge saw them. Nothing is stored.
 *
 * Memory: calls are asked for in slices of some minutes, or of parts of a busy one, so the engine sorts one slice at a time; those that wait for
 * calls before them are the ones that were under way at one time (`Merge` bounds them).
 */
import { resolve, sep } from 'node:path';
import {
  compileRules,
  describeProblem,
  type Finding,
  labelLevels,
  Merge,
  type RefusedRule,
  type StoredCall,
  Trial,
} from '../analyzer/analyzer.ts';
import type { Store } from '../storage/store/store.ts';
import type { Config } from './config.ts';
import { loadAnalysis } from './content/analysis.ts';
import { documentNames } from './content/detection-checks.ts';
import { loadRules, shippedRules } from './content/rules.ts';
import { offsetOf } from './equipment.ts';

/** µs of packet time, `until` not included; 0: no limit. */
export interface TrialPeriod {
  readonly since: number;
  readonly until: number;
}

export interface TrialRun {
  /** The worst first, then the latest; under the APIs' ids of now. */
  readonly findings: readonly Finding[];
  /** Findings that there was no room for. */
  readonly beyond: number;
  readonly calls: number;
}

export interface RuleTrial {
  /** Rules of the file that are run, as findings name them. */
  readonly tried: readonly string[];
  /** Those that need what is not stored. */
  readonly refused: readonly RefusedRule[];
  /** Mistakes in the file: a sentence each, with line and what to do. */
  readonly problems: readonly string[];
  /** Throws StoreError. `onCalls`: calls read so far, now and then. Ends early when the signal is aborted. */
  run(
    store: Store,
    period: TrialPeriod,
    options?: { readonly onCalls?: (calls: number) => void; readonly signal?: AbortSignal },
  ): Promise<TrialRun>;
}

/** Calls of a slice, about: the engine sorts so many rows in a third of the memory that a question has. */
const sliceCalls = 100_000;
/** Calls put in order at once. */
const batch = 4096;
const minute = 60e6;

/** The rules of a file or folder, together with all that is in force, for they may refer to it. */
export async function tryRules(config: Pick<Config, 'rules' | 'labels' | 'zone'>, path: string): Promise<RuleTrial> {
  const place = resolve(path);
  const isTried = (file: string) => file === place || file.startsWith(`${place}${sep}`);
  const own = loadRules([place]);
  const others = loadRules([shippedRules(), ...config.rules], (file) => !isTried(resolve(file)));
  // Those that are tried come first: a copy of a rule that is in force takes its name.
  const rules = compileRules([...own.files, ...others.files].flatMap(({ documents }) => documents));
  const { recognizers } = await loadAnalysis({ rules: [], labels: config.labels });
  const options = { zoneOffset: offsetOf(config.zone), levels: labelLevels(recognizers) };
  const names = new Set(documentNames(own));
  const files = new Set(own.files.flatMap(({ documents }) => documents.map((document) => document.place.file)));
  const mistakes = [...own.problems, ...rules.problems.filter(({ place: at }) => files.has(at.file))];
  const idle = rules.idle.filter(({ name }) => names.has(name)).map(({ name, reason }) => `${name}: ${reason}`);
  const { tried, refused } = new Trial(rules, names, options);
  return {
    tried,
    refused,
    problems: [...mistakes.map(describeProblem), ...idle],
    run: (store, period, { onCalls, signal } = {}) =>
      runTrial(new Trial(rules, names, options), store, period, onCalls ?? (() => {}), signal),
  };
}

async function runTrial(
  trial: Trial,
  store: Store,
  period: TrialPeriod,
  onCalls: (calls: number) => void,
  signal: AbortSignal | undefined,
): Promise<TrialRun> {
  const merge = new Merge<StoredCall>(1);
  let waiting: StoredCall[] = [];
  const go = (watermark: number) => {
    for (const call of merge.push(0, waiting, watermark)) trial.call(call);
    waiting = [];
    onCalls(trial.calls);
  };
  for (const slice of await slicesOf(store, period)) {
    for await (const row of store.stream<StoredRow>('rule-calls', slice)) {
      if (signal?.aborted) break;
      waiting.push(callOf(row));
      // What begins later completes no earlier.
      if (waiting.length >= batch) go(row.ts);
    }
    if (signal?.aborted) break;
  }
  go(Number.POSITIVE_INFINITY);
  const { findings, beyond } = trial.end();
  return { findings: await underIdsOfNow(findings, store), beyond, calls: trial.calls };
}

/** Spans of whole minutes, or of parts of one, with about as many calls each. */
async function slicesOf(store: Store, period: TrialPeriod): Promise<{ since: number; until: number }[]> {
  const slices: { since: number; until: number }[] = [];
  let calls = Number.POSITIVE_INFINITY;
  for await (const row of store.stream<{ minute: number; calls: number }>('call-minutes', { ...period })) {
    const count = Number(row.calls);
    const begin = Math.max(period.since, Number(row.minute));
    const end = Math.min(Number(row.minute) + minute, period.until === 0 ? Number.MAX_SAFE_INTEGER : period.until);
    if (calls + count <= sliceCalls) {
      slices.at(-1)!.until = end;
      calls += count;
      continue;
    }
    const parts = Math.ceil(count / sliceCalls);
    const at = (part: number) => begin + Math.round(((end - begin) * part) / parts);
    for (let part = 0; part < parts; part++) slices.push({ since: at(part), until: at(part + 1) });
    calls = count / parts;
  }
  return slices;
}

interface StoredRow extends Omit<StoredCall, 'success' | 'account' | 'session'> {
  readonly success: number;
  readonly account: string;
  readonly session: string;
}

/** Empty texts stand for what was not known. Whether nobody answered is not kept beside failure: status 0 tells it. */
function callOf({ success, account, session, ...row }: StoredRow): StoredCall {
  return {
    ...row,
    success: success === 1 ? true : row.status === 0 ? null : false,
    account: account === '' ? undefined : account,
    session: session === '' ? undefined : session,
  };
}

/** Rules see the API as it was first named; people know it as it is now. */
async function underIdsOfNow(findings: readonly Finding[], store: Store): Promise<readonly Finding[]> {
  if (findings.length === 0) return findings;
  const rows = await store.ask<{ alias: string; id: string; template: string }>('api-aliases');
  const aliases = new Map(rows.map((row) => [row.alias, row]));
  return findings.map((finding) => {
    const now = aliases.get(finding.apiId ?? '');
    return now === undefined ? finding : { ...finding, apiId: now.id, template: now.template || finding.template! };
  });
}
