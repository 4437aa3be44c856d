/**
 * Every name a rule may use, with where it is known. `clear` fields hold text as sent and exist inside `read` alone;
 * `call` fields exist in `judge`; a field may be both. A list matches when one of its items does.
 */
import type { Observation } from '../observation.ts';
import type { CallEvent, ClearExchange, LabelCount } from './event.ts';

export type FieldValue = string | number | boolean | null | undefined | readonly string[];
export type EventKind = 'clear' | 'call' | 'observation';

export interface Field {
  readonly name: string;
  /** One line: what it is, its unit, when it is absent. */
  readonly doc: string;
  readonly type: 'text' | 'number' | 'boolean';
  /** Absent where the field is not known, as in the following two. */
  readonly clear?: (event: ClearExchange) => FieldValue;
  readonly call?: (event: CallEvent) => FieldValue;
  readonly observation?: (event: Observation) => FieldValue;
  /** Few values that nearly every event has: of no use to tell rules apart. */
  readonly common?: true;
  /** The same texts come again and again: what was found in one is remembered. */
  readonly repeats?: true;
  /** Each text of this field is part of one of that field: a search for literals is done there. */
  readonly inside?: Field;
}

/** The text once percent-decoded, beside the text as sent; alone when nothing is encoded. Bad UTF-8 becomes U+FFFD. */
function withDecoded(text: string): readonly string[] {
  if (!text.includes('%')) return [text];
  const decode = (run: string) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8');
  return [text, text.replace(/(?:%[0-9a-fA-F]{2})+/g, decode)];
}

function pathOf(target: string): string {
  const end = target.indexOf('?');
  return end < 0 ? target : target.slice(0, end);
}

function queryOf(target: string): string {
  const at = target.indexOf('?');
  return at < 0 ? '' : target.slice(at + 1);
}

function extensionOf(target: string): string {
  const path = pathOf(target);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1);
}

const names = (labels: readonly LabelCount[] | undefined): readonly string[] | undefined =>
  labels?.map((each) => each.label);

const clearNames = (labels: readonly LabelCount[] | undefined): readonly string[] | undefined =>
  labels?.filter(({ count, masked = 0 }) => count > masked).map(({ label }) => label);

function total(labels: readonly LabelCount[] | undefined): number | undefined {
  if (labels === undefined) return undefined;
  let sum = 0;
  for (const { count } of labels) sum += count;
  return sum;
}

function countOf(labels: readonly LabelCount[] | undefined, label: string): number | undefined {
  return labels === undefined ? undefined : (labels.find((each) => each.label === label)?.count ?? 0);
}

/** The only one of a list; undefined when there are several. */
function oneOf(names: readonly string[]): string | undefined {
  return names.length === 1 ? names[0] : undefined;
}

/** Value over what is usual (p95); absent without history. */
function ratioOf({ value, usual }: Observation): number | undefined {
  return usual === undefined || usual.n === 0 ? undefined : value / Math.max(usual.p95, 1);
}

const text = 'text' as const;
const number = 'number' as const;
const boolean = 'boolean' as const;

/** Searched in place of all that is part of it; no rule names it. */
const whole: Field = {
  name: 'uri.whole',
  type: text,
  doc: 'http:// with host and target, as sent and percent-decoded',
  clear: (e) => withDecoded(`http://${e.host}${e.target}`),
};

