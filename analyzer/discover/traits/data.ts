/** What labels mean for an API, by kind of data rather than by name where recognizers say so. */
import { wordSet } from '../function-words.ts';
import { type Counts, clearLabels, maskedLabels } from './counts.ts';

/** `high` where a leak makes fraud, `medium` personal but limited, `low` technical: what the label's recognizer says. */
export type Sensitivities = ReadonlyMap<string, 'high' | 'medium' | 'low'>;

/** Ways to reach or call a person, which alone make no fraud: several together do. */
export const contacts: ReadonlySet<string> = new Set([
  ...['mobile', 'email', 'landline', 'name', 'name-latin', 'address', 'birth-date', 'customer-number'],
  ...['risk-level', 'income', 'amount', 'hukou', 'plate', 'device-id', 'imei'],
]);
/** Numbers of things that were done, which tell of nobody alone. */
export const receipts: ReadonlySet<string> = new Set(['order']);
/** What proves who somebody is to a machine: it says how a call is let in, not what an API deals in. */
export const proofs: ReadonlySet<string> = new Set(['token', 'session-id', 'opaque-token', 'sms-code']);
export const secrets: ReadonlySet<string> = new Set([
  ...['password', 'secret-key', 'private-key', 'vendor-key', 'url-credentials', 'card-security-code', 'card-track'],
]);
/** Numbers that name somebody's account: who asks by one is answered about it. */
export const accountKeys: ReadonlySet<string> = new Set([
  ...['fund-account', 'securities-account', 'unified-account', 'futures-account', 'otc-account', 'customer-number'],
  ...['bank-card', 'settlement-account', 'trade-account'],
]);
/** What somebody owns or trades. */
export const holdings: ReadonlySet<string> = new Set(['position', 'holding', 'holdings', 'balance', 'order', 'trade']);
export const pictures: ReadonlySet<string> = new Set([
  'id-image',
  'biometric',
  'face-image',
  'face',
  'signature-image',
]);

/** Files about one customer. */
export const personalFiles = wordSet(
  'contract contracts agreement agreements statement statements bill bills settlement idcard resume',
);

/** The data of an API: usual labels by direction, without what only lets a call in. */
export interface Data {
  readonly given: readonly string[];
  readonly givenMasked: readonly string[];
  readonly sent: readonly string[];
}

export function dataOf(counts: Counts): Data {
  // One order's number is a receipt; rows of orders are what somebody trades.
  const areRows = counts.listed * 2 > counts.successes;
  const isGiven = (label: string) => !proofs.has(label) && (areRows || !receipts.has(label));
  const isSent = (label: string) => !proofs.has(label) && !receipts.has(label);
  return {
    given: clearLabels(counts.given, counts).filter(isGiven).sort(),
    givenMasked: maskedLabels(counts.given, counts).filter(isGiven).sort(),
    sent: clearLabels(counts.sent, counts).filter(isSent).sort(),
  };
}

/** What tells of a person or an account; addresses of machines and public numbers do not. */
export function isPersonal(label: string, sensitivities: Sensitivities): boolean {
  return (sensitivities.get(label) ?? 'medium') !== 'low';
}

/** What an API asks for is kept, or only looked up by: by its functions. */
const lookups: ReadonlySet<string> = new Set(['query', 'quote', 'export', 'download', 'database-query']);
export const takers: ReadonlySet<string> = new Set([
  ...['login', 'register', 'sms-code', 'sms-verify', 'password-reset', 'import', 'upload', 'create', 'update'],
  ...['order', 'payment'],
]);

/** The API is asked, by name or number, and answers; nothing of what is sent stays there. */
export function onlyLooksUp(functions: readonly string[], method: string): boolean {
  if (functions.some((name) => takers.has(name) || name === 'delete')) return false;
  return functions.some((name) => lookups.has(name)) || method === 'GET' || method === 'HEAD';
}
