/** Accounts as people name them: as they are shown, or in clear. */
import type { Context, Settings } from './context.ts';

/** What questions take: one of the two is empty, both where no account is asked for. */
export interface AccountFilter {
  readonly account: string;
  readonly accountHash: string;
}

/** `masked#hash10`; the digits alone find it too. */
const shown = /#([0-9a-f]{10})$/;

/** A clear name is hashed where there is a key to hash it with; else it can only be one that is shown in clear. */
export async function readAccount(
  context: Context,
  text: string | undefined,
  { config, data }: Settings,
): Promise<AccountFilter> {
  if (text === undefined || text === '') return { account: '', accountHash: '' };
  const digits = shown.exec(text)?.[1];
  if (digits !== undefined) return { account: '', accountHash: digits };
  const { accountHash } = context.services;
  if (accountHash === undefined) return { account: text, accountHash: '' };
  return { account: '', accountHash: await accountHash(text, data, config) };
}
