/** Blocked callers under the names a log may keep for ever: nobody's account or key in clear. */
import { type KeyedHash, normalizeAccount } from '../../analyzer/analyzer.ts';
import type { BlockedCaller } from './callers.ts';

const hashed = /#([0-9a-f]{10})$/;

/** The ten digits an account is shown with: as somebody copied them, or made of the name. */
export function accountHash(text: string, identity: KeyedHash): string {
  return hashed.exec(text)?.[1] ?? identity.hexOfText(normalizeAccount(text)).slice(0, 10);
}

/** As the calls' `appId` is hashed. */
export function appIdHash(text: string, identity: KeyedHash): string {
  return identity.hexOfText(`credential\n${text}`);
}

/** With the identity key, two that read alike are told from one another: `z***#0123456789`. */
export function shownBlocked(each: BlockedCaller, identity?: KeyedHash): BlockedCaller {
  const { kind, value } = each;
  if (kind === 'cidr' || kind === 'userAgent') return each;
  const mask = `${[...value][0]}***`;
  if (kind === 'appId') {
    return { ...each, value: identity === undefined ? mask : `${mask}#${appIdHash(value, identity).slice(0, 10)}` };
  }
  const hash = hashed.test(value) || identity !== undefined ? accountHash(value, identity!) : undefined;
  // `zhang.wei#vip` is a name, and a whole name before ten digits is one still.
  const front = hashed.test(value) && value.includes('*') ? value.slice(0, -11) : mask;
  return { ...each, value: hash === undefined ? mask : `${front}#${hash}` };
}
