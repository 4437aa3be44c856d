/** Is an exchange a login, by which evidence, and how did it go? */
import { accountFact, type KeyedHash } from './account.ts';
import type { LoginFact, LoginMethod } from './facts.ts';
import { outcomeOf, type Reply } from './login-outcome.ts';
import type { PathWords } from './login-path.ts';
import type { RequestFields } from './request-fields.ts';

export interface LoginEvidence {
  readonly method: string;
  readonly path: PathWords;
  /** Null when the request had no field that matters. */
  readonly fields: RequestFields | null;
  /** What Authorization says of itself. */
  readonly scheme: 'basic' | 'digest' | null;
  readonly schemeAccount: string;
  readonly reply: Reply;
}

/** Grants that log a person in (RFC 6749 §4.3 and its local kin); the others renew, or speak for a service. */
const personGrant = /^(?:password|sms|sms_code|smscode|mobile|mobile_sms|phone|captcha|ldap|pwd|username_password)$/;

/** Characters of an account that a reply may repeat; shorter ones are in any word. */
const shortestTyped = 3;

/** Null when the exchange is no login. */
export function loginOf(seen: LoginEvidence, hash: KeyedHash): LoginFact | null {
  const evidence: string[] = [];
  const method = methodOf(seen, evidence);
  if (method === null) return null;
  const isScheme = method === 'basic' || method === 'digest';
  const outcome = isScheme ? schemeOutcome(seen.reply, evidence) : outcomeOf(seen.reply, evidence);
  const account = isScheme ? seen.schemeAccount : (seen.fields?.account ?? '');
  const { message } = seen.reply;
  if (message !== '' && (outcome === 'failure' || outcome === 'unknown'))
    evidence.push(`said=${saidHash(message, account, hash)}`);
  return { method, account: accountFact(account, isScheme ? method : 'login', hash), outcome, evidence };
}

/** Of the words of a reply, 4 hex digits: what was typed, numbers and times in it are no words of the program. */
function saidHash(message: string, account: string, hash: KeyedHash): string {
  const words = account.length < shortestTyped ? message : message.replaceAll(account, '');
  return hash(words.replace(/\d+/g, '').trim()).slice(0, 4);
}

function methodOf(seen: LoginEvidence, evidence: string[]): LoginMethod | null {
  const { fields, path, scheme } = seen;
  if (fields !== null) {
    const hasAccount = fields.account !== '';
    const hasPassword = fields.passwords.length > 0;
    if (personGrant.test(fields.grantType)) {
      evidence.push('grant');
      return 'oauth';
    }
    // Every other grant is no login of a person.
    if (fields.grantType !== '') return null;
    if (hasAccount && hasPassword) evidence.push('pair');
    if (path.login !== 'none') evidence.push('path');
    const isOther = fields.setsPassword || path.otherUse;
    const pathCounts = path.login === 'strong' || (path.login === 'weak' && seen.method === 'POST');
    if (pathCounts && !isOther && (hasPassword || (hasAccount && seen.method !== 'GET'))) {
      return hasPassword && !path.sms ? 'password' : fields.hasCode || path.sms ? smsOrPassword(fields) : 'password';
    }
    if (hasAccount && hasPassword && !isOther && fields.business === 0) return 'password';
    if (path.login === 'strong' && fields.hasCode && !isOther && seen.method !== 'GET') return 'sms-code';
  }
  if (scheme !== null && seen.schemeAccount !== '') {
    evidence.push('authorization');
    return scheme;
  }
  // The fields can't be read (encrypted), but the path and the reply speak: a credential was handed out, or refused.
  if (path.login === 'strong' && seen.method === 'POST' && !path.otherUse && speaks(seen.reply)) {
    evidence.length = 0;
    evidence.push('path', 'unread');
    return 'password';
  }
  return null;
}

/** `/sms/login` with a password of the SMS code's shape, or with a code of its own. */
function smsOrPassword(fields: RequestFields): LoginMethod {
  const isCode = fields.hasCode || fields.passwords.every(({ value }) => /^\d{4,8}$/.test(value));
  return isCode ? 'sms-code' : 'password';
}

function speaks(reply: Reply): boolean {
  return reply.tokens > 0 || reply.cookies > 0 || reply.code !== '' || reply.status === 401;
}

/** Basic and Digest log in with every request: 401 refuses, anything else below 500 went past the check. */
function schemeOutcome(reply: Reply, evidence: string[]): LoginFact['outcome'] {
  if (reply.status === 0) return 'unknown';
  evidence.push(`status=${reply.status}`);
  if (reply.status === 401) return 'failure';
  return reply.status < 500 && reply.status !== 403 ? 'success' : 'unknown';
}
