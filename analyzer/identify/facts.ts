/**
 * What a call tells of its caller. Plain, JSON-safe, and nothing in it is clear: values are keyed hashes of 16 hex
 * digits under the identity key, accounts travel as mask and hash, names of fields with their digits hidden.
 */
import type { PasswordForm } from './password-form.ts';
import type { WeakReason } from './password-weakness.ts';

/** `session`: a session's cookie or id; `token`: a token outside Authorization; `signature`: a key id that signs. */
export type CredentialKind =
  | 'basic'
  | 'bearer'
  | 'digest'
  | 'negotiate'
  | 'signature'
  | 'api-key'
  | 'session'
  | 'token'
  | 'refresh-token'
  | 'ticket';

export type CredentialPlace = 'header' | 'cookie' | 'path' | 'query' | 'body';
export type IssuedPlace = 'cookie' | 'header' | 'location' | 'body';

/** An account, as far as it may be told. */
export interface AccountFact {
  /** Masked: `138****5678`, `z***`. */
  readonly display: string;
  /** Keyed hash of the normalised account, 16 hex digits. */
  readonly hash: string;
  /** `client`: the id of a service that asks for a token of its own (RFC 6749 §4.4). */
  readonly from: 'login' | 'jwt' | 'basic' | 'digest' | 'header' | 'field' | 'client';
}

/** What a JSON Web Token says of itself (RFC 7519). The signature is held against keys that everybody knows, no others are at hand. */
export interface JwtFact {
  /** `alg` as sent, at most 16 characters; `none` is unsigned; empty when absent. */
  readonly alg: string;
  /** Seconds since 1970; null when absent. */
  readonly iat: number | null;
  readonly exp: number | null;
  /** It is signed with a key that everybody can guess; of most tokens this is not tried. */
  readonly guessed: boolean;
}

/** One credential that a request carries. */
export interface CredentialFact {
  readonly kind: CredentialKind;
  readonly place: CredentialPlace;
  /** Field, cookie or parameter name; for a scheme of Authorization `authorization`. Digit runs are hidden. */
  readonly name: string;
  readonly hash: string;
  /** False for a random value under a name that says nothing: it may be a device's or a visitor's mark. */
  readonly certain: boolean;
  /** Characters of the secret part. */
  readonly length: number;
  /** Who the credential itself names; null when it does not say. */
  readonly account: AccountFact | null;
  readonly jwt: JwtFact | null;
}

/** One credential that a response hands out. */
export interface IssuedFact {
  readonly kind: CredentialKind;
  readonly place: IssuedPlace;
  readonly name: string;
  readonly hash: string;
  readonly length: number;
  /**
   * Keyed hash of a session's or token's beginning, without its last 32 bits (guessable.ts): equal where ids count up. Empty
   * for other kinds, JSON Web Tokens, and fewer than 16 characters or more than 128.
   */
  readonly stem: string;
  /** It is the time at which it was handed out, with fewer than 64 bits beside it; false where `stem` is empty. */
  readonly clock: boolean;
  readonly account: AccountFact | null;
  readonly jwt: JwtFact | null;
  /** Attributes of Set-Cookie (RFC 6265 §4.1.2); null elsewhere. */
  readonly cookie: { readonly httpOnly: boolean; readonly secure: boolean; readonly sameSite: string } | null;
}

/** A password that travelled in a request. Never the value, nor a part of it. */
export interface PasswordFact {
  readonly place: CredentialPlace;
  /** Field name with digit runs hidden. */
  readonly name: string;
  readonly form: PasswordForm;
  /** Keyed hash of the value as sent: the same digest for the same account every time shows that no salt is used. */
  readonly hash: string;
  /** Keyed hash of the password itself where its form could be undone (plaintext, base64, listed digest); else null. */
  readonly plainHash: string | null;
  /** Characters, of the password where it could be read, else of the value. */
  readonly length: number;
  /** Which of `a` small, `A` capital, `0` digit, `#` other the password has; empty when it could not be read. */
  readonly classes: string;
  /** Why the password is weak; null when it is not, or could not be read. */
  readonly weak: WeakReason | null;
  /** The field is one for six-digit trading or fund PINs. */
  readonly pin: boolean;
}

export type LoginMethod = 'password' | 'sms-code' | 'oauth' | 'basic' | 'digest';

/** `challenge`: a captcha or a second factor is asked for, nothing is decided yet. */
export type LoginOutcome = 'success' | 'failure' | 'challenge' | 'unknown';

export interface LoginFact {
  readonly method: LoginMethod;
  /** Null when the account was not found in the request. */
  readonly account: AccountFact | null;
  /** As far as this exchange shows; judge's success predicate knows better. */
  readonly outcome: LoginOutcome;
  /**
   * What was seen, in fixed words: `path`, `pair`, `status=401`, `code=-61`, `issued`, `redirect=login` …; of what a refusal
   * says 4 digits of a hash, `said=3f9a`.
   */
  readonly evidence: readonly string[];
}

/** Everything `read` learnt of who called. */
export interface CallerFacts {
  /** Address behind the trusted proxies; canonical text. */
  readonly client: string;
  /** What an untrusted sender claims to be; null when nothing. */
  readonly claimedClient: string | null;
  /** `chrome/windows`, `okhttp/android`, `curl`; empty when no User-Agent was sent. */
  readonly userAgentFamily: string;
  /** Strongest first, at most 6. */
  readonly credentials: readonly CredentialFact[];
  /** At most 8. */
  readonly issued: readonly IssuedFact[];
  /** A session cookie was taken back (Max-Age=0, a past date, an empty value). */
  readonly cleared: boolean;
  /** The account that a configured header or field, or a service's token request, names; null when none does. */
  readonly account: AccountFact | null;
  /** At most 5. */
  readonly passwords: readonly PasswordFact[];
  /** Null when the exchange is no login. */
  readonly login: LoginFact | null;
  /** The exchange ends a session. */
  readonly logout: boolean;
  /** The Referer holds a credential: it leaked to whoever serves this page. */
  readonly refererToken: boolean;
  /**
   * Identity hash, 53 bits, of the one-time code or the picture's text that the request shows, comparable with
   * `ResponseFacts.objectIds`; 0 when it shows none.
   */
  readonly code: number;
}
