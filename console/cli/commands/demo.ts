/** `apiris demo`: the main job on the shipped capture, with a word on what is seen. What `npm run demo` ends with. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { LedgerEntry } from '../../../sensor/ledger.ts';
import type { Store } from '../../../storage/store/store.ts';
import { appNames } from '../app-names.ts';
import { appView } from '../app-view.ts';
import {
  addPlaceOptions,
  type CommonOptions,
  type Context,
  defineCommand,
  type Settings,
  withStore,
} from '../context.ts';
import { CommandFailure } from '../faults.ts';
import { callTable } from '../finding-page.ts';
import { type FindingRow, findingView } from '../finding-rows.ts';
import type { WeirdCount } from '../ledger-view.ts';
import { writeRows } from '../output.ts';
import type { ApiRow, AppRow, CallRow } from '../rows.ts';
import type { SubjectLabelRow } from '../subject-rows.ts';
import { labelTable } from '../subject-tables.ts';
import { dataArgument, renderAccount, renderNext, renderResult, section } from '../summary.ts';
import { apiView, callView } from '../views.ts';
import { renderPage } from './finding.ts';
import { replayInto } from './replay.ts';

const demoData = './apiris-data/demo';
const shownApis = 20;
const shownCalls = 10;
const shownFindings = 30;
/** Whose calls are shown: everybody knows the numbers, and they mean somebody. */
const shownLabel = 'mobile';

export function addDemo(program: Command, context: Context): void {
  // Hidden from the list of commands: it is for the first five minutes.
  const command = defineCommand(program, context, 'demo', context.texts.help.commands.demo, ['npm run demo'], {
    hidden: true,
  });
  addPlaceOptions(command, context).action((given: CommonOptions) =>
    // Made-up firms have no place in a server that is configured.
    showDemo(context, { ...given, data: given.data ?? demoData, store: '' }),
  );
}

async function showDemo(context: Context, options: CommonOptions & { readonly data: string }): Promise<void> {
  const { services, texts } = context;
  const { stdout, invocation } = context.surroundings;
  const { demo } = texts;
  if (!existsSync(services.demoCapture)) throw new CommandFailure(texts.errors.noDemoCapture(services.demoCapture));

  await heading(context, demo.title, '═');
  await heading(context, demo.reading('fixtures/captures/incidents.pcap.gz'));
  const summary = await replayInto(context, [services.demoCapture], options);
  await stdout.write(renderResult(summary, texts, stdout.columns));
  if (summary.sources.length > 0 && summary.sources.every((source) => source.state === 'known')) {
    await stdout.write(`${demo.known}\n`);
  }

  await withStore(context, options, async (store, settings) => {
    const { config } = settings;
    const names = appNames(config);
    await heading(context, demo.apps);
    await writeRows(stdout, 'table', store.stream<AppRow>('apps'), appView(texts, names, config.zone));
    await heading(context, demo.apis);
    const apis = await store.ask<ApiRow>('apis');
    const busiest = apis.sort((a, b) => b.calls - a.calls || (a.id < b.id ? -1 : 1)).slice(0, shownApis);
    await writeRows(stdout, 'table', busiest, apiView(texts, names));
    await showData(context, store, settings);
    // A capture that was known leaves no ledger of its own this time; the store remembers the first.
    const stored = { ledger: await store.ask<LedgerEntry>('ledger'), weird: await store.ask<WeirdCount>('weird') };
    await heading(context, demo.ledger);
    await stdout.write(renderAccount({ ...summary, ...stored }, texts, stdout.columns));
    await showFindings(context, store, settings, options.data);
  });
  await stdout.write('\n');
  await stdout.write(section(demo.next, renderNext(texts, invocation, dataArgument(options.data, true))));
}

/** Which data went out, and some calls with it; the newest calls where none was recognised. */
async function showData(context: Context, store: Store, { config, places }: Settings): Promise<void> {
  const { texts, surroundings } = context;
  const { stdout } = surroundings;
  const { zone } = config;
  const look = { texts, zone, width: stdout.columns, apis: new Map() };
  const labels = (await store.ask<SubjectLabelRow>('subject-labels')).filter((row) => row.direction === 'response');
  await heading(context, texts.demo.labels);
  if (labels.length === 0) {
    await stdout.write(`${texts.findings.overview.noLabels}\n`);
    await heading(context, texts.demo.anyCalls);
    const newest = store.stream<CallRow>('calls', { limit: shownCalls, newestFirst: 1 });
    await writeRows(stdout, 'table', newest, callView(texts, appNames(config), zone, places));
    return;
  }
  await stdout.write(labelTable(labels, look));
  await heading(context, texts.demo.calls);
  const label = labels.some((row) => row.label === shownLabel) ? shownLabel : labels[0]!.label;
  const calls = store.stream<CallRow>('calls', { label, newestFirst: 1 });
  await stdout.write(callTable(await oneOfEachApi(calls), look, stdout.columns));
}

/** The newest call of each API: the newest ones alone may all be of one. */
async function oneOfEachApi(calls: AsyncIterable<CallRow>): Promise<CallRow[]> {
  const shown = new Map<string, CallRow>();
  for await (const call of calls) {
    if (!shown.has(call.apiId)) shown.set(call.apiId, call);
    if (shown.size === shownCalls) break;
  }
  return [...shown.values()];
}

/** What is wrong, and the worst of it in full; nothing at all where nothing is. */
async function showFindings(context: Context, store: Store, settings: Settings, data: string): Promise<void> {
  const { texts, surroundings } = context;
  const { stdout } = surroundings;
  const findings = await store.ask<FindingRow>('findings', { limit: shownFindings });
  const [first] = findings;
  if (first === undefined) return;
  // Of equally bad ones an event tells more: it has a beginning, an end, and somebody who did it.
  const worst = findings.find(({ level, kind }) => level === first.level && kind === 'event') ?? first;
  const { demo } = texts.findings;
  const view = findingView(texts, appNames(settings.config), settings.config.zone, settings.places);
  await heading(context, demo.findings);
  await writeRows(stdout, 'table', findings, view);
  await heading(context, demo.finding);
  await stdout.write(await renderPage(context, store, worst, settings, dataArgument(data, true)));
}

/** A title over a rule. */
async function heading(context: Context, title: string, rule = '─'): Promise<void> {
  const { stdout } = context.surroundings;
  await stdout.write(`\n${title}\n${rule.repeat(Math.min(stdout.columns, 100))}\n`);
}
