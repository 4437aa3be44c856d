/**
 * Who calls: one exchange from its header fields and leaves to `CallerFacts`. A `CallerReader` lives as long as its
 * shard and holds what is the same for all exchanges; a `Caller` lives for one.
 */
import type { RequestHead, ResponseHead } from '../../sensor/transaction.ts';
import { BoundedCache, ownCopy } from '../bounded-cache.ts';
import type { Envelope } from '../call.ts';
import type { LeafKind, LeafNode } from '../leaf.ts';
import { RepeatCache } from '../repeat-cache.ts';
import { accountFact, type KeyedHash } from './account.ts';
import { eachAddressToken } from './address-token.ts';
import type { CidrSet } from './cidr.ts';
import { clientOf } from './client.ts';
import { type AuthorizationFacts, Credentials } from './credential.ts';
import type { DigestTable } from './digest-table.ts';
import type { AccountFact, CallerFacts, CredentialFact, IssuedFact, LoginFact, PasswordFact } from './facts.ts';
import { FieldRoles, type RequestRole, type ResponseRole, requestRole, responseRole } from './field-role.ts';
import { HeaderSlots } from './header-slots.ts';
import { loginOf } from './login.ts';
import { toneOf } from './login-outcome.ts';
import { type PathWords, pathWords } from './login-path.ts';
import { type PasswordMeasure, passwordFact } from './password.ts';
import { RequestFields } from './request-fields.ts';
import { ResponseFields } from './response-fields.ts';
import { mostIssued, type ResponseHeadFacts, ResponseHeads } from './response-head.ts';
import { userAgentFamily } from './user-agent.ts';

/** Most credentials told of one request. */
const mostCredentials = 6;
const rememberedNames = 2048;
/** A field named `code`, `status` or `result` may hold somebody's number or name as well: what leaves clear is short. */
const shortCode = /^(?:-?\d{1,5}|0+|200000|[A-Za-z]{1,4}\d{1,4}|[A-Za-z][A-Za-z_.-]{0,23}|成功|失败|错误)$/;
/** One named for nothing else may be longer. */
const outcomeName = /(?:err(?:or)?|ret(?:urn)?|res(?:ult|p(?:onse)?)?|rsp|status|msg|biz|sub)[_-]?(?:code|no|num|cd)$/i;
const longCode = /^[A-Za-z]{0,8}[_-]?\d{1,8}$/;

function mayLeave(name: string, code: string): boolean {
  return shortCode.test(code) || (outcomeName.test(name) && longCode.test(code));
}

export interface CallerOptions {
  readonly hash: KeyedHash;
  /** Proxies whose word on the hops before them counts. */
  readonly trustedProxies: CidrSet;
  /** Names, in any case, of header fields and of body or query fields that name the account on every call. */
  readonly accountHeaders: readonly string[];
  readonly accountFields: readonly string[];
  /** Weak passwords in lower case. */
  readonly weakWords: ReadonlySet<string>;
  /** Null when digests of passwords are not looked up. */
  readonly digests: DigestTable | null;
}

/** What the places of a tree of leaves are called for. */
export type RequestRoles = FieldRoles<RequestRole>;
export type ResponseRoles = FieldRoles<ResponseRole>;

const none: readonly never[] = Object.freeze([]);
const exitPath = /(?:^|[/_-])(?:sys|user|app|do)?_?exit(?:\.[a-z]{2,6})?\/?$/i;

export class CallerReader {
  readonly credentials: Credentials;
  readonly slots: HeaderSlots;
  readonly responses: ResponseHeads;
  readonly passwords: PasswordMeasure;
  readonly #accountFields: ReadonlySet<string>;
  readonly #families = new RepeatCache<string>(rememberedNames, 1024, 0);
  readonly #roles = new BoundedCache<RequestRole>(rememberedNames);

  constructor(readonly options: CallerOptions) {
    this.credentials = new Credentials(options.hash);
    this.passwords = { hash: options.hash, words: options.weakWords, digests: options.digests };
    this.slots = new HeaderSlots(new Set(options.accountHeaders.map((name) => name.toLowerCase())));
    this.#accountFields = new Set(options.accountFields.map((name) => name.toLowerCase()));
    this.responses = new ResponseHeads(this.credentials, this.roleOf);
  }

