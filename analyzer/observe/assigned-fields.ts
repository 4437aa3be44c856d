/**
 * Fields that a caller sent though nobody does: one whose name gives rights, money or consent comes for the first time
 * after a hundred writes of at least three clients, the server took it, and answers of the application have a field of
 * that name, so it exists there. Value: writes before it; `numbers.clients`. `parameter`: the field. Each field of an
 * API is told of once, with the first write a day later or a thousand writes on: what more than two clients and one write in
 * a hundred had by then is a new release.
 *
 * Bounds: 2,000 writing APIs of 64 forms and 16 such fields, 2,000 applications of 2,000 forms of answers. Answers whose
 * form finds no room are not looked at, a field that finds none is not told of; writes are looked at each time, or who
 * sends odd ones first would be past it.
 */
import type { Observation } from '../observation.ts';
import { observed, type ShownCall } from './judged-observation.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

export interface WrittenCall extends ShownCall {
  readonly sent: { readonly shape: number; readonly shapeEntries: string };
  readonly given: { readonly shape: number; readonly shapeEntries: string };
  readonly functions: readonly string[];
}

interface Api {
  calls: number;
  begin: number;
  clients: string[];
  forms: number[];
  /** Names of such fields that were sent. */
  names: string[];
  held: Held[];
}

/** Who sent such a field first, until it is known whether others do too. */
interface Held {
  readonly name: string;
  readonly by: Omit<ShownCall, 'account'> & { readonly account?: string };
  /** Writes of the API, clients, before it. */
  readonly calls: number;
  readonly known: number;
  times: number;
  /** Who sent it, three at most. */
  clients: string[];
}

interface App {
  forms: Set<number>;
  /** Names of such fields in answers. */
  names: Set<string>;
}

type StoredApp = { readonly forms: readonly number[]; readonly names: readonly string[] };

export interface AssignedFieldsSnapshot {
  readonly apis: RecentSnapshot<Api>;
  readonly apps: RecentSnapshot<StoredApp>;
}

const leastCalls = 100;
const leastClients = 3;
const mostForms = 64;
const mostAnswers = 2_000;
const mostNames = 16;
const mostClients = 8;
/** µs and writes after which it is known who else sends it. */
const longest = 86_400e6;
const mostSince = 1_000;
/** Clients, and share of the writes, that are no release. */
const mostSenders = 2;
const mostShare = 0.01;
/** In small letters without what parts the words. */
const granting =
  /^(?:role|roles|roleid|roleids|rolecode|isadmin|admin|issuperuser|superuser|permissions?|privileges?|authorit(?:y|ies)|usertype|accounttype|isvip|viplevel|memberlevel|creditlimit|creditline|creditscore|feerate|commission|commissionrate|discount|discountrate|balance|availablebalance|enablebalance|quota|leverage|marginratio|risklevel|riskscore|approved|isapproved|approvestatus|approvalstatus|auditstatus|verified|isverified|emailverified|phoneverified|realnameverified|kycstatus|ownerid|tenantid|isinternal)$/;

export class AssignedFields {
  readonly #apis = new Recent<Api>(2_000);
  readonly #apps = new Recent<App>(2_000);
  /** Fields and forms without room. */
  #refused = 0;

  get evicted(): number {
    return this.#apis.evicted + this.#apps.evicted + this.#refused;
  }

  /** Of a call that succeeded, and is no login. */
  take(call: WrittenCall): Observation | undefined {
    const { method, given, sent } = call;
    if (given.shape !== 0) this.#learn(call);
    return sent.shape !== 0 && writes.has(method) && call.functions.some(isWriting) ? this.#write(call) : undefined;
  }

