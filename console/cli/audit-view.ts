/** The proof of the log, for people. */
import type { AuditReport, Problem } from '../../deploy/audit/audit.ts';
import type { View } from './output.ts';
import { groupThousands } from './table.ts';
import type { Texts } from './text/en.ts';
import { isoTime, zonedTime } from './time.ts';

/** Breaks that are named; what follows the first is often its echo. */
const mostShown = 20;

export function renderAudit(report: AuditReport, { audit: say }: Texts, zone: string): string {
  const { calls, findings, decisions, problems, anchor } = report;
  if (report.writers.length === 0 && problems.length === 0) return `${say.nothing}\n`;
  const count = groupThousands;
  const lines = [problems.length === 0 ? say.sound : say.broken(say.problems(problems.length))];
  for (const problem of problems.slice(0, mostShown)) lines.push(renderProblem(problem, say));
  if (problems.length > mostShown) lines.push('  …');
  lines.push('');
  for (const { writer, seals, lastTs, hash } of report.writers) {
    lines.push(say.chain(writer, count(seals), zonedTime(lastTs, zone), hash.slice(0, 16)));
  }
  lines.push(say.proven(count(calls.sealed), count(calls.blocks), count(findings.sealed), count(decisions.sealed)));
  const { values } = report;
  if (values !== undefined) {
    const { rows, before, strangers } = values;
    lines.push(say.values(count(rows), count(values.calls), count(before), count(strangers)));
    const months = values.unproven.map((each) => say.monthOf(String(each.month), count(each.values)));
    if (months.length > 0) lines.push(say.unprovenValues(months.join(', ')));
  }
  if (calls.unsealed + findings.unsealed + decisions.unsealed > 0) {
    lines.push(say.unsealed(count(calls.unsealed), count(findings.unsealed), count(decisions.unsealed)));
  }
  if (calls.before > 0) lines.push(say.before(count(calls.before)));
  if (report.adopted > 0) lines.push(say.adopted(count(report.adopted)));
  if (report.closed.length > 0) lines.push(say.closed(report.closed.join(', ')));
  lines.push(say.anchor(anchor.path, count(anchor.lines)));
  if (anchor.damaged.length > 0) lines.push(say.damagedAnchor(anchor.damaged.slice(0, mostShown).join(', ')));
  const others = anchor.others.map(({ writer, lines: many }) => say.otherChain(writer, count(many)));
  if (others.length > 0) lines.push(say.others(others.slice(0, mostShown).join(', ')));
  lines.push(say.keyFrom[report.keyFrom], say.outside);
  return `${lines.join('\n')}\n`;
}

function renderProblem({ kind, where, number, rows, row, between }: Problem, say: Texts['audit']): string {
  if (where === 'copy') return say.copyProblem(say.kinds[kind], row);
  const place = where === 'seal' || where === 'anchor' ? `${say.ofSeal(number)} ${row}`.trimEnd() : row;
  const named = between === undefined ? place : say.between(...between);
  const count = rows > 0 ? say.rows(groupThousands(rows)) : '';
  return say.problem(say.kinds[kind], say.places[where], named, count, String(number)).replace(/([(（]) /, '$1');
}

export interface OperationRow {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  /** JSON text. */
  readonly value: string;
  readonly by: string;
  readonly note: string;
  readonly ts: number;
}

export function operationView({ audit: { columns } }: Texts, zone: string): View<OperationRow> {
  return {
    json: ({ id, kind, subject, value, by, note, ts }) => ({
      ...{ id, ts: isoTime(ts), by, kind, subject, value: JSON.parse(value) as unknown, note },
    }),
    fields: ['id', 'ts', 'by', 'kind', 'subject', 'value', 'note'],
    columns: [
      { header: columns.time },
      { header: columns.by },
      { header: columns.kind },
      { header: columns.subject, min: 8 },
      { header: columns.value, min: 16, weight: 2 },
      { header: columns.note, min: 8 },
    ],
    cells: ({ ts, by, kind, subject, value, note }) => [
      ...[zonedTime(ts, zone), by, kind, subject, shownValue(value), note],
    ],
  };
}

/** What changed says more than all that is in force. */
function shownValue(text: string): string {
  const { changes } = JSON.parse(text) as { changes?: readonly { key: string; from: unknown; to: unknown }[] };
  if (changes === undefined || changes.length === 0) return text.length > 400 ? `${text.slice(0, 400)}…` : text;
  return changes.map(({ key, from, to }) => `${key}: ${JSON.stringify(from)} → ${JSON.stringify(to)}`).join('; ');
}
