/** What of an event a finding keeps: who, where, when, how much. One object an event, shared by all that hold it. */
import type { Observation, Usual } from '../observation.ts';
import type { CallEvent } from './event.ts';

export interface Hit {
  /** Order time, integer µs: completion of a call, end of an observation. */
  readonly time: number;
  /** First and last packet time it speaks of, integer µs. */
  readonly begin: number;
  readonly end: number;
  /** Call uids. */
  readonly uids: readonly string[];
  readonly app: string;
  readonly apiId?: string;
  readonly method?: string;
  readonly template?: string;
  readonly clients: readonly string[];
  readonly accounts: readonly string[];
  /** Share that was seen of what it speaks of, sampling included, 0…1. */
  readonly completeness: number;
  readonly persons: number;
  readonly records: number;
  /** Set by observations. */
  readonly measured?: { readonly name: string; readonly value: number };
  readonly parameter?: string;
  readonly usual?: Usual;
}

export function hitOfCall(event: CallEvent): Hit {
  return {
    time: event.completedTs,
    begin: event.ts,
    end: event.ts,
    uids: [event.uid],
    app: event.app,
    apiId: event.apiId,
    method: event.method,
    template: event.template,
    clients: event.client === '' ? [] : [event.client],
    accounts: event.account === undefined ? [] : [event.account],
    completeness: event.completeness / (event.sampling ?? 1),
    persons: event.persons ?? 0,
    records: event.records ?? 0,
  };
}

export function hitOfObservation(event: Observation): Hit {
  return {
    time: event.end,
    begin: event.begin,
    end: event.end,
    uids: event.samples,
    app: event.app,
    ...(event.apiId === undefined ? {} : { apiId: event.apiId }),
    ...(event.method === undefined ? {} : { method: event.method }),
    ...(event.template === undefined ? {} : { template: event.template }),
    clients: event.clients,
    accounts: event.accounts,
    completeness: event.completeness,
    persons: event.numbers['persons'] ?? 0,
    records: event.numbers['records'] ?? 0,
    measured: { name: event.measure, value: event.value },
    ...(event.parameter === undefined ? {} : { parameter: event.parameter }),
    ...(event.usual === undefined ? {} : { usual: event.usual }),
  };
}
