/** The options of what comes by itself: ports, a growing folder, a stream. */
import { type Command, Option } from 'commander';
import type { RunInput } from '../../deploy/run.ts';
import { type Context, wholeNumber } from './context.ts';
import { UsageFault } from './faults.ts';

export interface LiveOptions {
  readonly interface?: readonly string[];
  readonly read?: readonly string[];
  readonly readFolder?: string;
  readonly filter?: string;
  readonly part?: Part;
  readonly snaplen?: number;
  readonly buffer?: number;
  readonly promiscuous?: boolean;
}

/** One of several processes that share a port. */
export interface Part {
  readonly number: number;
  readonly of: number;
}

/** Octets captured of a frame, as tcpdump has it. */
const SNAP_LENGTH = 262_144;
/** MiB of the kernel's buffer: 256 held 2.7 Gbit/s without a drop. */
const BUFFER_MIB = 256;

export function addPortOptions(command: Command, context: Context): Command {
  const { options } = context.texts.help;
  return command
    .option('--interface <if...>', options.interface)
    .option('--filter <bpf>', options.filter)
    .addOption(new Option('--part <k/n>', options.part).argParser((text) => readPart(text, context)))
    .addOption(new Option('--snaplen <octets>', options.snaplen).argParser(wholeNumber(context, '--snaplen')))
    .addOption(new Option('--buffer <mib>', options.buffer).argParser(wholeNumber(context, '--buffer')))
    .option('--no-promiscuous', options.noPromiscuous);
}

function readPart(text: string, { texts }: Context): Part {
  const [, number, of] = (/^(\d{1,2})\/(\d{1,2})$/.exec(text) ?? []).map(Number);
  if (number === undefined || of === undefined || number < 1 || number > of) {
    throw new UsageFault(texts.live.badPart(text));
  }
  return { number, of };
}

/** The ports that the options name. */
function portsOf(options: LiveOptions, { texts }: Context): Extract<RunInput, { kind: 'interfaces' }> {
  const { snaplen = SNAP_LENGTH, buffer = BUFFER_MIB, promiscuous = true } = options;
  if (snaplen < 64 || snaplen > SNAP_LENGTH) throw new UsageFault(texts.live.outOfRange('--snaplen', 64, SNAP_LENGTH));
  if (buffer < 1 || buffer > 2047) throw new UsageFault(texts.live.outOfRange('--buffer', 1, 2047));
  const interfaces = [...new Set(options.interface ?? [])];
  return {
    kind: 'interfaces',
    options: {
      interfaces,
      filter: filterOf(options.filter?.trim() ?? '', options.part),
      snapLength: snaplen,
      bufferBytes: buffer * 2 ** 20,
      promiscuous,
    },
  };
}

/** Exactly one input must be named. */
export function inputOf(options: LiveOptions, context: Context): RunInput {
  const { live } = context.texts;
  const named = [options.interface, options.read, options.readFolder].filter((each) => each !== undefined);
  if (named.length !== 1) throw new UsageFault(live.oneInput);
  if (options.interface !== undefined) return portsOf(options, context);
  for (const name of ['filter', 'part', 'snaplen', 'buffer'] as const) {
    if (options[name] !== undefined) throw new UsageFault(live.onlyInterface(`--${name}`));
  }
  if (options.readFolder !== undefined) return { kind: 'folder', path: options.readFolder };
  const [name] = options.read!;
  if (options.read!.length !== 1) throw new UsageFault(live.oneInput);
  return { kind: 'stream', name: name! };
}

/**
 * The addresses of both ends, mixed so that either direction gives the same. What is neither IPv4 nor IPv6 behind the link
 * header goes to the first part, frames with a VLAN tag among them; within a tunnel its outer addresses decide.
 */
export function filterOf(filter: string, part: Part | undefined): string {
  if (part === undefined || part.of === 1) return filter;
  const { number, of } = part;
  const mixed = (a: string, b: string) => {
    const both = `(${a} ^ ${b})`;
    return `((${both} ^ (${both} >> 16) ^ (${both} >> 8) ^ (${both} >> 4)) & 0xffff) % ${of} = ${number - 1}`;
  };
  const ours = [
    `(ip and (${mixed('ip[12:4]', 'ip[16:4]')}))`,
    `(ip6 and (${mixed('ip6[20:4]', 'ip6[36:4]')}))`,
    ...(number === 1 ? ['(not ip and not ip6)'] : []),
  ].join(' or ');
  return filter === '' ? ours : `(${filter}) and (${ours})`;
}
