/** What bounds the memory of one HTTP/2 connection; a bound that is hit is a weird. */

export interface Http2Limits {
  /** Exchanges open at once: servers allow 100 to 250, gRPC proxies more. Beyond, the oldest one ends. */
  readonly maxStreams: number;
  /** Octets held for contents that are coded and not at their end, over all streams. Beyond, the oldest exchange ends. */
  readonly maxHeld: number;
  /** Octets of a header block as sent, and of its fields as decoded, that are kept. */
  readonly maxHeaderBytes: number;
  /** Fields of a header section kept. */
  readonly maxHeaders: number;
  /** CONTINUATION frames of one header block. */
  readonly maxContinuations: number;
  /** Streams reset by the client unanswered within a second of packet time, from which on it is told. */
  readonly rapidResets: number;
  /** Frames of the connection's own (SETTINGS, PING …) within a second of packet time, from which on it is told. */
  readonly controlFrames: number;
}

export const http2Limits: Http2Limits = {
  maxStreams: 1024,
  maxHeld: 4 * 1024 * 1024,
  maxHeaderBytes: 256 * 1024,
  maxHeaders: 1000,
  maxContinuations: 128,
  rapidResets: 100,
  controlFrames: 2000,
};
