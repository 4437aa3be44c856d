/** A profile for people and scripts. */
import type { ClientPlaces } from '../../deploy/lookup.ts';
import { type BaselineWordRow, baselineWordJson, baselineWordText } from './baseline-decision.ts';
import { placeJson, placeText } from './client-place.ts';
import {
  type ApiName,
  inOrder,
  type PartKind,
  type PartRow,
  partsOf,
  type SubjectLabelRow,
  type SubjectRow,
} from './subject-rows.ts';
import { hourBars, type Look, renderLabels, renderParts } from './subject-tables.ts';
import { type Cell, groupThousands, renderPairs } from './table.ts';
import { isoTime, zonedTime } from './time.ts';
import { humanBytes, humanShare } from './units.ts';
import { renderUsual, type Usual, usualJson } from './usual-view.ts';

export const profileKinds = ['account', 'client', 'app', 'api'] as const;
export type ProfileKind = (typeof profileKinds)[number];

export interface Profile {
  readonly kind: ProfileKind;
  readonly id: string;
  readonly subject: SubjectRow;
  readonly parts: readonly PartRow[];
  readonly labels: readonly SubjectLabelRow[];
  readonly apis: ReadonlyMap<string, ApiName>;
  /** What the engine has learnt: one for each application, most calls first. Empty when nothing is learnt of such. */
  readonly usual: readonly Usual[];
  /** What people said of learning it. */
  readonly word: BaselineWordRow | undefined;
}

export function profileJson(profile: Profile, places: ClientPlaces): Record<string, unknown> {
  const { kind, id, subject, parts, labels, apis, usual, word } = profile;
  const list = (of: PartKind, field: string) =>
    partsOf(parts, of).map(({ key, calls, errors, responseBytes, first, last }) => {
      const api = of === 'api' ? apis.get(key) : undefined;
      const names = api ? { app: api.app, method: api.method, template: api.template } : {};
      const place = of === 'client' ? placeJson(key, places) : {};
      return {
        [field]: key,
        ...names,
        ...place,
        calls,
        errors,
        responseBytes,
        first: isoTime(first),
        last: isoTime(last),
      };
    });
  const side = (direction: string) =>
    labels.filter((row) => row.direction === direction).map(({ direction: _, ...row }) => row);
  const { accountShown: _, firstSeen, lastSeen, ...counts } = subject;
  return {
    ...{
      kind,
      id,
      ...(kind === 'client' ? placeJson(id, places) : {}),
      ...counts,
      firstSeen: isoTime(firstSeen),
      lastSeen: isoTime(lastSeen),
    },
    ...baselineWordJson(word),
    labels: { request: side('request'), response: side('response') },
    topApis: list('api', 'apiId'),
    topApps: list('app', 'app'),
    topAccounts: list('account', 'account'),
    topClients: list('client', 'client'),
    hours: inOrder(partsOf(parts, 'hour')).map(({ key, calls }) => ({ hour: Number(key), calls })),
    days: inOrder(partsOf(parts, 'day')).map(({ key, calls }) => ({ day: key, calls })),
    usual: usual.map(usualJson),
  };
}

export function renderProfile(profile: Profile, page: Omit<Look, 'apis'>): string {
  const { kind, parts, labels, apis, usual } = profile;
  const { texts, width } = page;
  const { profile: say, columns } = texts.findings;
  const look = { ...page, apis };
  // What the profile is of need not be listed in it.
  const table = (of: ProfileKind, title: string, header: string) =>
    of === kind ? '' : renderParts(title, header, partsOf(parts, of), look);
  return [
    renderPairs(
      pairsOf(profile, page).filter(([, value]) => value !== ''),
      width,
    ),
    ...usual.map((each) => renderUsual(each, look)),
    renderLabels(say.labelsTitle, labels, look),
    table('api', say.apisTitle, texts.columns.api),
    kind === 'account' || kind === 'client' ? table('app', say.appsTitle, texts.columns.app) : '',
    table('account', say.accountsTitle, columns.account),
    table('client', say.clientsTitle, texts.columns.client),
  ].join('');
}

function pairsOf(
  { kind, id, subject, parts, apis, word }: Profile,
  { texts, zone, places }: Omit<Look, 'apis'>,
): (readonly [string, Cell])[] {
  const { profile: say } = texts.findings;
  const share = (part: number) => humanShare(subject.calls > 0 ? part / subject.calls : 0);
  const api = kind === 'api' ? [...apis.values()][0] : undefined;
  const hours = partsOf(parts, 'hour');
  const busiest = hours[0];
  const days = inOrder(partsOf(parts, 'day'));
  return [
    [say[kind], api === undefined ? id : `${api.id} ${api.method} ${api.app}${api.template}`],
    [texts.columns.place, kind === 'client' ? placeText(id, places) : ''],
    [say.calls, subject.calls],
    [say.errors, `${groupThousands(subject.errors)} (${share(subject.errors)})`],
    [say.bound, kind === 'account' ? '' : share(subject.boundCalls)],
    [say.sessions, subject.sessions > 0 ? subject.sessions : ''],
    [say.sent, humanBytes(subject.requestBytes)],
    [say.received, humanBytes(subject.responseBytes)],
    [
      say.persons,
      subject.personCalls > 0
        ? say.personsValue(groupThousands(subject.mostPersons), groupThousands(subject.personCalls))
        : '',
    ],
    [texts.baseline.learning, baselineWordText(word, texts, zone)],
    [say.firstSeen, zonedTime(subject.firstSeen, zone)],
    [say.lastSeen, zonedTime(subject.lastSeen, zone)],
    [say.hours, busiest ? `${hourBars(hours)}  ${say.busiest(busiest.key, groupThousands(busiest.calls))}` : ''],
    [say.days, days.map(({ key, calls }) => `${key} × ${groupThousands(calls)}`).join(', ')],
  ];
}
