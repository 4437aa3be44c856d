/** Accounts as people name them: as they are shown, or in clear. */
import type { Context, Settings } from './context.ts';
import { UsageFault } from './faults.ts';

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
  const { errors } = context.texts.findings;
  // Its hash would be that of the asterisks: nothing would be found, and that would read as an all-clear.
  if (text.includes('*')) throw new UsageFault(errors.maskAlone(text));
  const { accountHash } = context.services;
  if (accountHash === undefined) return { account: text, accountHash: '' };
  const hash = await accountHash(text, data, config);
  if (hash === undefined) throw new UsageFault(errors.noAccountName);
  return { account: '', accountHash: hash };
}
