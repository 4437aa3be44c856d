/** `apiris api ID`: one API in full. */
import type { Command } from 'commander';
import { type Transition, transitionsUntil } from '../../../analyzer/analyzer.ts';
import type { Store } from '../../../storage/store/store.ts';
import { type ApiDecisionOptions, apiDecisionOptions, readApiDecision, storeApiDecision } from '../api-decision.ts';
import { type AppNames, appNames } from '../app-names.ts';
import {
  addFormatOption,
  addPlaceOptions,
  type CommonOptions,
  type Context,
  defineCommand,
  formatOf,
  withStore,
} from '../context.ts';
import { CommandFailure, UsageFault } from '../faults.ts';
import {
  type FieldDecisionOptions,
  type FieldMarkRow,
  fieldMarkPairs,
  fieldMarksJson,
  readFieldDecision,
  storeFieldDecision,
} from '../field-decision.ts';
import { newestPacket, offsetSeconds, readApiId } from '../filters.ts';
import { name as word } from '../ledger-view.ts';
import { note } from '../notes.ts';
import type { View } from '../output.ts';
import { writeObject } from '../output.ts';
import type { ApiDetailRow, CallRow } from '../rows.ts';
import { askSchema, renderSchema, schemaJson } from '../schema-page.ts';
import { section } from '../summary.ts';
import { type Cell, groupThousands, renderPairs, renderTable } from '../table.ts';
import {
  readTemplateDecision,
  storeTemplateDecision,
  type TemplateDecisionOptions,
  type TemplateWordRow,
  templateWordPairs,
  templateWordsJson,
  withoutTemplateActions,
} from '../template-decision.ts';
import { labelList } from '../terms.ts';
import type { Texts } from '../text/en.ts';
import { isoTime, zonedTime } from '../time.ts';
import { traitPairs } from '../traits-view.ts';
import { humanBytes, humanShare } from '../units.ts';
import { apiJson, apiView, callView, duration, stateText } from '../views.ts';

type Options = CommonOptions & ApiDecisionOptions & FieldDecisionOptions & TemplateDecisionOptions;

/** Columns of the list that tell APIs apart. */
const mostTelling = 6;
/** Calls shown under the API. */
const newestCalls = 5;

export function addApi(program: Command, context: Context): void {
  const { commands, arguments: named } = context.texts.help;
  const { options } = context.texts.traits;
  const examples = [
    'apiris api 3f9a01c2',
    "apiris api 3f9a01c2 --grade high --level S3 --by li.lei --note 'holds positions'",
    "apiris api 3f9a01c2 --not-sensitive 'data[].seq=mobile' --by li.lei --note 'a sequence number'",
    "apiris api 3f9a01c2 --split /users/search --by li.lei --note 'a search of its own'",
    "apiris api 3f9a01c2 --take-back grade --by li.lei --note 'reviewed again'",
  ];
  const command = defineCommand(program, context, 'api', commands.api, examples);
  command.argument('<id>', named.apiId);
  for (const option of apiDecisionOptions) command.option(`--${option} <value>`, options[option]);
  const { options: ofTemplates } = context.texts.templates;
  command.option('--lock', ofTemplates.lock).option('--split <pattern>', ofTemplates.split);
  command.option('--merge <ids>', ofTemplates.merge);
  command.option('--take-back <decisions>', options.takeBack);
  const { options: ofFields } = context.texts.fields;
  command.option('--not-sensitive <field>', ofFields.notSensitive).option('--sensitive <field>', ofFields.sensitive);
  command.option('--by <name>', options.by).option('--note <text>', options.note);
  addFormatOption(command, context);
  addPlaceOptions(command, context).action((id: string, given: Options) => showApi(context, id, given));
}

