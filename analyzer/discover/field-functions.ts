/**
 * What an API does, by the names of the fields it asks for and the data it answers with: for operations that are a
 * number, and paths that say nothing. A weak witness, so several fields must agree.
 */
import { BoundedCache, ownCopy } from '../bounded-cache.ts';
import type { FunctionName } from './path-functions.ts';
import { wordsOf } from './path-words.ts';

/** What a field's name says, as bits that add up over a message. */
const order = 1;
const amount = 2;
const price = 4;
const security = 8;
const transfer = 16;
const bank = 32;
const paging = 64;
const password = 128;
const side = 256;
const account = 512;

const meanings: readonly (readonly [bit: number, words: string])[] = [
  [order, 'entrust order orders wt wtbh hth contractno orderno entrustno'],
  [amount, 'amount qty quantity vol volume shares share count num number money balance je sl wtsl'],
  [price, 'price prices wtjg jg limitprice nav'],
  [security, 'stock stocks security securities symbol symbols zqdm stkcode seccode ticker instrument gpdm'],
  [transfer, 'transfer withdraw deposit recharge pay payment remit zz zzje repay refund'],
  [bank, 'bank card yh yhkh bankcard'],
  [paging, 'page pageno pagenum pagesize pages limit offset cursor rows perpage start keyword keywords'],
  [password, 'password pwd passwd pass mima jymm zjmm'],
  [side, 'side bs direction mmlb buy sell entrustbs'],
  [account, 'account acct zjzh gddm khh client'],
];
const bits = new Map<string, number>();
for (const [bit, words] of meanings) for (const word of words.split(' ')) bits.set(word, (bits.get(word) ?? 0) | bit);

const known = new BoundedCache<number>(4096);

/** What a parameter's name says: `body.entrust_amount`. Names repeat, so each is read once. */
export function meaningOf(parameter: string): number {
  const seen = known.get(parameter);
  if (seen !== undefined) return seen;
  let meaning = 0;
  const words = wordsOf(parameter.slice(parameter.lastIndexOf('.') + 1));
  for (let i = 0; i < words.length; i++) {
    meaning |= bits.get(words[i]!) ?? 0;
    if (i > 0) meaning |= bits.get(words[i - 1]! + words[i]!) ?? 0;
  }
  return known.set(ownCopy(parameter), meaning);
}

/** What is known of the messages of an API when its words say nothing. */
export interface FieldFacts {
  readonly method: string;
  /** Bits of `meaningOf`, of all fields that were asked for. */
  readonly asked: number;
  /** Different fields that were asked for, counted to 8. */
  readonly fields: number;
  /** Replies gave rows, or personal data. */
  readonly answers: boolean;
}

/** The function and the fields that tell it; null when they tell none. */
export function fieldFunction({ method, asked, fields, answers }: FieldFacts): readonly [FunctionName, string] | null {
  const has = (bit: number) => (asked & bit) !== 0;
  const writes = method === 'POST' || method === 'PUT';
  if (answers) return has(paging) && !has(password) ? ['query', 'fields of paging'] : null;
  if (writes && has(transfer) && (has(amount) || has(bank)) && !has(security))
    return ['payment', 'fields of a transfer'];
  if (writes && has(security) && has(amount) && (has(price) || has(order) || has(side))) {
    return ['order', 'fields of an order'];
  }
  // Nothing but an order's number goes out, and nothing comes back: it is taken back.
  if (writes && has(order) && fields === 1) return ['order', 'field of an order alone'];
  if (has(paging) && !has(password)) return ['query', 'fields of paging'];
  const isPublic = !has(account) && !has(password) && !has(order) && !has(amount);
  if (method === 'GET' && has(security) && isPublic) return ['quote', 'field of a security alone'];
  return null;
}
