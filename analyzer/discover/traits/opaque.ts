/** APIs whose bodies the application encrypts: no label is found there, and that none is says nothing. */
import type { Counts } from './counts.ts';
import { type Judgement, judged, sureness } from './judgement.ts';

/** Half of the calls, and some: one body by itself may be a picture of a format that nobody knows. */
const leastCalls = 3;

/** `request`, `response`, or both, with the share of calls; empty where bodies can be read. */
export function opaqueOf({ opaqueRequests, opaqueResponses, successes }: Counts): Judgement {
  const sides = [
    ['request', opaqueRequests],
    ['response', opaqueResponses],
  ] as const;
  const opaque = sides.filter(([, calls]) => calls >= leastCalls && 2 * calls >= successes);
  const clauses = opaque.map(([side, calls]) => `opaque-${side} ${Math.round((100 * calls) / successes)}%`);
  return judged(
    opaque.map(([side]) => side).join(),
    clauses.join('; '),
    opaque.length === 0 ? 0 : 0.9 * sureness(successes),
  );
}
