/** Credentials in addresses: path parameters (`;jsessionid=`), query strings and fragments of a target or a link. */
import type { CredentialKind } from './facts.ts';
import type { RequestRole } from './field-role.ts';

const longestAddress = 8192;
const mostPairs = 64;

/** Hands over each named value of `text` whose name says it is a credential. */
export function eachAddressToken(
  text: string,
  roleOf: (name: string) => RequestRole,
  take: (kind: CredentialKind, name: string, value: string) => void,
): void {
  const end = Math.min(text.length, longestAddress);
  let at = 0;
  for (let n = 0; n < mostPairs; n++) {
    const equals = text.indexOf('=', at);
    if (equals < 0 || equals >= end) return;
    let start = equals;
    while (start > at && !isSeparator(text.charCodeAt(start - 1))) start--;
    let stop = equals + 1;
    while (stop < end && !isSeparator(text.charCodeAt(stop))) stop++;
    const name = text.slice(start, equals);
    const role = roleOf(name);
    if (role === 'token' || role === 'refresh-token' || role === 'ticket' || role === 'api-key') {
      take(role, name, text.slice(equals + 1, stop));
    }
    at = stop;
  }
}

/** `?`, `&`, `;`, `#`, and `/` of a path. */
function isSeparator(c: number): boolean {
  return c === 0x3f || c === 0x26 || c === 0x3b || c === 0x23 || c === 0x2f;
}
