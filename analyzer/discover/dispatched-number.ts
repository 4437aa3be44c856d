/**
 * The number of a function as the last segment of a path (`/api/331100`, `/servlet/json/407413`): the functions of a
 * trading back office have numbers for names. An id is spelt the same way, so words in front of it and its first digit
 * decide, and in doubt it is an id. Should ever new numbers come, the learnt templates make them a parameter.
 */
import { isPathStart } from './path-starts.ts';

/**
 * `certain`: it stands behind a word that only functions stand behind. `likely`: it is an API of its own, and is hidden
 * where its API's name does not stand.
 */
export type DispatchedNumber = 'certain' | 'likely' | 'none';

/** Parameter that such a number is besides, so that who runs through all of them is seen. */
export const dispatchedName = 'functionNumber';

/** Five or six digits. */
const anyNumber = /^[1-9]\d{4,5}$/;
/** Ids are counted up from 10000 or 100000: one that begins as they do is in doubt. */
const lateNumber = /^[3-9]\d{5}$/;
/** Only functions have numbers behind these. */
const functionWords = new Set(['servlet', 'func', 'function', 'rpc', 'dispatch']);
/** Behind these there may be a function or a thing. */
const openWords = new Set(['api', 'openapi', 'gw', 'json']);
/** What stands in front of them; `/call/830142` and `/service/100234` are a call and a service that somebody has. */
const leadingWords = new Set([...functionWords, ...openWords, 'gateway', 'service', 'invoke', 'call', 'do']);

export function dispatchedNumber(segments: readonly string[], at: number): DispatchedNumber {
  if (at < 1 || at > 3 || !anyNumber.test(segments[at]!)) return 'none';
  for (let i = 0; i < at - 1; i++) {
    const word = segments[i]!.toLowerCase();
    if (!leadingWords.has(word) && !isPathStart(word)) return 'none';
  }
  const last = segments[at - 1]!.toLowerCase();
  if (functionWords.has(last)) return 'certain';
  if (last === 'json' && at > 1 && functionWords.has(segments[at - 2]!.toLowerCase())) return 'certain';
  return openWords.has(last) && lateNumber.test(segments[at]!) ? 'likely' : 'none';
}
