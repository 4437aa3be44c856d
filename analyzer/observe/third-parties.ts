/**
 * What our servers send to others'. A server of ours is an address of the house that served ten calls; a server of
 * others is one that is not of the house, and that nobody from outside called at this tap. Where one calls the other,
 * told once a week for each application that is called and each flaw:
 *
 *   third-party-clear     personal data went one way or the other without TLS. Value: calls; `numbers.level` of the data
 *   third-party-url       a secret or personal data stood in the URL, where the other house's logs keep it. Value: calls
 *   third-party-unlisted  data of JR/T 0171 class C2 or C3 went to a host that is not in the register of partners. Value:
 *                         calls. Nothing where there is no register
 *   third-party-redirect  it sent our server to a host of another house that is no partner, and our server went there
 *                         within ten seconds. Value: calls. Told of the host that redirects
 *   third-party-tls       it agreed on SSL, TLS 1.0 or 1.1 with our server. Value: handshakes
 *
 * Of calls under TLS only those are seen that the sensor could open. Behind a proxy of the house nothing is.
 *
 * Bounds: 20,000 addresses, 2,000 applications.
 */
import type { HandshakeSum } from '../handshakes.ts';
import { type Observation, observationVersion } from '../observation.ts';
import { observed, type ShownCall } from './judged-observation.ts';
import { Recent, type RecentSnapshot } from './recent.ts';
import { isSameSite } from './same-site.ts';
import { marksOf } from './tls-marks.ts';

export interface PartyCall extends ShownCall {
  readonly server: string;
  readonly encrypted: boolean | null;
  readonly urlSecrets: readonly string[] | undefined;
  readonly signals: readonly string[];
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
  /** What sent it elsewhere with its last call to others; null when that did not. */
  sent: Sender | null;
}

interface Sender {
  readonly app: string;
  readonly apiId: string;
  readonly method: string;
  readonly template: string;
  readonly uid: string;
  /** µs. */
  readonly time: number;
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
  unlisted: Flaw;
  redirect: Flaw;
  tls: Flaw;
}

/** What the operator's register says. */
export interface PartyRegister {
  /** Null where there is none. */
  readonly isPartner: ((app: string, server: string) => boolean) | null;
  /** Labels of JR/T 0171 class C2 and C3. */
  readonly labels: ReadonlySet<string>;
}

export const noPartners: PartyRegister = { isPartner: null, labels: new Set() };

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
/** From a redirect to the call that follows it, µs. */
const longestWay = 10e6;
/** The name of a redirect to another host among the signals of a call. */
export const redirectSignal = 'redirect-elsewhere';

export class ThirdParties {
  readonly #addresses = new Recent<Address>(20_000);
  readonly #apps = new Recent<App>(2_000);

  /** `levels`: JR/T 0158 level by label, 1…4; `isInside`: an address of the house. */
  constructor(
    private readonly levels: ReadonlyMap<string, number>,
    private readonly isInside: (address: string) => boolean,
    private readonly register: PartyRegister = noPartners,
  ) {}

  get evicted(): number {
    return this.#addresses.evicted + this.#apps.evicted;
  }

  /** Of a call that succeeded, or was sent elsewhere; null for nothing, as nearly always. */
  take(call: PartyCall): Observation[] | null {
    const client = this.#caller(call);
    if (client === null) return null;
    const { sent } = client;
    client.sent = call.signals.includes(redirectSignal) ? senderOf(call) : null;
    const followed = sent === null ? undefined : this.#followed(call, sent);
    return joined(this.#sent(call), followed);
  }

  /** Our server that calls another house's; null for other calls. */
  #caller(call: PartyCall): Address | null {
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
    return client.served < leastServed ? null : client;
  }

  #sent(call: PartyCall): Observation[] | null {
    const { app, urlSecrets, encrypted } = call;
    const level = Math.max(this.#levelOf(call.labelsRequest), this.#levelOf(call.labelsResponse));
    const isOpen = encrypted !== true && level >= leastLevel;
    const isUnlisted = this.#isUnlisted(call);
    if (!isOpen && !isUnlisted && urlSecrets === undefined) return null;
    const state = this.#apps.touch(app, newApp);
    let out: Observation[] | null = null;
    if (isOpen) out = joined(out, count(call, 'third-party-clear', state.clear, level));
    if (isUnlisted) out = joined(out, count(call, 'third-party-unlisted', state.unlisted, level));
    return urlSecrets === undefined ? out : joined(out, count(call, 'third-party-url', state.url, level));
  }

