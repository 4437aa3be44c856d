/** A flow as those who consume its exchanges are told of it. */
import type { Endpoint, FlowInfo } from '../transaction.ts';
import type { FlowView } from './conversation.ts';

/** Slots for servers; a power of two. */
const KNOWN = 256;
/** Servers met lately: all connections to one have one record of it. */
const servers = new Array<Endpoint | null>(KNOWN).fill(null);

function shared(server: Endpoint): Endpoint {
  const { ip, port } = server;
  const slot = (port + 31 * ip.charCodeAt(ip.length - 1) + 7 * ip.length) & (KNOWN - 1);
  const known = servers[slot];
  if (known != null && known.port === port && known.ip === ip) return known;
  servers[slot] = server;
  return server;
}

/** `client`: the direction that asks. */
export function flowInfo(flow: FlowView, client: 0 | 1): FlowInfo {
  const { uid, vlan, tunnel, encrypted } = flow;
  return {
    uid,
    client: flow.endpoint(client),
    server: shared(flow.endpoint(client === 0 ? 1 : 0)),
    ...(vlan >= 0 ? { vlan } : {}),
    ...(tunnel === '' ? {} : { tunnel }),
    ...(encrypted ? { tls: true as const } : {}),
  };
}
