/**
 * What our servers send to others'. A server of ours is an address of the house that served ten calls; a server of
 * others is one that is not of the house, and that nobody from outside called at this tap. Where one calls the other,
 * told once a week for each application that is called and each flaw:
 *
 *   third-party-clear   personal data went one way or the other without TLS. Value: calls; `numbers.level` of the data
 *   third-party-url     a secret or personal data stood in the URL, where the other house's logs keep it. Value: calls
 *
 * Of calls under TLS only those are seen that the sensor could open. Behind a proxy of the house nothing is.
 *
 * Bounds: 20,000 addresses, 2,000 applications.
 */
import type { Observation } from '../observation.ts';
import { observed, type ShownCall } from './judged-observation.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

export interface PartyCall extends ShownCall {
  readonly server: string;
  readonly encrypted: boolean | null;
  readonly urlSecrets: readonly string[] | undefined;
  readonly labelsRequest: readonly ClearLabel[];
  readonly labelsResponse: readonly ClearLabel[];
}

interface ClearLabel {
  readonly label: string;
  readonly count: number;
  readonly masked: number;
}

interface Address {
  readonly address: string;
  /** Of the house: private, or configured as its own. */
  readonly isInside: boolean;
  /** Calls that it served. */
  served: number;
  /** Somebody from outside called it: it is ours, or the tap is not where our servers call from. */
  isCalled: boolean;
}

interface Flaw {
  calls: number;
  begin: number;
  level: number;
  uids: string[];
  told: number;
}

interface App {
  clear: Flaw;
  url: Flaw;
}

export interface ThirdPartiesSnapshot {
  readonly addresses: RecentSnapshot<Address>;
  readonly apps: RecentSnapshot<App>;
}

const leastServed = 10;
const leastCalls = 3;
/** JR/T 0158 level of data that counts. */
const leastLevel = 3;
const week = 7 * 86_400e6;
const mostUids = 8;

export class ThirdParties {
  readonly #addresses = new Recent<Address>(20_000);
  readonly #apps = new Recent<App>(2_000);

  /** `levels`: JR/T 0158 level by label, 1…4; `isInside`: an address of the house. */
  constructor(
    private readonly levels: ReadonlyMap<string, number>,
    private readonly isInside: (address: string) => boolean,
  ) {}

  get evicted(): number {
    return this.#addresses.evicted + this.#apps.evicted;
  }

  /** Of a call that succeeded; null for nothing, as nearly always. */
  take(call: PartyCall): Observation[] | null {
    const server = this.#addresses.touch(call.server, () => this.#newAddress(call.server));
    if (server.isInside) {
      if (server.served < leastServed) server.served++;
      return null;
    }
    if (server.isCalled) return null;
    const client = this.#addresses.peek(call.client);
    if (client === undefined) {
      if (!this.isInside(call.client)) server.isCalled = true;
      return null;
    }
    if (!client.isInside) {
      server.isCalled = true;
      return null;
    }
    return client.served < leastServed ? null : this.#sent(call);
  }

  #sent(call: PartyCall): Observation[] | null {
    const { app, urlSecrets, encrypted } = call;
    const level = Math.max(this.#levelOf(call.labelsRequest), this.#levelOf(call.labelsResponse));
    const isOpen = encrypted !== true && level >= leastLevel;
    if (!isOpen && urlSecrets === undefined) return null;
    const state = this.#apps.touch(app, () => ({ clear: newFlaw(), url: newFlaw() }));
    let out: Observation[] | null = null;
    if (isOpen) out = joined(out, count(call, 'third-party-clear', state.clear, level));
    return urlSecrets === undefined ? out : joined(out, count(call, 'third-party-url', state.url, level));
  }

  #newAddress(address: string): Address {
    return { address, isInside: this.isInside(address), served: 0, isCalled: false };
  }

  /** Highest level of those that are in the clear. */
  #levelOf(labels: readonly ClearLabel[]): number {
    let level = 0;
    for (const { label, count, masked } of labels) {
      if (count > masked) level = Math.max(level, this.levels.get(label) ?? 0);
    }
    return level;
  }

  snapshot(): ThirdPartiesSnapshot {
    return { addresses: this.#addresses.snapshot((each) => ({ ...each })), apps: this.#apps.snapshot(copy) };
  }

  restore({ addresses, apps }: ThirdPartiesSnapshot): void {
    // What is of the house may have been configured anew.
    this.#addresses.restore(addresses, (each) => ({ ...each, isInside: this.isInside(each.address) }));
    this.#apps.restore(apps, copy);
  }
}

/** One more call; due with the third. */
function count(call: PartyCall, measure: string, flaw: Flaw, level: number): Observation | undefined {
  const { completedTs: time, uid, app } = call;
  if (flaw.told !== 0 && time - flaw.told < week) return undefined;
  if (flaw.calls === 0 || flaw.told !== 0) Object.assign(flaw, newFlaw(), { begin: time });
  flaw.calls++;
  flaw.level = Math.max(flaw.level, level);
  if (flaw.uids.length < mostUids) flaw.uids.push(uid);
  if (flaw.calls < leastCalls) return undefined;
  flaw.told = time;
  const gathered = { begin: flaw.begin, value: flaw.calls, numbers: { level: flaw.level }, samples: flaw.uids };
  return observed(call, measure, { kind: 'app', id: app }, gathered);
}

function joined(out: Observation[] | null, observation: Observation | undefined): Observation[] | null {
  if (observation === undefined) return out;
  return out === null ? [observation] : [...out, observation];
}

function newFlaw(): Flaw {
  return { calls: 0, begin: 0, level: 0, uids: [], told: 0 };
}

function copy({ clear, url }: App): App {
  return { clear: { ...clear, uids: [...clear.uids] }, url: { ...url, uids: [...url.uids] } };
}
