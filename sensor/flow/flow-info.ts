/** A flow as those who consume its exchanges are told of it. */
import type { FlowInfo } from '../transaction.ts';
import type { FlowView } from './conversation.ts';

/** `client`: the direction that asks. */
export function flowInfo(flow: FlowView, client: 0 | 1): FlowInfo {
  const { uid, vlan, tunnel, encrypted } = flow;
  return {
    uid,
    client: flow.endpoint(client),
    server: flow.endpoint(client === 0 ? 1 : 0),
    ...(vlan >= 0 ? { vlan } : {}),
    ...(tunnel === '' ? {} : { tunnel }),
    ...(encrypted ? { tls: true as const } : {}),
  };
}
