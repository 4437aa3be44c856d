/** What bounds the memory of TLS; a bound that is hit is a weird. */
export interface TlsLimits {
  /** Octets of one handshake message; a longer one is passed over. */
  readonly maxMessage: number;
  /** Octets of records and messages that are not whole yet, of all connections of a shard. */
  readonly maxHeld: number;
  /** Octets of 0-RTT data kept until the server has accepted or refused them (RFC 8446 §4.2.10). */
  readonly maxEarly: number;
  /** Records tried for the sequence number at which reading goes on after octets were lost. */
  readonly maxResync: number;
}

export const defaultTlsLimits: TlsLimits = {
  maxMessage: 128 * 1024,
  maxHeld: 64 << 20,
  maxEarly: 32 * 1024,
  maxResync: 64,
};

/** Entries of a list in a handshake that are told: suites, groups, extensions. */
export const MAX_LIST = 256;
/** Certificates of one chain that are read. */
export const MAX_CHAIN = 8;
