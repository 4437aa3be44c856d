/**
 * What an API does, by the words of its path and operation and by its method. No learning: the first call is enough.
 *
 * Words count whole. What stands beside a word can make it a thing that is read: `/login/history` and `getLoginInfo`
 * are queries, `/export/tasks` is a list. Orders and payments are writes: reading them is a query.
 */
import type { ApiFormat } from '../call.ts';
import * as vocabulary from './function-words.ts';
import { wordSet } from './function-words.ts';
import { type PathWords, pathWords, type Word } from './path-words.ts';

export type FunctionName =
  | 'login'
  | 'logout'
  | 'register'
  | 'sms-code'
  | 'sms-verify'
  | 'password-reset'
  | 'export'
  | 'import'
  | 'upload'
  | 'download'
  | 'query'
  | 'create'
  | 'update'
  | 'delete'
  | 'order'
  | 'payment'
  | 'quote'
  | 'database-query'
  | 'debug'
  | 'config';

/** Why, in fixed words: `word "entrust"`, `method POST`, `extension .csv`. */
export type Reasons = Map<FunctionName, string>;

/** How words of one function are read. */
interface Reading {
  readonly name: FunctionName;
  /** Single words; pairs that stand side by side are written as one. */
  readonly words: ReadonlySet<string>;
  /** Given: every other word behind it, and in its segment before it, is of these or neutral. */
  readonly company?: ReadonlySet<string>;
  /** Words that alone behind it make it something else. */
  readonly about?: ReadonlySet<string>;
  readonly only?: 'writes';
  /** Given: one of these stands anywhere too. */
  readonly beside?: ReadonlySet<string>;
  /** Reading words before it in its segment do not matter. */
  readonly read?: true;
}

const readings: readonly Reading[] = [
  {
    name: 'login',
    words: wordSet('login logon signin dologin loginin userlogin logincheck checklogin authenticate weblogin applogin'),
    company: vocabulary.loginCompany,
    only: 'writes',
  },
  { name: 'logout', words: wordSet('logout logoff signout signoff loginout'), company: vocabulary.loginCompany },
  {
    name: 'register',
    words: wordSet('register registration signup regist openaccount enroll'),
    company: wordSet('submit save create phone email by sms apply confirm check post account person individual online'),
    only: 'writes',
  },
  {
    name: 'export',
    words: wordSet('export exports exporting exportexcel exportcsv exportdata exportlist exportall toexcel tocsv'),
    about: vocabulary.aboutFiles,
  },
  {
    name: 'import',
    words: wordSet('import imports importing importexcel importdata batchimport'),
    about: vocabulary.aboutFiles,
    only: 'writes',
  },
  {
    name: 'upload',
    words: wordSet('upload uploads uploading uploadfile fileupload uploadfiles uploadimage ocr'),
    about: vocabulary.aboutFiles,
    only: 'writes',
  },
  {
    name: 'upload',
    words: wordSet('face faces facecompare faceverify livedetect liveness portrait'),
    company: vocabulary.pictureCompany,
    only: 'writes',
  },
  {
    name: 'download',
    words: wordSet('download downloads downloading downloadfile filedownload'),
    about: vocabulary.aboutFiles,
  },
  {
    name: 'order',
    words: wordSet('order orders entrust entrusts buy sell purchase redeem redemption placeorder cancelorder'),
    company: vocabulary.orderCompany,
    only: 'writes',
  },
  {
    name: 'order',
    words: wordSet('subscribe subscription'),
    company: vocabulary.orderCompany,
    only: 'writes',
    beside: wordSet('fund funds ipo bond bonds newstock'),
  },
  {
    name: 'payment',
    words: wordSet(
      'pay payment payments transfer transfers banktransfer fundtransfer withdraw withdrawal withdrawals deposit deposits ' +
        'recharge topup refund refunds remit remittance cashout payout',
    ),
    company: vocabulary.paymentCompany,
    only: 'writes',
  },
  {
    name: 'quote',
    words: wordSet(
      'quote quotes quotation quotations kline klines tick ticks ticker tickers candle candles candlestick candlesticks ' +
        'orderbook marketdata',
    ),
    read: true,
  },
  { name: 'database-query', words: wordSet('sql'), company: vocabulary.sqlCompany, read: true },
  {
    name: 'database-query',
    words: wordSet('executesql execsql runsql sqlquery querysql dbquery querydb databasequery sqlexecute msearch'),
    read: true,
  },
  {
    name: 'debug',
    words: wordSet(
      'debug actuator swagger swaggerui swaggerresources apidocs druid jolokia heapdump threaddump phpinfo graphiql ' +
        'arthas pprof hconsole knife serverinfo jmxconsole webconsole',
    ),
    read: true,
  },
  {
    name: 'config',
    words: wordSet('config configs configuration configurations setting settings dict dicts dictionary sysparam'),
    read: true,
  },
];

