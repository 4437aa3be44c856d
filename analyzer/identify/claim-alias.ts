/**
 * Claims of tokens and the logins they were issued to: `sub` may be a number of the issuer's own, and then the number
 * and the login name are one account. A claim that stays the same whoever logs in names nobody.
 */
import type { AccountRef } from './session-table.ts';

interface Alias {
  readonly account: AccountRef;
  /** How often another login got the same claim. */
  readonly changes: number;
}

/** Up to here one person may log in by several names (login name, mobile); then the claim itself is the account. */
const mostLogins = 8;

export class ClaimAliases {
  #aliases = new Map<string, Alias>();
  /** Aliases forgotten because the table was full: the oldest goes. */
  evicted = 0;

  constructor(private readonly most: number) {}

  learn(app: string, claim: AccountRef, login: AccountRef): void {
    const key = `${app}\n${claim.hash}`;
    const known = this.#aliases.get(key);
    if (known !== undefined && known.account.hash === login.hash) return;
    if (known === undefined && claim.hash === login.hash) return;
    this.#aliases.set(key, {
      account: login,
      changes: known === undefined ? 0 : Math.min(known.changes + 1, mostLogins),
    });
    if (this.#aliases.size <= this.most) return;
    const [oldest] = this.#aliases.keys();
    this.#aliases.delete(oldest as string);
    this.evicted++;
  }

  /** Whom a claim names; null when it names nobody. */
  resolve(app: string, claim: AccountRef): AccountRef | null {
    const alias = this.#aliases.get(`${app}\n${claim.hash}`);
    if (alias === undefined) return claim;
    if (alias.changes === 0) return alias.account;
    return alias.changes < mostLogins ? claim : null;
  }

  entries(): [string, Alias][] {
    return [...this.#aliases];
  }

  restore(entries: readonly (readonly [string, Alias])[]): void {
    this.#aliases = new Map(entries);
  }
}
