/** `apiris export evidence FINDING`: what a third party needs to believe it, in one signed file. */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Store } from '../../../storage/store/store.ts';
import { appNames } from '../app-names.ts';
import {
  addPlaceOptions,
  type CommonOptions,
  type Context,
  defineCommand,
  type Settings,
  withStore,
} from '../context.ts';
import { CommandFailure, UsageFault } from '../faults.ts';
import { type FindingRow, findingJson } from '../finding-rows.ts';
import type { CallRow } from '../rows.ts';
import { isoTime } from '../time.ts';
import { callView } from '../views.ts';
import { renderPage } from './finding.ts';

interface Options extends CommonOptions {
  readonly out?: string;
  readonly by?: string;
  readonly note?: string;
}

/** A call may have begun before the time that a finding names, and ended behind it, µs. */
const slack = 3600e6;
/** Calls of the same caller in the time of the finding. */
const mostRelated = 1000;

export function addExportEvidence(program: Command, context: Context): void {
  const { leak, help } = context.texts;
  // Other exports are its sub-commands too.
  let parent = program.commands.find((each) => each.name() === 'export');
  if (parent === undefined) {
    parent = program.command('export').description(leak.evidence.exports).helpOption('-h, --help', help.helpOption);
    parent.helpCommand(false);
    parent.addHelpText('after', `\n${help.example}\n  $ apiris export evidence 3f9a01c2`);
  }
  const examples = ["apiris export evidence 3f9a01c2 --out case-17.zip --by li.lei --note 'for the regulator'"];
  const command = defineCommand(parent, context, 'evidence', leak.evidence.help, examples)
    .argument('<id>', help.arguments.findingId)
    .option('--out <file>', leak.evidence.out)
    .option('--by <name>', leak.evidence.by)
    .option('--note <text>', help.options.decisionNote);
  addPlaceOptions(command, context).action((id: string, given: Options) => exportEvidence(context, id, given));
}

function exportEvidence(context: Context, idText: string, options: Options): Promise<void> {
  const { texts, services, surroundings } = context;
  const { errors } = texts.findings;
  if (!/^[0-9a-f]{1,16}$/i.test(idText)) throw new UsageFault(errors.badFindingId(idText));
  return withStore(context, options, async (store, settings) => {
    const rows = await store.ask<FindingRow>('finding', { id: idText.toLowerCase() });
    const [row] = rows;
    if (row === undefined) throw new CommandFailure(errors.noFinding(idText));
    if (rows.length > 1) throw new CommandFailure(errors.severalFindings(idText, String(rows.length)));
    const files = await evidenceFiles(context, store, row, settings);
    const out = options.out ?? `evidence-${row.id}.zip`;
    // Who took it is in the log, and in the bundle's own anchor.
    const { by, note } = options;
    await services.recordExport(store, { finding: row.id, out, ...(by && { by }), ...(note && { note }) });
    const { zip, writer } = services.signEvidence(settings.data, files);
    try {
      writeFileSync(out, zip, { mode: 0o600 });
    } catch (error) {
      throw new CommandFailure(texts.errors.outputFile(out, (error as NodeJS.ErrnoException).code ?? String(error)));
    }
    await surroundings.stdout.write(`${texts.leak.evidence.written(out, writer)}\n`);
  });
}

async function evidenceFiles(
  context: Context,
  store: Store,
  row: FindingRow,
  settings: Settings,
): Promise<Readonly<Record<string, string>>> {
  const { texts, services } = context;
  const { config } = settings;
  const names = appNames(config);
  const { json } = callView(texts, names, config.zone, settings.places);
  const since = Math.max(1, row.firstSeen - slack);
  const until = row.lastSeen + slack;
  const calls = await store.ask<CallRow>('calls-by-uid', { uids: row.evidence, since, until });
  const accountHash = /#([0-9a-f]{10})$/.exec(row.account)?.[1] ?? '';
  const caller = accountHash !== '' ? { accountHash } : { client: row.client };
  const isSomebody = accountHash !== '' || row.client !== '';
  const related = isSomebody
    ? await store.ask<CallRow>('calls', { ...caller, app: row.app, since, until, limit: mostRelated })
    : [];
  const lines = (some: readonly CallRow[]) => some.map((call) => `${JSON.stringify(json(call))}\n`).join('');
  return {
    'finding.json': `${JSON.stringify(findingJson(row, names, settings.places), null, 2)}\n`,
    'finding.txt': await renderPage(context, store, row, settings, ''),
    'calls.ndjson': lines(calls),
    'related.ndjson': lines(related),
    'ledger.json': `${JSON.stringify(await ledgerOf(store, row), null, 2)}\n`,
    'rule.yml': services.ruleText(config, row.rule),
  };
}

/** Where everything went in what was read of that time: what a finding does not know, it says. */
async function ledgerOf(store: Store, { firstSeen, lastSeen, completeness }: FindingRow): Promise<object> {
  interface Source {
    readonly id: string;
    readonly name: string;
    readonly state: string;
    readonly packets: number;
    readonly firstTs: number;
    readonly lastTs: number;
    readonly damage: string;
  }
  const sources = await store.ask<Source>('sources', { id: '' });
  const concerned = sources.filter(({ firstTs, lastTs }) => firstTs <= lastSeen && lastTs >= firstSeen);
  return {
    from: isoTime(firstSeen),
    to: isoTime(lastSeen),
    completeness,
    sources: await Promise.all(
      concerned.map(async ({ id, name, state, packets, firstTs, lastTs, damage }) => ({
        ...{ id, name, state, packets, firstTs: isoTime(firstTs), lastTs: isoTime(lastTs) },
        damage: JSON.parse(damage || '[]') as unknown,
        ledger: await store.ask('ledger', { source: id }),
        weird: await store.ask('weird', { source: id }),
      })),
    ),
    ledger: await store.ask('ledger', { source: '' }),
    minutes: await minutesOf(store, firstSeen, lastSeen),
  };
}

/** Minutes of a finding that lasts for weeks are many; the first of them are enough to see how they are. */
const mostMinutes = 10_000;
const minuteUs = 60e6;

/** Counters that grew in the minutes of the finding, by how much. */
async function minutesOf(store: Store, firstSeen: number, lastSeen: number): Promise<readonly object[]> {
  interface Minute {
    readonly minute: number;
    readonly names: readonly string[];
    readonly values: readonly number[];
  }
  const since = Math.floor(firstSeen / minuteUs) * minuteUs;
  const rows = await store.ask<Minute>('ledger-minutes', { since, until: lastSeen + 1 });
  return rows.slice(0, mostMinutes).map(({ minute, names, values }) => ({
    minute: isoTime(minute),
    ...Object.fromEntries(names.map((name, i) => [name, Number(values[i])])),
  }));
}
