/** Accounts as people name them: as they are shown, or in clear. */
import type { Context, Settings } from './context.ts';
import { UsageFault } from './faults.ts';

/** What questions take: the beginning of a hash, empty where no account is asked for. Never what was typed. */
export interface AccountFilter {
  readonly accountHash: string;
}

/** `masked#hash10`; the digits alone find it too. */
const shown = /#([0-9a-f]{10})$/;

/** A clear name is hashed at once, and dropped. */
export async function readAccount(
  context: Context,
  text: string | undefined,
  { config, data }: Settings,
): Promise<AccountFilter> {
  if (text === undefined || text === '') return { accountHash: '' };
  const digits = shown.exec(text)?.[1];
  if (digits !== undefined) return { accountHash: digits };
  const { errors } = context.texts.findings;
  // Its hash would be that of the asterisks: nothing would be found, and that would read as an all-clear.
  if (text.includes('*')) throw new UsageFault(errors.maskAlone);
  const hash = await context.services.accountHash(text, data, config);
  if (hash === undefined) throw new UsageFault(errors.noAccountName);
  return { accountHash: hash };
}
