/** What bounds the memory of HTTP; a bound that is hit is a weird. */
import { type ContentLimits, contentLimits } from './content.ts';
import { type Http2Limits, http2Limits } from './http2/limits.ts';
import type { PortHints } from './port-hints.ts';
import { type ChannelLimits, channelLimits } from './websocket/channel.ts';

export interface MessageLimits {
  /** Octets of one start or header line; a longer one ends the message. */
  readonly maxLineBytes: number;
  /** Octets of a header section kept; fields beyond are dropped, beyond four times that the message is given up. */
  readonly maxHeaderBytes: number;
  /** Header fields kept. */
  readonly maxHeaders: number;
}

const messageLimits: MessageLimits = {
  maxLineBytes: 64 * 1024,
  maxHeaderBytes: 256 * 1024,
  maxHeaders: 1000,
};

export interface HttpLimits {
  readonly message: MessageLimits;
  readonly content: ContentLimits;
  /** Requests waiting for their response on one connection. */
  readonly maxPipelined: number;
  /** Octets kept while a response decides about a protocol switch. */
  readonly maxPaused: number;
  /** Octets looked through for a first start line before a connection is left alone. */
  readonly maxUnread: number;
  /** What people say that ports speak. */
  readonly ports: PortHints;
  readonly http2: Http2Limits;
  readonly webSocket: ChannelLimits;
}

export const defaultHttpLimits: HttpLimits = {
  message: messageLimits,
  content: contentLimits,
  maxPipelined: 1024,
  maxPaused: 64 * 1024,
  maxUnread: 256 * 1024,
  ports: null,
  http2: http2Limits,
  webSocket: channelLimits,
};
