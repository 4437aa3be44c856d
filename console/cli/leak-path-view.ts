/** The way of a leak as a timeline for people, and as JSON. */

import { known } from './known.ts';
import type { LeakPath, PathStep } from './leak-path.ts';
import { name as word } from './ledger-view.ts';
import { section } from './summary.ts';
import { type Cell, type Column, groupThousands, renderTable } from './table.ts';
import type { Texts } from './text/en.ts';
import { isoTime, zonedTime } from './time.ts';
import { humanShare } from './units.ts';
import { endpoint, right } from './views.ts';

/** Steps that a table shows; JSON has all of them. */
const shownSteps = 40;

export function pathJson(path: LeakPath): Readonly<Record<string, unknown>> {
  const { suspect, steps, calls, completeness, cut } = path;
  return {
    [suspect.kind]: suspect.key,
    ...(steps.length === 0
      ? {}
      : { from: isoTime(steps[0]!.first), to: isoTime(Math.max(...steps.map((s) => s.last))) }),
    calls,
    completeness,
    ...(cut ? { cut } : {}),
    steps: steps.map((step) => ({
      role: step.role,
      first: isoTime(step.first),
      last: isoTime(step.last),
      calls: step.calls,
      ...(step.failures > 0 ? { failures: step.failures } : {}),
      ...(step.matched > 0 ? { matched: step.matched } : {}),
      app: step.app,
      apiId: step.apiId,
      method: step.method,
      template: step.template,
      ...known('operation', step.operation),
      functions: [...step.functions].sort(),
      given: [...step.given].sort(),
      persons: step.persons,
      responseBytes: step.responseBytes,
      clients: [...step.clients].sort(),
      devices: [...step.devices].sort(),
      sessions: [...step.sessions].sort(),
      completeness: step.completeness,
      evidence: step.uids,
    })),
  };
}

export function renderPath(path: LeakPath, texts: Texts, zone: string, width: number): string {
  const { path: say } = texts.leak;
  const { suspect, steps, calls, completeness, cut } = path;
  if (steps.length === 0) return '';
  const isTraced = steps.some(({ matched }) => matched > 0);
  const columns: Column[] = [
    { header: texts.columns.time },
    { header: say.columns.last },
    { header: say.columns.step, min: 8 },
    { header: texts.columns.api, min: 20, weight: 1.4 },
    right(texts.columns.calls),
    ...(isTraced ? [right(say.columns.traced)] : []),
    right(texts.leak.columns.persons),
    { header: texts.findings.columns.labels, min: 10 },
  ];
  const rows = steps.slice(0, shownSteps).map((step): Cell[] => [
    zonedTime(step.first, zone).slice(5),
    step.calls === 1 ? '' : zonedTime(step.last, zone).slice(11),
    stepText(step, texts),
    `${step.method} ${step.app}${endpoint(step, texts)}`,
    step.calls,
    ...(isTraced ? [step.matched === 0 ? '' : step.matched] : []),
    step.persons,
    [...step.given]
      .sort()
      .map((label) => word(texts.terms.labels, label))
      .join(', ') || texts.cells.none,
  ]);
  const title = say.title(word(say.kinds, suspect.kind), suspect.key);
  const rest = steps.length - shownSteps;
  return [
    `\n${section(title, renderTable(columns, rows, width))}`,
    rest > 0 ? `${texts.findings.finding.more(String(rest))}\n` : '',
    `${say.completeness(groupThousands(calls), humanShare(completeness))}\n`,
    cut ? `${say.cut}\n` : '',
  ].join('');
}

function stepText(step: PathStep, texts: Texts): string {
  const { path: say } = texts.leak;
  const role = word(say.roles, step.role);
  if (step.failures === 0) return role;
  return step.failures === step.calls ? say.failed(role) : say.someFailed(role, groupThousands(step.failures));
}
