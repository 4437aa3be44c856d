/** What a direction of a connection is at. */
export enum Mode {
  /** Nothing read yet. */
  Probe,
  /** Reading messages. */
  Read,
  /** Looking for the next start line. */
  Seek,
  /** Octets are kept that may be frames of HTTP/2. */
  Join,
  /** Waiting for the response that decides whether the protocol is switched. */
  Pause,
  /** Not HTTP. */
  Other,
  /** Another protocol took over (RFC 9110 §7.8, §9.3.6). */
  Switched,
  /** What took over is read, by another reader. */
  Handed,
}
