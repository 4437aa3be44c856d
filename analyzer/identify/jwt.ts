/** JSON Web Tokens (RFC 7519): what a token says of itself. The token is not kept. */

import { accountFact, type KeyedHash } from './account.ts';
import type { AccountFact, JwtFact } from './facts.ts';
import type { KeyGuesses } from './jwt-key.ts';

/** Characters of a header and of claims; longer ones are not read. */
const longestHeader = 2048;
const longestClaims = 8192;

/** Claims that name who logged in, the most like a login name first. `sub` may be a number of the issuer's own. */
const accountClaims = [
  'preferred_username',
  'login_name',
  'loginname',
  'loginid',
  'login_id',
  'username',
  'user_name',
  'account',
  'acct',
  'fund_account',
  'fundaccount',
  'khh',
  'zjzh',
  'upn',
  'unique_name',
  'uid',
  'user_id',
  'userid',
  'sub',
  'email',
  'mobile',
  'phone',
  'phone_number',
  'client_id',
];

export interface Jwt {
  readonly fact: JwtFact;
  readonly account: AccountFact | null;
}

/** Null when the text is no JWT: three parts (JWS) whose first is a JSON object, or five (JWE) that can't be read. */
export function jwtOf(token: string, hash: KeyedHash, keys: KeyGuesses): Jwt | null {
  if (!token.startsWith('ey')) return null;
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  if (first < 4 || second < 0) return null;
  const header = objectOf(token.slice(0, first), longestHeader);
  if (header === null) return null;
  const claims = objectOf(token.slice(first + 1, second), longestClaims) ?? {};
  const named = header['alg'];
  const alg = typeof named === 'string' && /^[\w+-]{0,16}$/.test(named) ? named : '';
  return {
    fact: {
      alg,
      iat: secondsOf(claims['iat'] ?? claims['nbf']),
      exp: secondsOf(claims['exp']),
      guessed: keys.isGuessed(token, alg),
    },
    account: accountOf(claims, hash),
  };
}

function objectOf(part: string, limit: number): Record<string, unknown> | null {
  if (part.length > limit) return null;
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** Seconds since 1970; milliseconds, as some issuers write them, are told by their size. */
function secondsOf(value: unknown): number | null {
  if (typeof value !== 'number' || !(value > 0) || value > 1e14) return null;
  return Math.floor(value > 1e11 ? value / 1000 : value);
}

function accountOf(claims: Record<string, unknown>, hash: KeyedHash): AccountFact | null {
  let found = accountClaim(claims);
  if (found === '') {
    for (const name of ['user', 'data', 'user_info', 'userInfo', 'loginUser']) {
      const inner = claims[name];
      if (typeof inner === 'object' && inner !== null) found = accountClaim(inner as Record<string, unknown>);
      else if (typeof inner === 'string' && name === 'user') found = inner;
      if (found !== '') break;
    }
  }
  return found === '' ? null : accountFact(found, 'jwt', hash);
}

function accountClaim(claims: Record<string, unknown>): string {
  const lower = new Map<string, unknown>();
  for (const [name, value] of Object.entries(claims).slice(0, 64)) lower.set(name.toLowerCase(), value);
  for (const name of accountClaims) {
    const value = lower.get(name);
    if (typeof value === 'string' && value.trim() !== '') return value;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return String(value);
  }
  return '';
}
