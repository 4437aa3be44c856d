/**
 * The ids that gateways and services hand on with a request, so that its way can be told: W3C Trace Context §3.2, B3,
 * Jaeger, SkyWalking, X-Request-ID and their like. Requests carry them inwards, answers may name them outwards. Only
 * their keyed hashes leave.
 */
import type { KeyedHash } from '../keyed-hash.ts';

/** Fields of such ids, the surest first; another spelling of one id has the same hash. */
export const traceFields = [
  'traceparent',
  'b3',
  'x-b3-traceid',
  'uber-trace-id',
  'sw8',
  'x-amzn-trace-id',
  'x-cloud-trace-context',
  'eagleeye-traceid',
  'x-trace-id',
  'trace-id',
  'traceid',
  'x-request-id',
  'request-id',
  'x-correlation-id',
] as const;

/** Different ids of one exchange that are kept. */
const mostIds = 4;
/** Characters: shorter ones are counters of their sender, longer ones hold more than an id. */
const shortestId = 8;
const longestId = 128;
/** Fields of one message that are looked at, repeats among them; what comes behind them is passed over. */
export const mostTraceFields = 32;
/** Longer fields are not looked at. */
const longestField = 512;

/** Digits of 128 bits. */
const mostDigits = 32;
const uuidLength = 36;

/** The id in the field of that number in `traceFields`; '' for none. */
export function traceIdOf(field: number, text: string): string {
  if (text.length > longestField) return '';
  const value = text.trim();
  switch (traceFields[field]) {
    case 'traceparent':
      return hexId(/^[0-9a-f]{2}-([0-9a-f]{32})-/i.exec(value)?.[1]);
    case 'b3':
      return hexId(/^([0-9a-f]{16,32})-/i.exec(value)?.[1]);
    case 'uber-trace-id':
      return hexId(/^([0-9a-f]{1,32})(?::|%3a)/i.exec(value)?.[1]);
    case 'sw8':
      return plainId(value.split('-', 2)[1]);
    case 'x-amzn-trace-id':
      return plainId(/(?:^|;)\s*Root=([^;]+)/i.exec(value)?.[1]);
    case 'x-cloud-trace-context':
      return hexId(/^([0-9a-f]{32})(?:\/|$)/i.exec(value)?.[1]);
    default:
      return hexId(value) || plainId(value);
  }
}

/** A number of up to 128 bits, however it was padded; zero stands for none. */
function hexId(text: string | undefined): string {
  if (text === undefined || text.length < shortestId) return '';
  let first = 0;
  while (text.charCodeAt(first) === 0x30) first++;
  const digits = text.length - first;
  if (digits < shortestId || digits > mostDigits) return '';
  for (let i = first; i < text.length; i++) {
    const c = text.charCodeAt(i);
    const letter = c | 0x20;
    if ((c < 0x30 || c > 0x39) && (letter < 0x61 || letter > 0x66)) return '';
  }
  return text.slice(first).toLowerCase();
}

/** A UUID is the same id with and without its dashes. */
function plainId(text: string | undefined): string {
  if (text === undefined || text.length < shortestId || text.length > longestId) return '';
  if (text.length === uuidLength && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text))
    return hexId(text.replaceAll('-', ''));
  return /^[\w.:|/+=@-]*\d[\w.:|/+=@-]*$/.test(text) ? text : '';
}

interface TraceId {
  /** The surest that named it. */
  field: number;
  readonly id: string;
}

/** Number of the field and its text, one after the other, as they were met. */
export type TraceTexts = readonly (number | string)[];

/** Keyed hashes of the ids of an exchange, 16 hex digits each, the surest first, parted by spaces. */
export function traceIdsOf(asked: TraceTexts | null, answered: TraceTexts | null, hash: KeyedHash): string {
  if (asked === null && answered === null) return '';
  const ids: TraceId[] = [];
  if (asked !== null) addIds(ids, asked);
  if (answered !== null) addIds(ids, answered);
  if (ids.length === 0) return '';
  if (ids.length > 1) ids.sort((a, b) => a.field - b.field);
  let hashes = hashOf(ids[0]!, hash);
  for (let i = 1; i < ids.length && i < mostIds; i++) hashes += ` ${hashOf(ids[i]!, hash)}`;
  return hashes;
}

function addIds(ids: TraceId[], texts: TraceTexts): void {
  for (let i = 0; i < texts.length; i += 2) {
    const field = texts[i] as number;
    const id = traceIdOf(field, texts[i + 1] as string);
    if (id === '') continue;
    const known = ids.find((each) => each.id === id);
    if (known === undefined) ids.push({ field, id });
    else known.field = Math.min(known.field, field);
  }
}

function hashOf({ id }: TraceId, hash: KeyedHash): string {
  return hash.hexOfText(`trace ${id}`);
}
