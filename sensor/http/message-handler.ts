/** Where a parser's messages go. */
import type { Weird } from '../weird.ts';

/** Called by the parser as a message unfolds. */
export interface MessageHandler<Parser> {
  /** The first octet of a message is at hand. */
  messageBegin(parser: Parser): void;
  /** The head is complete and readable in the parser's fields. The answer: whether the message can have content. */
  messageHead(parser: Parser): boolean;
  messageBody(parser: Parser, data: Buffer, start: number, end: number): void;
  /** True: read no further, what follows is not the next message. */
  messageEnd(parser: Parser): boolean;
  messageWeird(parser: Parser, name: Weird): void;
}
