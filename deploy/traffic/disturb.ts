/**
 * What a network or a mirror port does to packets. Each operator takes a list and returns a new one; packet times are
 * set anew where the order changed, so that the file stays in order of time as a capture is.
 */
import type { Random } from './random.ts';

interface Timed {
  readonly ts: number;
}

/** The packets at these positions (from 0) are not captured. */
export function drop<P extends Timed>(packets: readonly P[], ...positions: readonly number[]): P[] {
  return packets.filter((_, index) => !positions.includes(index));
}

/** The packet at `position` comes once more, `later` places behind itself. */
export function duplicate<P extends Timed>(packets: readonly P[], position: number, later = 1): P[] {
  const order = [...packets];
  order.splice(position + later, 0, packets[position]!);
  return retimed(order, packets);
}

/** The packet at `from` arrives at place `to` instead. */
export function move<P extends Timed>(packets: readonly P[], from: number, to: number): P[] {
  const order = [...packets];
  const [packet] = order.splice(from, 1);
  order.splice(to, 0, packet!);
  return retimed(order, packets);
}

/** Another order in which no packet is more than `window` places away from its own. */
export function reorder<P extends Timed>(packets: readonly P[], window: number, random: Random): P[] {
  const order = [...packets];
  // Shuffling inside blocks of window + 1 keeps every packet within the window.
  for (let block = 0; block < order.length; block += window + 1) {
    const size = Math.min(window + 1, order.length - block);
    for (let i = size - 1; i > 0; i--) {
      const j = random.below(i + 1);
      [order[block + i], order[block + j]] = [order[block + j]!, order[block + i]!];
    }
  }
  return retimed(order, packets);
}

/** The capture begins at packet `position`: the connection is met in mid-stream. */
export function startAt<P extends Timed>(packets: readonly P[], position: number): P[] {
  return packets.slice(position);
}

/** Packets of several conversations in the order of their time; at equal time those of the earlier list first. */
export function merge<P extends Timed>(...lists: readonly (readonly P[])[]): P[] {
  return lists.flat().sort((one, two) => one.ts - two.ts);
}

/** Gives the packets of `order` the times of `packets`; where there are more, the last time is repeated. */
function retimed<P extends Timed>(order: readonly P[], packets: readonly P[]): P[] {
  return order.map((packet, index) => ({ ...packet, ts: packets[Math.min(index, packets.length - 1)]!.ts }));
}
