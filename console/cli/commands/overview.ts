/** `apiris overview`: how things stand, on one page. */
import type { Command } from 'commander';
import type { Store } from '../../../storage/store/store.ts';
import { appNames } from '../app-names.ts';
import {
  addFormatOption,
  addPlaceOptions,
  type CommonOptions,
  type Context,
  defineCommand,
  formatOf,
  withStore,
} from '../context.ts';
import { offsetSeconds } from '../filters.ts';
import { type FindingRow, findingView } from '../finding-rows.ts';
import { askFacts, healthOf } from '../health-facts.ts';
import { writeObject } from '../output.ts';
import { type LevelCount, type Overview, overviewJson, renderOverview } from '../overview-view.ts';
import type { SummaryRow } from '../rows.ts';
import type { SubjectLabelRow, SubjectRow } from '../subject-rows.ts';
import type { Texts } from '../text/en.ts';

const day = 86_400e6;
const shownDays = 7;
const worst = 5;

export function addOverview(program: Command, context: Context): void {
  const command = defineCommand(program, context, 'overview', context.texts.help.commands.overview, [
    'apiris overview',
    "apiris overview --format json | jq '.weaknesses'",
  ]);
  addFormatOption(command, context);
  addPlaceOptions(command, context).action((given: CommonOptions) => showOverview(context, given));
}

function showOverview(context: Context, options: CommonOptions): Promise<void> {
  const { texts, surroundings } = context;
  const { stdout } = surroundings;
  return withStore(context, options, async (store, { config, places }) => {
    const overview = await askOverview(store, texts, config.zone, context.surroundings.wallClock());
    const format = formatOf(context, options);
    if (format !== 'table') return writeObject(stdout, format, overviewJson(overview, config.zone));
    const view = findingView(texts, appNames(config), config.zone, places);
    await stdout.write(renderOverview(overview, view, texts, config.zone, stdout.columns));
  });
}

/** The week ends with the newest packet: a capture of last year has its last days too. */
async function askOverview(store: Store, texts: Texts, zone: string, now: number): Promise<Overview> {
  const facts = await askFacts(store);
  const offset = offsetSeconds(facts.newest, zone);
  const today = Math.floor((facts.newest + offset * 1e6) / day) * day - offset * 1e6;
  const [summary] = await store.ask<SummaryRow>('summary');
  const [subject] = await store.ask<SubjectRow>('subject');
  const labels = await store.ask<SubjectLabelRow>('subject-labels');
  return {
    newest: facts.newest,
    applications: summary?.applications ?? 0,
    states: await store.ask<{ state: string; apis: number }>('apis-by-state'),
    subject,
    labels: labels.filter((row) => row.direction === 'response'),
    levels: await store.ask<LevelCount>('findings-by-level'),
    days: await store.ask<{ day: number; level: string; findings: number }>('findings-by-day', {
      since: Math.max(1, today - (shownDays - 1) * day),
      offsetSeconds: offset,
    }),
    worst: await store.ask<FindingRow>('findings', { status: 'open', limit: worst }),
    health: healthOf(facts, texts, now),
  };
}
