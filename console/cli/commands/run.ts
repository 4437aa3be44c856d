/** `apiris run`: the appliance. It runs until it is told to end, and then says what came of it. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { parsePlace } from '../../../deploy/config.ts';
import type { OfferPlace } from '../../../deploy/run.ts';
import { addPlaceOptions, type CommonOptions, type Context, choice, defineCommand, loadSettings } from '../context.ts';
import { exitCodes, UsageFault } from '../faults.ts';
import { addPortOptions, inputOf, type LiveOptions } from '../live-options.ts';
import { renderAccount, renderResult, summaryJson } from '../summary.ts';
import { tellDamage } from '../tell-damage.ts';
import { printable } from '../width.ts';
import { readShards, several, withProtos } from './replay.ts';

interface Options extends CommonOptions, LiveOptions {
  readonly user?: string;
  readonly listen?: OfferPlace;
  readonly metrics?: OfferPlace;
  readonly shards?: number;
  readonly proto?: readonly string[];
}

const summaryFormats = ['table', 'json'] as const;

export function addRun(program: Command, context: Context): void {
  const { commands, options } = context.texts.help;
  const examples = [
    'apiris run --interface eth1 --user apiris',
    "apiris run --interface eth1 eth2 --filter 'tcp port 80' --data /var/lib/apiris",
    'apiris run --read-folder /captures',
    'ssh tap tcpdump -i eth1 -U -w - tcp | apiris run --read -',
  ];
  const command = addPortOptions(defineCommand(program, context, 'run', commands.run, examples), context)
    .option('--read <file>', options.runRead, several)
    .option('--read-folder <dir>', options.readFolder)
    .option('--user <name>', options.user)
    .option('--listen <place>', options.listen, (text) => readPlace('--listen', text, context))
    .option('--metrics <place>', options.metrics, (text) => readPlace('--metrics', text, context))
    .option('--shards <n>', options.shards, (text) => readShards(text, context))
    .option('--proto <dir>', options.proto, several)
    .option('--format <format>', options.summaryFormat, choice(context, '--format', summaryFormats));
  addPlaceOptions(command, context).action((given: Options) => runAppliance(context, given));
}

export function readPlace(option: string, text: string, { texts }: Context): OfferPlace {
  const place = parsePlace(text);
  if (place === undefined) throw new UsageFault(texts.live.badPlace(option, text));
  return 'socket' in place ? { socket: resolve(place.socket) } : place;
}

async function runAppliance(context: Context, options: Options): Promise<void> {
  const { services, surroundings, texts } = context;
  const { stdout, stderr, signal } = surroundings;
  const input = inputOf(options, context);
  const { config, data } = loadSettings(context, options);
  const say = (sentence: string) => void stderr.write(`${texts.errors.prefix}: ${printable(sentence)}\n`);
  const tell = async (sentence: string) => {
    say(sentence);
    await stderr.flush();
  };
  if (options.part !== undefined && options.part.of > 1) await tell(texts.live.partMisses);
  const summary = await services.runAppliance({
    input,
    data,
    config: withProtos(config, options.proto),
    shards: options.shards ?? config.shards,
    ...(options.user === undefined ? {} : { user: options.user }),
    ...(options.listen === undefined ? {} : { listen: options.listen }),
    ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
    onReady: ({ address, metrics, notices }) => {
      for (const notice of notices) say(notice);
      if (metrics !== null) say(texts.live.metrics(metrics));
      const what = input.kind === 'interfaces' ? input.options.interfaces.join(', ') : nameOf(input);
      void tell(texts.live.ready(what, data, address)).catch(() => {});
    },
    onNotice: (sentence) => void tell(sentence).catch(() => {}),
    signal,
  });
  for (const notice of summary.notices) await tell(notice);
  if (summary.damage.length > 0) context.exitCode = exitCodes.damaged;
  if (options.format === 'json') {
    await stdout.write(`${JSON.stringify(summaryJson(summary), null, 2)}\n`);
    await tellDamage(context, summary.damage);
    return;
  }
  await stdout.write(`${renderResult(summary, texts, stdout.columns)}\n`);
  const account = renderAccount(summary, texts, stdout.columns);
  if (account !== '') await stdout.write(`${account}\n`);
}

function nameOf(input: { kind: 'folder'; path: string } | { kind: 'stream'; name: string }): string {
  return input.kind === 'folder' ? input.path : input.name;
}
