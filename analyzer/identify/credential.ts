/**
 * Credentials as facts: kind, place, name, keyed hash. The same secret has the same hash wherever it travels (in a
 * cookie, behind `Bearer`, in a body), so what a response issues is recognised in the requests that follow.
 *
 * Facts of whole fields are remembered, bounded: callers send the same field again and again.
 */

import { BoundedCache, ownCopy } from '../bounded-cache.ts';
import { RepeatCache } from '../repeat-cache.ts';
import { accountFact, type KeyedHash } from './account.ts';
import { parseAuthorization } from './authorization.ts';
import { type CookieClass, cookieClass, eachCookie, parseSetCookie } from './cookie.ts';
import type {
  AccountFact,
  CredentialFact,
  CredentialKind,
  CredentialPlace,
  IssuedFact,
  IssuedPlace,
  JwtFact,
} from './facts.ts';
import { isClock, stemOf } from './guessable.ts';
import { jwtOf } from './jwt.ts';
import { KeyGuesses } from './jwt-key.ts';
import { shownName } from './name-words.ts';
import { looksRandom } from './randomness.ts';

/** Credentials of one Cookie field. */
const mostOfCookies = 4;
const longestRemembered = 2048;
const rememberedFields = 4096;
const longestSecret = 8192;
const shortestToken = 8;
const shortestSession = 6;

/** What an Authorization field holds. The password is Basic's, clear: it never leaves `read`. */
export interface AuthorizationFacts {
  readonly credential: CredentialFact;
  readonly password: string | null;
  readonly account: string;
}

interface Secret {
  readonly hash: string;
  readonly length: number;
  readonly account: AccountFact | null;
  readonly jwt: JwtFact | null;
}

export class Credentials {
  readonly #authorizations = new RepeatCache<AuthorizationFacts | 'none'>(rememberedFields, longestRemembered, 0);
  readonly #cookies = new RepeatCache<readonly CredentialFact[]>(rememberedFields, longestRemembered, 0);
  readonly #secrets = new BoundedCache<Secret>(rememberedFields);
  readonly #classes = new BoundedCache<CookieClass>(1024);
  readonly #keys = new KeyGuesses();

  constructor(private readonly hash: KeyedHash) {}

  authorization(field: string): AuthorizationFacts | null {
    const known = this.#authorizations.get(field);
    if (known !== undefined) return known === 'none' ? null : known;
    const facts = this.#authorizations.make(field, this.#readAuthorization);
    return facts === 'none' ? null : facts;
  }

