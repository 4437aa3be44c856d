/** Accounts of a truth as the store shows them. */
import { accountName, maskAccount, normalizeAccount } from '../analyzer/identify/account.ts';
import { KeyedHash } from '../analyzer/keyed-hash.ts';
import { keys } from './equipment.ts';

const identity = new KeyedHash(keys.identity);

/** `z***#17620f8146` of a login name as it was typed. */
export function shownAccount(account: string): string {
  const name = normalizeAccount(account);
  return accountName({ display: maskAccount(name), hash: identity.hexOfText(name) });
}
