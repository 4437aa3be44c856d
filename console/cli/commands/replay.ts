/** `apiris replay FILE…`: captures through the whole pipeline into the store. */
import { statSync } from 'node:fs';
import type { Command } from 'commander';
import type { ReplaySummary } from '../../../deploy/appliance.ts';
import type { Config } from '../../../deploy/config.ts';
import { addPlaceOptions, type CommonOptions, type Context, choice, defineCommand, loadSettings } from '../context.ts';
import { CommandFailure, exitCodes, UsageFault } from '../faults.ts';
import { startProgress } from '../progress.ts';
import { dataArgument, renderAccount, renderNext, renderResult, section, summaryJson } from '../summary.ts';
import { tellDamage } from '../tell-damage.ts';
import { printable } from '../width.ts';

interface Options extends CommonOptions {
  readonly shards?: number;
  readonly tlsKeylog?: string;
  readonly proto?: readonly string[];
  readonly rules?: readonly string[];
}

const summaryFormats = ['table', 'json'] as const;

export function addReplay(program: Command, context: Context): void {
  const { commands, options, arguments: named } = context.texts.help;
  const examples = ['apiris replay monday.pcapng.gz', 'tcpdump -w - -r old.pcap tcp | apiris replay - --data ./audit'];
  const command = defineCommand(program, context, 'replay', commands.replay, examples)
    .argument('<file...>', named.captures)
    .option('--shards <n>', options.shards, (text) => readShards(text, context))
    .option('--tls-keylog <file>', options.tlsKeylog)
    .option('--proto <dir>', options.proto, several)
    .option('--rules <file>', context.texts.ruleTrial.help.replayRules, several)
    .option('--format <format>', options.summaryFormat, choice(context, '--format', summaryFormats));
  addPlaceOptions(command, context).action((files: string[], given: Options) => replayFiles(context, files, given));
}

export function readShards(text: string, context: Context): number {
  const shards = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (shards < 1 || shards > 64) throw new UsageFault(context.texts.errors.badShards(text));
  return shards;
}

/** What the command line says goes before what the file says. */
export function withKeylog(config: Config, file: string | undefined): Config {
  return file === undefined ? config : { ...config, tlsKeylog: file };
}

async function replayFiles(context: Context, files: readonly string[], options: Options): Promise<void> {
  const { texts } = context;
  const { stdout, invocation } = context.surroundings;
  const { data } = loadSettings(context, options);
  const summary = await replayInto(context, files, options);
  if (options.format === 'json') {
    await stdout.write(`${JSON.stringify(summaryJson(summary), null, 2)}\n`);
    await tellDamage(context, summary.damage);
    return;
  }
  await stdout.write(`${renderResult(summary, texts, stdout.columns)}\n`);
  const account = renderAccount(summary, texts, stdout.columns);
  if (account !== '') await stdout.write(`${account}\n`);
  const next = renderNext(texts, invocation, dataArgument(data, options.data !== undefined));
  await stdout.write(section(texts.replay.nextTitle, next));
}

/** Of an option that may be given several times. */
export function several(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** The same; of descriptions of messages both count. */
export function withProtos(config: Config, sources: readonly string[] | undefined): Config {
  return sources === undefined ? config : { ...config, protos: [...config.protos, ...sources] };
}

/** The same of rules. */
function withRules(config: Config, sources: readonly string[] | undefined): Config {
  return sources === undefined ? config : { ...config, rules: [...config.rules, ...sources] };
}

/** Standard input or a named pipe: it gives its octets once. */
function isPipe(name: string): boolean {
  if (name === '-') return true;
  const stat = statSync(name, { throwIfNoEntry: false });
  return stat !== undefined && !stat.isFile() && !stat.isDirectory();
}

/** Reads the captures, with progress; sets the exit code for damaged input. */
export async function replayInto(
  context: Context,
  inputs: readonly string[],
  options: Options,
): Promise<ReplaySummary> {
  const { services, surroundings, texts } = context;
  const { config, data } = loadSettings(context, options);
  const progress = startProgress(surroundings, texts, config.zone);
  const { errors } = texts;
  const interrupted = inputs.some(isPipe) ? errors.interruptedPipe : errors.interrupted;
  try {
    const summary = await services.replay({
      inputs,
      data,
      config: withRules(withProtos(withKeylog(config, options.tlsKeylog), options.proto), options.rules),
      shards: options.shards ?? config.shards,
      onProgress: progress.show,
      onNotice: (sentence) => void surroundings.stderr.write(`${errors.prefix}: ${printable(sentence)}\n`),
      signal: surroundings.signal,
    });
    progress.end();
    for (const notice of summary.notices) {
      await surroundings.stderr.write(`${errors.prefix}: ${printable(notice)}\n`);
    }
    if (surroundings.signal.aborted) throw new CommandFailure(interrupted);
    if (summary.damage.length > 0) context.exitCode = exitCodes.damaged;
    return summary;
  } catch (error) {
    // Whatever an interrupted pipeline stumbles over, the person asked for it.
    if (surroundings.signal.aborted) throw new CommandFailure(interrupted, { cause: error });
    throw error;
  } finally {
    progress.end();
  }
}
