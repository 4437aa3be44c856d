/**
 * Who sent a request, behind the proxies that are known. The walk begins at the packet's own address and goes one hop
 * back for as long as the hop it stands on is trusted; what an untrusted hop says of those before it is a claim that
 * anybody can make, and is kept apart as one.
 */
import { addressOf } from './address.ts';
import type { CidrSet } from './cidr.ts';
import { addForwarded, addForwardedFor } from './forwarded.ts';

/** What a request's header section says of the hops before. */
export interface ForwardingFields {
  /** `X-Forwarded-For` fields in wire order. */
  readonly forwardedFor: readonly string[];
  /** `Forwarded` fields (RFC 7239) in wire order. */
  readonly forwarded: readonly string[];
  /** Fields with one address (`X-Real-IP`, `True-Client-IP`, `CF-Connecting-IP` …), in `singleClientFields` order. */
  readonly single: readonly string[];
}

export interface Client {
  /** The last address that a trusted hop vouches for; canonical text. */
  readonly client: string;
  /** What the sender, untrusted, claims to be; null when it claims nothing, or the same. */
  readonly claimed: string | null;
}

/**
 * Fields that hold one address, in lower case, the most telling first. They count only where no list was sent: a
 * proxy that appends to the list may pass these on as it got them.
 */
export const singleClientFields = [
  'true-client-ip',
  'cf-connecting-ip',
  'cf-connecting-ipv6',
  'fastly-client-ip',
  'ali-cdn-real-ip',
  'cdn-src-ip',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-original-forwarded-for',
  'x-envoy-external-address',
  'x-remote-ip',
  'x-remote-addr',
  'x-originating-ip',
  'proxy-client-ip',
  'wl-proxy-client-ip',
  'client-ip',
];

/** `peer`: the client's address as the packets show it (or as a PROXY protocol header of a trusted peer says). */
export function clientOf(peer: string, fields: ForwardingFields, trusted: CidrSet): Client {
  const hops: string[] = [];
  if (fields.forwardedFor.length > 0) for (const field of fields.forwardedFor) addForwardedFor(field, hops);
  else if (fields.forwarded.length > 0) for (const field of fields.forwarded) addForwarded(field, hops);
  else {
    for (const field of fields.single) {
      const address = addressOf(field);
      if (address === null) continue;
      hops.push(address);
      break;
    }
  }
  let client = peer;
  let next = hops.length - 1;
  while (next >= 0 && trusted.has(client)) {
    // A hop that does not say ends what is known.
    if (hops[next] === '') return { client, claimed: null };
    client = hops[next] as string;
    next--;
  }
  let claimed: string | null = null;
  for (let i = 0; i <= next && claimed === null; i++) if (hops[i] !== '') claimed = hops[i] as string;
  return { client, claimed: claimed === client ? null : claimed };
}
