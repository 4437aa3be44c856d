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

export function placeOf({ vlan, tunnel, tunnelId, scope }: Segment): Place {
  const name = tunnelName(tunnel, tunnelId);
  if (latest.vlan !== vlan || latest.tunnel !== name || latest.scope !== scope) latest = { vlan, tunnel: name, scope };
  return latest;
}
