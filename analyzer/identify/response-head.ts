/** What a response's header section says of a session: credentials handed out or taken back, where it sends the caller. */
import type { ResponseHead } from '../../sensor/transaction.ts';
import { eachAddressToken } from './address-token.ts';
import type { Credentials } from './credential.ts';
import type { IssuedFact } from './facts.ts';
import type { RequestRole } from './field-role.ts';

export const mostIssued = 8;
/** Set-Cookie fields that are looked at. */
const mostSetCookies = 16;
const mostNames = 2048;

export interface ResponseHeadFacts {
  readonly issued: IssuedFact[];
  /** How many of `issued` are cookies. */
  readonly cookies: number;
  /** A session cookie was taken back. */
  readonly cleared: boolean;
  /** Location as sent; empty when absent. Never leaves `read`. */
  readonly location: string;
  /** WWW-Authenticate was sent. */
  readonly asksAgain: boolean;
  readonly isHtml: boolean;
}

type Slot =
  | 'none'
  | 'set-cookie'
  | 'location'
  | 'www-authenticate'
  | 'content-type'
  | 'token'
  | 'refresh-token'
  | 'ticket';

/** Reads response heads; remembers the names it met, bounded. */
export class ResponseHeads {
  readonly #slots = new Map<string, Slot>();

  constructor(
    private readonly credentials: Credentials,
    private readonly roleOf: (name: string) => RequestRole,
  ) {}

  read({ headers, ts }: ResponseHead): ResponseHeadFacts {
    const { credentials } = this;
    const issued: IssuedFact[] = [];
    let setCookies = 0;
    let cookies = 0;
    let cleared = false;
    let location = '';
    let asksAgain = false;
    let isHtml = false;
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i] as string;
      const slot = this.#slots.get(name) ?? this.#learn(name);
      if (slot === 'none') continue;
      const value = headers[i + 1] as string;
      switch (slot) {
        case 'set-cookie': {
          if (++setCookies > mostSetCookies) break;
          const fact = credentials.setCookie(value, ts);
          if (fact === 'removed') cleared = true;
          else if (fact !== null && issued.length < mostIssued) {
            issued.push(fact);
            cookies++;
          }
          break;
        }
        case 'location':
          location = value;
          break;
        case 'www-authenticate':
          asksAgain = true;
          break;
        case 'content-type':
          isHtml = value.includes('html');
          break;
        default: {
          const fact = credentials.issued(slot, 'header', name.toLowerCase(), value, ts);
          if (fact !== null && issued.length < mostIssued) issued.push(fact);
        }
      }
    }
    if (location.includes('=')) {
      eachAddressToken(location, this.roleOf, (kind, name, value) => {
        const fact = credentials.issued(kind, 'location', name, value, ts);
        if (fact !== null && issued.length < mostIssued) issued.push(fact);
      });
    }
    return { issued, cookies, cleared, location, asksAgain, isHtml };
  }

  #learn(name: string): Slot {
    const slot = this.#tell(name.toLowerCase());
    if (this.#slots.size < mostNames) this.#slots.set(Buffer.from(name).toString(), slot);
    return slot;
  }

  #tell(name: string): Slot {
    if (name === 'set-cookie' || name === 'location' || name === 'www-authenticate' || name === 'content-type')
      return name;
    if (/^(?:sec-|access-control|x-request)/.test(name)) return 'none';
    const role = this.roleOf(name.replace(/^x-/, ''));
    return role === 'token' || role === 'refresh-token' || role === 'ticket' ? role : 'none';
  }
}
