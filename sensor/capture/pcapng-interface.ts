import type { InterfaceDescription } from './formats/readers.ts';
import { TimeScale } from './packet-time.ts';

/** Option codes of an Interface Description Block (draft-ietf-opsawg-pcapng §4.2). */
const TIME_RESOLUTION = 9;
const TIME_OFFSET = 14;

/** What a packet needs to know of the interface it came through. */
export interface CaptureInterface {
  /** LINKTYPE_ value. */
  readonly linkType: number;
  /** Octets kept of a packet at most; Infinity when not limited. */
  readonly snapLength: number;
  readonly scale: TimeScale;
}

export function describeInterface(block: InterfaceDescription): CaptureInterface {
  let exponent = 6;
  let isBinary = false;
  let offsetSeconds = 0;
  for (const { code, value } of block.options ?? []) {
    if (code === TIME_RESOLUTION) ({ exponent, isBinary } = value as { exponent: number; isBinary: boolean });
    if (code === TIME_OFFSET) offsetSeconds = (value as { seconds: number }).seconds;
  }
  return {
    linkType: block.linkType,
    snapLength: block.snapLength === 0 ? Number.POSITIVE_INFINITY : block.snapLength,
    scale: new TimeScale(exponent, isBinary, offsetSeconds),
  };
}
