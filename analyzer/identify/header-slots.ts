/** Which header fields matter to who calls. A name is looked at once, however often it is sent. Bounded. */
import { singleClientFields } from './client.ts';
import type { CredentialKind } from './facts.ts';
import { requestRole } from './field-role.ts';

export type HeaderSlot =
  | 'none'
  | 'authorization'
  | 'cookie'
  | 'user-agent'
  | 'referer'
  | 'forwarded-for'
  | 'forwarded'
  | 'single-client'
  | 'account'
  | CredentialKind;

/** Spellings that are remembered; with more about, names are looked at anew. */
const mostNames = 2048;
const fixed = new Map<string, HeaderSlot>([
  ['authorization', 'authorization'],
  ['cookie', 'cookie'],
  ['user-agent', 'user-agent'],
  ['referer', 'referer'],
  ['x-forwarded-for', 'forwarded-for'],
  ['forwarded', 'forwarded'],
  ...singleClientFields.map((name): [string, HeaderSlot] => [name, 'single-client']),
  ['x-api-key', 'api-key'],
  ['apikey', 'api-key'],
  ['x-app-key', 'api-key'],
  ['x-ca-key', 'api-key'],
  ['x-appid', 'api-key'],
  ['proxy-authorization', 'none'],
  ['x-authorization', 'token'],
]);

export class HeaderSlots {
  readonly #slots = new Map<string, HeaderSlot>();

  /** `accounts`: lower-case names of header fields that name the account. */
  constructor(private readonly accounts: ReadonlySet<string>) {}

  of(name: string): HeaderSlot {
    const known = this.#slots.get(name);
    if (known !== undefined) return known;
    const slot = this.#tell(name.toLowerCase());
    if (this.#slots.size < mostNames) this.#slots.set(Buffer.from(name).toString(), slot);
    return slot;
  }

  #tell(name: string): HeaderSlot {
    if (this.accounts.has(name)) return 'account';
    const slot = fixed.get(name);
    if (slot !== undefined) return slot;
    if (/^(?:sec-|x-b3-|traceparent|x-request-id|x-amzn-trace)/.test(name)) return 'none';
    const role = requestRole(name.replace(/^x-/, ''), this.accounts);
    return role === 'token' || role === 'refresh-token' || role === 'ticket' || role === 'api-key' ? role : 'none';
  }
}
