/** Encapsulations by number, as they travel with segments, and by name, as people read them. */
import type { Segment } from './segment.ts';

const names = [
  '',
  'gre',
  'gre:', // key
  'pptp:', // call id
  'erspan',
  'erspan:', // session
  'vxlan:', // network identifier
  'geneve:', // network identifier
  'mpls:', // the innermost label that is not reserved
  'pppoe:', // session
  'ipip',
  '6in4',
  '4in6',
  '6in6',
  'etherip',
  'gtp:', // tunnel endpoint
  'teredo',
  'ayiya',
  'pbb:', // service instance
] as const;

type Name = (typeof names)[number];

/** Number of each kind; those with a colon have an id of up to 32 bits. */
const tunnels = Object.freeze(Object.fromEntries(names.map((name, kind) => [name, kind]))) as Readonly<
  Record<Name, number>
>;

/** The segment comes through this tunnel; a tunnel inside it takes its place. */
export function enter(segment: Segment, kind: Name, id = 0): void {
  segment.tunnel = tunnels[kind];
  segment.tunnelId = id;
}

/** `vxlan:5001`, `gre`; empty for no tunnel. */
export function tunnelName(kind: number, id: number): string {
  const name = names[kind] ?? '';
  return name.endsWith(':') ? `${name}${id >>> 0}` : name;
}
