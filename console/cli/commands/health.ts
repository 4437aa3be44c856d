/** `apiris health`: how complete the picture is, and why. */
import type { Command } from 'commander';
import type { LedgerEntry } from '../../../sensor/ledger.ts';
import {
  addFormatOption,
  addPlaceOptions,
  type CommonOptions,
  type Context,
  defineCommand,
  formatOf,
  withStore,
} from '../context.ts';
import type { Health } from '../health.ts';
import { askFacts, type BindingRow, type Facts, healthOf, type SheddingRow } from '../health-facts.ts';
import { renderBalances, renderDetails, renderWeird, stageBalances } from '../ledger-view.ts';
import { askMinutes, type MinutesHealth, renderLosses } from '../minute-losses.ts';
import { csvLine } from '../output.ts';
import type { ReadSource } from '../sources.ts';
import { section } from '../summary.ts';
import { type Cell, groupThousands, renderTable } from '../table.ts';
import type { Texts } from '../text/en.ts';
import { isoTime, zonedTime } from '../time.ts';
import { humanShare } from '../units.ts';
import { printable } from '../width.ts';

export function addHealth(program: Command, context: Context): void {
  const command = defineCommand(program, context, 'health', context.texts.help.commands.health, [
    'apiris health',
    "apiris health --format json | jq -r '.state'",
  ]);
  addFormatOption(command, context);
  addPlaceOptions(command, context).action((given: CommonOptions) => showHealth(context, given));
}

function showHealth(context: Context, options: CommonOptions): Promise<void> {
  const { texts } = context;
  const { stdout } = context.surroundings;
  return withStore(context, options, async (store, { config }) => {
    const facts = await askFacts(store);
    const health = healthOf(facts, texts, context.surroundings.wallClock());
    const minutes = await askMinutes(store, facts.newest);
    const format = formatOf(context, options);
    if (format === 'table')
      await stdout.write(renderHealth(health, facts, minutes, texts, config.zone, stdout.columns));
    else if (format === 'csv') await stdout.write(ledgerCsv(facts.ledger));
    else await stdout.write(`${JSON.stringify(healthJson(health, facts, minutes), null, format === 'json' ? 2 : 0)}\n`);
  });
}

function healthJson(health: Health, facts: Facts, minutes: MinutesHealth | null): Record<string, unknown> {
  return {
    state: health.word,
    reasons: health.reasons,
    ...(facts.newest > 0 ? { newest: isoTime(facts.newest) } : {}),
    stages: stageBalances(facts.ledger),
    ledger: facts.ledger,
    ...(minutes === null
      ? {}
      : { minutes: { ...minutes, worst: minutes.worst.map((each) => ({ ...each, minute: isoTime(each.minute) })) } }),
    weird: facts.weird,
    shedding: facts.sheddings.map(({ ts, source, fromStep, step, fill }) => ({
      ...{ ts: isoTime(ts), source, from: fromStep, step, fill },
    })),
    bindings: facts.bindings,
    sources: facts.sources.map((source) => ({
      id: source.id,
      name: source.name,
      size: source.size,
      state: source.state,
      packets: source.packets,
      ...(source.packets > 0 ? { firstSeen: isoTime(source.firstTs), lastSeen: isoTime(source.lastTs) } : {}),
      damage: source.damage,
    })),
  };
}

function ledgerCsv(ledger: readonly LedgerEntry[]): string {
  const fields = ['stage', 'unit', 'name', 'kind', 'value'] as const;
  return csvLine(fields) + ledger.map((entry) => csvLine(fields.map((field) => entry[field]))).join('');
}

