import { BufferPool } from './capture-file.ts';
import { type InputGroup, listInputs } from './inputs.ts';
import { MergedSource } from './merged-source.ts';
import { CaptureError, type PacketSource } from './packet.ts';
import type { SecretsTaker } from './record-reader.ts';
import { UnreadableInput } from './unreadable-input.ts';

export interface SourceOptions {
  /** Octets of an open file's buffer. Default: 1 MiB for few inputs, less for many (64 KiB at least). */
  readonly bufferSize?: number;
  /** Takes the TLS key logs that lie in the captures, each before the packets behind it; some come twice. */
  readonly secrets?: SecretsTaker;
  /** Called while a pipe has nothing to give, every few ms. The input ends when it answers false. */
  readonly onWait?: () => boolean;
}

/** Captures as one stream in packet-time order. */
export interface CaptureSource extends PacketSource {
  /** Packets so far whose time was moved into packet-time.ts's bounds (weird `packet_time_clamped`). */
  readonly clamped: number;
}

/** Larger ones read no faster (measured: 256 KiB 3.8, 1 MiB 4.7, 4 MiB 4.0 GB/s). */
const MAX_BUFFER = 1_048_576;
const MIN_BUFFER = 65_536;
/** Octets that the buffers of all inputs share should all be open at once; MIN_BUFFER an input goes before it. */
const BUFFER_BUDGET = 67_108_864;

/** Problems told when nothing at all can be read. */
const MAX_PROBLEMS = 5;

/**
 * Opens files, folders and `-` (standard input) as one stream. Every input is opened once for a look at its first
 * packet and closed again; it is opened to be read when the stream reaches that packet's time and closed at its end, so
 * a thousand rotated files cost two open ones. Packets of one input keep their order whatever their times are.
 * Throws CaptureError when no input can be read; what cannot be read beside others is told in `damage`.
 */
export function openSource(paths: readonly string[], options: SourceOptions = {}): CaptureSource {
  const problems: UnreadableInput[] = [];
  const groups = listInputs(paths, problems);
  const count = groups.reduce((sum, group) => sum + group.files.length, 0);
  const share = Math.max(MIN_BUFFER, Math.min(MAX_BUFFER, Math.floor(BUFFER_BUDGET / Math.max(1, count))));
  const pool = new BufferPool(options.bufferSize ?? share);
  const source = new MergedSource(pool, count === 1, options.secrets, options.onWait);
  try {
    for (const group of groups) addGroup(source, group, problems);
    if (source.inputs.length === 0) throw describeNothing(problems);
  } catch (error) {
    source.close();
    throw error;
  }
  for (const { input, reason } of problems) source.damage.push({ input, offset: 0, reason });
  return source;
}

function addGroup(source: MergedSource, group: InputGroup, problems: UnreadableInput[]): void {
  let isBarren = true;
  for (const file of group.files) {
    try {
      source.add(file);
      isBarren = false;
    } catch (error) {
      if (!(error instanceof UnreadableInput)) throw error;
      if (group.isFolder && error.isNoCapture) continue;
      isBarren = false;
      problems.push(error);
    }
  }
  if (!group.isFolder || !isBarren) return;
  const reason =
    'the folder holds no capture. Give one that holds pcap or pcapng files; folders inside it are not looked into.';
  problems.push(new UnreadableInput(group.path, reason));
}

function describeNothing(problems: readonly UnreadableInput[]): CaptureError {
  if (problems.length === 1) return problems[0];
  if (problems.length === 0)
    return new CaptureError('no capture was named. Give a file, a folder, or - for standard input.');
  const told = problems.slice(0, MAX_PROBLEMS).map((problem) => problem.message);
  if (problems.length > told.length) told.push(`And ${problems.length - told.length} more.`);
  return new CaptureError(told.join('\n'));
}
