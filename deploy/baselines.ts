/** What judge has learnt of a subject, as the store keeps judge's memory. */
import { judgeVersion, type Learnt, type LearntEntry, learntFrom } from '../analyzer/analyzer.ts';
import type { Store } from '../storage/store/store.ts';
import { loadCalendar } from './config/calendar.ts';
import type { Config } from './config.ts';
import { offsetOf } from './equipment.ts';
import { unpackJson } from './packed-json.ts';

/** Whom to look for: ids as judge has them, or the end of an account as it is shown (`#` and ten digits). */
export interface LearntSubject {
  readonly ids: readonly string[];
  readonly suffix: string;
  /** The ids are applications. */
  readonly isApp: boolean;
}

export interface LearntReport {
  /** Nothing was learnt yet, or another version of the program learnt it and this one learns anew. */
  readonly state: 'known' | 'empty' | 'other-version';
  readonly learnt: readonly Learnt[];
}

/** A table of a measure: entries by keys that come first in them. */
interface Kept {
  readonly old: readonly (readonly unknown[])[];
  readonly young: readonly (readonly unknown[])[];
}

/** As judge's snapshot has it. */
interface Windows {
  readonly exported: { readonly subjects: Kept };
  readonly habits: Readonly<Record<'sizes', { readonly apis: Kept }>> &
    Readonly<Record<'persons' | 'offHours', { readonly subjects: Kept }>>;
  readonly watches: {
    readonly rates: Readonly<Record<'client' | 'account' | 'api' | 'function', Kept>>;
    readonly service: { readonly served: Kept };
    readonly drops: { readonly hour: number; readonly apps: Kept['old'] };
    readonly labels: { readonly apis: Kept; readonly accounts: Kept };
    readonly abroad: { readonly subjects: Kept };
  };
}

interface KeptState {
  readonly judge?: { readonly v: number; readonly measures?: Windows & { readonly ahead: Windows | null } };
}

/** Throws StoreError. Memory: what judge has learnt of everybody, as at its start, until the subject is picked out of it. */
export async function readLearnt(store: Store, config: Config, subject: LearntSubject): Promise<LearntReport> {
  const [row] = await store.ask<{ payload: string }>('snapshot', { name: 'judge' });
  if (row === undefined) return { state: 'empty', learnt: [] };
  const { judge } = unpackJson<KeptState>(row.payload, isUsual);
  if (judge?.v !== judgeVersion || judge.measures === undefined) return { state: 'other-version', learnt: [] };
  // Calls of an earlier time have windows of their own: what is usual is the later one's.
  const measures = judge.measures.ahead ?? judge.measures;
  const learnt = learntFrom(entriesOf(measures, subject), {
    zoneOffset: offsetOf(config.zone),
    limits: new Map(config.volumeLimits.map(({ app, max }) => [app, max])),
    hour: measures.watches.drops.hour,
    calendar: { ...loadCalendar(config.calendar), weekdays: config.workingHours.days.map((day) => day - 1) },
    apps: new Set(subject.isApp ? subject.ids : []),
  });
  return { state: 'known', learnt };
}

/** Of judge's memory, its version and what was measured. */
function isUsual([root, part]: readonly string[]): boolean {
  return root === 'judge' && (part === 'v' || part === 'measures');
}

/** Those of the subject, by where they lie. */
function entriesOf({ exported, habits, watches }: Windows, { ids, suffix }: LearntSubject): LearntEntry[] {
  const wanted = new Set(ids);
  const isMeant = (id: unknown) => typeof id === 'string' && (wanted.has(id) || (suffix !== '' && id.endsWith(suffix)));
  const pick = (part: LearntEntry['part'], { old, young }: Kept, idOf: (entry: readonly unknown[]) => unknown) =>
    [...old, ...young].filter((entry) => isMeant(idOf(entry))).map((entry): LearntEntry => ({ part, entry }));
  const first = (entry: readonly unknown[]) => entry[0];
  const second = (entry: readonly unknown[]) => entry[1];
  // Of volumes the key is JSON text: application, kind, id.
  const third = (entry: readonly unknown[]) => (JSON.parse(String(entry[0])) as unknown[])[2];
  const { rates, service, drops, labels, abroad } = watches;
  return [
    ...pick('rates.client', rates.client, second),
    ...pick('rates.account', rates.account, second),
    ...pick('rates.api', rates.api, second),
    ...pick('rates.function', rates.function, first),
    ...pick('service', service.served, first),
    ...pick('drops', { old: [], young: drops.apps }, first),
    ...pick('labels.apis', labels.apis, first),
    ...pick('labels.accounts', labels.accounts, second),
    ...pick('sizes', habits.sizes.apis, first),
    ...pick('persons', habits.persons.subjects, third),
    ...pick('offHours', habits.offHours.subjects, third),
    ...pick('exported', exported.subjects, third),
    ...pick('abroad', abroad.subjects, third),
  ];
}
