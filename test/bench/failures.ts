/** The failure suite as a benchmark: so many rounds of kill -9 with a real broker, and a table of what came of each. */

import { Roles } from '../deploy/bus/roles.ts';
import { failureRound, type Round, roundsTable } from '../deploy/bus/rounds.ts';
import { openBroker } from '../kafka/broker.ts';

export interface FailureOptions {
  readonly rounds: number;
  readonly seed: number;
  readonly tell: (line: string) => void;
}

/** Null where there is no broker to be had. */
export async function failureRounds({ rounds, seed, tell }: FailureOptions): Promise<readonly Round[] | null> {
  const ends: (() => Promise<void>)[] = [];
  const broker = await openBroker({ after: (end) => void ends.push(end), diagnostic: tell });
  if (broker === null) return null;
  const roles = new Roles();
  const done: Round[] = [];
  try {
    for (let round = 1; round <= rounds; round++) {
      const one = await failureRound(roles, broker, seed, round);
      tell(roundsTable([one]).split('\n').at(-1)!);
      if (one.problem !== '') tell(one.problem);
      done.push(one);
    }
    return done;
  } finally {
    roles.end();
    for (const end of ends) await end();
  }
}
