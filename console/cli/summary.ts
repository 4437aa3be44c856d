/** What a replay ends with: what was read, what came of it, where the rest went. */
import type { ReplaySummary } from '../../deploy/appliance.ts';
import { ledgerProblems, renderBalances, renderDetails, renderWeird, stageBalances } from './ledger-view.ts';
import type { Cell } from './table.ts';
import { groupThousands, renderPairs, renderTable } from './table.ts';
import type { Texts } from './text/en.ts';
import { humanBytes, humanDuration } from './units.ts';
import { printable } from './width.ts';

export function summaryJson(summary: ReplaySummary): Readonly<Record<string, unknown>> {
  const { sources, seconds, ledger, ...counts } = summary;
  return {
    sources,
    ...counts,
    seconds: Math.round(seconds * 1000) / 1000,
    exchangesPerSecond: perSecond(summary),
    stages: stageBalances(ledger),
    ledger,
  };
}

function perSecond({ exchanges, seconds }: ReplaySummary): number {
  return seconds > 0 ? Math.round(exchanges / seconds) : 0;
}

/** What was read, and the counts. */
export function renderResult(summary: ReplaySummary, texts: Texts, width: number): string {
  const { replay } = texts;
  const { sources, bytes, packets, seconds } = summary;
  const time = humanDuration(seconds * 1e6);
  const rows = sources.map((source): Cell[] => [`  ${source.name}`, replay.states[source.state]]);
  // Captures that were known were not read at all.
  const fresh = sources.filter((source) => source.state !== 'known').length;
  const read = fresh > 0 || sources.length === 0 ? `${replay.read(fresh, humanBytes(bytes), packets, time)}\n` : '';
  const list =
    rows.length === 0 ? '' : withoutHeader(renderTable([{ header: '', min: 20 }, { header: '' }], rows, width));
  const rate = perSecond(summary);
  const pairs = renderPairs(
    [
      [replay.exchanges, withRate(summary.exchanges, rate > 0 ? replay.rate(groupThousands(rate)) : '')],
      [replay.stored, summary.stored],
      [replay.applications, `${groupThousands(summary.applications)} (${replay.allInStore})`],
      [replay.apis, `${groupThousands(summary.apis)} (${replay.allInStore})`],
    ],
    width,
  );
  return `${read}${list}\n${pairs}`;
}

function withRate(count: number, rate: string): string {
  return rate === '' ? groupThousands(count) : `${groupThousands(count)} (${rate})`;
}

function withoutHeader(table: string): string {
  return table.slice(table.indexOf('\n') + 1);
}

/** The ledger, why things did not go on, oddities, and what is damaged. Without a ledger nothing went anywhere. */
export function renderAccount(summary: ReplaySummary, texts: Texts, width: number): string {
  const { replay } = texts;
  const parts: string[] = [];
  if (summary.ledger.some((entry) => entry.value !== 0)) {
    parts.push(section(replay.ledgerTitle, renderBalances(stageBalances(summary.ledger), texts, width)));
  }
  const details = renderDetails(summary.ledger, texts, width);
  if (details !== '') parts.push(section(replay.detailTitle, details));
  if (summary.weird.length > 0) parts.push(section(replay.weirdTitle, renderWeird(summary.weird, texts, width)));
  if (summary.damage.length > 0) {
    const lines = summary.damage.map((each) => replay.damage(each.input, groupThousands(each.offset), each.reason));
    parts.push(section(replay.damageTitle, lines.map((line) => `  ${printable(line)}\n`).join('')));
  }
  const problems = new Set([...summary.imbalances, ...ledgerProblems(summary.ledger)]);
  if (problems.size > 0) parts.push([...problems].map((problem) => `${replay.imbalance(problem)}\n`).join(''));
  return parts.join('\n');
}

export function section(title: string, body: string): string {
  return `${title}\n${body}`;
}

/** What to type next, with the `--data` that finds this store. */
export function renderNext(texts: Texts, invocation: string, dataArgument: string): string {
  const { next } = texts.replay;
  const commands = [
    ['overview', next.overview],
    ['findings', next.findings],
    ['apps', next.apps],
    ['apis', next.apis],
    ['calls --newest', next.calls],
    ['health', next.health],
  ] as const;
  const lines = commands.map(([command, what]): Cell[] => [`  ${invocation} ${command}${dataArgument}`, what]);
  return withoutHeader(renderTable([{ header: '' }, { header: '' }], lines, Number.MAX_SAFE_INTEGER));
}

/** ` --data DIR` quoted for a shell; '' for the folder that needs no naming. */
export function dataArgument(data: string, named: boolean): string {
  if (!named) return '';
  return /^[\w./@%+=:,-]+$/.test(data) ? ` --data ${data}` : ` --data '${data.replaceAll("'", "'\\''")}'`;
}