const byWord = new Map<string, Reading[]>();
for (const reading of readings) {
  for (const word of reading.words) byWord.set(word, [...(byWord.get(word) ?? []), reading]);
}

const sendWords = wordSet('send get apply request resend obtain create dispatch');
const codeWords = wordSet('code codes verifycode vcode captcha verificationcode verifysms otp');
const checkWords = wordSet('check verify valid validate confirm match verification');
const phoneWords = wordSet('sms mobile phone tel msg smscode smscodes mobilecode phonecode otp');
const notSent = wordSet(
  'record records log logs history template templates config list count status image picture img login short',
);

export function pathFunctions(method: string, template: string, operation: string, format: ApiFormat): Reasons {
  const reasons: Reasons = new Map();
  if (!/^(?:GET|POST|PUT|PATCH|DELETE)$/.test(method)) return reasons;
  const words = pathWords(template, operation);
  const isPage = method === 'GET' && (format === 'web' || format === 'asset');
  const writes = method !== 'GET';
  readSecrets(words, writes, reasons);
  const possible = possibleReadings(words);
  for (const reading of readings) {
    if (!possible.has(reading)) continue;
    if (reading.only === 'writes' && !writes) continue;
    if (reasons.has(reading.name) || !isBeside(words, reading.beside)) continue;
    const word = find(words, reading, method);
    if (word !== undefined) reasons.set(reading.name, `word "${word.shown}"`);
  }
  settle(reasons, words, method);
  if (words.document !== '' && method !== 'DELETE') reasons.set('download', `extension .${words.document}`);
  if (isPage) {
    for (const name of [...reasons.keys()])
      if (name !== 'debug' && name !== 'logout' && name !== 'download') reasons.delete(name);
    return reasons;
  }
  if (reasons.size === 0) readVerb(words, method, operation, format, reasons);
  return reasons;
}

/** SMS codes and passwords, which take two words to tell. */
function readSecrets({ segments }: PathWords, writes: boolean, reasons: Reasons): void {
  const all = segments.slice(-3).flat();
  const first = (set: ReadonlySet<string>) => all.find((word) => set.has(word.text));
  const last = all.at(-1);
  if (last === undefined) return;
  const password = first(vocabulary.passwordWords);
  const reset = first(vocabulary.resetWords);
  if (password !== undefined && reset !== undefined && writes && !vocabulary.aboutFiles.has(last.text)) {
    reasons.set('password-reset', `words "${reset.shown}", "${password.shown}"`);
  }
  const phone = first(phoneWords);
  const code = first(codeWords);
  const send = first(sendWords);
  if (all.some((word) => notSent.has(word.text))) return;
  const word = phone ?? (send === undefined ? undefined : code);
  // `sms` alone is sent or checked; a telephone, and a code, need each other.
  const isCode = phone?.text.startsWith('sms') || phone?.text === 'otp' || (word !== undefined && code !== undefined);
  if (word === undefined || !isCode) return;
  const check = all.find((each) => checkWords.has(each.text));
  if (check !== undefined && send === undefined) reasons.set('sms-verify', `words "${word.shown}", "${check.shown}"`);
  else if (send !== undefined || code !== undefined || phone?.text.endsWith('code') || phone?.text.endsWith('codes')) {
    reasons.set('sms-code', `word "${word.shown}"`);
  }
}

/** The readings that have any of the words, so that the others need not look. */
function possibleReadings({ segments }: PathWords): ReadonlySet<Reading> {
  const possible = new Set<Reading>();
  const add = (text: string) => {
    for (const reading of byWord.get(text) ?? []) possible.add(reading);
  };
  for (const words of segments) {
    for (let i = 0; i < words.length; i++) {
      add(words[i]!.text);
      if (i > 0) add(words[i - 1]!.text + words[i]!.text);
    }
    if (words.length > 2) add(joined(words));
  }
  return possible;
}

function joined(words: readonly Word[]): string {
  return words.map((word) => word.text).join('');
}

