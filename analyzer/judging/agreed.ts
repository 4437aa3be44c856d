/**
 * What servers and clients agreed on in TLS, as observations. A capture in another form may have no call that tells that
 * it was read, so captures count once by what they showed; of a stream that goes on a sum counts once a day of packet
 * time, however often it is told of meanwhile. Bound: as many captures, and sums with their day, as `mostShown`.
 */
import { appOf } from '../discover/app.ts';
import type { HandshakeSum } from '../handshakes.ts';
import type { Observation } from '../observation.ts';
import { authorityOf, tlsPosture } from '../observe/tls-posture.ts';
import { RecentNames } from '../recent-names.ts';

const mostShown = 16_384;
const day = 86_400e6;

export class Agreed {
  readonly #shown = new RecentNames(mostShown);

  /** `stream` names what all of a capture showed; null where more may come. */
  take(sums: readonly HandshakeSum[], stream: string | null): Observation[] {
    if (stream !== null && !this.#shown.add(stream)) return [];
    return sums.flatMap((sum) => {
      if (stream === null && !this.#shown.add(`${sum.id} ${Math.floor(sum.lastSeen / day)}`)) return [];
      return tlsPosture(sum, appOf(authorityOf(sum), sum.server, sum.port)) ?? [];
    });
  }

  snapshot(): string[] {
    return this.#shown.snapshot();
  }

  restore(shown: readonly string[]): void {
    this.#shown.restore(shown);
  }
}