  /** Roles of a tree of request leaves: one for each tree. Header and cookie leaves are read from the fields instead. */
  requestRoles(): FieldRoles<RequestRole> {
    return new FieldRoles((node) =>
      node.place === 'query' || node.place === 'body' ? requestRole(node.name, this.#accountFields) : 'none',
    );
  }

  /** Roles of a tree of response leaves. */
  responseRoles(): FieldRoles<ResponseRole> {
    return new FieldRoles((node) => (node.place === 'body' ? responseRole(node) : 'none'));
  }

  /** `peer`: the client's address as the packets show it. `head` is null when the request was never seen. */
  open(peer: string, head: RequestHead | null): Caller {
    return new Caller(this, peer, head);
  }

  familyOf(userAgent: string): string {
    return this.#families.get(userAgent) ?? this.#families.make(userAgent, userAgentFamily);
  }

  /** Role of a parameter's name outside leaves. */
  readonly roleOf = (name: string): RequestRole =>
    this.#roles.get(name) ?? this.#roles.set(ownCopy(name), requestRole(name, this.#accountFields));
}

export class Caller {
  #credentials: CredentialFact[] | null = null;
  #authorization: AuthorizationFacts | null = null;
  #account: AccountFact | null = null;
  #client: string;
  #claimed: string | null = null;
  #family = '';
  #refererToken = false;
  #request: RequestFields | null = null;
  #response: ResponseFields | null = null;
  /** As in CallerFacts. */
  code = 0;

  constructor(
    private readonly reader: CallerReader,
    peer: string,
    private readonly head: RequestHead | null,
  ) {
    this.#client = peer;
    if (head !== null) this.#readHead(peer, head);
  }

  #readHead(peer: string, head: RequestHead): void {
    const { credentials, slots, options, roleOf } = this.reader;
    const { headers } = head;
    let forwardedFor: string[] | null = null;
    let forwarded: string[] | null = null;
    let single: string[] | null = null;
    for (let i = 0; i < headers.length; i += 2) {
      const slot = slots.of(headers[i] as string);
      if (slot === 'none') continue;
      const value = headers[i + 1] as string;
      switch (slot) {
        case 'authorization':
          this.#authorization ??= credentials.authorization(value);
          break;
        case 'cookie':
          for (const fact of credentials.cookies(value)) this.#carry(fact);
          break;
        case 'user-agent':
          if (this.#family === '') this.#family = this.reader.familyOf(value);
          break;
        case 'referer':
          if (value.includes('=')) {
            eachAddressToken(value, roleOf, (kind, name, text) => {
              if (credentials.carried(kind, 'query', name, text) !== null) this.#refererToken = true;
            });
          }
          break;
        case 'forwarded-for':
          (forwardedFor ??= []).push(value);
          break;
        case 'forwarded':
          (forwarded ??= []).push(value);
          break;
        case 'single-client':
          (single ??= []).push(value);
          break;
        case 'account':
          this.#account ??= accountFact(utf8(value), 'header', options.hash);
          break;
        default: {
          const fact = credentials.carried(slot, 'header', (headers[i] as string).toLowerCase(), value);
          if (fact !== null) this.#carry(fact);
        }
      }
    }
    const { target } = head;
    const semicolon = target.indexOf(';');
    if (semicolon >= 0) {
      const query = target.indexOf('?');
      if (query < 0 || semicolon < query) {
        eachAddressToken(query < 0 ? target : target.slice(0, query), roleOf, (kind, name, value) => {
          const fact = credentials.carried(kind, 'path', name, value);
          if (fact !== null) this.#carry(fact);
        });
      }
    }
    if (forwardedFor !== null || forwarded !== null || single !== null) {
      const { client, claimed } = clientOf(
        peer,
        { forwardedFor: forwardedFor ?? none, forwarded: forwarded ?? none, single: single ?? none },
        options.trustedProxies,
      );
      this.#client = client;
      this.#claimed = claimed;
    }
  }

  #carry(fact: CredentialFact): void {
    (this.#credentials ??= []).push(fact);
  }

  /** A leaf of the request whose place has this role. */
  requestLeaf(
    role: RequestRole,
    node: LeafNode,
    kind: LeafKind,
    bytes: Uint8Array,
    start: number,
    end: number,
    cut: boolean,
  ): void {
    if (role === 'none') return;
    this.#request ??= new RequestFields((kind, place, name, value) =>
      this.reader.credentials.carried(kind, place, name, value),
    );
    this.#request.add(role, node, kind, bytes, start, end, cut);
  }