/** The last place at which one of the words stands as it should. */
function find({ segments, endsOpen, document }: PathWords, reading: Reading, method: string): Word | undefined {
  const behind: Word[] = [];
  for (let s = segments.length - 1; s >= 0; s--) {
    const segment = segments[s]!;
    const text = segment.length > 1 ? joined(segment) : '';
    if (text !== '' && reading.words.has(text) && fits(reading, [], behind)) {
      return { text, shown: segment.map((word) => word.shown).join(' ') };
    }
    for (let i = segment.length - 1; i >= 0; i--) {
      const next = segment[i + 1];
      const pair = next === undefined ? '' : segment[i]!.text + next.text;
      const isPair = pair !== '' && reading.words.has(pair);
      if (!isPair && !reading.words.has(segment[i]!.text)) continue;
      const rest = [...segment.slice(i + (isPair ? 2 : 1)), ...behind];
      // `GET /exports` lists them.
      const isList =
        method === 'GET' && reading.about !== undefined && rest.length === 0 && /s$/.test(segment[i]!.text);
      if (isList && !(endsOpen && document !== '')) continue;
      if (fits(reading, segment.slice(0, i), rest)) return segment[i]!;
    }
    behind.unshift(...segment);
  }
  return undefined;
}

function isBeside({ segments }: PathWords, beside: ReadonlySet<string> | undefined): boolean {
  return beside === undefined || segments.some((words) => words.some((word) => beside.has(word.text)));
}

function fits({ company, about, read, words }: Reading, before: readonly Word[], behind: readonly Word[]): boolean {
  const says = behind.filter((word) => !vocabulary.neutral.has(word.text));
  if (company !== undefined) {
    const isCompany = ({ text }: Word) => company.has(text) || words.has(text) || vocabulary.neutral.has(text);
    return says.every(isCompany) && before.every(isCompany);
  }
  if (about !== undefined && says.length === 1 && about.has(says[0]!.text)) return false;
  return read === true || !before.some((word) => vocabulary.reading.has(word.text));
}

/** Where two functions were found by the same words, the narrower stays. */
function settle(reasons: Reasons, { segments }: PathWords, method: string): void {
  const has = (set: ReadonlySet<string>) => segments.some((words) => words.some((word) => set.has(word.text)));
  if (reasons.has('order') && reasons.has('payment')) {
    // To withdraw an order is no payment, to pay for one is.
    reasons.delete(/"(?:withdraw|transfer)/.test(reasons.get('payment')!) ? 'payment' : 'order');
  }
  if (
    reasons.has('quote') &&
    (method === 'PUT' || method === 'DELETE' || has(vocabulary.creating) || has(vocabulary.deleting))
  ) {
    reasons.delete('quote');
  }
  if (reasons.has('password-reset')) for (const name of ['login', 'sms-code'] as const) reasons.delete(name);
  if (reasons.has('logout') || reasons.has('sms-code') || reasons.has('sms-verify')) reasons.delete('login');
  if (reasons.size > 1 && !reasons.has('database-query')) reasons.delete('config');
  if (method !== 'DELETE') return;
  for (const name of ['export', 'import', 'upload', 'download', 'quote', 'login'] as const) reasons.delete(name);
  if (reasons.size > 0) return;
  const last = segments
    .at(-1)
    ?.filter((word) => !vocabulary.neutral.has(word.text))
    .at(-1);
  const named = last ?? segments.at(-2)?.at(-1);
  if (named !== undefined && /^sessions?$/.test(named.text)) reasons.set('logout', `method DELETE of "${named.shown}"`);
}

/** Query, create, update or delete: by the first word of doing in the last segment that has one, else by the method. */
function readVerb(
  { segments }: PathWords,
  method: string,
  operation: string,
  format: ApiFormat,
  reasons: Reasons,
): void {
  if (method === 'PUT' || method === 'PATCH' || method === 'DELETE') {
    reasons.set(method === 'DELETE' ? 'delete' : 'update', `method ${method}`);
    return;
  }
  for (let s = segments.length - 1; s >= 0 && s >= segments.length - 2; s--) {
    const segment = segments[s]!;
    // In a GET, `new` and `edit` may be pages and `apply` a noun: only a verb with its object is believed.
    if (method === 'GET' && segment.length < 2) continue;
    for (const [i, { text, shown }] of segment.entries()) {
      // `market-update-4711` is an article.
      if (method === 'GET' && i > 0) break;
      const name = vocabulary.neutral.has(text) ? undefined : verbOf(text);
      if (name === undefined) continue;
      reasons.set(name, `word "${shown}"`);
      return;
    }
  }
  if (method === 'GET') reasons.set('query', 'method GET');
  else if (format === 'GraphQL') reasons.set('query', 'GraphQL without a word of writing');
  // An operation that is a number, or a word nobody knows, may be anything.
  else if (operation === '' && segments.some((words) => words.some(({ text }) => !vocabulary.neutral.has(text))))
    reasons.set('create', 'method POST');
}

function verbOf(word: string): FunctionName | undefined {
  if (vocabulary.reading.has(word)) return 'query';
  if (vocabulary.deleting.has(word)) return 'delete';
  if (vocabulary.updating.has(word)) return 'update';
  return vocabulary.creating.has(word) ? 'create' : undefined;
}
