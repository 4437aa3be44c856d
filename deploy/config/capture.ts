/** The keys of `capture`: what bounds the sensor, and what it takes for a tunnel. */
import type { Node } from './document.ts';
import { type Range, readInteger, readPorts, readSize, readSwitch } from './fields.ts';
import type { Problems } from './problems.ts';

export interface CaptureConfig {
  /** Seconds of packet time without a packet after which a flow ends. */
  readonly flowTimeout: number;
  /** Seconds of packet time after which a flow whose handshake never completed ends. */
  readonly halfOpenTimeout: number;
  /** Flows a shard holds at once; beyond it the one idle longest ends early and is counted. */
  readonly maxFlows: number;
  /** Octets a shard may hold back for reassembly; beyond it the oldest gap is given up and counted. */
  readonly maxBufferedBytes: number;
  /** Seconds of packet time after which the rest of a fragmented IP datagram is no longer waited for. */
  readonly fragmentTimeout: number;
  /** Octets of IP fragments held at once; beyond it the datagram begun first is given up and counted. */
  readonly maxFragmentBytes: number;
  /** UDP ports of VXLAN: what is sent to one and reads as VXLAN is taken for it. */
  readonly vxlanPorts: readonly number[];
  /** The same for Geneve. */
  readonly genevePorts: readonly number[];
  /**
   * The same addresses and ports in another VLAN are another connection. Off by default: a mirror often shows the two
   * directions of one connection in two VLANs.
   */
  readonly separateVlans: boolean;
  /** The same for tunnels; MPLS labels, PPTP and GTP ids always differ by direction. */
  readonly separateTunnels: boolean;
  /** Octets of one message's start line and header fields; a longer one is a weird. */
  readonly maxHeaderBytes: number;
  /** Octets of one body after decompression; what is beyond is cut and counted. */
  readonly maxDecodedBody: number;
}

type Read<T> = (node: Node, path: string, problems: Problems) => T | undefined;

const OCTETS: Range = { least: 2 ** 10, most: 2 ** 36, unit: 'octets' };

const seconds: Read<number> = (node, path, problems) =>
  readInteger(node, path, { least: 1, most: 86_400, unit: 'seconds' }, problems);
const flows: Read<number> = (node, path, problems) =>
  readInteger(node, path, { least: 64, most: 100_000_000, unit: 'flows' }, problems);
const octets =
  (range: Partial<Range>): Read<number> =>
  (node, path, problems) =>
    readSize(node, path, { ...OCTETS, ...range }, problems);

/** Default and reader of each key. */
const CAPTURE: { readonly [K in keyof CaptureConfig]: readonly [CaptureConfig[K], Read<CaptureConfig[K]>] } = {
  flowTimeout: [300, seconds],
  halfOpenTimeout: [30, seconds],
  maxFlows: [1_000_000, flows],
  maxBufferedBytes: [256 * 2 ** 20, octets({ least: 2 ** 20 })],
  fragmentTimeout: [30, seconds],
  maxFragmentBytes: [64 * 2 ** 20, octets({ least: 2 ** 17 })],
  vxlanPorts: [[4789, 4790, 8472], readPorts],
  genevePorts: [[6081], readPorts],
  separateVlans: [false, readSwitch],
  separateTunnels: [false, readSwitch],
  maxHeaderBytes: [256 * 2 ** 10, octets({ most: 2 ** 26 })],
  maxDecodedBody: [256 * 2 ** 20, octets({})],
};
export const CAPTURE_KEYS = Object.keys(CAPTURE) as (keyof CaptureConfig)[];

export function captureDefaults(): CaptureConfig {
  return Object.fromEntries(CAPTURE_KEYS.map((key) => [key, CAPTURE[key][0]])) as unknown as CaptureConfig;
}

export function captureReaders(
  problems: Problems,
): (readonly [string, (node: Node, path: string) => CaptureConfig[keyof CaptureConfig] | undefined])[] {
  return CAPTURE_KEYS.map((key) => [key, (node, path) => CAPTURE[key][1](node, path, problems)]);
}
