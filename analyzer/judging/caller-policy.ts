/** What the operator's lists say against a caller: blocked accounts, keys, programs, networks for a time; old versions. */
import { BoundedCache } from '../bounded-cache.ts';
import { CidrSet } from '../identify/cidr.ts';

/** For a time, packet times in µs; without limit where absent. */
interface Timed {
  readonly from?: number;
  readonly until?: number;
}

export interface CallerPolicyOptions {
  /** Networks (CIDR). */
  readonly networks: readonly (Timed & { readonly cidr: string })[];
  /** The first ten digits of an account's hash. */
  readonly accounts: readonly (Timed & { readonly hash: string })[];
  /** Hashes of a key or application's id, as it may be found in a call. */
  readonly keys: readonly (Timed & { readonly hashes: readonly string[] })[];
  /** Parts of a User-Agent, in small letters. */
  readonly userAgents: readonly (Timed & { readonly part: string })[];
  /** The oldest version of a program, by its product name in the User-Agent. */
  readonly versions: readonly { readonly app?: string; readonly program: string; readonly least: string }[];
}

export const noCallerPolicy: CallerPolicyOptions = {
  networks: [],
  accounts: [],
  keys: [],
  userAgents: [],
  versions: [],
};

/** What is looked at of a call. */
export interface PolicyCall {
  readonly completedTs: number;
  readonly app: string;
  readonly client: string;
  readonly accountHash: string;
  readonly userAgent: string;
  readonly caller: { readonly credentials: readonly { readonly hash: string }[] };
}

const mostKnown = 16_384;
const always: readonly Timed[] = [];

export class CallerPolicy {
  readonly #networks: readonly (Timed & { readonly set: CidrSet })[];
  readonly #accounts: ReadonlyMap<string, readonly Timed[]>;
  readonly #keys: ReadonlyMap<string, readonly Timed[]>;
  readonly #agents = new BoundedCache<readonly Timed[]>(mostKnown);
  readonly #old = new BoundedCache<boolean>(mostKnown);
  readonly #isEmpty: boolean;

  constructor(private readonly options: CallerPolicyOptions) {
    const { networks, accounts, keys, userAgents, versions } = options;
    this.#networks = networks.map((each) => ({ ...each, set: new CidrSet([each.cidr]) }));
    this.#accounts = grouped(accounts.map((each) => [each.hash, each]));
    this.#keys = grouped(keys.flatMap((each) => each.hashes.map((hash): [string, Timed] => [hash, each])));
    this.#isEmpty = [networks, accounts, keys, userAgents, versions].every(({ length }) => length === 0);
  }

  /** `blocked-network`, `blocked-account`, `blocked-app-id`, `blocked-user-agent`, `old-version`; undefined for nothing. */
  of(call: PolicyCall): readonly string[] | undefined {
    if (this.#isEmpty) return undefined;
    const { completedTs: time, client, accountHash, userAgent, caller } = call;
    let words: string[] | undefined;
    const say = (word: string): void => {
      words = words === undefined ? [word] : [...words, word];
    };
    if (this.#networks.some((each) => holds(each, time) && each.set.has(client))) say('blocked-network');
    if (accountHash !== '' && isAt(this.#accounts.get(accountHash.slice(0, 10)) ?? always, time))
      say('blocked-account');
    if (this.#keys.size > 0) {
      const isKey = caller.credentials.some(({ hash }) => isAt(this.#keys.get(hash) ?? always, time));
      if (isKey || isAt(this.#keys.get(accountHash) ?? always, time)) say('blocked-app-id');
    }
    if (isAt(this.#agentOf(userAgent), time)) say('blocked-user-agent');
    if (this.#isOld(call.app, userAgent)) say('old-version');
    return words;
  }

  #agentOf(userAgent: string): readonly Timed[] {
    const { userAgents } = this.options;
    if (userAgents.length === 0) return always;
    const known = this.#agents.get(userAgent);
    if (known !== undefined) return known;
    const text = userAgent.toLowerCase();
    return this.#agents.set(
      userAgent,
      userAgents.filter(({ part }) => text.includes(part)),
    );
  }

  #isOld(app: string, userAgent: string): boolean {
    const { versions } = this.options;
    if (versions.length === 0) return false;
    const key = `${app}\n${userAgent}`;
    return (
      this.#old.get(key) ??
      this.#old.set(
        key,
        versions.some((each) => isOlder(each, app, userAgent)),
      )
    );
  }
}

function isOlder(
  { app, program, least }: CallerPolicyOptions['versions'][number],
  host: string,
  text: string,
): boolean {
  if (app !== undefined && app !== host) return false;
  const at = text.toLowerCase().indexOf(`${program.toLowerCase()}/`);
  if (at < 0) return false;
  const version = /^\d{1,6}(?:\.\d{1,6}){0,5}/.exec(text.slice(at + program.length + 1))?.[0];
  if (version === undefined) return false;
  const parts = version.split('.').map(Number);
  const needed = least.split('.').map(Number);
  for (let i = 0; i < Math.max(parts.length, needed.length); i++) {
    const difference = (parts[i] ?? 0) - (needed[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function grouped(entries: readonly (readonly [string, Timed])[]): ReadonlyMap<string, readonly Timed[]> {
  const map = new Map<string, Timed[]>();
  for (const [hash, each] of entries) {
    const list = map.get(hash);
    if (list === undefined) map.set(hash, [each]);
    else list.push(each);
  }
  return map;
}

function isAt(list: readonly Timed[], time: number): boolean {
  for (let i = 0; i < list.length; i++) if (holds(list[i]!, time)) return true;
  return false;
}

function holds({ from, until }: Timed, time: number): boolean {
  return (from === undefined || time >= from) && (until === undefined || time < until);
}