  #authorization(field: string): AuthorizationFacts | null {
    const parsed = parseAuthorization(field);
    if (parsed === null) return null;
    const { scheme, password } = parsed;
    const secret = this.#secret(parsed.secret);
    const own = scheme === 'basic' || scheme === 'digest' ? accountFact(parsed.account, scheme, this.hash) : null;
    const credential: CredentialFact = {
      kind: scheme,
      place: 'header',
      name: 'authorization',
      hash: secret.hash,
      certain: true,
      length: secret.length,
      account: own ?? secret.account,
      jwt: secret.jwt,
    };
    return { credential, password, account: parsed.account };
  }

  /** Credentials among the cookies of one field, the certain ones first. */
  cookies(field: string): readonly CredentialFact[] {
    return this.#cookies.get(field) ?? this.#cookies.make(field, this.#readCookies);
  }

  readonly #readAuthorization = (field: string): AuthorizationFacts | 'none' => this.#authorization(field) ?? 'none';

  readonly #readCookies = (field: string): readonly CredentialFact[] => {
    const found: CredentialFact[] = [];
    eachCookie(field, (name, value) => {
      if (value.length < shortestSession) return;
      const kind = this.#classOf(name);
      if (kind === 'other') return;
      const fact = kind === 'unknown' ? this.#uncertain(name, value) : this.carried(kind, 'cookie', name, value);
      if (fact !== null) found.push(fact);
    });
    found.sort((a, b) => Number(b.certain) - Number(a.certain));
    return found.slice(0, mostOfCookies);
  };

  #classOf(name: string): CookieClass {
    return this.#classes.get(name) ?? this.#classes.set(ownCopy(name), cookieClass(name));
  }

  /** A cookie whose name says nothing: a JWT is certain all the same, a random value is not. */
  #uncertain(name: string, value: string): CredentialFact | null {
    const secret = value.startsWith('ey') ? this.#secret(secretText(value)) : null;
    if (secret !== null && secret.jwt !== null) return fact('token', 'cookie', name, secret, true);
    return looksRandom(value) ? fact('session', 'cookie', name, this.#secret(secretText(value)), false) : null;
  }

  /** A value under a name that says it is a credential; null when the value can be none. */
  carried(kind: CredentialKind, place: CredentialPlace, name: string, value: string): CredentialFact | null {
    const text = credentialText(kind, value);
    return text === '' ? null : fact(kind, place, name, this.#secret(text), true);
  }

  /** Like `carried`, for what a response hands out. `ts`: of the exchange, integer µs. */
  issued(kind: CredentialKind, place: IssuedPlace, name: string, value: string, ts: number): IssuedFact | null {
    const text = credentialText(kind, value);
    if (text === '') return null;
    const { hash, length, account, jwt } = this.#secret(text);
    const isDrawn = jwt === null && (kind === 'session' || kind === 'token' || kind === 'bearer');
    const beginning = isDrawn ? stemOf(text) : '';
    const stem = beginning === '' ? '' : this.hash(`stem\n${beginning}`);
    const clock = beginning !== '' && isClock(text, ts);
    return { kind, place, name: shownName(name), hash, length, stem, clock, account, jwt, cookie: null };
  }

  /** What one Set-Cookie field does: hands out a credential, takes one back, or nothing of the kind. `ts`: as of `issued`. */
  setCookie(field: string, ts: number): IssuedFact | 'removed' | null {
    const parsed = parseSetCookie(field);
    if (parsed === null) return null;
    const kind = this.#classOf(parsed.name);
    if (kind === 'other') return null;
    if (parsed.removed) return kind === 'unknown' ? null : 'removed';
    if (kind === 'unknown' && this.#uncertain(parsed.name, parsed.value) === null) return null;
    const issued = this.issued(kind === 'unknown' ? 'session' : kind, 'cookie', parsed.name, parsed.value, ts);
    if (issued === null) return null;
    const { httpOnly, secure, sameSite } = parsed;
    return { ...issued, cookie: { httpOnly, secure, sameSite } };
  }

  #secret(text: string): Secret {
    const known = text.length <= longestRemembered ? this.#secrets.get(text) : undefined;
    if (known !== undefined) return known;
    const jwt = jwtOf(text, this.hash, this.#keys);
    // Of an over-long secret the beginning and the length are enough to know it again.
    const kept = text.length > longestSecret ? `${text.slice(0, longestSecret)}#${text.length}` : text;
    const secret = {
      hash: this.hash(`credential\n${kept}`),
      length: text.length,
      account: jwt?.account ?? null,
      jwt: jwt?.fact ?? null,
    };
    return text.length <= longestRemembered ? this.#secrets.set(ownCopy(text), secret) : secret;
  }
}

function fact(
  kind: CredentialKind,
  place: CredentialPlace,
  name: string,
  secret: Secret,
  certain: boolean,
): CredentialFact {
  const { hash, length, account, jwt } = secret;
  return { kind, place, name: shownName(name), hash, certain, length, account, jwt };
}

/** The secret in a value, or empty when it can be none: too short, a flag, text. */
function credentialText(kind: CredentialKind, value: string): string {
  const text = secretText(value);
  if (text.length < (kind === 'session' ? shortestSession : shortestToken)) return '';
  if (/^(?:null|undefined|deleted|\[object object\]|[*•.]+)$/i.test(text)) return '';
  for (let i = 0; i < text.length && i < 256; i++) {
    const c = text.charCodeAt(i);
    if (c <= 0x20 || c > 0x7e) return '';
  }
  return text;
}

/** One spelling of a secret: no quotes, no percent codes, no scheme before it. */
function secretText(value: string): string {
  let text = value;
  if (text.includes('%')) {
    try {
      text = decodeURIComponent(text);
    } catch {
      // Not percent-coded after all: it stands as sent.
    }
  }
  text = text.trim();
  if (text.length > 1 && text.startsWith('"') && text.endsWith('"')) text = text.slice(1, -1);
  const scheme = /^(?:bearer|token|jwt)[ +:]\s*/i.exec(text);
  return scheme === null ? text : text.slice(scheme[0].length);
}
