/**
 * One TCP segment with its addresses: what decoding makes of a frame. One object is reused for every segment.
 */

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;

/** Mutable, reused. Addresses are four 32-bit words; IPv4 is held IPv4-mapped (RFC 4291 §2.5.5.2). */
export class Segment {
  /** Packet time, integer µs since 1970. */
  ts = 0;
  /** Running maximum of packet time over the whole source, integer µs: the only clock of the pipeline. */
  clock = 0;
  /** Outermost VLAN id, -1 when untagged. */
  vlan = -1;
  /** Innermost tunnel and its id, 32 bits (`tunnel.ts`); 0 and 0 for none. */
  tunnel = 0;
  tunnelId = 0;
  /** What tells flows apart beside addresses and ports, by the flow table: 0 unless VLANs or tunnels do. */
  scope = 0;
  /** Tells where it was seen from other places: a mix of Ethernet addresses, VLAN and time to live, 32 bits. */
  tap = 0;
  source0 = 0;
  source1 = 0;
  source2 = 0;
  source3 = 0;
  destination0 = 0;
  destination1 = 0;
  destination2 = 0;
  destination3 = 0;
  sourcePort = 0;
  destinationPort = 0;
  /** Sequence and acknowledgement numbers, unsigned 32 bits. */
  sequence = 0;
  acknowledgement = 0;
  flags = 0;
  /** Captured payload is `data[start, end)`. */
  data: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  /** Octets of payload on the wire; more than `end - start` when a snap length cut the frame. */
  wireLength = 0;
}

/**
 * The same number for both directions of a flow, 31 bits, well mixed: it picks the shard and the bucket of the flow
 * table.
 */
export function flowHash(s: Segment): number {
  const source = mix(s.source0 ^ mix(s.source1 ^ mix(s.source2 ^ mix(s.source3 ^ s.sourcePort))));
  const destination = mix(
    s.destination0 ^ mix(s.destination1 ^ mix(s.destination2 ^ mix(s.destination3 ^ s.destinationPort))),
  );
  return mix((source + destination + s.scope) | 0) & 0x7fffffff;
}

/**
 * Whether a flow is one of those that are read when one of `rate` is. It depends on addresses and ports alone, so it holds
 * for both directions, for every run and for any number of shards; and not on the bits that choose the shard.
 */
export function isSampled(hash: number, rate: number): boolean {
  return (Math.imul(hash ^ 0x5bd1e995, 0x9e3779b1) >>> 0) * rate < 2 ** 32;
}

/** The finaliser of MurmurHash3: every input bit reaches every output bit. */
function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
