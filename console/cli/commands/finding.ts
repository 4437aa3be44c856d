/** `apiris finding ID`: one finding in full, and the closed loop. */
import type { Command } from 'commander';
import type { Store } from '../../../storage/store/store.ts';
import { appNames } from '../app-names.ts';
import { baselineWordText } from '../baseline-decision.ts';
import {
  addFormatOption,
  addPlaceOptions,
  type CommonOptions,
  type Context,
  defineCommand,
  formatOf,
  type Settings,
  withStore,
} from '../context.ts';
import { type DecisionOptions, readDecision, storeDecision } from '../decision.ts';
import { CommandFailure, UsageFault } from '../faults.ts';
import { renderFinding } from '../finding-page.ts';
import { type FindingRow, findingJson, findingView } from '../finding-rows.ts';
import { askFrozen, frozenJson } from '../frozen-subjects.ts';
import { askLosses } from '../minute-losses.ts';
import { writeObject } from '../output.ts';
import type { CallRow } from '../rows.ts';
import { dataArgument } from '../summary.ts';
import { type Cell, groupThousands, renderTable } from '../table.ts';
import { callView } from '../views.ts';

type Options = CommonOptions & DecisionOptions;

/** A call may have begun before the time that a finding names, and ended behind it, µs. */
const slack = 3600e6;

export function addFinding(program: Command, context: Context): void {
  const { commands, arguments: named, options } = context.texts.help;
  const examples = [
    'apiris finding 3f9a01c2',
    "apiris finding 3f9a01c2 --set false-positive --by li.lei --note 'our own export job'",
  ];
  const command = defineCommand(program, context, 'finding', commands.finding, examples)
    .argument('<id>', named.findingId)
    .option('--set <status>', options.set)
    .option('--by <name>', options.decidedBy)
    .option('--note <text>', options.decisionNote)
    .option('--until <time>', options.decisionUntil);
  addFormatOption(command, context);
  addPlaceOptions(command, context).action((id: string, given: Options) => showFinding(context, id, given));
}

function showFinding(context: Context, idText: string, options: Options): Promise<void> {
  const { texts, surroundings } = context;
  const { errors } = texts.findings;
  if (!/^[0-9a-f]{1,16}$/i.test(idText)) throw new UsageFault(errors.badFindingId(idText));
  const id = idText.toLowerCase();
  const decision = readDecision(options, texts);
  return withStore(context, options, async (store, settings) => {
    const found = await oneFinding(context, store, id, settings);
    const { zone } = settings.config;
    const { wallClock } = surroundings;
    if (decision !== null) await storeDecision(store, found, decision, { zone, wallClock, texts });
    const row = decision === null ? found : await oneFinding(context, store, found.id, settings);
    const format = formatOf(context, options);
    if (format !== 'table') {
      const names = appNames(settings.config);
      const { json } = callView(texts, names, zone, settings.places);
      const calls = (await evidenceOf(store, row)).map(json);
      const loss = await askLosses(store, row.firstSeen, row.lastSeen);
      await writeObject(surroundings.stdout, format, {
        ...findingJson(row, names, settings.places),
        ...(await frozenJson(store, row)),
        ...(loss && { loss }),
        calls,
      });
      return;
    }
    const argument = dataArgument(settings.data, options.data !== undefined);
    await surroundings.stdout.write(await renderPage(context, store, row, settings, argument));
  });
}

/** The page, with the calls that are its evidence. */
export async function renderPage(
  { texts, surroundings, services }: Context,
  store: Store,
  row: FindingRow,
  { config, places }: Settings,
  argument: string,
): Promise<string> {
  return renderFinding(row, await evidenceOf(store, row), {
    texts,
    names: appNames(config),
    places,
    loss: await askLosses(store, row.firstSeen, row.lastSeen),
    kindsOf: services.kindsOfClients(config),
    frozen: (await askFrozen(store, row)).map((word) => baselineWordText(word, texts, config.zone)),
    zone: config.zone,
    width: surroundings.stdout.columns,
    dataArgument: argument,
    invocation: surroundings.invocation,
  });
}

/** Those of the calls that are still stored; paths, queries and samples are masked. */
function evidenceOf(store: Store, row: FindingRow): Promise<CallRow[]> {
  return store.ask<CallRow>('calls-by-uid', {
    uids: row.evidence,
    since: Math.max(1, row.firstSeen - slack),
    until: row.lastSeen + slack,
  });
}

async function oneFinding(
  context: Context,
  store: Store,
  id: string,
  { config, places }: Settings,
): Promise<FindingRow> {
  const { texts, surroundings } = context;
  const { errors } = texts.findings;
  const rows = await store.ask<FindingRow>('finding', { id });
  const [row] = rows;
  if (row === undefined) throw new CommandFailure(errors.noFinding(id));
  if (rows.length === 1) return row;
  const { columns, cells } = findingView(texts, appNames(config), config.zone, places);
  // Eight digits may be what they have in common; here the whole id is wanted.
  const table = rows.map((each): Cell[] => [each.id, ...cells(each).slice(1)]);
  await surroundings.stderr.write(renderTable(columns, table, surroundings.stderr.columns));
  throw new CommandFailure(errors.severalFindings(id, groupThousands(rows.length)));
}
