/** The posture for people and scripts. */
import type { FindingRow } from './finding-rows.ts';
import type { Health } from './health.ts';
import { name as word } from './ledger-view.ts';
import type { View } from './output.ts';
import type { SubjectLabelRow, SubjectRow } from './subject-rows.ts';
import { renderLabels } from './subject-tables.ts';
import { section } from './summary.ts';
import { groupThousands, renderPairs, renderTable } from './table.ts';
import type { Texts } from './text/en.ts';
import { isoTime, zonedTime } from './time.ts';
import { humanShare } from './units.ts';

export interface LevelCount {
  readonly kind: string;
  readonly level: string;
  readonly findings: number;
}

export interface Overview {
  /** µs; 0 when nothing is stored. */
  readonly newest: number;
  readonly applications: number;
  readonly states: readonly { readonly state: string; readonly apis: number }[];
  /** Of all calls together; absent when there are none. */
  readonly subject: SubjectRow | undefined;
  /** Given out. */
  readonly labels: readonly SubjectLabelRow[];
  /** Open findings, the worst level first. */
  readonly levels: readonly LevelCount[];
  /** Events by the day they began, µs, of the last days. */
  readonly days: readonly { readonly day: number; readonly level: string; readonly findings: number }[];
  readonly worst: readonly FindingRow[];
  readonly health: Health;
}

function byLevel(levels: readonly { readonly level: string; readonly findings: number }[]): Record<string, number> {
  return Object.fromEntries(levels.map(({ level, findings }) => [level, findings]));
}

function ofKind({ levels }: Overview, kind: string): LevelCount[] {
  return levels.filter((each) => each.kind === kind);
}

/** Days in order, each with its events by level. */
function byDay({ days }: Overview, zone: string): { readonly day: string; readonly levels: Record<string, number> }[] {
  return [...new Set(days.map(({ day }) => day))].map((day) => ({
    day: zonedTime(day, zone).slice(0, 10),
    levels: byLevel(days.filter((each) => each.day === day)),
  }));
}

function boundShare(subject: SubjectRow | undefined): number {
  return subject && subject.calls > 0 ? subject.boundCalls / subject.calls : 0;
}

export function overviewJson(overview: Overview, zone: string): Record<string, unknown> {
  const { newest, applications, states, subject, health } = overview;
  return {
    ...(newest > 0 ? { newest: isoTime(newest) } : {}),
    applications,
    apis: Object.fromEntries(states.map(({ state, apis }) => [state, apis])),
    calls: subject?.calls ?? 0,
    accounts: subject?.accounts ?? 0,
    clients: subject?.clients ?? 0,
    boundShare: Math.round(boundShare(subject) * 1e4) / 1e4,
    labels: overview.labels.map(({ label, calls, values, most, masked }) => ({ label, calls, values, most, masked })),
    weaknesses: byLevel(ofKind(overview, 'weakness')),
    events: byLevel(ofKind(overview, 'event')),
    checks: byLevel(ofKind(overview, 'check')),
    days: byDay(overview, zone).map(({ day, levels }) => ({ day, events: levels })),
    health: { state: health.word, reasons: health.reasons },
  };
}

export function renderOverview(
  overview: Overview,
  view: View<FindingRow>,
  texts: Texts,
  zone: string,
  width: number,
): string {
  const { overview: say } = texts.findings;
  const { newest, applications, states, subject, labels, worst, health } = overview;
  if (newest === 0 || subject === undefined) return `${say.empty}\n`;
  const counted = (levels: Readonly<Record<string, number>>) =>
    Object.entries(levels)
      .map(([level, findings]) => `${word(texts.terms.levels, level)} × ${groupThousands(findings)}`)
      .join(', ');
  const stated = states.map(
    ({ state, apis }) =>
      `${word({ ...texts.cells.states, ...texts.cells.lifecycle }, state)} × ${groupThousands(apis)}`,
  );
  const known = (count: number) => groupThousands(count);
  const facts = renderPairs(
    [
      [say.applications, applications],
      [say.apis, stated.join(', ')],
      [say.calls, subject.calls],
      [say.callers, say.callersValue(known(subject.accounts), known(subject.clients), humanShare(boundShare(subject)))],
      [say.health, texts.health.words[health.word]],
      ...health.reasons.map(({ text }): readonly [string, string] => ['', text]),
      [say.weaknesses, counted(byLevel(ofKind(overview, 'weakness'))) || say.none],
      [say.events, counted(byLevel(ofKind(overview, 'event'))) || say.none],
    ],
    width,
  );
  const days = byDay(overview, zone).map(({ day, levels }) => [`  ${day}`, counted(levels)] as const);
  const given = labels.length === 0 ? `\n${section(say.labels, `${say.noLabels}\n`)}` : '';
  return [
    `${say.title(zonedTime(newest, zone))}\n\n${facts}`,
    worst.length === 0 ? '' : `\n${section(say.next, renderTable(view.columns, worst.map(view.cells), width))}`,
    days.length === 0 ? '' : `\n${section(say.days, renderPairs(days, width))}`,
    given || renderLabels(say.labels, labels, { texts, width }),
  ].join('');
}
