/** What people say that a port's connections speak: for those that are joined in the middle, where octets alone tell late. */
import type { FlowView } from '../flow/conversation.ts';
import type { Probe } from './probe.ts';

/** `none`: not to be read, whatever it is. */
export type PortSpeech = 'http1' | 'h2' | 'tls' | 'none';

/** By the server's port; null when nothing is said of any. */
export type PortHints = Readonly<Record<number, PortSpeech>> | null;

/** What is said of the flow's server and which direction is the client's; null for nothing, or of both ends. */
export function hintOf(flow: FlowView, hints: PortHints): { speaks: PortSpeech; client: 0 | 1 } | null {
  if (hints === null) return null;
  const first = hints[flow.endpoint(0).port];
  const second = hints[flow.endpoint(1).port];
  if (second !== undefined && (first === undefined || flow.initiator === 0)) return { speaks: second, client: 0 };
  if (first !== undefined && (second === undefined || flow.initiator === 1)) return { speaks: first, client: 1 };
  return null;
}

/** What tells of a connection whether its first octets are the rest of something. */
interface Joined {
  readonly flow: FlowView;
  readonly context: { readonly limits: { readonly ports: PortHints } };
  /** HTTP was read in either direction. */
  readonly established: boolean;
}

function said({ flow, context }: Joined): PortSpeech | undefined {
  return hintOf(flow, context.limits.ports)?.speaks;
}

/** A first look at octets, seen with where they come from: the rest of something is no odd request, and may be said to be TLS. */
export function settled(found: Probe, at: Joined): Probe {
  if (found !== 'other' && found !== 'odd-request') return found;
  if (!at.flow.midStream) return found;
  return !at.established && said(at) === 'tls' ? 'tls' : 'other';
}

/** What a connection was found to speak is not what people say of its port; of what was decrypted they say nothing. */
export function isContradicted(flow: FlowView, hints: PortHints, found: PortSpeech): boolean {
  if (hints === null || flow.encrypted) return false;
  return (hintOf(flow, hints)?.speaks ?? found) !== found;
}

/** Frames of HTTP/2 are looked for: nothing was read yet, and nobody says that there are none. */
export function mayJoin(at: Joined): boolean {
  return !at.established && said(at) !== 'http1';
}

/** Nothing was read yet, and people say that it is HTTP/2. */
export function isSaidToBeHttp2(at: Joined): boolean {
  return said(at) === 'h2';
}

/** Which direction asks if it is HTTP/2, as people say; -1 when they don't. */
export function http2Client(flow: FlowView, hints: PortHints): 0 | 1 | -1 {
  const hint = hintOf(flow, hints);
  return hint?.speaks === 'h2' ? hint.client : -1;
}
