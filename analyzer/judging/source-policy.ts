/** Where calls may come from, as the operator says: networks that are blocked everywhere, and those an application is for. */
import { BoundedCache } from '../bounded-cache.ts';
import { CidrSet } from '../identify/cidr.ts';

export interface SourcePolicyOptions {
  /** CIDR blocks. */
  readonly blocked: readonly string[];
  /** By application (its host or `ip:port`): CIDR blocks that alone may use it. */
  readonly allowed: readonly { readonly app: string; readonly cidr: readonly string[] }[];
}

export const noPolicy: SourcePolicyOptions = { blocked: [], allowed: [] };

/** Pairs of application and client that are remembered. */
const mostKnown = 16_384;

export class SourcePolicy {
  readonly #blocked: CidrSet;
  readonly #allowed = new Map<string, CidrSet>();
  readonly #known = new BoundedCache<string>(mostKnown);

  constructor({ blocked, allowed }: SourcePolicyOptions) {
    this.#blocked = new CidrSet(blocked);
    const byApp = new Map<string, string[]>();
    for (const { app, cidr } of allowed) byApp.set(app, [...(byApp.get(app) ?? []), ...cidr]);
    for (const [app, cidr] of byApp) this.#allowed.set(app, new CidrSet(cidr));
  }

  /** `blocked`, `not-allowed`; undefined where nothing speaks against it. */
  of(app: string, client: string): string | undefined {
    const allowed = this.#allowed.get(app);
    if (this.#blocked.size === 0 && allowed === undefined) return undefined;
    const key = allowed === undefined ? client : `${app} ${client}`;
    const word =
      this.#known.get(key) ??
      this.#known.set(
        key,
        this.#blocked.has(client) ? 'blocked' : allowed === undefined || allowed.has(client) ? '' : 'not-allowed',
      );
    return word === '' ? undefined : word;
  }
}
