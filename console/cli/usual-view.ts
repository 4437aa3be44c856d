/** What is usual of an account, a client or an API, as the engine has learnt it, for people and scripts. */
import type { Profile } from '../../analyzer/analyzer.ts';
import { known } from './known.ts';
import { name as word } from './ledger-view.ts';
import type { ApiName } from './subject-rows.ts';
import { barsOf } from './subject-tables.ts';
import { section } from './summary.ts';
import { type Cell, type Column, groupThousands, renderPairs, renderTable } from './table.ts';
import type { Texts } from './text/en.ts';
import { isoTime, zonedTime } from './time.ts';
import { humanBytes, humanDuration } from './units.ts';
import { right, shownIdDigits } from './views.ts';

export interface UsualRow {
  /** Empty for an API. */
  readonly app: string;
  readonly id: string;
  /** `Profile` as JSON text. */
  readonly payload: string;
}

export interface Usual {
  readonly app: string;
  readonly profile: Profile;
}

type Acquaintance = Profile['apis'][number];
type Quantiles = Profile['responseSize'];

/** Days that must be over before what is usual is known. */
const learningDays = 5;
/** Of those a subject has to do with: as many as a person reads. JSON has all of them. */
const mostShown = 5;
const measures = ['calls', 'busiestHour', 'responseBytes', 'persons', 'errors', 'labels'] as const;

export function usualOf({ app, payload }: UsualRow): Usual {
  return { app, profile: JSON.parse(payload) as Profile };
}

export function usualJson({ app, profile }: Usual): Record<string, unknown> {
  const { firstSeen, lastSeen, responseSize, duration, ...told } = profile;
  const met = (some: readonly Acquaintance[]) =>
    some.map(({ id, calls, first, last }) => ({ id, calls, first: isoTime(first), last: isoTime(last) }));
  return {
    ...known('app', app),
    ...told,
    ...{ firstSeen: isoTime(firstSeen), lastSeen: isoTime(lastSeen) },
    ...{ responseBytes: responseSize, durationUs: duration },
    ...{ apis: met(told.apis), accounts: met(told.accounts), clients: met(told.clients) },
  };
}

export interface UsualLook {
  readonly texts: Texts;
  readonly zone: string;
  readonly width: number;
  readonly apis: ReadonlyMap<string, ApiName>;
}

export function renderUsual({ app, profile }: Usual, look: UsualLook): string {
  const { texts, width } = look;
  const { usual: say } = texts.findings;
  const days = profile.perDay.calls.n;
  const state = profile.stillLearning ? say.learning(days, learningDays) : say.learnt(days);
  const pairs = pairsOf(profile, look).filter(([, value]) => value !== '');
  const table = days > 0 ? `${renderTable(columnsOf(texts), dayRows(profile, look), width)}\n` : '';
  return `\n${section(`${app === '' ? say.title : say.titleIn(app)}: ${state}`, `${table}${renderPairs(pairs, width)}`)}`;
}

function columnsOf({ findings }: Texts): Column[] {
  const { usual: say } = findings;
  return [{ header: say.perDay, min: 16 }, ...[say.median, say.p95, say.lastDay].map(right)];
}

function dayRows({ perDay, today }: Profile, { texts }: UsualLook): Cell[][] {
  const { measures: names } = texts.findings.usual;
  return measures.map((measure): Cell[] => {
    const text = (value: number): string => (measure === 'responseBytes' ? humanBytes(value) : groupThousands(value));
    return [names[measure], text(perDay[measure].median), text(perDay[measure].p95), text(today[measure])];
  });
}

function pairsOf(profile: Profile, { texts, zone, apis }: UsualLook): (readonly [string, Cell])[] {
  const { usual: say, profile: named } = texts.findings;
  const spread = ({ median, p95, p99, n }: Quantiles, human: (value: number) => string): string =>
    n === 0 ? '' : say.spread(human(median), human(p95), human(p99));
  const list = (some: readonly Acquaintance[], name: (id: string) => string): string => {
    const shown = some.slice(0, mostShown).map(({ id, calls }) => `${name(id)} × ${groupThousands(calls)}`);
    const rest = some.length - shown.length;
    return [...shown, ...(rest > 0 ? [texts.findings.finding.more(groupThousands(rest))] : [])].join(', ');
  };
  const apiName = (id: string): string => {
    const api = apis.get(id);
    return api === undefined ? id.slice(0, shownIdDigits) : `${api.method} ${api.template}`;
  };
  const itself = (id: string): string => id;
  return [
    [say.since, zonedTime(profile.firstSeen, zone).slice(0, 16)],
    [say.hourDays, profile.hourDays.some((n) => n > 0) ? barsOf(profile.hourDays) : ''],
    [say.weekdays, barsOf(profile.weekdays)],
    [say.responseSize, spread(profile.responseSize, humanBytes)],
    [say.duration, spread(profile.duration, humanDuration)],
    [say.mostPersons, profile.mostPersons > 0 ? profile.mostPersons : ''],
    [say.labels, profile.labels.map((label) => word(texts.terms.labels, label)).join(', ')],
    [named.apisTitle, list(profile.apis, apiName)],
    [named.accountsTitle, list(profile.accounts, itself)],
    [named.clientsTitle, list(profile.clients, itself)],
    [say.forgotten, profile.forgotten > 0 ? profile.forgotten : ''],
  ];
}
