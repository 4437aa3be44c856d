/** What bounds the memory of HTTP; a bound that is hit is a weird. */
import { type ContentLimits, contentLimits } from './content.ts';
import { defaultMessageLimits, type MessageLimits } from './message-parser.ts';

export interface HttpLimits {
  readonly message: MessageLimits;
  readonly content: ContentLimits;
  /** Requests waiting for their response on one connection. */
  readonly maxPipelined: number;
  /** Octets kept while a response decides about a protocol switch. */
  readonly maxPaused: number;
  /** Octets looked through for a first start line before a connection is left alone. */
  readonly maxUnread: number;
}

export const defaultHttpLimits: HttpLimits = {
  message: defaultMessageLimits,
  content: contentLimits,
  maxPipelined: 1024,
  maxPaused: 64 * 1024,
  maxUnread: 256 * 1024,
};
