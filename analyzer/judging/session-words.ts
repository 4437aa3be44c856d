/** What rules may say of the sessions and tokens of a call: what their cookies and JSON Web Tokens lack. */
import type { ApiCall } from '../call.ts';
import type { JwtFact } from '../identify/facts.ts';

/** Longest life of a token that is nothing to tell of, seconds. */
const longestLife = 30 * 86_400;
/** Clocks differ so much, seconds. */
const skew = 300;
const sound: readonly string[] = Object.freeze(['sound']);

/** Flags that cookies of sessions lack as they are handed out, sorted; `sound` for none, undefined without a cookie. */
export function cookieFlaws({ caller, encrypted }: ApiCall): readonly string[] | undefined {
  let found: readonly string[] | undefined;
  for (const { kind, cookie } of caller.issued) {
    if (cookie === null || (kind !== 'session' && kind !== 'token')) continue;
    found ??= sound;
    if (!cookie.httpOnly) found = adding(found, 'http-only');
    // On a leg in the clear the flag would keep the cookie from coming back at all.
    if (!cookie.secure && encrypted === true) found = adding(found, 'secure');
    // Browsers take a cookie that does not say for Lax; one that says None goes everywhere, and is refused without Secure.
    if (/^none$/i.test(cookie.sameSite)) found = adding(found, 'same-site');
  }
  return found;
}

/** What is wrong with the tokens a call carries or hands out, sorted; `sound` for nothing, undefined without a token. */
export function tokenFlaws({ caller, ts }: ApiCall, success: boolean | null): readonly string[] | undefined {
  let found: readonly string[] | undefined;
  if (success === true) {
    for (const { kind, jwt } of caller.credentials) {
      if (jwt !== null && kind !== 'refresh-token') found = flawsOf(jwt, ts, found ?? sound);
    }
  }
  for (const { kind, jwt } of caller.issued) {
    if (jwt !== null && kind !== 'refresh-token') found = flawsOf(jwt, null, found ?? sound);
  }
  return found;
}

/** `accepted`: packet time, µs, at which it was taken as valid; null for one that is handed out. */
function flawsOf({ alg, iat, exp }: JwtFact, accepted: number | null, before: readonly string[]): readonly string[] {
  let found = before;
  if (/^none$/i.test(alg)) found = adding(found, 'unsigned');
  // One whose claims are encrypted says nothing of its life.
  if (exp === null) return iat === null ? found : adding(found, 'no-expiry');
  if (iat !== null && exp - iat > longestLife) found = adding(found, 'long-life');
  return accepted !== null && exp + skew < accepted / 1e6 ? adding(found, 'expired') : found;
}

function adding(flaws: readonly string[], flaw: string): readonly string[] {
  if (flaws.includes(flaw)) return flaws;
  return flaws === sound ? [flaw] : [...flaws, flaw].sort();
}
