/** What rules are held against: the clear exchange inside `read`, the call inside `judge`, or an observation. */
import type { ApiCall } from '../call.ts';

/** One exchange as `read` sees it, in clear. It never leaves `read`; only names of rule parts that hit do. */
export interface ClearExchange {
  readonly method: string;
  /** Request target as sent. */
  readonly target: string;
  /** Authority of the request, without a default port. */
  readonly host: string;
  /** Empty when none was sent, as in the following ones. */
  readonly userAgent: string;
  readonly referer: string;
  readonly cookie: string;
  readonly requestType: string;
  readonly responseType: string;
  readonly httpVersion: string;
  /** 0 when no response was seen. */
  readonly status: number;
  readonly client: string;
  readonly server: string;
  readonly serverPort: number;
  /** Octets of head and content. */
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly durationUs: number;
}

/** A label that was found in one side of a call. */
export interface LabelCount {
  readonly label: string;
  /** Values. */
  readonly count: number;
  /** Distinct values. */
  readonly distinct: number;
  /** Of the values, those that travelled masked; absent for none. */
  readonly masked?: number;
}

type CallPart = Pick<
  ApiCall,
  | 'uid'
  | 'ts'
  | 'completedTs'
  | 'app'
  | 'server'
  | 'serverPort'
  | 'client'
  | 'httpVersion'
  | 'method'
  | 'template'
  | 'operation'
  | 'format'
  | 'apiId'
  | 'status'
  | 'requestType'
  | 'responseType'
  | 'userAgent'
  | 'requestBytes'
  | 'responseBytes'
  | 'durationUs'
  | 'completeness'
>;

/** A call with what `read` and `judge` learnt of it. Facts that were not learnt are absent, and no rule on them hits. */
export interface CallEvent extends CallPart {
  /** The server did what was asked, by the application's success predicate. */
  readonly success?: boolean | null;
  /** `masked#hash10`. */
  readonly account?: string | undefined;
  /** Keyed hash of the session's credential. */
  readonly session?: string | undefined;
  /** What the API does: login, export, query … */
  readonly functions?: readonly string[];
  /** A credential travelled with the request, in any carrier. */
  readonly credentialPresent?: boolean;
  /** plaintext, base64, hex, url, digest, pin-digest, encrypted, masked. */
  readonly passwordForm?: string | undefined;
  /** Keyed hash of the password as sent. */
  readonly passwordHash?: string | undefined;
  /** The client's leg was encrypted: TLS, or a trusted proxy says so. */
  readonly encrypted?: boolean | null;
  /** Why the password is weak: listed, digits, account, birth-date, default, repeated. */
  readonly weakPassword?: string | undefined;
  readonly labelsRequest?: readonly LabelCount[];
  readonly labelsResponse?: readonly LabelCount[];
  /** Highest level of the labels that the response holds in clear, 0…4. */
  readonly responseLevel?: number;
  /** Different labels of level 3 and above among them. */
  readonly sensitiveKinds?: number;
  /** Code of a business error in the envelope; empty for none. */
  readonly resultCode?: string;
  /** Identity hash of the only person the response is about. */
  readonly person?: number | undefined;
  /** Persons the response is about. */
  readonly persons?: number;
  /** Rows the response returned. */
  readonly records?: number;
  /** Labels and the like that the URL holds: token, password, session, id-card, mobile, bank-card. */
  readonly urlSecrets?: readonly string[] | undefined;
  /** A request value reads as a statement: select, insert, update, delete, call, show, dsl; empty when none does. */
  readonly statement?: string;
  /** Flags that a session's cookie lacks: http-only, secure, same-site. */
  readonly cookieFlaws?: readonly string[] | undefined;
  /** What is wrong with its JSON Web Token: unsigned, no-expiry, long-life, expired. */
  readonly tokenFlaws?: readonly string[] | undefined;
  /** Hash of the mobile number that a message is asked for. */
  readonly mobileHash?: string | undefined;
  /** What the operator's lists say against its source: blocked, not-allowed. */
  readonly sourcePolicy?: string | undefined;
  readonly register?: string | undefined;
  /** What they say against its caller: blocked-network, blocked-account, blocked-app-id, blocked-user-agent, old-version. */
  readonly listed?: readonly string[] | undefined;
  /** The client is of the house: a private address, or of its internal networks. */
  readonly inside?: boolean;
  /** Where the client is: `CN-31`; empty when no table says. */
  readonly region?: string;
  /** Who holds the network of the client; empty when no table says. */
  readonly organisation?: string;
  /** What was asked of a page that answers whatever is asked; absent: the template. */
  readonly askedTemplate?: string;
  /** That is not the home country. */
  readonly abroad?: boolean;
  /** What was noticed in its text: attacks, and what the answer gives away. */
  readonly signals?: readonly string[];
  readonly requestHash?: string;
  readonly foreignOrigin?: string;
  /** One of so many connections was read; 1 when absent. */
  readonly sampling?: number;
  /** What its fields promise against replays and changes on the way: request-id, timestamp, signature. */
  readonly proofs?: readonly string[];
  /** Rule parts that hit in `read`. */
  readonly parts?: readonly string[];
}
