/**
 * Whether a password is set anew with a proof of who does it: a session, the old one, a ticket, a code in the request, or
 * one that the same client asked for or sent within half an hour before. Value: resets without any, from three clients
 * on, told once a week for each API; `numbers.clients`.
 *
 * Bounds: 20,000 clients that were sent or sent a code, 2,000 APIs.
 */
import type { Observation } from '../observation.ts';
import { observed, type ShownCall } from './judged-observation.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

export interface ResetCall extends ShownCall {
  readonly functions: readonly string[];
  readonly labelsRequest: readonly { readonly label: string }[];
  readonly sent: { readonly shapeEntries: string };
  readonly credentialPresent: boolean;
  readonly caller: {
    readonly credentials: readonly unknown[];
    readonly passwords: readonly { readonly hash: string }[];
  };
}

/** Of a request: a password is set, and something shows whose it is. */
interface Fields {
  readonly sets: boolean;
  readonly proves: boolean;
}

interface Resets {
  count: number;
  clients: string[];
  begin: number;
  uids: string[];
  told: number;
}

export interface BareResetsSnapshot {
  readonly clients: RecentSnapshot<{ time: number }>;
  readonly apis: RecentSnapshot<Resets>;
}

const near = 30 * 60e6;
const week = 7 * 86_400e6;
const leastResets = 3;
const mostUids = 8;
/** Fields of pictures, sliders, tokens of a device, codes and certificates. */
const proof =
  /captcha|verif|valid(?:ate)?_?code|check_?code|auth_?code|rand_?code|img_?code|pic_?code|yzm|otp|totp|mfa|2fa|sms|dynamic|slide|geetest|challenge|ticket|u_?key|cert|sign_?data|face|biometric|finger|device_?token/i;
/** A request has a field of those, by its shape. */
export function proofFields(shapeEntries: string): boolean {
  return proof.test(shapeEntries);
}

/** Shapes whose fields were looked through. Derived, so no part of a snapshot. */
const mostShapes = 5_000;

export class BareResets {
  readonly #clients = new Recent<{ time: number }>(20_000);
  readonly #apis = new Recent<Resets>(2_000);
  readonly #shapes = new Map<string, Fields>();

  /** `passwordsIn`: which passwords a request has, by the names of its fields. */
  constructor(private readonly passwordsIn: (entries: string) => { readonly sets: boolean; readonly old: boolean }) {}

  get evicted(): number {
    return this.#clients.evicted + this.#apis.evicted;
  }

  /** A code was asked for, or checked. */
  prove({ app, client, completedTs: time }: ShownCall): void {
    this.#clients.touch(`${app}\n${client}`, newTime).time = time;
  }

  /** A password was set anew. */
  take(call: ResetCall): Observation | undefined {
    const { caller, credentialPresent, apiId, client, uid, completedTs: time } = call;
    const { credentials, passwords } = caller;
    if (credentialPresent || credentials.length > 0) return undefined;
    const fields = this.#fieldsOf(call.sent.shapeEntries);
    if (fields.proves || this.#isProven(call) || (passwords.length === 0 && !fields.sets)) return undefined;
    if (passwords.some(({ hash }) => hash !== passwords[0]!.hash)) return undefined;
    const state = this.#apis.touch(apiId, newResets);
    if (state.told !== 0 && time - state.told < week) return undefined;
    if (state.begin === 0 || state.told !== 0) Object.assign(state, newResets(), { begin: time });
    state.count++;
    if (state.uids.length < mostUids) state.uids.push(uid);
    if (!state.clients.includes(client)) state.clients.push(client);
    if (state.clients.length < leastResets) return undefined;
    state.told = time;
    return observed(
      call,
      'bare-reset',
      { kind: 'api', id: apiId },
      { begin: state.begin, value: state.count, numbers: { clients: state.clients.length }, samples: state.uids },
    );
  }

  #isProven({ app, client, labelsRequest, completedTs: time }: ResetCall): boolean {
    if (labelsRequest.some(({ label }) => label === 'sms-code')) return true;
    const code = this.#clients.peek(`${app}\n${client}`);
    return code !== undefined && Math.abs(time - code.time) <= near;
  }

  #fieldsOf(shapeEntries: string): Fields {
    let fields = this.#shapes.get(shapeEntries);
    if (fields === undefined) {
      const { sets, old } = this.passwordsIn(shapeEntries);
      fields = { sets, proves: old || proofFields(shapeEntries) };
      if (this.#shapes.size < mostShapes) this.#shapes.set(shapeEntries, fields);
    }
    return fields;
  }

  snapshot(): BareResetsSnapshot {
    return { clients: this.#clients.snapshot((each) => ({ ...each })), apis: this.#apis.snapshot(copy) };
  }

  restore({ clients, apis }: BareResetsSnapshot): void {
    this.#clients.restore(clients, (each) => ({ ...each }));
    this.#apis.restore(apis, copy);
  }
}

function newTime(): { time: number } {
  return { time: 0 };
}

function newResets(): Resets {
  return { count: 0, clients: [], begin: 0, uids: [], told: 0 };
}

function copy(state: Resets): Resets {
  return { ...state, clients: [...state.clients], uids: [...state.uids] };
}
