/** An API whose grade or level has changed after it had stood for a while, as an observation that rules can judge. */
import type { Shift } from '../discover/traits/traits.ts';
import type { JudgedCall } from '../judged-call.ts';
import { type Observation, observationVersion } from '../observation.ts';

const ranks: readonly (readonly string[])[] = [
  ['none', 'low', 'medium', 'high'],
  ['S0', 'S1', 'S2', 'S3'],
];

function rankOf(value: string): number {
  return Math.max(...ranks.map((names) => names.indexOf(value)));
}

/**
 * `value`: steps up of grade or level, whichever rose more; below 0 when both only fell. numbers: `grade` and `level` after it
 * (0 … 3), absent where that one did not change; `calls` and `hours` that the API was known before.
 */
export function driftOf(call: JudgedCall, shifts: readonly Shift[]): Observation {
  const { app, apiId, method, template, client, account, uid, completedTs } = call;
  const completeness = call.completeness / call.sampling;
  const numbers: Record<string, number> = {};
  let value = Number.NEGATIVE_INFINITY;
  let known = 0;
  for (const shift of shifts) {
    numbers[shift.what] = rankOf(shift.value);
    value = Math.max(value, rankOf(shift.value) - rankOf(shift.before));
    numbers['calls'] = shift.calls;
    known = shift.known;
  }
  numbers['hours'] = known / 3600e6;
  return {
    v: observationVersion,
    measure: 'api-drift',
    subject: { kind: 'api', id: apiId },
    ...{ app, apiId, method, template, begin: completedTs - known, end: completedTs, window: known, value, numbers },
    ...{ samples: [uid], clients: [client], accounts: account === undefined ? [] : [account], completeness },
  };
}
