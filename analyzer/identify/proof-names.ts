/** What a field's name promises against replays and changes on the way: bits, looked for once a place. */
import { wordsOf } from './name-words.ts';

/** In the order of the bits. */
const proofNames = ['request-id', 'timestamp', 'signature'] as const;

/** Also the number that a client gives its order, by which a second one is known (FIX tag 11). */
const requestIds =
  /^(?:x)?(?:nonce(?:str)?|req(?:uest)?(?:id|no|serial|ref)|idempoten(?:cy|t)(?:key|token)|flowno|serialno|msgid|messageid|bizseq|seqno|(?:client|cl|local|out|mch|merchant|ext(?:ernal)?)(?:order|ord|trade|trans|ref)(?:id|no|ref)?|orderref|uuid|guid)$/;
const timestamps =
  /^(?:x)?(?:(?:ca|tx|api|app|req|request|send|client|sign|auth)?(?:timestamp|ts)|reqtime|requesttime|sendtime|signtime)$/;
const signatures =
  /^(?:x)?(?:(?:ca|tx|api|app|req|request|data|body|md5|sm3|hmac)?(?:sign|signature|sig|mac|hmac)|signdata|signvalue|digest|contentmd5|checksum|签名)$/;

/** As bits. */
export function proofsOf(name: string): number {
  if (name === '' || name.length > 32) return 0;
  const joined = wordsOf(name).join('');
  if (requestIds.test(joined)) return 1;
  if (timestamps.test(joined)) return 2;
  return signatures.test(joined) ? 4 : 0;
}

const lists: readonly (readonly string[])[] = Array.from({ length: 8 }, (_, bits) =>
  Object.freeze(proofNames.filter((_, bit) => ((bits >> bit) & 1) === 1)),
);

/** The bits of a list. */
export function proofBits(list: readonly string[]): number {
  let bits = 0;
  for (let bit = 0; bit < proofNames.length; bit++) if (list.includes(proofNames[bit]!)) bits |= 1 << bit;
  return bits;
}

/** One list for each combination. */
export function proofList(bits: number): readonly string[] {
  return lists[bits & 7]!;
}