  #isUnlisted({ labelsRequest, app, server }: PartyCall): boolean {
    const { isPartner, labels } = this.register;
    if (isPartner === null) return false;
    const isPersonal = labelsRequest.some(({ label, count, masked }) => count > masked && labels.has(label));
    return isPersonal && !isPartner(app, server);
  }

  #followed(call: PartyCall, from: Sender): Observation | undefined {
    const { app, server, completedTs, uid } = call;
    if (completedTs - from.time > longestWay || isSameSite(app, from.app)) return undefined;
    if (this.register.isPartner?.(app, server) === true) return undefined;
    const { redirect } = this.#apps.touch(from.app, newApp);
    // The finding is about who redirects; the call that follows is among its evidence.
    const { uid: redirecting, time: _, ...where } = from;
    return count({ ...call, ...where, uid: redirecting }, 'third-party-redirect', redirect, 0, uid);
  }

  /** Sums of handshakes, by id; `appOf`: what the calls of such connections belong to. */
  handshakes(sums: readonly HandshakeSum[], appOf: (sum: HandshakeSum) => string): Observation[] {
    for (const { server, clients } of sums) {
      if (this.isInside(server) || clients.every(this.isInside)) continue;
      this.#addresses.touch(server, () => this.#newAddress(server)).isCalled = true;
    }
    return sums.flatMap((sum) => this.#agreed(sum, appOf) ?? []);
  }

  #agreed(sum: HandshakeSum, appOf: (sum: HandshakeSum) => string): Observation | undefined {
    const value = sum.handshakes - sum.refused;
    if (value <= 0 || this.isInside(sum.server) || !marksOf(sum).includes('old-version')) return undefined;
    if (this.#addresses.peek(sum.server)?.isCalled === true) return undefined;
    const clients = sum.clients.filter((each) => (this.#addresses.peek(each)?.served ?? 0) >= leastServed);
    if (clients.length === 0) return undefined;
    const { firstSeen: begin, lastSeen: end } = sum;
    const app = appOf(sum);
    const { tls } = this.#apps.touch(app, newApp);
    if (tls.told !== 0 && end - tls.told < week) return undefined;
    tls.told = end;
    return {
      ...{ v: observationVersion, measure: 'third-party-tls', subject: { kind: 'app', id: app }, app },
      ...{ begin, end, window: end - begin, value, numbers: {} },
      ...{ samples: [], clients, accounts: [], completeness: 1 },
    };
  }

  #newAddress(address: string): Address {
    return { address, isInside: this.isInside(address), served: 0, isCalled: false, sent: null };
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

/** One more call; due with the third. `along`: another call that shows it. */
function count(call: PartyCall, measure: string, flaw: Flaw, level: number, along?: string): Observation | undefined {
  const { completedTs: time, uid, app } = call;
  if (flaw.told !== 0 && time - flaw.told < week) return undefined;
  if (flaw.calls === 0 || flaw.told !== 0) Object.assign(flaw, newFlaw(), { begin: time });
  flaw.calls++;
  flaw.level = Math.max(flaw.level, level);
  if (flaw.uids.length < mostUids) flaw.uids.push(uid);
  if (along !== undefined && flaw.uids.length < mostUids) flaw.uids.push(along);
  if (flaw.calls < leastCalls) return undefined;
  flaw.told = time;
  const gathered = { begin: flaw.begin, value: flaw.calls, numbers: { level: flaw.level }, samples: flaw.uids };
  return observed(call, measure, { kind: 'app', id: app }, gathered);
}

function joined(out: Observation[] | null, observation: Observation | undefined): Observation[] | null {
  if (observation === undefined) return out;
  return out === null ? [observation] : [...out, observation];
}

function senderOf({ app, apiId, method, template, uid, completedTs: time }: PartyCall): Sender {
  return { app, apiId, method, template, uid, time };
}

function newApp(): App {
  return { clear: newFlaw(), url: newFlaw(), unlisted: newFlaw(), redirect: newFlaw(), tls: newFlaw() };
}

function newFlaw(): Flaw {
  return { calls: 0, begin: 0, level: 0, uids: [], told: 0 };
}

function copy({ clear, url, unlisted, redirect, tls }: App): App {
  const flaw = (each: Flaw): Flaw => ({ ...each, uids: [...each.uids] });
  return { clear: flaw(clear), url: flaw(url), unlisted: flaw(unlisted), redirect: flaw(redirect), tls: flaw(tls) };
}