// biome-ignore format: a table reads best as one
const table: readonly Field[] = [
  // the exchange as sent: inside `read` alone
  { name: 'uri', type: text, doc: 'request target, the same percent-decoded, and with http:// and host before it', inside: whole, clear: (e) => [...withDecoded(e.target), `http://${e.host}${e.target}`] },
  { name: 'uri.path', type: text, doc: 'path of the target as sent, and percent-decoded', inside: whole, clear: (e) => withDecoded(pathOf(e.target)) },
  // Log formats differ in what they call the query, and rules rely on both: the query alone, and the whole target.
  { name: 'uri.query', type: text, doc: 'query of the target, the whole target, and both percent-decoded', inside: whole, clear: (e) => [...withDecoded(queryOf(e.target)), ...withDecoded(e.target)] },
  { name: 'uri.extension', type: text, inside: whole, doc: 'file extension of the path, without its dot', clear: (e) => extensionOf(e.target) },
  { name: 'uri.referer', type: text, repeats: true, doc: 'Referer as sent; empty when none was', clear: (e) => e.referer },
  { name: 'cookie', type: text, repeats: true, doc: 'Cookie field as sent; empty when none was', clear: (e) => e.cookie },
  // known on both sides
  { name: 'method', type: text, doc: 'request method', common: true, clear: (e) => e.method, call: (e) => e.method },
  { name: 'status', type: number, doc: 'response status; 0 when no response was seen', common: true, clear: (e) => e.status, call: (e) => e.status },
  { name: 'host', type: text, repeats: true, doc: 'authority of the request without a default port', clear: (e) => e.host, call: (e) => e.app },
  { name: 'userAgent', type: text, repeats: true, doc: 'User-Agent; empty when none was sent', clear: (e) => e.userAgent, call: (e) => e.userAgent },
  { name: 'client', type: text, repeats: true, doc: 'address of the client, behind trusted proxies in judge; of an observation where there is one', clear: (e) => e.client, call: (e) => e.client, observation: (e) => oneOf(e.clients) },
  { name: 'server', type: text, repeats: true, doc: 'address of the server', clear: (e) => e.server, call: (e) => e.server },
  { name: 'serverPort', type: number, doc: 'TCP port of the server', common: true, clear: (e) => e.serverPort, call: (e) => e.serverPort },
  { name: 'httpVersion', type: text, doc: '1.0, 1.1, 2', common: true, clear: (e) => e.httpVersion, call: (e) => e.httpVersion },
  { name: 'requestType', type: text, repeats: true, doc: 'media type of the request', clear: (e) => e.requestType, call: (e) => e.requestType },
  { name: 'responseType', type: text, repeats: true, doc: 'media type of the response', clear: (e) => e.responseType, call: (e) => e.responseType },
  { name: 'requestBytes', type: number, doc: 'octets of the request', clear: (e) => e.requestBytes, call: (e) => e.requestBytes },
  { name: 'responseBytes', type: number, doc: 'octets of the response', clear: (e) => e.responseBytes, call: (e) => e.responseBytes },
  { name: 'durationUs', type: number, doc: 'first octet of the request to last of the response, µs', clear: (e) => e.durationUs, call: (e) => e.durationUs },
  // the call in judge
  { name: 'app', type: text, repeats: true, doc: 'application: host without a default port, or ip:port', call: (e) => e.app, observation: (e) => e.app },
  { name: 'apiId', type: text, doc: 'API id', call: (e) => e.apiId, observation: (e) => e.apiId },
  { name: 'template', type: text, repeats: true, doc: 'endpoint template, parameters as {name}; as it was asked where one page answers everything', call: (e) => e.askedTemplate ?? e.template, observation: (e) => e.template },
  { name: 'operation', type: text, doc: 'GraphQL operation, SOAP action, RPC method; empty when the path names the API', call: (e) => e.operation },
  { name: 'format', type: text, doc: 'REST, SOAP, GraphQL, gRPC, JSON-RPC, form, web, asset, unknown', common: true, call: (e) => e.format },
  { name: 'completeness', type: number, doc: 'share of the octets that was seen, 0…1', call: (e) => e.completeness, observation: (e) => e.completeness },
  { name: 'success', type: boolean, doc: 'the server did what was asked, by the learnt predicate', common: true, call: (e) => e.success },
  { name: 'account', type: text, doc: 'account, masked#hash10; absent when not bound, or when an observation has several', call: (e) => e.account, observation: (e) => oneOf(e.accounts) },
  { name: 'session', type: text, doc: 'keyed hash of the credential of the session; absent when there is none', call: (e) => e.session },
  { name: 'function', type: text, doc: 'what the API does: login, export, query …', call: (e) => e.functions },
  { name: 'credentialPresent', type: boolean, doc: 'a credential travelled with the request', common: true, call: (e) => e.credentialPresent },
  { name: 'passwordForm', type: text, doc: 'plaintext, base64, hex, url, digest, pin-digest, encrypted, masked; absent without a password', call: (e) => e.passwordForm },
  { name: 'passwordHash', type: text, doc: 'keyed hash of the password as sent; absent without one', call: (e) => e.passwordHash },
  { name: 'encrypted', type: boolean, doc: 'the leg of the client was encrypted', common: true, call: (e) => e.encrypted },
  { name: 'weakPassword', type: text, doc: 'why the password is weak; absent when it is not, or not readable', call: (e) => e.weakPassword },
  { name: 'labels.request', type: text, doc: 'labels of the request', call: (e) => names(e.labelsRequest) },
  { name: 'labels.response', type: text, doc: 'labels of the response', call: (e) => names(e.labelsResponse) },
  { name: 'labels.response.clear', type: text, doc: 'labels that the response holds in clear', call: (e) => clearNames(e.labelsResponse) },
  { name: 'labels.request.count', type: number, doc: 'labelled values in the request', call: (e) => total(e.labelsRequest) },
  { name: 'labels.response.count', type: number, doc: 'labelled values in the response', call: (e) => total(e.labelsResponse) },
  { name: 'labels.response.level', type: number, doc: 'highest level of the clear labels of the response, 0…4', call: (e) => e.responseLevel },
  { name: 'labels.response.kinds', type: number, doc: 'different labels of level 3 and above that the response holds in clear', call: (e) => e.sensitiveKinds },
  { name: 'resultCode', type: text, repeats: true, doc: 'what the envelope says of the outcome; none where it has no code', call: (e) => e.resultCode || 'none' },
  { name: 'person', type: number, doc: 'keyed hash of the only person the response is about; absent for none and for several', call: (e) => e.person },
  { name: 'persons', type: number, doc: 'persons the response is about', call: (e) => e.persons },
  { name: 'records', type: number, doc: 'rows the response returned', call: (e) => e.records },
  { name: 'urlSecrets', type: text, doc: 'what the URL holds that it should not: token, password, session, id-card, mobile, bank-card', call: (e) => e.urlSecrets },
  { name: 'statement', type: text, doc: 'kind of statement a request value reads as; absent when none does', call: (e) => e.statement || undefined },
  { name: 'signals', type: text, repeats: true, doc: 'what was noticed in its text: sql-injection, stack-trace …; see analyzer/detect/attack', call: (e) => e.signals?.length === 0 ? undefined : e.signals },
  { name: 'requestHash', type: text, doc: 'keyed hash of target and content of a request that may change something; absent for others, and from 16 KiB of content on', call: (e) => e.requestHash || undefined },
  { name: 'foreignOrigin', type: text, doc: 'keyed hash of a foreign origin that was let in with credentials; absent for none', call: (e) => e.foreignOrigin || undefined },
  { name: 'cookieFlaws', type: text, doc: 'flags that the cookie of a session lacks as it is handed out: http-only, secure, same-site; sound for none; absent without one', call: (e) => e.cookieFlaws },
  { name: 'tokenFlaws', type: text, doc: 'what is wrong with its JSON Web Token: unsigned, weak-key, no-expiry, long-life, expired; sound for nothing; absent without one', call: (e) => e.tokenFlaws },
  { name: 'proofs', type: text, repeats: true, doc: 'what its fields promise against replays and changes on the way: request-id, timestamp, signature; absent for none', call: (e) => e.proofs?.length === 0 ? undefined : e.proofs },
  { name: 'mobileHash', type: text, doc: 'hash of the mobile number that a message is asked for; absent otherwise', call: (e) => e.mobileHash },
  { name: 'sourcePolicy', type: text, doc: 'what the configured lists say against its source: blocked, not-allowed; absent for nothing', call: (e) => e.sourcePolicy },
  { name: 'register', type: text, doc: 'what the register of APIs says against it: retired, unregistered; absent for nothing', call: (e) => e.register },
  { name: 'listed', type: text, repeats: true, doc: 'what they say against its caller: blocked-network, blocked-account, blocked-app-id, blocked-user-agent, old-version; absent for nothing', call: (e) => e.listed },
  { name: 'region', type: text, repeats: true, doc: 'where the client is by the configured regions: CN-31; absent when they say nothing', call: (e) => e.region || undefined },
  { name: 'organisation', type: text, repeats: true, doc: 'who holds the network of the client by the configured organisations; absent when they say nothing', call: (e) => e.organisation || undefined },
  { name: 'inside', type: boolean, doc: 'the client is of the house: a private address, or of internalNetworks', common: true, call: (e) => e.inside },
  { name: 'abroad', type: boolean, doc: 'the client is not in the home country', common: true, call: (e) => e.abroad },
  { name: 'parts', type: text, doc: 'rule parts that hit in read', call: (e) => e.parts },
  // observations
  { name: 'measure', type: text, doc: 'name of the measure', observation: (e) => e.measure },
  { name: 'subject.kind', type: text, doc: 'account, session, client, api, app', common: true, observation: (e) => e.subject.kind },
  { name: 'subject.id', type: text, doc: 'whom the measure is about', observation: (e) => e.subject.id },
  { name: 'parameter', type: text, doc: 'parameter that was measured; absent when of none', observation: (e) => e.parameter },
  { name: 'window', type: number, doc: 'length of the window, seconds', observation: (e) => e.window / 1e6 },
  { name: 'value', type: number, doc: 'the measured figure', observation: (e) => e.value },
  { name: 'usual.median', type: number, doc: 'median of earlier windows; absent without history', observation: (e) => e.usual?.median },
  { name: 'usual.p95', type: number, doc: '95th percentile of earlier windows; absent without history', observation: (e) => e.usual?.p95 },
  { name: 'usual.n', type: number, doc: 'earlier windows that were not empty', observation: (e) => e.usual?.n ?? 0 },
  { name: 'ratio', type: number, doc: 'value over usual.p95; absent without history', observation: ratioOf },
];

