/** One stream: an exchange under way (RFC 9113 §5.1, §8.1). */
import type { Exchange, Message } from '../exchange.ts';

export class Stream {
  request: Message | null = null;
  response: Message | null = null;
  /** That side has ended the stream. */
  requestEnded = false;
  responseEnded = false;
  /** CONNECT was granted: what it carries is another protocol, and its exchange is over. */
  tunnel = false;

  /** Octets held for its coded contents, at most. */
  held = 0;

  constructor(
    readonly id: number,
    readonly exchange: Exchange,
    /** CONNECT (§8.5), not yet answered. */
    readonly connects: boolean,
  ) {}

  message(isRequest: boolean): Message | null {
    return isRequest ? this.request : this.response;
  }

  end(isRequest: boolean): void {
    const message = this.message(isRequest);
    if (message !== null) message.complete = true;
    if (isRequest) this.requestEnded = true;
    else this.responseEnded = true;
  }

  get over(): boolean {
    return this.requestEnded && this.responseEnded;
  }
}
