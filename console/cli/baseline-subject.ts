/** Whom `apiris baseline` is about: one word says it, and its form tells what it is. */
import { isIP } from 'node:net';
import type { LearntSubject } from '../../deploy/baselines.ts';
import type { Store } from '../../storage/store/store.ts';
import { readAccount } from './account.ts';
import type { Context, Settings } from './context.ts';
import { CommandFailure } from './faults.ts';

export interface BaselineSubject extends LearntSubject {
  readonly kind: 'api' | 'account' | 'client' | 'app';
  /** As decisions name it: the API's id of now, ten digits of an account's hash, an address, an application. */
  readonly id: string;
}

/**
 * `…#3f9a01c2be` is an account, an address a client, what is listed as an application that, four to sixteen hex digits
 * that begin an API's id that API; all else is an account's login name.
 */
export async function readSubject(
  context: Context,
  store: Store,
  text: string,
  settings: Settings,
): Promise<BaselineSubject> {
  const { errors } = context.texts;
  const digits = /#([0-9a-f]{10})$/.exec(text)?.[1];
  if (digits !== undefined) return accountOf(digits);
  if (isIP(text) !== 0) return { kind: 'client', id: text, ids: [text], suffix: '', isApp: false };
  const app = text.toLowerCase();
  const [known] = await store.ask<{ app: string }>('known-app', { app });
  if (known !== undefined) return { kind: 'app', id: app, ids: [app], suffix: '', isApp: true };
  if (/^[0-9a-f]{4,16}$/i.test(text)) {
    const found = await store.ask<{ id: string }>('known-apis', { id: text.toLowerCase() });
    if (found.length > 1) throw new CommandFailure(errors.severalApis(text, found.length));
    const id = found[0]?.id;
    if (id !== undefined) {
      // Measures know an API as it was first named; several of these may be one by now.
      const parts = await store.ask<{ id: string }>('api-parts', { ids: id });
      return { kind: 'api', id, ids: [id, ...parts.map((part) => part.id)], suffix: '', isApp: false };
    }
    if (text.length === 16) throw new CommandFailure(errors.noApi(text));
  }
  const { accountHash } = await readAccount(context, text, settings);
  return accountOf(accountHash.slice(0, 10));
}

function accountOf(digits: string): BaselineSubject {
  return { kind: 'account', id: digits, ids: [], suffix: `#${digits}`, isApp: false };
}
