/** The fields of one reply that tell how a login went: envelope code and message, tokens handed out. Bounded. */
import type { LeafKind, LeafNode } from '../leaf.ts';
import type { CredentialKind, IssuedFact } from './facts.ts';
import type { ResponseRole } from './field-role.ts';
import { textOf } from './short-texts.ts';

const mostTokens = 6;
const longestToken = 8192;
const longestMessage = 512;
const longestCode = 32;
/** Code fields by name that say more than `status` or `state`, of which an envelope may have one besides. */
const strongCode = /(?:code|no|cd|num)$/i;

export class ResponseFields {
  /** The envelope's code as text; empty when there is none. */
  code = '';
  /** The field it stood in. */
  codeName = '';
  #codeIsStrong = false;
  message = '';
  /** A member such as `success`; null when there is none. */
  flag: boolean | null = null;
  /** The reply asks for a captcha or a second factor. */
  captcha = false;
  readonly tokens: IssuedFact[] = [];

  constructor(
    private readonly issue: (kind: CredentialKind, place: 'body', name: string, value: string) => IssuedFact | null,
  ) {}

  add(
    role: ResponseRole,
    node: LeafNode,
    kind: LeafKind,
    bytes: Uint8Array,
    start: number,
    end: number,
    cut: boolean,
  ): void {
    const length = end - start;
    switch (role) {
      case 'none':
        return;
      case 'token':
      case 'refresh-token':
      case 'ticket': {
        if (cut || kind !== 'text' || length === 0 || length > longestToken || this.tokens.length >= mostTokens) return;
        const fact = this.issue(role, 'body', node.name, textOf(bytes, start, end));
        if (fact !== null) this.tokens.push(fact);
        return;
      }
      case 'code': {
        if (length === 0 || length > longestCode) return;
        const text = textOf(bytes, start, end);
        if (text === 'null') return;
        if (kind === 'literal') {
          this.flag ??= text === 'true';
          return;
        }
        const isStrong = strongCode.test(node.name);
        if (this.code !== '' && (this.#codeIsStrong || !isStrong)) return;
        this.code = text;
        this.codeName = node.name;
        this.#codeIsStrong = isStrong;
        return;
      }
      case 'flag': {
        const text = textOf(bytes, start, Math.min(end, start + 8)).toLowerCase();
        if (text === 'true' || text === '1' || text === 'y') this.flag ??= true;
        else if (text === 'false' || text === '0' || text === 'n') this.flag ??= false;
        return;
      }
      case 'captcha':
        if (kind === 'literal' && length === 4) this.captcha = textOf(bytes, start, end) === 'true';
        return;
      case 'message':
        if (this.message === '' && kind === 'text' && length > 0) {
          this.message = textOf(bytes, start, Math.min(end, start + longestMessage));
        }
        return;
    }
  }
}
