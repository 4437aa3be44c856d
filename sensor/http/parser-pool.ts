/**
 * The parsers of one shard. A connection has one while a message is under way in a direction, and none between messages:
 * so a million idle connections cost nothing here, and the parser that reads the next message is one just used, in the
 * processor's cache.
 */
import type { MessageLimits } from './limits.ts';
import type { MessageHandler } from './message-handler.ts';
import { MessageParser } from './message-parser.ts';
import type { MessageKind } from './parser-base.ts';

/** Parsers of a kind kept at rest; more than these are under way at once only where messages stall. */
const MAX_RESTING = 64;

export class ParserPool {
  readonly #requests: MessageParser[] = [];
  readonly #responses: MessageParser[] = [];

  constructor(private readonly limits: MessageLimits) {}

  /** A parser at a message boundary, which tells `handler`. */
  take(kind: MessageKind, handler: MessageHandler<MessageParser>): MessageParser {
    const parser = (kind === 'REQUEST' ? this.#requests : this.#responses).pop();
    if (parser === undefined) return new MessageParser(kind, handler, this.limits);
    parser.handler = handler;
    return parser;
  }

  /** Whoever gives a parser back does not use it any more. */
  give(parser: MessageParser): void {
    const resting = parser.kind === 'REQUEST' ? this.#requests : this.#responses;
    if (resting.length >= MAX_RESTING) return;
    parser.reset();
    resting.push(parser);
  }
}
