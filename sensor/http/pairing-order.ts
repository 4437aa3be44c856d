/**
 * What is known of the order of questions and answers on one connection (RFC 9112 §9.3): whether the client waits for
 * each answer or pipelines, and whether, after octets were lost, the next answer can be told to belong to a question.
 */

/** A request that begins, as far as order is concerned. */
export interface Asked {
  /** Octets of the other direction its sender had received, -1 when unknown. */
  readonly peerOffset: number;
  /** Octets of the other direction read or lost so far. */
  readonly answeredOffset: number;
  /** A response has begun; its head has been read and it has not ended. */
  readonly midAnswer: boolean;
  readonly answering: boolean;
  /** Packet time for which neither side had sent anything, µs. */
  readonly silentUs: number;
  /** Requests whose response has not begun. */
  readonly waiting: number;
}

/** A waiting request. */
export interface Waiting {
  /** Requests may have been lost right before it. */
  readonly afterGap: boolean;
}

/** When the client goes on after so long a silence, whatever it had asked has been answered. */
const ANSWERED_US = 1e6;

/** What is known, one bit each: there is an order for every connection, and there may be a million. */
/** Order alone can't tell which request a response answers; responses stay alone until it can. */
const AMBIGUOUS = 1;
/** The latest request was sent before the response to the one before was read. */
const PIPELINED = 2;
const EVER_PIPELINED = 4;
/** A request was seen to wait for the response before it. */
const EVER_WAITED = 8;
const REQUESTS_LOST = 16;
const REQUESTS_UNSEEN = 32;
/** No request has begun, and the connection is older than the capture. */
const MID_STREAM = 64;
const RESPONSES_LOST = 128;
/** The beginning of at least one response is among what was lost. */
const RESPONSE_HEAD_LOST = 256;
/** Since the latest request there were responses, or losses, that no known request accounts for. */
const UNEXPLAINED = 512;

export class PairingOrder {
  #facts: number;
  #requestPeerOffset = -1;
  /** While ambiguous: responses that came, less what they may answer beside the requests that are known. */
  #surplus = 0;

  constructor(midStream: boolean) {
    this.#facts = midStream ? MID_STREAM : 0;
  }

  get ambiguous(): boolean {
    return this.#is(AMBIGUOUS);
  }

  #is(fact: number): boolean {
    return (this.#facts & fact) !== 0;
  }

  #set(fact: number, is: boolean): void {
    this.#facts = is ? this.#facts | fact : this.#facts & ~fact;
  }

  /** Octets between requests, or of one, can't be read; `byGap`: because they were not captured. */
  loseRequests(byGap: boolean): void {
    this.#facts |= byGap ? REQUESTS_LOST | REQUESTS_UNSEEN : REQUESTS_LOST;
    if (this.ambiguous) this.#surplus--;
  }

  /** The same of responses; `head`: what was lost is not only the rest of one that had begun. */
  loseResponses(head: boolean): void {
    this.#facts |= RESPONSES_LOST | UNEXPLAINED | (head ? RESPONSE_HEAD_LOST : 0);
  }

  /** A request begins. True: whatever waits has been answered, unseen. */
  asks(asked: Asked): boolean {
    const { peerOffset, answeredOffset, answering, waiting } = asked;
    const settled = this.ambiguous && this.#settles(asked);
    const before = this.#is(PIPELINED);
    let pipelined = answering && peerOffset <= answeredOffset;
    if (settled) {
      this.#set(AMBIGUOUS, false);
      pipelined = false;
    } else if (waiting > 0) pipelined = before || peerOffset <= Math.max(0, this.#requestPeerOffset);
    if (pipelined) {
      const isCertain = !this.ambiguous || peerOffset <= Math.max(0, this.#requestPeerOffset);
      if (isCertain) this.#facts |= EVER_PIPELINED;
    } else if (!before && !this.#is(REQUESTS_LOST | UNEXPLAINED) && waiting === 0 && this.#requestPeerOffset >= 0) {
      if (peerOffset > this.#requestPeerOffset) this.#facts |= EVER_WAITED;
    }
    // It may not have waited for the answers of those that were lost. (What came before the capture has had its time.)
    const waits = this.#is(MID_STREAM) || (this.#is(EVER_WAITED) && !this.#is(EVER_PIPELINED));
    this.#set(PIPELINED, pipelined || (this.#is(REQUESTS_UNSEEN) && !waits));
    this.#requestPeerOffset = peerOffset;
    this.#set(UNEXPLAINED, false);
    return settled;
  }

  /** Whether requests may have been lost right before the one that begins; said once. */
  takeRequestsLost(): boolean {
    const lost = this.#is(REQUESTS_LOST | MID_STREAM);
    this.#set(REQUESTS_LOST | REQUESTS_UNSEEN | MID_STREAM, false);
    return lost;
  }

  /**
   * Which of the waiting requests a response answers that may answer those from `first` to `last`; null when it can't be
   * told. `unseen`: the server had received requests that were not seen here.
   */
  choose<W extends Waiting>(first: W, last: W, unseen: boolean): W | null {
    if (this.ambiguous) return null;
    const pipelined = this.#is(PIPELINED);
    if (!this.#is(RESPONSES_LOST) && !(first.afterGap && pipelined)) return first;
    const requestsLost = this.#is(REQUESTS_LOST) || unseen;
    // Without pipelining a client asks again only when it has been answered: the last request is the one.
    if (!pipelined && !requestsLost) return last;
    this.#facts |= AMBIGUOUS;
    this.#surplus = (this.#is(RESPONSE_HEAD_LOST) ? 1 : 0) - (requestsLost || first.afterGap ? 1 : 0);
    return null;
  }

  /** A final response has begun. */
  answers(known: boolean): void {
    this.#set(RESPONSES_LOST | RESPONSE_HEAD_LOST, false);
    if (!known) this.#facts |= UNEXPLAINED;
    if (this.ambiguous) this.#surplus++;
  }

  /**
   * Whether no request was unanswered when this one was sent. Certain when its sender had every response there is, and
   * either it was never seen to pipeline, or the responses that came account for all requests, or both had fallen silent.
   */
  #settles({ peerOffset, answeredOffset, midAnswer, silentUs, waiting }: Asked): boolean {
    if (peerOffset < 0 || peerOffset !== answeredOffset || midAnswer) return false;
    return !this.#is(EVER_PIPELINED) || this.#surplus >= waiting || silentUs >= ANSWERED_US;
  }
}

/** How many of those that wait, the oldest first, a response may answer whose sender had received `peerOffset` octets. */
export function answerable(
  waiting: readonly { readonly requestOffset: number }[],
  peerOffset: number,
  status: number,
): number {
  let count = waiting.length;
  // A server that never acknowledged anything is one made up for a test, or one that gives up waiting (RFC 9110 §15.5.9).
  if (peerOffset > 0 || (peerOffset === 0 && status === 408)) {
    while (count > 0 && waiting[count - 1]!.requestOffset >= peerOffset) count--;
  }
  return count;
}