function showApi(context: Context, idText: string, options: Options): Promise<void> {
  const { texts, surroundings } = context;
  const { stdout } = context.surroundings;
  const id = readApiId(idText, texts);
  const ofTemplate = readTemplateDecision(options, texts);
  const { takeBack: _, ...others } = options;
  const takeBack = withoutTemplateActions(options.takeBack);
  const decision = readApiDecision(takeBack === undefined ? others : { ...others, takeBack }, texts);
  const field = readFieldDecision(options, texts);
  if (decision === null && field === null && ofTemplate === null) refuseHalf(options, texts);
  return withStore(context, options, async (store, { config, places }) => {
    const names = appNames(config);
    const format = formatOf(context, options);
    const offset = offsetSeconds(await newestPacket(store), config.zone);
    const ask = (which: string) => store.ask<ApiDetailRow>('api', { id: which, offsetSeconds: offset });
    const rows = await ask(id);
    let [row] = rows;
    if (row === undefined) throw new CommandFailure(texts.errors.noApi(id));
    if (rows.length > 1) throw await several(context, id, rows, names);
    if (decision !== null) {
      await storeApiDecision(store, row.id, decision, surroundings.wallClock());
      row = (await ask(row.id))[0] ?? row;
    }
    if (field !== null) {
      const earlier = await storeFieldDecision(store, row.id, field, surroundings.wallClock());
      if (field.marked) await note(context, format, earlier ? texts.fields.earlier : texts.fields.later);
      row = (await ask(row.id))[0] ?? row;
    }
    if (ofTemplate !== null) {
      const find = async (which: string) => {
        const [found, ...more] = await ask(which);
        if (found === undefined) throw new CommandFailure(texts.errors.noApi(which));
        if (more.length > 0) throw new CommandFailure(texts.errors.severalApis(which, 1 + more.length));
        return found;
      };
      const shown = await storeTemplateDecision(store, row, ofTemplate, find, texts, surroundings.wallClock());
      if (!shown) await note(context, format, texts.templates.later);
      row = (await ask(row.id))[0] ?? row;
    }
    const words = await store.ask<TemplateWordRow>('template-words', { api: row.id });
    const marks = await store.ask<FieldMarkRow>('field-marks', { api: row.id });
    if (format === 'table') {
      await stdout.write(renderApi(row, marks, words, texts, names, config.zone, stdout.columns));
      await stdout.write(
        renderSchema(await askSchema(store, row.id), row.template, texts, config.zone, stdout.columns),
      );
      await stdout.write(
        await renderCalls(store, row, callView(texts, names, config.zone, places), texts, stdout.columns),
      );
      return;
    }
    const schema = schemaJson(await askSchema(store, row.id), row.template);
    await writeObject(stdout, format, {
      ...detailJson(row, marks, names, config.zone),
      ...templateWordsJson(words),
      ...schema,
    });
  });
}

/** Who and why say nothing without a decision. */
function refuseHalf(options: Options, texts: Texts): void {
  for (const option of ['by', 'note'] as const) {
    if (options[option] !== undefined) throw new UsageFault(texts.traits.errors.alone(`--${option}`));
  }
}

/** Lists the candidates on stderr and hands back the failure to throw. */
async function several(
  context: Context,
  id: string,
  rows: readonly ApiDetailRow[],
  names: AppNames,
): Promise<CommandFailure> {
  const { texts, surroundings } = context;
  const { columns, cells } = apiView(texts, names);
  // Eight digits may be what they have in common; here the whole id is wanted, and figures make room for it.
  const table = rows.map((row): Cell[] => [row.id, ...cells(row).slice(1, mostTelling)]);
  await surroundings.stderr.write(renderTable(columns.slice(0, mostTelling), table, surroundings.stderr.columns));
  return new CommandFailure(texts.errors.severalApis(id, rows.length));
}

function detailJson(
  row: ApiDetailRow,
  marks: readonly FieldMarkRow[],
  names: AppNames,
  zone: string,
): Record<string, unknown> {
  return {
    ...apiJson(row, names),
    ...fieldMarksJson(marks),
    successes: row.successes,
    failures: row.failures,
    life: {
      ...(row.lastSuccess > 0
        ? { firstSuccess: isoTime(row.firstSuccess), lastSuccess: isoTime(row.lastSuccess) }
        : {}),
      history: historyOf(row).map(({ state, at }) => ({ state, since: isoTime(at) })),
    },
    statuses: row.statuses.map(([status, calls]) => ({ status, calls })),
    topClients: row.topClients.map(([client, calls]) => ({ client, calls })),
    hours: row.hours.map(([start, calls]) => ({ ts: isoTime(start), calls })),
    days: row.days.map(([start, calls]) => ({ day: zonedTime(start, zone).slice(0, 10), calls })),
  };
}

