/**
 * Accounts that are given what only administrators use. An API is an administrators' one by its path, and by who was
 * given it before: few accounts, at work there on two days or more. An account is an ordinary one after two days and
 * fifty calls without any of them. Value: calls of such APIs that an ordinary account was given, from the second on,
 * told once in thirty days; `numbers`: `calls` (of the account before), `administrators`, `accounts` (of the application).
 * Who goes on was made an administrator.
 *
 * Bounds: 50,000 accounts, 2,000 applications of 200 administrators each (a larger circle is no circle).
 */
import type { Observation } from '../observation.ts';
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

interface App {
  accounts: number;
  administrators: Administrator[];
}

export interface ForeignFunctionsSnapshot {
  readonly accounts: AppTableSnapshot<Account>;
  readonly apps: RecentSnapshot<App>;
}

const day = 86_400e6;
const leastKnown = 2 * day;
const leastCalls = 50;
const leastForeign = 2;
const leastAccounts = 10;
const mostShare = 0.1;
const mostAdministrators = 200;
const again = 30 * day;
const administration =
  /(?:^|[/_.-])(?:admins?|administrators?|administration|sysadmin|superuser|manage|manager|management|mgmt|mgr|backend|backoffice|console|roles?|permissions?|privileges?|authorities|audits?|auditlogs?|ops|operators?)(?=$|[/_.-])|(?:^|\/)(?:sys|system)\/(?:users?|roles?|menus?|configs?|depts?|logs?|params?)(?=$|\/)/i;
/** APIs whose path was looked at. Derived, so no part of a snapshot. */
const mostKnown = 20_000;

export class ForeignFunctions {
  readonly #accounts = new AppTable<Account>(50_000);
  readonly #apps = new Recent<App>(2_000);
  readonly #places = new Map<string, boolean>();

  get evicted(): number {
    return this.#accounts.evicted + this.#apps.evicted;
  }

  /** Of a call that succeeded, and is no login. */
  take(call: FunctionCall): Observation | undefined {
    const { app, account: name, completedTs: time } = call;
    const account = this.#accounts.touch(app, name, newAccount);
    if (account.begin === 0) {
      account.begin = time;
      this.#apps.touch(app, newApp).accounts++;
    }
    if (!this.#isAdministration(call)) {
      account.calls++;
      return undefined;
    }
    const { accounts, administrators } = this.#apps.touch(app, newApp);
    const known = administrators.find((each) => each.name === name);
    if (known !== undefined) {
      if (time - known.begin >= day) known.isKnown = true;
      return undefined;
    }
    const circle = administrators.reduce((sum, { isKnown }) => (isKnown ? sum + 1 : sum), 0);
    const isOrdinary = account.calls >= leastCalls && time - account.begin >= leastKnown;
    if (!isOrdinary || circle === 0 || accounts < leastAccounts || administrators.length > accounts * mostShare) {
      if (administrators.length < mostAdministrators) administrators.push({ name, begin: time, isKnown: false });
      return undefined;
    }
    account.foreign++;
    if (account.uids.length < 8) account.uids.push(call.uid);
    if (account.foreign < leastForeign || (account.told !== 0 && time - account.told < again)) return undefined;
    account.told = time;
    return observed(
      call,
      'foreign-functions',
      { kind: 'account', id: name },
      {
        ...{ begin: account.begin, value: account.foreign, samples: account.uids },
        numbers: { calls: account.calls, administrators: circle, accounts },
      },
    );
  }

  #isAdministration({ apiId, template }: FunctionCall): boolean {
    let is = this.#places.get(apiId);
    if (is === undefined) {
      is = administration.test(template);
      if (this.#places.size < mostKnown) this.#places.set(apiId, is);
    }
    return is;
  }

  snapshot(): ForeignFunctionsSnapshot {
    return { accounts: this.#accounts.snapshot(copyAccount), apps: this.#apps.snapshot(copyApp) };
  }

  restore({ accounts, apps }: ForeignFunctionsSnapshot): void {
    this.#accounts.restore(accounts, copyAccount);
    this.#apps.restore(apps, copyApp);
  }
}

function newAccount(): Account {
  return { begin: 0, calls: 0, foreign: 0, uids: [], told: 0 };
}

function newApp(): App {
  return { accounts: 0, administrators: [] };
}

function copyAccount(account: Account): Account {
  return { ...account, uids: [...account.uids] };
}

function copyApp({ accounts, administrators }: App): App {
  return { accounts, administrators: administrators.map((each) => ({ ...each })) };
}
