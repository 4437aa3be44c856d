/** Accounts: one spelling, one hash, one mask. */
import { BoundedCache, laidOut } from '../bounded-cache.ts';
import type { AccountFact } from './facts.ts';

/** Makes a keyed hash under the identity key: 16 lower-case hex digits. */
export type KeyedHash = (text: string) => string;

const mostNames = 50_000;
/** Characters of an account; longer values are none. */
const longestAccount = 64;

/**
 * One spelling for one account: no blanks around, ASCII letters small (`ZhangSan` logs in as `zhangsan`), and a
 * mainland mobile number without its country code. Empty when the text is no account.
 */
export function normalizeAccount(text: string): string {
  let account = text.trim();
  if (account === '' || account.length > longestAccount || !isPlausible(account)) return '';
  if (/[A-Z]/.test(account)) account = account.toLowerCase();
  const mobile = /^(?:\+|00)?86[- ]?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})$/.exec(account);
  return mobile === null ? account : `${mobile[1]}${mobile[2]}${mobile[3]}`;
}

/** Control characters and replacement marks are no part of an account, and flag words are none. */
function isPlausible(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x20 || c === 0x7f || c === 0xfffd) return false;
  }
  return !/^(?:null|undefined|nan|true|false|none|anonymous(?:user)?|guest|[*•●.-]+|\[object object\])$/i.test(text);
}

/** Null when the text is no account. */
export function accountFact(text: string, from: AccountFact['from'], hash: KeyedHash): AccountFact | null {
  const account = normalizeAccount(text);
  return account === '' ? null : { display: maskAccount(account), hash: hash(account), from };
}

/** How an account is written for people and commands: `138****5678#3f9a01c2be`. */
export function accountName(account: { readonly display: string; readonly hash: string }): string {
  return `${account.display}#${account.hash.slice(0, 10)}`;
}

/** Names of accounts, made once for each: the same text again costs no look at its characters. Bounded. */
export class AccountNames {
  readonly #names = new BoundedCache<string>(mostNames);

  of(account: { readonly display: string; readonly hash: string }): string {
    const known = this.#names.get(account.hash);
    return known?.startsWith(account.display) ? known : this.#names.set(account.hash, laidOut(accountName(account)));
  }
}

/**
 * Long numbers keep three digits and four (eleven digits or more) or one and two (seven or more); everything else its
 * first character. Of an e-mail address the domain stays where it reads as one.
 */
export function maskAccount(account: string): string {
  if (/^\d+[xX]?$/.test(account)) {
    const { length } = account;
    if (length >= 11) return `${account.slice(0, 3)}${stars(length - 7)}${account.slice(-4)}`;
    if (length >= 7) return `${account.slice(0, 1)}${stars(length - 3)}${account.slice(-2)}`;
    return stars(length);
  }
  const characters = [...account];
  const first = characters[0] ?? '';
  const at = account.lastIndexOf('@');
  const domain = at > 0 ? account.slice(at + 1) : '';
  if (/^[a-z][a-z-]*(?:\.[a-z-]+)+$/.test(domain)) return `${at > first.length ? first : ''}***@${domain}`;
  if (characters.length === 1) return '*';
  return /^[\u2e80-\u9fff\u{20000}-\u{3ffff}]/u.test(account) && characters.length <= 4
    ? `${first}${'*'.repeat(characters.length - 1)}`
    : `${first}***`;
}

function stars(count: number): string {
  return '*'.repeat(Math.min(count, 8));
}
