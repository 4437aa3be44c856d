/** `apiris analyzer`: judges what sensors publish on a bus. It runs until it is told to end, and then says what came of it. */
import type { Command } from 'commander';
import type { OfferPlace } from '../../../deploy/run.ts';
import { addPlaceOptions, type CommonOptions, type Context, defineCommand, loadSettings } from '../context.ts';
import { UsageFault } from '../faults.ts';
import { printable } from '../width.ts';
import { readPlace } from './run.ts';

interface Options extends CommonOptions {
  readonly bus?: string;
  readonly listen?: OfferPlace;
  readonly metrics?: OfferPlace;
}

export function addAnalyzer(program: Command, context: Context): void {
  const { commands, options } = context.texts.help;
  const examples = [
    'apiris analyzer --bus kafka://kafka-1:9092,kafka-2:9092 --data /var/lib/apiris',
    'apiris analyzer --bus kafka://kafka-1:9093 --config apiris.yaml',
  ];
  const command = defineCommand(program, context, 'analyzer', commands.analyzer, examples)
    .option('--bus <url>', options.bus)
    .option('--listen <place>', options.listen, (text) => readPlace('--listen', text, context))
    .option('--metrics <place>', options.metrics, (text) => readPlace('--metrics', text, context));
  addPlaceOptions(command, context).action((given: Options) => analyze(context, given));
}

async function analyze(context: Context, options: Options): Promise<void> {
  const { services, surroundings, texts } = context;
  const { stderr, signal } = surroundings;
  const { bus: url } = options;
  if (url === undefined) throw new UsageFault(texts.errors.missingArgument('--bus kafka://HOST:PORT'));
  const { config, data } = loadSettings(context, options);
  const say = async (sentence: string) => {
    await stderr.write(`${texts.errors.prefix}: ${printable(sentence)}\n`);
    await stderr.flush();
  };
  const { judged, repeated, lost, poisoned } = await services.runAnalyzer({
    ...{ url, data, config, signal },
    ...(options.listen === undefined ? {} : { listen: options.listen }),
    ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
    onReady: ({ address, metrics, notices }) => {
      for (const notice of notices) void say(notice);
      if (metrics !== null) void say(texts.live.metrics(metrics));
      void say(texts.bus.ready(url, data, address));
    },
    onNotice: (sentence) => void say(sentence),
  });
  await say(texts.bus.judged(judged));
  if (repeated > 0) await say(texts.bus.repeated(repeated));
  if (lost > 0) await say(texts.bus.lost(lost));
  if (poisoned > 0) await say(texts.bus.poisoned(poisoned));
}
