/** `apiris doctor`: what is wrong with a mirror, and what to ask of those who made it. Nothing is stored. */
import { type Command, Option } from 'commander';
import type { Config } from '../../../deploy/config.ts';
import type { TransactionRecord } from '../../../sensor/record.ts';
import { type AppNames, appNames } from '../app-names.ts';
import {
  addFormatOption,
  addPlaceOptions,
  type CommonOptions,
  type Context,
  defineCommand,
  formatOf,
  loadSettings,
  wholeNumber,
} from '../context.ts';
import { diagnose, type Found } from '../diagnosis.ts';
import { exitCodes, UsageFault } from '../faults.ts';
import { countsOf } from '../ledger-view.ts';
import { addPortOptions, inputOf, type LiveOptions } from '../live-options.ts';
import { csvLine } from '../output.ts';
import { groupThousands } from '../table.ts';
import { tellDamage } from '../tell-damage.ts';
import type { Texts } from '../text/en.ts';
import { humanShare } from '../units.ts';

interface Options extends CommonOptions, Omit<LiveOptions, 'readFolder'> {
  readonly seconds?: number;
}

/** Long enough for a request and its answer, short enough to wait for. */
const SECONDS = 30;

export function addDoctor(program: Command, context: Context): void {
  const { commands, options } = context.texts.help;
  const examples = ['apiris doctor --interface eth1', 'apiris doctor --read monday.pcap --format json'];
  const command = addPortOptions(defineCommand(program, context, 'doctor', commands.doctor, examples), context)
    .option('--read <file...>', options.read)
    .addOption(new Option('--seconds <n>', options.seconds).argParser(wholeNumber(context, '--seconds')));
  addFormatOption(command, context);
  addPlaceOptions(command, context).action((given: Options) => examine(context, given));
}

async function examine(context: Context, options: Options): Promise<void> {
  const { texts, services, surroundings } = context;
  if (options.read === undefined && options.interface === undefined) {
    throw new UsageFault(texts.errors.missingArgument('--read FILE, --interface IF'));
  }
  const input = inputOf({ ...options, ...(options.read === undefined ? {} : { read: ['-'] }) }, context);
  const { config } = loadSettings(context, options);
  const signals = [surroundings.signal];
  if (input.kind === 'interfaces') signals.push(AbortSignal.timeout((options.seconds ?? SECONDS) * 1000));
  const { separateVlans } = config.capture;
  const names = new NamedExchanges(config);
  const summary = await services.sense({
    inputs: options.read ?? [],
    ...(input.kind === 'interfaces' ? { live: input } : {}),
    // Taken apart, connections would not show that they are.
    config: { ...config, capture: { ...config.capture, separateVlans: false } },
    ...{ bodies: false, write: (line) => names.take(line), signal: AbortSignal.any(signals) },
  });
  const found = diagnose(countsOf(summary.ledger), { separateVlans, named: names.any ? names : null });
  if (summary.damage.length > 0) context.exitCode = exitCodes.damaged;
  await tellDamage(context, summary.damage);
  const format = formatOf(context, options);
  const { stdout } = surroundings;
  if (format === 'table') {
    await stdout.write(renderDiagnosis(found, summary.packets, summary.exchanges, texts));
    return;
  }
  const rows = found.map((each) => ({ ...each, ...texts.doctor.symptoms[each.symptom] }));
  const fields = ['symptom', 'value', 'share', 'seen', 'ask'] as const;
  if (format === 'csv') {
    await stdout.write(csvLine(fields) + rows.map((row) => csvLine(fields.map((field) => row[field]))).join(''));
  } else {
    const { packets, exchanges } = summary;
    const told = { packets, exchanges, symptoms: rows };
    await stdout.write(`${JSON.stringify(told, null, format === 'json' ? 2 : 0)}\n`);
  }
}

/** How many exchanges are of applications that the configuration names. */
class NamedExchanges {
  exchanges = 0;
  fitting = 0;
  readonly any: boolean;
  readonly #names: AppNames;

  constructor(config: Config) {
    this.any = config.applications.length > 0;
    this.#names = appNames(config);
  }

  /** `line`: a record of the sensor. */
  take(line: string): void {
    // One that fits is enough.
    if (!this.any || this.fitting > 0) return;
    const { request, server } = JSON.parse(line) as Pick<TransactionRecord, 'request' | 'server'>;
    const address = server.ip.includes(':') ? `[${server.ip}]` : server.ip;
    const names = [request?.host ?? '', `${address}:${server.port}`];
    this.exchanges++;
    if (names.some((name) => this.#names.configured(name.toLowerCase()) !== undefined)) this.fitting++;
  }
}

function renderDiagnosis(found: readonly Found[], packets: number, exchanges: number, texts: Texts): string {
  const { doctor } = texts;
  const lines = [doctor.looked(groupThousands(packets), groupThousands(exchanges))];
  if (found.length === 0) lines.push(doctor.fine);
  for (const { symptom, share } of found) {
    const { seen, ask } = doctor.symptoms[symptom];
    lines.push(`\n${seen}${symptom === 'empty' ? '' : ` (${humanShare(share)})`}\n  → ${ask}`);
  }
  return `${lines.join('\n')}\n`;
}
