/** A person's word on a finding. It wins over the engine, and stays: decisions are added and never changed. */
import { createHash } from 'node:crypto';
import type { Row, Store } from '../../storage/store/store.ts';
import { UsageFault } from './faults.ts';
import { newestPacket } from './filters.ts';
import type { FindingRow } from './finding-rows.ts';
import type { Texts } from './text/en.ts';
import { parseInstant } from './time.ts';

/** States that people set; `unconfirmed` and `reopened` are what the traffic says. */
const decidable = ['confirmed', 'fixing', 'to-verify', 'fixed', 'false-positive', 'ignored'] as const;
const engineStates = ['unconfirmed', 'reopened'];

export interface DecisionOptions {
  readonly set?: string;
  readonly by?: string;
  readonly note?: string;
  readonly until?: string;
}

export interface Decision {
  readonly status: (typeof decidable)[number];
  readonly by: string;
  readonly note: string;
  /** As typed, in packet time; absent when it holds for ever. */
  readonly until?: string;
}

/** The decision that the options make; null where there is none. Half a decision is refused before anything is opened. */
export function readDecision(options: DecisionOptions, texts: Texts): Decision | null {
  const { errors } = texts.findings;
  const { set, until } = options;
  if (set === undefined) {
    for (const option of ['by', 'note', 'until'] as const) {
      if (options[option] !== undefined) throw new UsageFault(errors.onlyWithSet(`--${option}`));
    }
    return null;
  }
  const choices = decidable.join(', ');
  const named = set.toLowerCase();
  if (engineStates.includes(named)) throw new UsageFault(errors.engineState(named, choices));
  const status = decidable.find((each) => each === named);
  if (status === undefined) throw new UsageFault(texts.errors.badChoice('--set', set, choices));
  const [by, note] = [options.by?.trim() ?? '', options.note?.trim() ?? ''];
  if (by === '') throw new UsageFault(errors.setNeeds('--by NAME'));
  if (note === '') throw new UsageFault(errors.setNeeds('--note TEXT'));
  if (until === undefined) return { status, by, note };
  if (status !== 'ignored' && status !== 'false-positive') throw new UsageFault(errors.untilOnlyIgnored);
  return { status, by, note, until };
}

/**
 * What a false alarm is said of besides this finding: the same rule, at the same API, of the same account or client. Of a
 * finding with several of them only itself: whoever comes next may be somebody else.
 */
function scopeOf({ rule, app, apiId, account, client }: FindingRow): string {
  const who = account === '' ? client : account;
  return who === '' ? '' : [rule, app, apiId, who].join('\n');
}

/** Stores the decision. `seen`, the finding's last packet time, tells later traffic that shows it again. */
export async function storeDecision(
  store: Store,
  finding: FindingRow,
  decision: Decision,
  { zone, wallClock, texts }: { readonly zone: string; readonly wallClock: () => number; readonly texts: Texts },
): Promise<void> {
  const { status, by, note, until } = decision;
  const ends = until === undefined ? undefined : parseInstant(until, zone);
  if (ends === null) throw new UsageFault(texts.errors.badTime('--until', until!));
  if (ends !== undefined && ends <= (await newestPacket(store))) throw new UsageFault(texts.findings.errors.untilPast);
  const scope = status === 'false-positive' ? scopeOf(finding) : '';
  const value = JSON.stringify({
    ...{ status, seen: finding.lastSeen },
    ...(ends === undefined ? {} : { until: ends }),
    ...(scope === '' ? {} : { scope }),
  });
  const row = { kind: 'finding-status', subject: finding.id, value, by, note, ts: wallClock() };
  const id = createHash('sha256').update(JSON.stringify(row)).digest('hex').slice(0, 16);
  await store.insert('decisions', [{ id, ...row } satisfies Row]);
}
