/** An observation that the call at hand completes. */
import { type Observation, observationVersion, type Subject } from '../observation.ts';

/** What measures that are shown a judged call as it is ask of every one. */
export interface ShownCall {
  /** Order time, integer µs. */
  readonly completedTs: number;
  readonly uid: string;
  readonly app: string;
  readonly apiId: string;
  readonly method: string;
  readonly template: string;
  readonly client: string;
  readonly account: string | undefined;
  readonly completeness: number;
  /** One of so many connections was read. */
  readonly sampling: number;
}

/** What was gathered before, and ends with the call. */
export interface Gathered {
  /** µs. */
  readonly begin: number;
  readonly value: number;
  readonly numbers?: Readonly<Record<string, number>>;
  /** Without the call's own. */
  readonly samples?: readonly string[];
  readonly accounts?: readonly string[];
  readonly parameter?: string;
}

const mostSamples = 16;
const mostNamed = 100;

export function observed(call: ShownCall, measure: string, subject: Subject, gathered: Gathered): Observation {
  const { completedTs: end, uid, app, apiId, method, template, client, account } = call;
  const { begin, value, numbers = {}, samples = [], accounts = [], parameter } = gathered;
  const all = new Set(accounts);
  if (account !== undefined) all.add(account);
  return {
    v: observationVersion,
    ...{ measure, subject, app, apiId, method, template, begin, end },
    ...(parameter === undefined ? {} : { parameter }),
    window: end - begin,
    value,
    numbers,
    samples: [...samples.filter((each) => each !== uid).slice(0, mostSamples - 1), uid],
    clients: [client],
    accounts: [...all].sort().slice(0, mostNamed),
    completeness: call.completeness / call.sampling,
  };
}
