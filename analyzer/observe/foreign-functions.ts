/**
 * Accounts that are given what only administrators use. An API is an administrators' one by its path, and by its circle:
 * few accounts, a tenth at most, of which one was at work on two days or more, there or at another such API. An account
 * is an ordinary one after two days and fifty calls without any of them. Value: calls of such APIs that an ordinary
 * account was given, from the second on, told once in thirty days; `numbers`: `calls` (of the account before),
 * `administrators`, `accounts` (of the application). Who goes on for a week was made an administrator; what three ordinary accounts
 * are given is for everybody.
 *
 * Bounds: 50,000 accounts, 2,000 applications of 200 such APIs, 20,000 such APIs of 200 administrators each (a larger
 * circle is no circle).
 */
import type { Observation } from '../observation.ts';
import { nobodyYet, place } from '../parties.ts';
import { AppTable, type AppTableSnapshot } from './app-table.ts';
import { observed, type ShownCall } from './judged-observation.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

export interface FunctionCall extends ShownCall {
  readonly account: string;
}

interface Account {
  begin: number;
  calls: number;
  /** Calls of administrators' APIs since it was an ordinary account. */
  foreign: number;
  uids: string[];
  told: number;
}

/** `begin`: of the first call of such an API; `isKnown`: it was at work on another day too. */
interface Administrator {
  readonly name: string;
  readonly begin: number;
  isKnown: boolean;
}

/** `by`: who is in its circle; `ordinary`: accounts that were ordinary ones when they were given it first. */
interface Api {
  by: Administrator[];
  ordinary: string[];
}

/**
 * `root`: what the paths of all APIs that accounts use begin with (`crm` of `/crm/…`); null until one was seen, empty
 * where they do not agree. `apis`: those whose path is administrators'.
 */
interface App {
  accounts: number;
  root: string | null;
  apis: string[];
}

/** What a path says: `is` by itself, `behind` where its first segment is the application's root. */
interface Place {
  readonly is: boolean;
  readonly behind: boolean;
  readonly root: string;
}

export interface ForeignFunctionsSnapshot {
  readonly accounts: AppTableSnapshot<Account>;
  readonly apps: RecentSnapshot<App>;
  readonly apis: RecentSnapshot<Api>;
}

const day = 86_400e6;
const leastKnown = 2 * day;
const leastCalls = 50;
const leastForeign = 2;
const leastAccounts = 10;
const mostShare = 0.1;
const mostAdministrators = 200;
const again = 30 * day;
/** Whoever still is given them so long after it was told of. */
const leastAdopted = 7 * day;
const mostApis = 200;
/** Ordinary accounts that make an API everybody's. */
const leastOrdinary = 3;
/** Words that mean nothing else. */
const administration =
  /(?:^|[/_.-])(?:admins?|administrators?|administration|sysadmin|superuser|backoffice|permissions?|privileges?|authorities|auditlogs?)(?=$|[/_.-])/i;
/**
 * Words that stand for other things too (a fund's manager, assets under management, a role in a contract): where the
 * path begins, behind what all paths begin with.
 */
const ambiguous =
  /^\/(?:(?:api|apis|rest|gateway|service|services|open|web|v\d{1,3})\/){0,3}(?:(?:manage|manager|management|mgmt|mgr|backend|console|ops|operators?|roles?|audits?)(?=$|[/_.-])|(?:sys|system)\/(?:users?|roles?|menus?|configs?|depts?|logs?|params?)(?=$|\/))/i;
/** Pictures, scripts and the like lie where they like. */
const asset = /\.[a-z0-9]{2,5}$|^\/(?:static|assets|public)\//i;
/** APIs whose path was looked at. Derived, so no part of a snapshot. */
const mostKnown = 20_000;

export class ForeignFunctions {
  readonly #accounts = new AppTable<Account>(50_000);
  readonly #apps = new Recent<App>(2_000);
  readonly #apis = new Recent<Api>(20_000);
  readonly #places = new Map<string, Place>();

  constructor(private readonly parties = nobodyYet()) {}

  get evicted(): number {
    return this.#accounts.evicted + this.#apps.evicted + this.#apis.evicted;
  }

