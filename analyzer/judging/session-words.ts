/** What rules may say of the sessions and tokens of a call: what their cookies and JSON Web Tokens lack. */
import type { ApiCall } from '../call.ts';
import type { JwtFact } from '../identify/facts.ts';
import { leastLevel } from '../observe/open-apis.ts';

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

/** What is looked at of a call's tokens. */
export interface TokenCall {
  readonly ts: number;
  readonly success: boolean | null;
  /** Highest level of the clear labels of the response, 0…4. */
  readonly responseLevel: number;
  readonly caller: Pick<ApiCall['caller'], 'credentials' | 'issued' | 'login'>;
}

/**
 * What is wrong with the tokens a call carries or hands out, sorted; `sound` for nothing, undefined without a token. That
 * one was accepted shows where somebody's data was given for it: pages for everybody, logins and logouts are answered
 * whatever is sent along.
 */
export function tokenFlaws({ caller, ts, success, responseLevel }: TokenCall): readonly string[] | undefined {
  let found: readonly string[] | undefined;
  if (success === true) {
    const accepted = caller.login === null && responseLevel >= leastLevel ? ts : null;
    for (const { kind, jwt } of caller.credentials) {
      if (jwt === null || kind === 'refresh-token' || (accepted === null && (isUnsigned(jwt) || jwt.guessed))) continue;
      found = flawsOf(jwt, accepted, found ?? sound);
    }
  }
  for (const { kind, jwt } of caller.issued) {
    if (jwt !== null && kind !== 'refresh-token') found = flawsOf(jwt, null, found ?? sound);
  }
  return found;
}

/** `accepted`: packet time, µs, at which it was taken as valid; null for one of which that is not known. */
function flawsOf(jwt: JwtFact, accepted: number | null, before: readonly string[]): readonly string[] {
  const { iat, exp } = jwt;
  let found = before;
  if (isUnsigned(jwt)) found = adding(found, 'unsigned');
  if (jwt.guessed) found = adding(found, 'weak-key');
  // One whose claims are encrypted says nothing of its life.
  if (exp === null) return iat === null ? found : adding(found, 'no-expiry');
  if (iat !== null && exp - iat > longestLife) found = adding(found, 'long-life');
  return accepted !== null && exp + skew < accepted / 1e6 ? adding(found, 'expired') : found;
}

function isUnsigned({ alg }: JwtFact): boolean {
  return /^none$/i.test(alg);
}

function adding(flaws: readonly string[], flaw: string): readonly string[] {
  if (flaws.includes(flaw)) return flaws;
  return flaws === sound ? [flaw] : [...flaws, flaw].sort();
}