export const fields: ReadonlyMap<string, Field> = new Map(table.map((field) => [field.name, field]));

/** Where keywords are looked for: all text of the request that a log line would have. */
export const keywordFields: readonly Field[] = ['uri', 'userAgent', 'uri.referer', 'cookie'].map(
  (name) => fields.get(name)!,
);

/** Names that carry a further name behind them: the count of one label, or one further figure of an observation. */
const families: readonly { readonly prefix: string; readonly make: (rest: string) => Omit<Field, 'name' | 'type'> }[] =
  [
    {
      prefix: 'labels.request.',
      make: (label) => ({
        doc: `values labelled ${label} in the request`,
        call: (e) => countOf(e.labelsRequest, label),
      }),
    },
    {
      prefix: 'labels.response.',
      make: (label) => ({
        doc: `values labelled ${label} in the response`,
        call: (e) => countOf(e.labelsResponse, label),
      }),
    },
    { prefix: 'numbers.', make: (key) => ({ doc: `further figure ${key}`, observation: (e) => e.numbers[key] }) },
  ];

/** The field of a name; undefined when there is none. */
export function fieldNamed(name: string): Field | undefined {
  const known = fields.get(name);
  if (known !== undefined) return known;
  for (const { prefix, make } of families) {
    const rest = name.slice(prefix.length);
    if (name.startsWith(prefix) && /^[a-z][A-Za-z-]{0,40}$/.test(rest)) return { name, type: number, ...make(rest) };
  }
  return undefined;
}
