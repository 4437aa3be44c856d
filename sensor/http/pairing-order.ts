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

export class PairingOrder {
  /** Order alone can't tell which request a response answers; responses stay alone until it can. */
  ambiguous = false;
  /** The latest request was sent before the response to the one before was read. */
  #pipelined = false;
  #everPipelined = false;
  /** A request was seen to wait for the response before it. */
  #everWaited = false;
  #requestPeerOffset = -1;
  #requestsLost = false;
  #requestsUnseen = false;
  /** No request has begun, and the connection is older than the capture. */
  #midStream: boolean;
  #responsesLost = false;
  /** The beginning of at least one response is among what was lost. */
  #responseHeadLost = false;
  /** Since the latest request there were responses, or losses, that no known request accounts for. */
  #unexplained = false;
  /** While ambiguous: responses that came, less what they may answer beside the requests that are known. */
  #surplus = 0;

  constructor(midStream: boolean) {
    this.#midStream = midStream;
  }

  /** Octets between requests, or of one, can't be read; `byGap`: because they were not captured. */
  loseRequests(byGap: boolean): void {
    this.#requestsLost = true;
    if (byGap) this.#requestsUnseen = true;
    if (this.ambiguous) this.#surplus--;
  }

  /** The same of responses; `head`: what was lost is not only the rest of one that had begun. */
  loseResponses(head: boolean): void {
    this.#responsesLost = this.#unexplained = true;
    if (head) this.#responseHeadLost = true;
  }

  /** A request begins. True: whatever waits has been answered, unseen. */
  asks(asked: Asked): boolean {
    const { peerOffset, answeredOffset, answering, waiting } = asked;
    const settled = this.ambiguous && this.#settles(asked);
    const before = this.#pipelined;
    if (settled) this.ambiguous = this.#pipelined = false;
    else if (waiting > 0) this.#pipelined = before || peerOffset <= Math.max(0, this.#requestPeerOffset);
    else this.#pipelined = answering && peerOffset <= answeredOffset;
    if (this.#pipelined) {
      this.#everPipelined ||= !this.ambiguous || peerOffset <= Math.max(0, this.#requestPeerOffset);
    } else if (!before && !this.#requestsLost && !this.#unexplained && waiting === 0 && this.#requestPeerOffset >= 0) {
      this.#everWaited ||= peerOffset > this.#requestPeerOffset;
    }
    // It may not have waited for the answers of those that were lost. (What came before the capture has had its time.)
    const waits = this.#midStream || (this.#everWaited && !this.#everPipelined);
    if (this.#requestsUnseen && !waits) this.#pipelined = true;
    this.#requestPeerOffset = peerOffset;
    this.#unexplained = false;
    return settled;
  }

  /** Whether requests may have been lost right before the one that begins; said once. */
  takeRequestsLost(): boolean {
    const lost = this.#requestsLost || this.#midStream;
    this.#requestsLost = this.#requestsUnseen = this.#midStream = false;
    return lost;
  }

  /**
   * Which of the waiting requests a response answers that may answer those from `first` to `last`; null when it can't be
   * told. `unseen`: the server had received requests that were not seen here.
   */
  choose<W extends Waiting>(first: W, last: W, unseen: boolean): W | null {
    if (this.ambiguous) return null;
    if (!this.#responsesLost && !(first.afterGap && this.#pipelined)) return first;
    const requestsLost = this.#requestsLost || unseen;
    // Without pipelining a client asks again only when it has been answered: the last request is the one.
    if (!this.#pipelined && !requestsLost) return last;
    this.ambiguous = true;
    this.#surplus = (this.#responseHeadLost ? 1 : 0) - (requestsLost || first.afterGap ? 1 : 0);
    return null;
  }

  /** A final response has begun. */
  answers(known: boolean): void {
    this.#responsesLost = this.#responseHeadLost = false;
    if (!known) this.#unexplained = true;
    if (this.ambiguous) this.#surplus++;
  }

  /**
   * Whether no request was unanswered when this one was sent. Certain when its sender had every response there is, and
   * either it was never seen to pipeline, or the responses that came account for all requests, or both had fallen silent.
   */
  #settles({ peerOffset, answeredOffset, midAnswer, silentUs, waiting }: Asked): boolean {
    if (peerOffset < 0 || peerOffset !== answeredOffset || midAnswer) return false;
    return !this.#everPipelined || this.#surplus >= waiting || silentUs >= ANSWERED_US;
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
