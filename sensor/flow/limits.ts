/** What bounds the memory of flows. Times are packet time in µs; a bound that is hit is a counter and a weird. */
export interface FlowLimits {
  /** Silence after which a connection is given up. */
  readonly flowTimeoutUs: number;
  /** The same for a connection that never carried data. */
  readonly halfOpenTimeoutUs: number;
  /** How long a closed connection is remembered, so that late duplicates do not begin a new one. */
  readonly closedLingerUs: number;
  /** Flows of one shard; beyond it the one silent for longest is evicted. */
  readonly maxFlows: number;
  /** Octets held out of order in one direction of a flow before the hole is called a gap. */
  readonly maxHeldPerStream: number;
  /** Octets held out of order in one shard. */
  readonly maxHeld: number;
  /** A hole whose octets the receiver has acknowledged is a gap after this long: the mirror lost it. */
  readonly acknowledgedHoleUs: number;
  /** A hole that nobody acknowledged is a gap after this long. */
  readonly holeUs: number;
  /** Connections between the same addresses and ports in several VLANs are several; else the VLAN is told only. */
  readonly separateVlans: boolean;
  /** The same for tunnels and their ids. */
  readonly separateTunnels: boolean;
}

export const defaultFlowLimits: FlowLimits = {
  flowTimeoutUs: 300e6,
  halfOpenTimeoutUs: 30e6,
  closedLingerUs: 10e6,
  maxFlows: 1_000_000,
  maxHeldPerStream: 1 << 20,
  maxHeld: 256 << 20,
  acknowledgedHoleUs: 100e3,
  holeUs: 5e6,
  separateVlans: false,
  separateTunnels: false,
};