  /** A leaf of the response whose place has this role. */
  responseLeaf(
    role: ResponseRole,
    node: LeafNode,
    kind: LeafKind,
    bytes: Uint8Array,
    start: number,
    end: number,
    cut: boolean,
  ): void {
    if (role === 'none') return;
    this.#response ??= new ResponseFields((kind, place, name, value) =>
      this.reader.credentials.issued(kind, place, name, value, this.head?.ts ?? 0),
    );
    this.#response.add(role, node, kind, bytes, start, end, cut);
  }

  /** `path`: decoded, without query. `operation`: function number, SOAP action, RPC method; or empty. */
  end(path: string, operation: string, response: ResponseHead | null): CallerFacts {
    const fields = this.#request;
    const method = this.head?.method ?? '';
    const replyHead = response === null ? null : this.reader.responses.read(response);
    const issued = this.#issued(replyHead);
    const words = pathWords(path, operation, fields !== null && fields.passwords.length > 0);
    const login = this.#login(words, method, issued.length, replyHead, response?.status ?? 0);
    // `exit` alone may be anything; that the cookie of the session is taken back there decides.
    const isExit = replyHead?.cleared === true && issued.length === 0 && exitPath.test(path);
    const isEnd = isExit || (method === 'DELETE' && words.login === 'weak');
    return {
      client: this.#client,
      claimedClient: this.#claimed,
      userAgentFamily: this.#family,
      credentials: this.#allCredentials(),
      issued,
      cleared: replyHead?.cleared ?? false,
      account: this.#account ?? this.#named(),
      passwords: this.#passwords(words),
      login,
      logout: (words.logout || isEnd) && login === null,
      refererToken: this.#refererToken,
      code: this.code,
    };
  }

  /** What the reply says of its outcome; null when it has no words for it. */
  envelope(): Envelope | null {
    const reply = this.#response;
    if (reply === null || (reply.code === '' && reply.flag === null && reply.message === '')) return null;
    const { code, codeName: name, flag } = reply;
    // A learner needs to tell codes apart, not to read them.
    const value = code === '' || mayLeave(name, code) ? code : `#${this.reader.options.hash(`code\n${code}`)}`;
    return { name, value, flag, message: toneOf(reply.message) };
  }

  /** The account in a configured field, or the service that asks for a token of its own. */
  #named(): AccountFact | null {
    const { hash } = this.reader.options;
    const fields = this.#request;
    if (fields === null) return null;
    if (fields.configured !== null) return accountFact(fields.configured, 'field', hash);
    return fields.grantType === 'client_credentials' ? accountFact(fields.account, 'client', hash) : null;
  }

  #allCredentials(): readonly CredentialFact[] {
    const own = this.#credentials;
    const tokens = this.#request?.tokens ?? none;
    const first = this.#authorization?.credential;
    if (own === null && tokens.length === 0) return first === undefined ? none : [first];
    const all = [...(first === undefined ? none : [first]), ...(own ?? none), ...tokens];
    all.sort((a, b) => Number(b.certain) - Number(a.certain));
    return all.length > mostCredentials ? all.slice(0, mostCredentials) : all;
  }

  #passwords(words: PathWords): readonly PasswordFact[] {
    const fields = this.#request;
    const basic = this.#authorization?.password ?? null;
    if (basic === null && (fields === null || fields.passwords.length === 0)) return none;
    const facts: PasswordFact[] = [];
    for (const seen of fields?.passwords ?? none) {
      const oneTime = words.sms && fields?.hasCode === false;
      const { place, name, value, pin } = seen;
      facts.push(passwordFact({ place, name, value, pin, oneTime }, fields?.account ?? '', this.reader.passwords));
    }
    if (basic !== null && basic !== '') {
      const seen = { place: 'header', name: 'authorization', value: basic, pin: false, oneTime: false } as const;
      facts.push({ ...passwordFact(seen, this.#authorization?.account ?? '', this.reader.passwords), form: 'base64' });
    }
    return facts;
  }

  #login(
    words: PathWords,
    method: string,
    issued: number,
    head: ResponseHeadFacts | null,
    status: number,
  ): LoginFact | null {
    const kind = this.#authorization?.credential.kind;
    const scheme = kind === 'basic' || kind === 'digest' ? kind : null;
    if (this.#request === null && scheme === null && words.login === 'none') return null;
    const reply = this.#response;
    const cookies = head?.cookies ?? 0;
    return loginOf(
      {
        method,
        path: words,
        fields: this.#request,
        scheme,
        schemeAccount: this.#authorization?.account ?? '',
        reply: {
          status,
          code: reply?.code ?? '',
          message: reply?.message ?? '',
          flag: reply?.flag ?? null,
          captcha: reply?.captcha ?? false,
          location: head?.location ?? '',
          tokens: issued - cookies,
          cookies,
          asksAgain: head?.asksAgain ?? false,
          isHtml: head?.isHtml ?? false,
        },
      },
      this.reader.options.hash,
    );
  }

  /** What head and body handed out, the head's first. */
  #issued(head: ResponseHeadFacts | null): readonly IssuedFact[] {
    const tokens = this.#response?.tokens ?? none;
    if (head === null) return tokens;
    for (const token of tokens) if (head.issued.length < mostIssued) head.issued.push(token);
    return head.issued;
  }
}

/** Header text is Latin-1, one char an octet; accounts in it are UTF-8. */
function utf8(text: string): string {
  return /[\u0080-\u00ff]/.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text;
}
