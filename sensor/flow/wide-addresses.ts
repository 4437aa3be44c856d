/** Addresses of a flow, but for what tells nearly all flows apart: their last words. */
import type { Segment } from '../decode/segment.ts';

/** The words of IPv6 addresses before the last; of two IPv4 addresses they are as good as none. */
export interface WideAddresses {
  readonly a0: number;
  readonly a1: number;
  readonly a2: number;
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
}

const mapped: WideAddresses = { a0: 0, a1: 0, a2: 0xffff, b0: 0, b1: 0, b2: 0xffff };

export function wideAddresses(s: Segment): WideAddresses {
  if (isMapped(s.source0, s.source1, s.source2) && isMapped(s.destination0, s.destination1, s.destination2))
    return mapped;
  const { source0, source1, source2, destination0, destination1, destination2 } = s;
  return { a0: source0, a1: source1, a2: source2, b0: destination0, b1: destination1, b2: destination2 };
}

function isMapped(w0: number, w1: number, w2: number): boolean {
  return w0 === 0 && w1 === 0 && w2 === 0xffff;
}

/** Source and destination in one number. */
export function portsOf(s: Segment): number {
  return (s.sourcePort << 16) | s.destinationPort;
}
