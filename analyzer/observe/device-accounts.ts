/**
 * How many accounts one device uses in a day, one after the other. A device is a client's address and its kind of
 * program; an office behind one address has many people who work at the same time, so their accounts take turns, and a
 * device that is handed through accounts does not go back. Value: accounts. `numbers`: `returns` (share of changes from
 * one account to another that went back to a known one).
 *
 * Bounds: 20,000 devices, 64 accounts each.
 */
import { type Observation, observationVersion } from '../observation.ts';
import { nobodyYet, type Party, place } from '../parties.ts';
import type { MeasuredCall } from './measured-call.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

export interface DeviceUse extends MeasuredCall {
  readonly account: string;
  readonly device: string;
}

interface State {
  day: number;
  begin: number;
  accounts: string[];
  /** The first call of each account. */
  uids: string[];
  last: string;
  changes: number;
  returns: number;
  due: number;
}

interface Device {
  /** The kind of program; '' while that is not known again. */
  device: string;
  readonly state: State;
}

export interface DeviceAccountsSnapshot {
  readonly devices: RecentSnapshot<State>;
}

const dayLength = 86_400e6;
const leastAccounts = 8;
const mostAccounts = 64;
const mostSamples = 16;

export class DeviceAccounts {
  readonly #devices = new Recent<Device>(20_000);

  /** `zoneOffset`: what local time is ahead of UTC, µs. */
  constructor(
    private readonly zoneOffset: number,
    private readonly parties = nobodyYet(),
  ) {}

  get evicted(): number {
    return this.#devices.evicted;
  }

  #find(party: Party, device: string): State {
    const name = `${party.app}\n${party.id}\n${device}`;
    const found = this.#devices.hold(party, place.devices, name, () => ({ device, state: newState() }));
    found.device = device;
    return found.state;
  }

  /** An observation from the eighth account on, each time a quarter more have come; else undefined. */
  take(use: DeviceUse): Observation | undefined {
    const { time, account, client } = use;
    const party = this.parties.clients.of(use.app, client);
    const kept = this.#devices.held(party, place.devices);
    const state = kept !== undefined && kept.device === use.device ? kept.state : this.#find(party, use.device);
    const day = Math.floor((time + this.zoneOffset) / dayLength);
    if (day > state.day) Object.assign(state, newState(), { day, begin: time });
    if (account === state.last) return undefined;
    state.last = account;
    state.changes++;
    if (state.accounts.includes(account)) {
      state.returns++;
      return undefined;
    }
    if (state.accounts.length >= mostAccounts) return undefined;
    state.accounts.push(account);
    if (state.uids.length < mostSamples) state.uids.push(use.uid);
    const value = state.accounts.length;
    if (value < state.due) return undefined;
    state.due = Math.ceil(value * 1.25);
    return {
      v: observationVersion,
      measure: 'device-accounts',
      subject: { kind: 'client', id: client },
      app: use.app,
      begin: state.begin,
      end: time,
      window: dayLength,
      value,
      numbers: { returns: state.returns / state.changes },
      samples: [...state.uids],
      clients: [client],
      accounts: [...state.accounts].sort(),
      completeness: use.completeness,
    };
  }

  snapshot(): DeviceAccountsSnapshot {
    return { devices: this.#devices.snapshot(({ state }) => copy(state)) };
  }

  restore({ devices }: DeviceAccountsSnapshot): void {
    this.#devices.restore(devices, (state) => ({ device: '', state: copy(state) }));
  }
}

function newState(): State {
  return { day: -1, begin: 0, accounts: [], uids: [], last: '', changes: 0, returns: 0, due: leastAccounts };
}

function copy(state: State): State {
  return { ...state, accounts: [...state.accounts], uids: [...state.uids] };
}
