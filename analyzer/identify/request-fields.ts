/** The fields of one request that tell who calls: collected as its leaves pass, bounded, first come first kept. */
import type { LeafKind, LeafNode, LeafPlace } from '../leaf.ts';
import type { CredentialFact, CredentialKind, CredentialPlace } from './facts.ts';
import { accountRank, isPinName, type RequestRole } from './field-role.ts';
import type { SeenPassword } from './password.ts';
import { textOf } from './short-texts.ts';

const mostPasswords = 4;
const mostTokens = 4;
const longestAccount = 128;
const longestPassword = 4096;
const longestToken = 8192;
const longestWord = 64;

interface Named {
  readonly text: string;
  readonly rank: number;
}

/** Makes a credential's fact where a value can be one. */
export type Carry = (
  kind: CredentialKind,
  place: CredentialPlace,
  name: string,
  value: string,
) => CredentialFact | null;

export class RequestFields {
  #account: Named | null = null;
  /** The account that a configured field names. */
  configured: string | null = null;
  readonly passwords: Omit<SeenPassword, 'oneTime'>[] = [];
  readonly tokens: CredentialFact[] = [];
  grantType = '';
  /** A new or repeated password was sent: passwords are set here, not used. */
  setsPassword = false;
  /** A one-time code was sent; captchas and SMS codes share some names. */
  hasCode = false;
  hasCaptcha = false;
  /** Fields of orders, transfers, registrations. */
  business = 0;

  constructor(private readonly carry: Carry) {}

  /** The account as sent; empty when none was found. */
  get account(): string {
    return this.#account?.text ?? '';
  }

  add(
    role: RequestRole,
    node: LeafNode,
    kind: LeafKind,
    bytes: Uint8Array,
    start: number,
    end: number,
    cut: boolean,
  ): void {
    const length = end - start;
    if (length === 0 || (kind === 'literal' && role !== 'business')) return;
    switch (role) {
      case 'business':
        this.business++;
        return;
      case 'new-password':
        this.setsPassword = true;
        return;
      case 'code':
        this.hasCode = true;
        return;
      case 'captcha':
        this.hasCaptcha = true;
        return;
      case 'account': {
        if (cut || length > longestAccount) return;
        const rank = accountRank(node.name);
        if (this.#account === null || rank < this.#account.rank) {
          this.#account = { text: textOf(bytes, start, end), rank };
        }
        return;
      }
      case 'configured':
        if (!cut && length <= longestAccount) this.configured ??= textOf(bytes, start, end);
        return;
      case 'password':
        if (length <= longestPassword && this.passwords.length < mostPasswords) {
          this.passwords.push({
            place: placeOf(node.place),
            name: node.name,
            value: textOf(bytes, start, end),
            pin: isPinName(node.name),
          });
        }
        return;
      case 'grant-type':
        if (length <= longestWord) this.grantType = textOf(bytes, start, end).toLowerCase();
        return;
      case 'token':
      case 'refresh-token':
      case 'ticket':
      case 'api-key': {
        if (cut || length > longestToken || this.tokens.length >= mostTokens) return;
        const fact = this.carry(role, placeOf(node.place), node.name, textOf(bytes, start, end));
        if (fact !== null) this.tokens.push(fact);
        return;
      }
      // A function's number names no object, which is all that its role is for.
      case 'function':
      case 'none':
        return;
    }
  }
}

function placeOf(place: LeafPlace): CredentialPlace {
  return place;
}
