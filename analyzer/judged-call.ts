/**
 * A call with what `judge` adds to it, in place: a copy of its many fields would cost more than judging it. What was not
 * learnt is undefined, and no rule on it hits. Where a fact is both a row's and a rule's it stands once.
 */
import type { ApiCall, LabelFact } from './call.ts';

export interface JudgedCall extends ApiCall {
  /** The server did what was asked, as far as the response shows; null when none was seen. */
  success: boolean | null;
  /** Id of the source it was read from. */
  source: string;
  /** As it was spelt, where its API is a page that answers whatever is asked; else its template. */
  askedTemplate: string;
  /** `masked#hash10`; of a login, refused or not, the account it was for. */
  account: string | undefined;
  /** 16 hex digits; empty when the account is not known. */
  accountHash: string;
  /** Keyed hash of the credential that stands for the session. */
  session: string | undefined;
  /** What an untrusted sender claims to be; empty for nothing. */
  claimedClient: string;
  /** What kind of device it says it is: `chrome/windows`; empty when it does not. */
  device: string;
  /** What the reply's own code says (`-61`, `#` and a hash for what looks like no code), or its flag; empty for none. */
  resultCode: string;
  /** What its traceable values come to: how many, plus one (0: not said), and the halves of their hashes, each summed up to 2^32. */
  valuesSaid: number;
  valuesHigh: number;
  valuesLow: number;
  /** What the API does: login, export, query …; sorted. */
  functions: readonly string[];
  /** Labels that the columns accept. */
  labelsRequest: readonly LabelFact[];
  labelsResponse: readonly LabelFact[];
  /** Highest level of the clear labels of the response, 0…4. */
  responseLevel: number;
  /** Different labels of level 3 and above that the response holds in clear. */
  sensitiveKinds: number;
  /** Identity hash of the only person the response tells of. */
  person: number | undefined;
  /** Persons the response tells of, and rows it returned. */
  persons: number;
  records: number;
  credentialPresent: boolean;
  passwordForm: string | undefined;
  passwordHash: string | undefined;
  weakPassword: string | undefined;
  urlSecrets: readonly string[] | undefined;
  /** Flags that a session's cookie lacks as it is handed out: http-only, secure, same-site. */
  cookieFlaws: readonly string[] | undefined;
  /** What is wrong with a JSON Web Token of it: unsigned, no-expiry, long-life, expired. */
  tokenFlaws: readonly string[] | undefined;
  /** Trace hash of the mobile number that a message is asked for. */
  mobileHash: string | undefined;
  /** What the operator's lists say against its source: blocked, not-allowed; undefined for nothing. */
  sourcePolicy: string | undefined;
  /** What the register of APIs says against it: retired, unregistered; undefined for nothing. */
  register: string | undefined;
  /** What they say against its caller: blocked-account, old-version …; undefined for nothing. */
  listed: readonly string[] | undefined;
  /** Its client is of the house: a private address, or of its internal networks. */
  inside: boolean;
  /** Where its client is, as the operator's table says: `CN-31`; empty when it says nothing. */
  region: string;
  /** Who holds its client's network, as the operator's table says; empty when it says nothing. */
  organisation: string;
  /** That is not the home country. */
  abroad: boolean;
}

/** Content of it was left unread under load: what it holds is not known, and nothing is to be learnt from its emptiness. */
export function isShed({ weird }: Pick<ApiCall, 'weird'>): boolean {
  return weird.length > 0 && weird.includes('body_shed');
}
