/** Where in the network a flow was seen: nearly all flows were at one place, and share the record of it. */
import type { Segment } from '../decode/segment.ts';
import { tunnelName } from '../decode/tunnel.ts';

export interface Place {
  readonly vlan: number;
  /** Innermost tunnel by name; empty for none. */
  readonly tunnel: string;
  /** `Segment.scope`. */
  readonly scope: number;
}

let latest: Place = { vlan: -1, tunnel: '', scope: 0 };

/**
 * Facts of a flow, as bits among its own: VLAN ids beside that of its first segment. Another one in that segment's
 * direction; in the other direction, the same and another.
 */
const VLAN_ALSO = 512;
const VLAN_BACK_SAME = 1024;
const VLAN_BACK_OTHER = 2048;

/** What a segment adds to a flow's facts; `place`: of the first one, whose direction is 0. */
export function vlanFact(vlan: number, direction: 0 | 1, place: Place): number {
  if (vlan !== place.vlan) return direction === 0 ? VLAN_ALSO : VLAN_BACK_OTHER;
  return direction === 0 ? 0 : VLAN_BACK_SAME;
}

/** Each direction was seen in one VLAN alone, and not in the same. */
export function isAcrossVlans(facts: number): boolean {
  return (facts & (VLAN_ALSO | VLAN_BACK_SAME | VLAN_BACK_OTHER)) === VLAN_BACK_OTHER;
}

export function placeOf({ vlan, tunnel, tunnelId, scope }: Segment): Place {
  const name = tunnelName(tunnel, tunnelId);
  if (latest.vlan !== vlan || latest.tunnel !== name || latest.scope !== scope) latest = { vlan, tunnel: name, scope };
  return latest;
}
