/**
 * The specification's security level S0 … S3 (6.2, appendix A): quotes and public news, what limited persons may have,
 * accounts and persons, orders and what they come to.
 */
import { wordSet } from '../function-words.ts';
import type { Counts } from './counts.ts';
import {
  accountKeys,
  type Data,
  holdings,
  isPersonal,
  onlyLooksUp,
  personalFiles,
  type Sensitivities,
  secrets,
} from './data.ts';
import { type Described, type Judgement, judged, sureness, wordIn } from './judgement.ts';

/** Functions that deal with a customer's account, whatever was recognised in them. */
const ofAccounts: ReadonlySet<string> = new Set([
  ...['login', 'register', 'sms-code', 'sms-verify', 'password-reset', 'export', 'import', 'upload', 'database-query'],
]);
const tradingAccounts: ReadonlySet<string> = new Set([
  ...['fund-account', 'securities-account', 'futures-account', 'unified-account', 'otc-account', 'trade-account'],
]);
const tradingWords = wordSet(
  'trade trades trading entrust entrusts order orders position positions holding holdings deal deals redeem subscribe',
);
/** What anybody may read. */
const publicWords = wordSet(
  'news article articles notice notices announcement announcements product products market markets quote quotes quotation ' +
    'help faq banner banners index home health healthz ping version protocol protocols public advert calendar holiday rate',
);
/** Persons in one reply at which volume raises the level (JR/T 0158-2018: quantity changes the level). */
const many = 1000;

export function levelOf(api: Described, counts: Counts, data: Data, sensitivities: Sensitivities): Judgement {
  const { functions, words, method } = api;
  const sure = sureness(counts.successes);
  const all = [...data.given, ...data.givenMasked, ...data.sent];
  const trading = functions.find((name) => name === 'order' || name === 'payment');
  if (trading !== undefined) return judged('S3', `function ${trading}`, 0.9 * sure);
  const held = data.given.filter((label) => holdings.has(label));
  if (held.length > 0) return judged('S3', `gives ${held.join()}`, 0.9 * sure);
  const keys = all.filter((label) => tradingAccounts.has(label));
  if (keys.length > 0) {
    if (functions.includes('login')) return judged('S3', `function login; takes ${keys.join()}`, 0.85 * sure);
    const word = wordIn(words, tradingWords);
    if (word !== '') return judged('S3', `word ${word}; account ${keys.join()}`, 0.85 * sure);
    const asked = data.sent.filter((label) => accountKeys.has(label));
    if (asked.length > 0 && onlyLooksUp(functions, method) && counts.listed * 2 > counts.successes) {
      return judged('S3', `rows ${asked.join()}`, 0.75 * sure);
    }
  }
  const personal = all.filter((label) => isPersonal(label, sensitivities) || secrets.has(label));
  if (personal.length > 0) {
    const clause = `personal ${[...new Set(personal)].join()}`;
    if (counts.persons >= many) return judged('S3', `${clause}; persons ${counts.persons}`, 0.8 * sure);
    return judged('S2', clause, 0.9 * sure);
  }
  const account = functions.find((name) => ofAccounts.has(name));
  if (account !== undefined) return judged('S2', `function ${account}`, 0.75 * sure);
  const file = functions.includes('download') ? wordIn(words, personalFiles) : '';
  if (file !== '') return judged('S2', `word ${file}`, 0.7 * sure);
  if (functions.includes('quote')) return judged('S0', 'function quote', 0.9 * sure);
  const isRead = onlyLooksUp(functions, method);
  const kept = functions.find((name) => name === 'config' || name === 'debug' || name === 'download');
  if (kept !== undefined) return judged('S1', `function ${kept}`, 0.7 * sure);
  const open = wordIn(words, publicWords);
  if (isRead && open !== '') return judged('S0', `word ${open}`, 0.75 * sure);
  if (isRead && counts.anonymous * 2 > counts.successes) return judged('S0', 'anonymous; nothing', 0.6 * sure);
  return judged('S1', isRead ? 'credential; nothing' : `method ${method}`, 0.6 * sure);
}