function renderHealth(
  health: Health,
  facts: Facts,
  minutes: MinutesHealth | null,
  texts: Texts,
  zone: string,
  width: number,
): string {
  const { health: say, replay } = texts;
  const parts = [`${say.words[health.word]}\n${say.meaning[health.word]}\n`];
  if (health.reasons.length > 0) {
    parts.push(section(say.reasonsTitle, health.reasons.map((reason) => `  ${printable(reason.text)}\n`).join('')));
  }
  parts.push(section(replay.ledgerTitle, renderBalances(stageBalances(facts.ledger), texts, width)));
  const details = renderDetails(facts.ledger, texts, width);
  if (details !== '') parts.push(section(replay.detailTitle, details));
  if (minutes !== null) parts.push(section(texts.ledger.minutes.title, renderMinutes(minutes, texts, zone, width)));
  if (facts.sheddings.length > 0) {
    parts.push(section(say.sheddingTitle, renderSheddings(facts.sheddings, texts, zone, width)));
  }
  if (facts.weird.length > 0) parts.push(section(replay.weirdTitle, renderWeird(facts.weird, texts, width)));
  if (facts.sources.length > 0) parts.push(section(say.sourcesTitle, renderSources(facts.sources, texts, zone, width)));
  if (facts.bindings.length > 0) parts.push(section(say.bindingsTitle, renderBindings(facts.bindings, texts, width)));
  const damage = facts.sources.flatMap((source) => source.damage);
  if (damage.length > 0) {
    const lines = damage.map((each) => replay.damage(each.input, groupThousands(each.offset), each.reason));
    parts.push(section(replay.damageTitle, lines.map((line) => `  ${printable(line)}\n`).join('')));
  }
  if (facts.newest > 0) parts.push(`${say.newest(zonedTime(facts.newest, zone))}\n`);
  return parts.join('\n');
}

function renderMinutes(minutes: MinutesHealth, texts: Texts, zone: string, width: number): string {
  const say = texts.ledger.minutes;
  const { complete, degraded, blind, worst } = minutes;
  const summary = `  ${say.summary(groupThousands(complete), groupThousands(degraded), groupThousands(blind))}\n`;
  if (worst.length === 0) return summary;
  const rows = worst.map(({ minute, state, losses }): Cell[] => [
    zonedTime(minute, zone),
    texts.health.words[state],
    renderLosses(losses, texts),
  ]);
  const shown = [{ header: say.minute }, { header: say.state }, { header: say.lost, min: 24 }];
  return `${summary}${renderTable(shown, rows, width)}`;
}

function renderSheddings(sheddings: readonly SheddingRow[], texts: Texts, zone: string, width: number): string {
  const { columns, health: say } = texts;
  const isOfSeveral = new Set(sheddings.map(({ source }) => source)).size > 1;
  const rows = sheddings.map(({ ts, source, fromStep, step, fill }): Cell[] => [
    zonedTime(ts, zone),
    ...(isOfSeveral ? [source] : []),
    `${fromStep} → ${step}`,
    fromStep === step ? say.sheddingNone : (say.reasons.steps[step] ?? String(step)),
    humanShare(fill),
  ]);
  const right = { align: 'right' as const };
  const shown = [
    { header: columns.time },
    ...(isOfSeveral ? [{ header: columns.source, min: 16 }] : []),
    { header: say.sheddingStep },
    { header: say.sheddingUnread, min: 24 },
    { header: say.sheddingFill, ...right },
  ];
  return renderTable(shown, rows, width);
}

function renderBindings(bindings: readonly BindingRow[], texts: Texts, width: number): string {
  const { columns, cells } = texts;
  const rows = bindings.map(({ app, calls, carrying, bound, logins }): Cell[] => [
    app === '' ? cells.others : app,
    calls,
    carrying,
    bound,
    carrying === 0 ? cells.none : humanShare(bound / carrying),
    logins,
  ]);
  const right = { align: 'right' as const };
  const shown = [
    { header: columns.app, min: 20 },
    { header: columns.calls, ...right },
    { header: columns.carrying, ...right },
    { header: columns.bound, ...right },
    { header: columns.boundShare, ...right },
    { header: columns.logins, ...right },
  ];
  return renderTable(shown, rows, width);
}

function renderSources(sources: readonly ReadSource[], texts: Texts, zone: string, width: number): string {
  const { columns, cells } = texts;
  const rows = sources.map((source): Cell[] => [
    source.name,
    source.packets,
    source.packets > 0 ? zonedTime(source.firstTs, zone) : cells.none,
    source.packets > 0 ? zonedTime(source.lastTs, zone) : cells.none,
    source.damage.length === 0 ? cells.none : source.damage.length,
  ]);
  const shown = [
    { header: columns.source, min: 20 },
    { header: columns.packets, align: 'right' as const },
    { header: columns.firstSeen },
    { header: columns.lastSeen },
    { header: columns.damage, align: 'right' as const },
  ];
  return renderTable(shown, rows, width);
}
