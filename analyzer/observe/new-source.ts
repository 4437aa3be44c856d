/**
 * Persons that a subject was given from a network it was never seen in. What is usual takes three earlier days to learn;
 * a network counts as known from the day after it was first used, unless what happened there was told of. Value: distinct
 * persons of the day, from ten on. `numbers`: `days` (on which the subject was seen before), `networks` (known ones).
 *
 * Bounds: 20,000 subjects, 16 networks each, the one not met for longest makes room; persons are counted up to 256.
 */
import { type Observation, observationVersion, type Subject } from '../observation.ts';
import { nobodyYet, type Party, partyOf, place } from '../parties.ts';
import { type IsForgotten, type IsFrozen, neverFrozen } from '../teaching.ts';
import type { MeasuredCall } from './measured-call.ts';
import { networkOf } from './network.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

export interface SourceUse extends MeasuredCall {
  readonly subject: Subject;
  readonly account: string | undefined;
  /** Identity hashes of the persons it was given. */
  readonly personIds: readonly number[];
}

interface Network {
  readonly name: string;
  /** Day it was first used; that of the last use. */
  since: number;
  last: number;
}

interface State {
  networks: Network[];
  /** Days on which it was seen, and the last of them. */
  days: number;
  day: number;
  /** What it was given today in networks that are new. */
  begin: number;
  persons: number[];
  uids: string[];
  due: number;
}

export interface NewSourceSnapshot {
  readonly subjects: RecentSnapshot<State>;
}

const dayLength = 86_400e6;
const mostNetworks = 16;
const leastDays = 3;
const leastPersons = 10;
const mostPersons = 256;
const mostSamples = 16;

export class NewSource {
  readonly #subjects = new Recent<State>(20_000);

  /** `zoneOffset`: what local time is ahead of UTC, µs. */
  constructor(
    private readonly zoneOffset: number,
    private readonly isFrozen: IsFrozen = neverFrozen,
    private readonly parties = nobodyYet(),
  ) {}

  forget(isForgotten: IsForgotten): void {
    this.#subjects.forget((name) => {
      const [, kind = '', id = ''] = name.split('\n');
      return isForgotten(kind, id);
    });
  }

  get evicted(): number {
    return this.#subjects.evicted;
  }

  #find(app: string, { kind, id }: Subject, party: Party | undefined): State {
    const name = `${app}\n${kind}\n${id}`;
    if (party === undefined) return this.#subjects.touch(name, newState);
    return this.#subjects.hold(party, place.sources, name, newState);
  }

  /** An observation from the tenth person on, each time a half more have come; else undefined. */
  take(use: SourceUse): Observation | undefined {
    const { time, app, subject, client } = use;
    const party = partyOf(this.parties, app, subject);
    const held = party === undefined ? undefined : this.#subjects.held(party, place.sources);
    const state = held ?? this.#find(app, subject, party);
    const day = Math.floor((time + this.zoneOffset) / dayLength);
    if (day > state.day)
      Object.assign(state, { days: state.days + 1, day, begin: 0, persons: [], uids: [], due: leastPersons });
    const name = networkOf(client);
    let network = state.networks.find((each) => each.name === name);
    if (network === undefined) {
      network = { name, since: day, last: day };
      if (!this.isFrozen(subject.kind, subject.id)) {
        if (state.networks.length >= mostNetworks) state.networks.splice(oldestOf(state.networks), 1);
        state.networks.push(network);
      }
    }
    network.last = day;
    if (network.since < day || state.days <= leastDays) return undefined;
    if (state.begin === 0) state.begin = time;
    const { persons } = state;
    for (const id of use.personIds) if (persons.length < mostPersons && !persons.includes(id)) persons.push(id);
    if (state.uids.length < mostSamples) state.uids.push(use.uid);
    if (persons.length < state.due) return undefined;
    state.due = Math.ceil(persons.length * 1.5);
    // What was told of is not to become usual by itself.
    network.since = day + 1;
    const known = state.networks.filter(({ since }) => since < day).length;
    return {
      v: observationVersion,
      measure: 'new-source',
      subject,
      app,
      begin: state.begin,
      end: time,
      window: dayLength,
      value: persons.length,
      numbers: { days: state.days - 1, networks: known, persons: persons.length },
      samples: [...state.uids],
      clients: [client],
      accounts: use.account === undefined ? [] : [use.account],
      completeness: use.completeness,
    };
  }

  snapshot(): NewSourceSnapshot {
    return { subjects: this.#subjects.snapshot(copy) };
  }

  restore({ subjects }: NewSourceSnapshot): void {
    this.#subjects.restore(subjects, copy);
  }
}

function oldestOf(networks: readonly Network[]): number {
  let oldest = 0;
  for (let i = 1; i < networks.length; i++) if (networks[i].last < networks[oldest].last) oldest = i;
  return oldest;
}

function newState(): State {
  return { networks: [], days: 0, day: -1, begin: 0, persons: [], uids: [], due: leastPersons };
}

function copy(state: State): State {
  return {
    ...state,
    networks: state.networks.map((each) => ({ ...each })),
    persons: [...state.persons],
    uids: [...state.uids],
  };
}
