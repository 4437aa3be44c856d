/** What decoding takes for a tunnel, and what bounds the memory of fragments. Times are packet time in µs. */

export interface FragmentLimits {
  /** Time after a datagram's first fragment at which the rest is no longer waited for. */
  readonly timeoutUs: number;
  /** How long a datagram that became whole is known again: a mirror may show each frame twice. */
  readonly repeatUs: number;
  /** Datagrams under way at once; beyond it the one begun first is given up. */
  readonly maxDatagrams: number;
  /** Octets that are kept of fragments, with those that keeping them takes; for more, the datagram begun first is given up. */
  readonly maxOctets: number;
  /** Stretches of one datagram held apart; a datagram with more is given up. */
  readonly maxPieces: number;
}

export interface DecodeLimits {
  readonly fragments: FragmentLimits;
  /** UDP destination ports behind which a VXLAN header (RFC 7348, or GPE) may stand. */
  readonly vxlanPorts: readonly number[];
  /** The same for Geneve (RFC 8926). */
  readonly genevePorts: readonly number[];
}

export const defaultDecodeLimits: DecodeLimits = {
  fragments: {
    timeoutUs: 30e6,
    repeatUs: 100e3,
    maxDatagrams: 16_384,
    maxOctets: 64 << 20,
    maxPieces: 1024,
  },
  vxlanPorts: [4789, 4790, 8472],
  genevePorts: [6081],
};