  #learn({ app, given }: WrittenCall): void {
    const state = this.#apps.touch(app, newApp);
    if (state.forms.has(given.shape)) return;
    if (state.forms.size >= mostAnswers) {
      this.#refused++;
      return;
    }
    state.forms.add(given.shape);
    for (const name of grantingIn(given.shapeEntries)) if (state.names.size < 100) state.names.add(name);
  }

  #write(call: WrittenCall): Observation | undefined {
    const { apiId, app, client, completedTs: time, sent } = call;
    const state = this.#apis.touch(apiId, newApi);
    if (state.begin === 0) state.begin = time;
    const { calls, clients, forms, names } = state;
    state.calls++;
    const isSettled = calls >= leastCalls && clients.length >= leastClients;
    if (clients.length < mostClients && !clients.includes(client)) clients.push(client);
    const isNew = !forms.includes(sent.shape);
    if (isNew && forms.length < mostForms) forms.push(sent.shape);
    if (isNew || state.held.length > 0) {
      for (const name of grantingIn(sent.shapeEntries)) {
        const one = state.held.find((each) => each.name === name);
        if (one !== undefined) count(one, client);
        if (names.includes(name)) continue;
        if (names.length >= mostNames) {
          this.#refused++;
          continue;
        }
        names.push(name);
        if (!isSettled || this.#apps.peek(app)?.names.has(name) !== true) continue;
        state.held.push({ name, by: shown(call), calls, known: clients.length, times: 1, clients: [client] });
      }
    }
    return state.held.length === 0 ? undefined : release(state, time);
  }

  snapshot(): AssignedFieldsSnapshot {
    const apps = this.#apps.snapshot(({ forms, names }): StoredApp => ({ forms: [...forms], names: [...names] }));
    return { apis: this.#apis.snapshot(copy), apps };
  }

  restore({ apis, apps }: AssignedFieldsSnapshot): void {
    this.#apis.restore(apis, copy);
    this.#apps.restore(apps, ({ forms, names }) => ({ forms: new Set(forms), names: new Set(names) }));
  }
}

function shown(call: ShownCall): Held['by'] {
  const { completedTs, uid, app, apiId, method, template, client, account, completeness, sampling } = call;
  const known = { completedTs, uid, app, apiId, method, template, client, completeness, sampling };
  return account === undefined ? known : { ...known, account };
}

function count(one: Held, client: string): void {
  one.times++;
  if (one.clients.length <= mostSenders && !one.clients.includes(client)) one.clients.push(client);
}

/** The first that was held for long enough: told of, or dropped. */
function release(state: Api, time: number): Observation | undefined {
  const first = state.held[0]!;
  const since = state.calls - first.calls;
  if (time - first.by.completedTs < longest && since < mostSince) return undefined;
  state.held.shift();
  if (first.clients.length > mostSenders && first.times > since * mostShare) return undefined;
  return observed(
    { ...first.by, account: first.by.account },
    'assigned-field',
    { kind: 'api', id: first.by.apiId },
    { begin: state.begin, value: first.calls, numbers: { clients: first.known }, parameter: `body.${first.name}` },
  );
}

const writes: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** What is asked for may be narrowed by anything. */
function isWriting(name: string): boolean {
  return name === 'create' || name === 'update' || name === 'register' || name === 'config';
}

/** Of lines `data.rows[].isAdmin:literal`. */
function grantingIn(entries: string): string[] {
  const found: string[] = [];
  for (const line of entries.split('\n')) {
    const end = line.lastIndexOf(':');
    const path = end < 0 ? line : line.slice(0, end);
    const name = path
      .slice(path.lastIndexOf('.') + 1)
      .replace(/[^A-Za-z0-9]/g, '')
      .toLowerCase();
    if (granting.test(name) && !found.includes(name)) found.push(name);
  }
  return found;
}

function newApi(): Api {
  return { calls: 0, begin: 0, clients: [], forms: [], names: [], held: [] };
}

function newApp(): App {
  return { forms: new Set(), names: new Set() };
}

function copy(api: Api): Api {
  return {
    ...{ ...api, clients: [...api.clients], forms: [...api.forms], names: [...api.names] },
    held: api.held.map((one) => ({ ...one, clients: [...one.clients] })),
  };
}
