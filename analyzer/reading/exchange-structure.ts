/** What the whole of an exchange tells of how it is built: document types, descriptions, listings, links that last. */
import { headerValue, type RequestHead, type ResponseHead } from '../../sensor/transaction.ts';
import { structure } from '../detect/structure/structure.ts';
import { isUnkeyed } from '../detect/structure/unkeyed.ts';
import { isOtherAction, soapAction, soapEnvelope } from '../discover/soap.ts';
import { hashNumber, type KeyedHash } from '../keyed-hash.ts';
import type { Prefix } from './prefix.ts';

/** Octets that are looked through: a document's type and its first element stand at the beginning. */
const LOOKED = 1024;
/** Of content that goes on behind it nobody knows what was signed. */
const SIGNED = 8 * 1024;
/** Behind a byte order mark, as UTF-8 has it. */
const documentType = /^(?:\xef\xbb\xbf)?(?:\s|<\?[^>]{0,200}\?>|<!--[^>]{0,300}-->)*<!DOCTYPE\s+(?!\s)/i;
/** A page's type declares nothing itself: without an internal subset, and by no address but W3C's. */
const pageType =
  /<!DOCTYPE\s+html(?:\s+PUBLIC\s+["']-\/\/W3C\/\/[^"'>]{0,80}["'](?:\s+["']https?:\/\/www\.w3\.org\/[^"'>]{0,120}["'])?|\s+SYSTEM\s+["']about:legacy-compat["'])?\s*>/i;
const description = /<(?:wsdl:)?(?:definitions|description)\b[^>]{0,900}(?:\/wsdl\b|\/wsdl\/)/i;
const listing = /<(?:ListBucketResult|ListAllMyBucketsResult|ListVersionsResult|EnumerationResults)\b/;

/** SOAP 1.2 has no such field. */
const soap11 = /http:\/\/schemas\.xmlsoap\.org\/soap\/envelope\/["']/;
/** Quotes alone say that the address is all there is to know (SOAP 1.1 §6.1.1). */
const named = /[^\s"']/;

/** Of a request's content, as bits. `signature`: what signs it, as sent; `actionField`: SOAPAction. */
export function contentStructure(
  contentType: string | undefined,
  prefix: Prefix | null,
  query: string,
  signature: string,
  actionField: string | undefined,
): number {
  let found = 0;
  if (prefix !== null && contentType?.includes('xml') === true) {
    const text = xmlOf(prefix);
    if (declaresType(text)) found |= structure.documentType;
    if (soap11.test(text) && !named.test(actionField ?? '')) found |= structure.unnamedAction;
    const action = soapAction(actionField, contentType);
    if (action !== '' && isOtherAction(action, soapEnvelope(prefix.octets)?.bodyChild ?? '')) {
      found |= structure.otherAction;
    }
  }
  if (signature === '') return found;
  const body = prefix === null ? '' : textOf(prefix, SIGNED);
  return body.length < SIGNED && isUnkeyed(signature, contentType ?? '', body, query)
    ? found | structure.unkeyed
    : found;
}

function declaresType(text: string): boolean {
  return documentType.test(text) && !pageType.test(text);
}

/** UTF-16, with its mark or without (XML 1.0, appendix F), is read by its Latin characters. */
function xmlOf(prefix: Prefix): string {
  const { octets } = prefix;
  const text = textOf(prefix, LOOKED);
  const isWide = octets[0]! >= 0xfe || octets[0] === 0 || octets[1] === 0;
  return isWide ? text.replace(/^\xff\xfe|^\xfe\xff/, '').replaceAll('\0', '') : text;
}

/** Parameters that are new each time, so that nothing on the way keeps an answer. */
const fresh = /(?:^|&)(?:_|_?t|ts|rnd|rand|random|timestamp|v)=/i;

/** Of a request that may be signed as a whole: 53 bits; 0 for none, and where the address differs each time. */
export function signatureHash(signature: string, query: string, identity: KeyedHash): number {
  if (signature === '' || (query !== '' && fresh.test(query))) return 0;
  identity.hexOfText(signature);
  return hashNumber(identity.high, identity.low);
}

/** Answers in XML to who only asks: descriptions of SOAP services (WSDL 1.1, 2.0), lists of an object store. */
export function mayDescribe(request: RequestHead | null, contentType: string): boolean {
  return request?.method === 'GET' && contentType.includes('xml') && !contentType.includes('xhtml');
}

const lasting = 86_400;

/**
 * A link that was signed for longer than a day: `X-Amz-Expires` (AWS Signature 4) is a length in seconds; `Expires` of
 * OSS, OBS and AWS Signature 2 beside a signature, and the end of COS's `q-sign-time`, are seconds since 1970.
 */
function isLastingLink(query: string, ts: number): boolean {
  if (query.length < 20 || !/expires|sign-time/i.test(query)) return false;
  const length = /[?&]X-(?:Amz|Oss|Obs)-Expires=(\d{1,10})(?:&|$)/i.exec(`&${query}`);
  if (length !== null) return Number(length[1]) > lasting;
  const end =
    /&q-sign-time=\d{9,10}(?:;|%3B)(\d{9,10})(?:&|$)/i.exec(`&${query}`) ??
    (/[&?]Signature=/i.test(`&${query}`) ? /&Expires=(\d{9,10})(?:&|$)/.exec(`&${query}`) : null);
  return end !== null && Number(end[1]) - ts / 1e6 > lasting;
}

/** A redirect to a host other than the one that was asked (RFC 9110 §10.2.2), ports apart. */
function isElsewhere(host: string, { status, headers }: ResponseHead): boolean {
  if (status < 300 || status >= 400 || host === '') return false;
  const authority = /^\s*(?:https?:)?\/\/(?:[^/?#@]*@)?([^/?#]+)/i.exec(headerValue(headers, 'location') ?? '')?.[1];
  return authority !== undefined && withoutPort(authority) !== withoutPort(host);
}

function withoutPort(authority: string): string {
  return authority.replace(/:\d*$/, '').toLowerCase();
}

/** Of an answer, as bits. `describes`: as of `mayDescribe`; `attachment`: it is a file to keep; `host`: that was asked. */
export function answerStructure(
  told: Prefix | null,
  describes: boolean,
  query: string,
  response: ResponseHead | null,
  attachment: boolean,
  host: string,
): number {
  let found = response !== null && isElsewhere(host, response) ? structure.elsewhere : 0;
  if (describes && told !== null) {
    const text = textOf(told, LOOKED);
    if (description.test(text)) found |= structure.serviceDescription;
    if (listing.test(text)) found |= structure.bucketListing;
  }
  if (!attachment || query === '' || response === null || response.status >= 300) return found;
  return isLastingLink(query, response.ts) ? found | structure.lastingLink : found;
}

/** Octets of a page that are looked through for what the request brought in. */
export const PAGE_PREFIX = 64 * 1024;

/** A page that shows `markup` as it was sent, as a bit: whoever follows a link runs it. */
export function reflectedStructure(markup: string, told: Prefix | null, contentType: string | undefined): number {
  if (markup === '' || told === null || !/^\s*(?:text\/html|application\/xhtml)/i.test(contentType ?? '')) return 0;
  return textOf(told, PAGE_PREFIX).includes(markup) ? structure.reflected : 0;
}

/** The first `most` octets, each a character. */
export function textOf({ octets }: Prefix, most: number): string {
  return Buffer.from(octets.buffer, octets.byteOffset, Math.min(octets.length, most)).toString('latin1');
}