  /** Of a call that succeeded, and is no login. */
  take(call: FunctionCall): Observation | undefined {
    const { app, apiId, account: name, completedTs: time } = call;
    const account = this.#accounts.touchOf(this.parties.accounts.of(app, name), place.functions, newAccount);
    if (account.begin === 0) {
      account.begin = time;
      this.#apps.touch(app, newApp).accounts++;
    }
    if (!this.#isAdministration(call)) {
      account.calls++;
      return undefined;
    }
    const state = this.#apps.touch(app, newApp);
    const { accounts, apis } = state;
    if (!apis.includes(apiId) && apis.length < mostApis) apis.push(apiId);
    const api = this.#apis.touch(apiId, newApi);
    const known = api.by.find((each) => each.name === name);
    if (known !== undefined) {
      if (time - known.begin >= day) known.isKnown = true;
      return undefined;
    }
    const isOrdinary = account.calls >= leastCalls && time - account.begin >= leastKnown;
    const circle = isOrdinary && accounts >= leastAccounts && isNarrow(api, accounts) ? this.#circle(state) : nobody;
    if (circle.size === 0 || circle.has(name)) {
      if (api.by.length < mostAdministrators) api.by.push({ name, begin: time, isKnown: circle.has(name) });
      return undefined;
    }
    const since = time - account.told;
    if (account.told !== 0 && since >= leastAdopted && since < again) {
      api.by.push({ name, begin: time, isKnown: true });
      api.ordinary = api.ordinary.filter((each) => each !== name);
      return undefined;
    }
    const { ordinary } = api;
    if (ordinary.length < leastOrdinary && !ordinary.includes(name)) ordinary.push(name);
    if (ordinary.length >= leastOrdinary) return undefined;
    account.foreign++;
    if (account.uids.length < 8) account.uids.push(call.uid);
    if (account.foreign < leastForeign || (account.told !== 0 && since < again)) return undefined;
    account.told = time;
    return observed(
      call,
      'foreign-functions',
      { kind: 'account', id: name },
      {
        ...{ begin: account.begin, value: account.foreign, samples: account.uids },
        numbers: { calls: account.calls, administrators: circle.size, accounts },
      },
    );
  }

  /** Accounts known at work at such APIs of the application. */
  #circle({ accounts, apis }: App): ReadonlySet<string> {
    const names = new Set<string>();
    for (const apiId of apis) {
      const api = this.#apis.peek(apiId);
      if (api === undefined || !isNarrow(api, accounts)) continue;
      for (const { name, isKnown } of api.by) if (isKnown) names.add(name);
    }
    return names;
  }

  #isAdministration({ app, apiId, template }: FunctionCall): boolean {
    let place = this.#places.get(apiId);
    if (place === undefined) {
      const end = template.indexOf('/', 1);
      const root = end < 0 ? '' : template.slice(1, end);
      place = {
        is: administration.test(template) || ambiguous.test(template),
        behind: end > 0 && ambiguous.test(template.slice(end)),
        root,
      };
      if (this.#places.size < mostKnown) this.#places.set(apiId, place);
      if (!asset.test(template)) agree(this.#apps.touch(app, newApp), root);
    }
    return place.is || (place.behind && this.#apps.peek(app)?.root === place.root);
  }

  snapshot(): ForeignFunctionsSnapshot {
    return {
      accounts: this.#accounts.snapshot(copyAccount),
      apps: this.#apps.snapshot(copyApp),
      apis: this.#apis.snapshot(copyApi),
    };
  }

  restore({ accounts, apps, apis }: ForeignFunctionsSnapshot): void {
    this.#accounts.restore(accounts, copyAccount);
    this.#apps.restore(apps, copyApp);
    this.#apis.restore(apis, copyApi);
  }
}

function newAccount(): Account {
  return { begin: 0, calls: 0, foreign: 0, uids: [], told: 0 };
}

function newApp(): App {
  return { accounts: 0, root: null, apis: [] };
}

function agree(app: App, root: string): void {
  if (app.root === null) app.root = root;
  else if (app.root !== root) app.root = '';
}

function newApi(): Api {
  return { by: [], ordinary: [] };
}

/** Few use it, of the application's accounts, and not everybody. */
function isNarrow({ by, ordinary }: Api, accounts: number): boolean {
  return by.length <= accounts * mostShare && by.length < mostAdministrators && ordinary.length < leastOrdinary;
}

const nobody: ReadonlySet<string> = new Set();

function copyAccount(account: Account): Account {
  return { ...account, uids: [...account.uids] };
}

function copyApp(app: App): App {
  return { ...app, apis: [...app.apis] };
}

function copyApi({ by, ordinary }: Api): Api {
  return { by: by.map((each) => ({ ...each })), ordinary: [...ordinary] };
}