function renderApi(
  row: ApiDetailRow,
  marks: readonly FieldMarkRow[],
  words: readonly TemplateWordRow[],
  texts: Texts,
  names: AppNames,
  zone: string,
  width: number,
): string {
  const { api, cells } = texts;
  const name = names.of(row.app);
  const counted = (pairs: readonly (readonly [string | number, number])[]) =>
    pairs.map(([what, calls]) => `${what} × ${groupThousands(calls)}`).join(', ');
  const discovery = word(cells.states, row.state);
  const history = historyOf(row);
  const errorShare = row.calls > 0 ? ` (${humanShare(row.errors / row.calls)})` : '';
  const because = Object.entries(row.functionReasons).map(
    ([each, reason]) => `${word(texts.terms.functions, each)}: ${reason}`,
  );
  const pairs: (readonly [string, Cell])[] = [
    [api.id, row.id],
    [api.app, name === undefined ? row.app : `${row.app} (${name})`],
    [api.method, row.method],
    [api.template, row.template],
    ...templateWordPairs(words, texts),
    [api.operation, row.operation],
    [api.format, row.format],
    [api.state, row.lifecycle === '' ? discovery : api.stateValue(stateText(row, texts), discovery)],
    [api.life, history.map(({ state, at }) => api.since(word(cells.lifecycle, state), minuteOf(at, zone))).join(', ')],
    [api.calls, row.calls],
    [api.errors, `${groupThousands(row.errors)}${errorShare}`],
    [api.statuses, counted(row.statuses.map(([status, calls]) => [status === 0 ? cells.noResponse : status, calls]))],
    [api.latency, row.p50Us === null ? '' : api.latencyValue(duration(row.p50Us, texts), duration(row.p95Us, texts))],
    [api.requestBytes, humanBytes(row.requestBytes)],
    [api.responseBytes, humanBytes(row.responseBytes)],
    [api.clients, `${groupThousands(row.clients)}: ${counted(row.topClients)}`],
    [texts.findings.api.accounts, row.accounts > 0 ? row.accounts : ''],
    [texts.findings.api.functions, row.functions.map((each) => word(texts.terms.functions, each)).join(', ')],
    ...traitPairs(row, texts, zone),
    [texts.findings.api.labelsRequest, labelList(row.labelsRequest, texts)],
    [texts.findings.api.labelsResponse, labelList(row.labelsResponse, texts)],
    ...fieldMarkPairs(marks, texts),
    [api.days, counted(row.days.map(([start, calls]) => [zonedTime(start, zone).slice(0, 10), calls]))],
    [api.firstSeen, zonedTime(row.firstSeen, zone)],
    [api.lastSeen, zonedTime(row.lastSeen, zone)],
    [api.reasonTemplate, row.templateReason],
    [api.reasonFormat, row.formatReason],
    [api.reasonFunctions, because.join(', ')],
  ];
  return renderPairs(
    pairs.filter(([, value]) => value !== ''),
    width,
  );
}

/** How it came to be in its state, oldest first; nothing of what never succeeded. */
function historyOf(row: ApiDetailRow): readonly Transition[] {
  if (row.lastSuccess === 0) return [];
  const { firstSuccess: first, lastSuccess: last, revivals } = row;
  const periods = { new: row.newPeriod, inactive: row.inactivePeriod, revived: row.revivedPeriod };
  return transitionsUntil({ first, last, revivals }, row.newestCall, periods);
}

function minuteOf(us: number, zone: string): string {
  return zonedTime(us, zone).slice(0, 16);
}

async function renderCalls(
  store: Store,
  row: ApiDetailRow,
  { columns, cells }: View<CallRow>,
  texts: Texts,
  width: number,
): Promise<string> {
  const calls = await store.ask<CallRow>('calls', { apiId: row.id, newestFirst: 1, limit: newestCalls });
  if (calls.length === 0) return '';
  return `\n${section(texts.api.callsTitle, renderTable(columns, calls.map(cells), width))}`;
}
