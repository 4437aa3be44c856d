/** What is known of an application beside its calls: who answers for it, where it stands, and why it is to be watched. */
import type { Config } from '../../deploy/config.ts';
import type { AppRow } from './rows.ts';

type ApplicationConfig = Config['applications'][number];

/** What people said, in the configuration or by `apiris import owners`; the import is later and wins. */
export interface AppFacts {
  readonly name?: string;
  readonly owner?: string;
  readonly department?: string;
  readonly environment?: string;
  readonly audience?: string;
}

export const factNames = ['name', 'owner', 'department', 'environment', 'audience'] as const;

/** Words in host names, by what they mean. A production host says nothing. */
const environments: readonly (readonly [name: string, words: RegExp])[] = [
  ['dev', /^(?:dev\d*|develop|development|local|localhost|sandbox|kaifa)$/],
  [
    'test',
    /^(?:test\d*|testing|sit\d*|uat\d*|qa\d*|stg|stage|staging|pre|preprod|preview|beta|demo|fat|ceshi|fz|fangzhen)$/,
  ],
  ['prod', /^(?:prod|prd|production|live)$/],
];

/** `dev`, `test` or `prod` by the host's words; empty where they do not say. */
function environmentByHost(app: string): string {
  const words = app.toLowerCase().split(/[^a-z0-9]+/);
  return environments.find(([, pattern]) => words.some((word) => pattern.test(word)))?.[0] ?? '';
}

export function appFacts(row: Pick<AppRow, 'app' | 'decided'>, configured: ApplicationConfig | undefined): AppFacts {
  const facts: { -readonly [K in keyof AppFacts]: AppFacts[K] } = {};
  const imported = parsed(row.decided);
  for (const name of factNames) {
    const value = imported[name] ?? (name === 'department' ? undefined : configured?.[name]);
    if (value !== undefined && value !== '') facts[name] = value;
  }
  if (facts.environment === undefined) {
    const environment = environmentByHost(row.app);
    if (environment !== '') facts.environment = environment;
  }
  return facts;
}

function parsed(decided: string): Readonly<Record<string, string>> {
  if (decided === '') return {};
  try {
    const value: unknown = JSON.parse(decided);
    return typeof value === 'object' && value !== null ? (value as Record<string, string>) : {};
  } catch {
    return {};
  }
}

/** Kinds of personal data, and values in clear a day, from which an application is on the watch list. */
const manyKinds = 8;
const manyValues = 5000;
/** Data that is no personal data. */
const technical: ReadonlySet<string> = new Set(['ip-address', 'mac-address', 'token', 'uscc', 'session-id', 'imei']);

/** Why an application gives out enough to be watched: `many-kinds`, `much-data`, `many-persons`; none for most. */
export function watchOf(row: AppRow): string[] {
  const personal = row.given.filter(({ label, count }) => count > 0 && !technical.has(label));
  const values = personal.reduce((sum, { count }) => sum + count, 0);
  return [
    ...(personal.length >= manyKinds ? ['many-kinds'] : []),
    ...(values >= manyValues * Math.max(1, row.days) ? ['much-data'] : []),
    ...(row.persons >= 1000 ? ['many-persons'] : []),
  ];
}
