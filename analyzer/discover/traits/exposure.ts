/** Does an API give data out, take data in, or neither? The direction that the API is for comes first. */
import type { Counts } from './counts.ts';
import { type Data, isPersonal, onlyLooksUp, pictures, type Sensitivities, takers } from './data.ts';
import { type Described, type Judgement, judged, sureness, wordIn } from './judgement.ts';

/** By what they are for, whatever was recognised in their files and forms. */
const giving: ReadonlySet<string> = new Set(['export', 'download', 'database-query']);
const taking: ReadonlySet<string> = new Set([
  ...['login', 'register', 'sms-code', 'sms-verify', 'password-reset', 'import', 'upload'],
]);
/** Somebody's order or payment: several values say what is wanted, a number alone takes something back. */
const trading: ReadonlySet<string> = new Set(['order', 'payment']);
const withdrawing: ReadonlySet<string> = new Set(['cancel', 'withdraw', 'revoke', 'delete', 'remove']);
/** Files that anybody may have. */
const publicFiles: ReadonlySet<string> = new Set([
  'template',
  'templates',
  'apk',
  'client',
  'app',
  'sdk',
  'help',
  'guide',
]);

export function exposureOf(api: Described, counts: Counts, data: Data, sensitivities: Sensitivities): Judgement {
  const { functions, method, words } = api;
  const personal = (labels: readonly string[]) => labels.filter((label) => isPersonal(label, sensitivities));
  const given = personal([...data.given, ...data.givenMasked]);
  const sent = personal(data.sent);
  const looksUp = onlyLooksUp(functions, method);
  const exposing: string[] = [];
  const collecting: string[] = [];
  if (given.length > 0) exposing.push(`gives ${given.join()}`);
  const gives = functions.find((name) => giving.has(name));
  if (gives !== undefined && wordIn(words, publicFiles) === '') exposing.push(`function ${gives}`);
  if (looksUp && sent.length > 0 && given.length === 0 && counts.listed * 2 > counts.successes) {
    exposing.push(`rows ${sent.join()}`);
  }
  if (!looksUp && sent.length > 0) collecting.push(`takes ${sent.join()}`);
  const takes = functions.find((name) => taking.has(name));
  if (takes !== undefined) collecting.push(`function ${takes}`);
  const trades = functions.find((name) => trading.has(name));
  if (trades !== undefined && method !== 'DELETE' && counts.asked > 1 && wordIn(words, withdrawing) === '') {
    collecting.push(`function ${trades}`);
  }
  if (data.sent.some((label) => pictures.has(label)) && !looksUp) collecting.push('pictures');
  if (exposing.length === 0 && collecting.length === 0)
    return judged('none', 'nothing', 0.6 * sureness(counts.successes));
  const values = [...(exposing.length > 0 ? ['exposing'] : []), ...(collecting.length > 0 ? ['collecting'] : [])];
  // What it is for stands first.
  if (values.length > 1 && functions.some((name) => takers.has(name)) && !functions.includes('export'))
    values.reverse();
  const reason = [...exposing, ...collecting].join('; ');
  return judged(values.join(), reason, (given.length + sent.length > 0 ? 0.95 : 0.75) * sureness(counts.successes));
}
