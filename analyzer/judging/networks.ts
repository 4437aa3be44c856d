/** Which addresses are the house's own, and which clients operators know. */
import { BoundedCache, ownCopy } from '../bounded-cache.ts';
import { CidrSet } from '../identify/cidr.ts';
import type { ClientKind } from '../known-client.ts';
import { isPrivate } from '../private-address.ts';

export type IsInside = (address: string) => boolean;

/** Private addresses are inside, and those networks. */
export function insideNetworks(networks: readonly string[]): IsInside {
  if (networks.length === 0) return isPrivate;
  const own = new CidrSet(networks);
  return remembered((address) => isPrivate(address) || own.has(address));
}

export interface KnownNetwork {
  readonly cidr: string;
  readonly kind: ClientKind;
}

/** A client that is of several kinds is known as each. */
export function knownClients(networks: readonly KnownNetwork[]): (client: string) => readonly ClientKind[] {
  const sets = networks.map(({ cidr, kind }) => ({ kind, set: new CidrSet([cidr]) }));
  return remembered((client) => sets.flatMap(({ kind, set }) => (set.has(client) ? [kind] : [])));
}

const mostRemembered = 16_384;

function remembered<T>(ask: (address: string) => T): (address: string) => T {
  const answers = new BoundedCache<T>(mostRemembered);
  return (address) => answers.get(address) ?? answers.set(ownCopy(address), ask(address));
}
