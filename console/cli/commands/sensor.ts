/** `apiris sensor`: packets to HTTP exchanges as NDJSON; nothing is stored. */
import type { Command } from 'commander';
import type { ReplaySummary, SenseOptions } from '../../../deploy/appliance.ts';
import type { OfferPlace } from '../../../deploy/run.ts';
import { addPlaceOptions, type CommonOptions, type Context, defineCommand, loadSettings } from '../context.ts';
import { CommandFailure, exitCodes, UsageFault } from '../faults.ts';
import { openFileOutput } from '../file-output.ts';
import { type Output, OutputClosed } from '../io.ts';
import { addPortOptions, inputOf, type LiveOptions } from '../live-options.ts';
import { tellDamage } from '../tell-damage.ts';
import { printable } from '../width.ts';
import { readShards, several, withKeylog, withProtos } from './replay.ts';
import { readPlace } from './run.ts';

interface Options extends CommonOptions, Omit<LiveOptions, 'readFolder'> {
  readonly user?: string;
  readonly out: string;
  readonly bodies?: boolean;
  readonly metrics?: OfferPlace;
  readonly shards?: number;
  readonly tlsKeylog?: string;
  readonly proto?: readonly string[];
}

type Source = Pick<SenseOptions, 'inputs' | 'live'>;

export function addSensor(program: Command, context: Context): void {
  const { commands, options } = context.texts.help;
  const examples = [
    "apiris sensor --read monday.pcap | jq -c '.request.target'",
    'apiris sensor --read captures/ --out exchanges.ndjson',
    'apiris sensor --interface eth1 --part 1/2 --user apiris',
    'apiris sensor --interface eth1 --out kafka://kafka-1:9092 --data /var/lib/apiris --user apiris',
  ];
  const command = addPortOptions(defineCommand(program, context, 'sensor', commands.sensor, examples), context)
    .option('--read <file...>', options.read)
    .option('--user <name>', options.user)
    .option('--out <place>', options.out, '-')
    .option('--bodies', options.bodies)
    .option('--metrics <place>', options.metrics, (text) => readPlace('--metrics', text, context))
    .option('--shards <n>', options.shards, (text) => readShards(text, context))
    .option('--tls-keylog <file>', options.tlsKeylog)
    .option('--proto <dir>', options.proto, several);
  addPlaceOptions(command, context).action((given: Options) => sense(context, given));
}

async function sense(context: Context, options: Options): Promise<void> {
  const { texts, surroundings } = context;
  if (options.read === undefined && options.interface === undefined) {
    throw new UsageFault(texts.errors.missingArgument('--read FILE, --interface IF'));
  }
  const input = inputOf({ ...options, ...(options.read === undefined ? {} : { read: ['-'] }) }, context);
  const source: Source = { inputs: options.read ?? [], ...(input.kind === 'interfaces' ? { live: input } : {}) };
  const isBus = options.out.startsWith('kafka:');
  if (isBus && options.bodies) throw new UsageFault(texts.bus.noBodies);
  if (options.metrics !== undefined && !(isBus && source.live)) throw new UsageFault(texts.bus.noMetrics);
  if (options.part !== undefined && options.part.of > 1) {
    await surroundings.stderr.write(`${texts.errors.prefix}: ${texts.live.partMisses}\n`);
  }
  if (isBus) return senseToBus(context, source, options);
  if (options.bodies) {
    await surroundings.stderr.write(`${texts.errors.prefix}: ${texts.sensor.bodiesWarning}\n`);
    await surroundings.stderr.flush();
  }
  const summary =
    options.out === '-'
      ? await senseTo(surroundings.stdout, context, source, options)
      : await senseToFile(context, source, options);
  // A port has no end: whoever ends it has all there was.
  if (surroundings.signal.aborted && source.live === undefined)
    throw new CommandFailure(texts.errors.interruptedOutput);
  if (summary.damage.length > 0) context.exitCode = exitCodes.damaged;
  await tellDamage(context, summary.damage);
  if (surroundings.stderr.isTerminal) {
    await surroundings.stderr.write(`${texts.sensor.done(summary.exchanges, summary.packets)}\n`);
  }
}

/** Calls for an analyzer elsewhere. */
async function senseToBus(context: Context, source: Source, options: Options): Promise<void> {
  const { services, surroundings, texts } = context;
  const { stderr, signal } = surroundings;
  const { config, data } = loadSettings(context, options);
  const { live } = source;
  const say = async (sentence: string) => {
    await stderr.write(`${texts.errors.prefix}: ${printable(sentence)}\n`);
    await stderr.flush();
  };
  const summary = await services.senseToBus({
    inputs: source.inputs,
    ...(live?.kind === 'interfaces' ? { live } : {}),
    ...{ url: options.out, data, config: withProtos(withKeylog(config, options.tlsKeylog), options.proto) },
    shards: options.shards ?? config.shards,
    ...(options.user === undefined ? {} : { user: options.user }),
    ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
    onReady: (notices, metrics) => {
      for (const notice of notices) void say(notice);
      if (metrics !== null) void say(texts.live.metrics(metrics));
      void say(texts.bus.sending([...source.inputs, ...(options.interface ?? [])].join(', '), options.out));
    },
    signal,
  });
  if (signal.aborted && live === undefined) throw new CommandFailure(texts.errors.interruptedOutput);
  if (summary.damage.length > 0) context.exitCode = exitCodes.damaged;
  await tellDamage(context, summary.damage);
  await say(texts.bus.sent(summary.published, summary.packets));
  if (summary.spooled > 0) await say(texts.bus.waiting(summary.spooled));
}

async function senseTo(out: Output, context: Context, source: Source, options: Options): Promise<ReplaySummary> {
  const { config } = loadSettings(context, options);
  // A reader that left (`| head`) ends the run in order, as an interruption does: threads are not torn down mid-work.
  const left = new AbortController();
  let closed: OutputClosed | undefined;
  const write = async (line: string): Promise<void> => {
    if (closed) return;
    try {
      await out.write(`${line}\n`);
    } catch (error) {
      if (!(error instanceof OutputClosed)) throw error;
      closed = error;
      left.abort();
    }
  };
  const summary = await context.services.sense({
    ...source,
    onReady: () => {
      const ports = options.interface?.join(', ') ?? '';
      void context.surroundings.stderr.write(
        `${context.texts.errors.prefix}: ${context.texts.live.listening(ports)}\n`,
      );
    },
    ...(options.user === undefined ? {} : { user: options.user }),
    config: withKeylog(config, options.tlsKeylog),
    shards: options.shards ?? config.shards,
    bodies: options.bodies === true,
    write,
    signal: AbortSignal.any([context.surroundings.signal, left.signal]),
  });
  if (closed) throw closed;
  await out.flush();
  return summary;
}

async function senseToFile(context: Context, source: Source, options: Options): Promise<ReplaySummary> {
  const file = await openFileOutput(options.out, context.texts);
  try {
    return await senseTo(file, context, source, options);
  } finally {
    await file.close();
  }
}
