/**
 * What style of API an exchange speaks, by the evidence in it, the strongest first: a protocol's own marks (gRPC
 * media type, SOAP envelope, `jsonrpc`, a GraphQL document), then what was sent, then what came back.
 */

import type { ApiFormat } from '../call.ts';
import { firstOperation } from './graphql.ts';
import { type RpcMembers, rpcMembers, skipSpace } from './json-rpc.ts';
import { extensionKind, extensionStart } from './lexicon.ts';
import { essenceOf, mediaKind } from './media-type.ts';
import { operationName } from './operation-name.ts';
import { soapAction, soapEnvelope } from './soap.ts';

export interface FormatEvidence {
  /** Empty when the request was never seen. */
  readonly method: string;
  /** Path without the query, normalised or as sent. */
  readonly path: string;
  /** As sent, without the question mark; absent or empty for none. */
  readonly query?: string;
  /** Values of Content-Type and SOAPAction; undefined when they were not sent. */
  readonly contentType: string | undefined;
  readonly soapAction: string | undefined;
  /** Content-Type of the response; undefined when none was sent or no response was seen. */
  readonly responseContentType: string | undefined;
  /** 0 when no response was seen. */
  readonly status: number;
  /** First octets of the decoded request body, at most 16 KiB are looked at. */
  readonly requestPrefix: Uint8Array;
  /** First octets of the decoded response body, at most 1 KiB are looked at. */
  readonly responsePrefix: Uint8Array;
}

export interface FormatJudgement {
  readonly format: ApiFormat;
  /** The evidence, in words. */
  readonly reason: string;
  /** What the message asks for where the path does not say; else empty. */
  readonly operation: string;
}

const longestRequest = 16384;
const longestResponse = 1024;
const longestQuery = 8192;

export function formatOf(evidence: FormatEvidence): FormatJudgement {
  const request = beginning(evidence.requestPrefix, longestRequest);
  const response = beginning(evidence.responsePrefix, longestResponse);
  const requestType = essenceOf(evidence.contentType);
  const responseType = essenceOf(evidence.responseContentType);
  const first = request[skipSpace(request, 0)] ?? 0;
  return (
    grpc(evidence.path, requestType, responseType) ??
    soap(evidence, requestType, first, request, responseType, response) ??
    rpc(requestType, first, request) ??
    queryGraphql(evidence) ??
    answeredRpc(evidence, responseType, response) ??
    plain(evidence, requestType, first, responseType, response)
  );
}

function beginning(bytes: Uint8Array, longest: number): Uint8Array {
  return bytes.length <= longest ? bytes : bytes.subarray(0, longest);
}

/** Whether the response's first octets matter at all: where its media type says enough they do not. */
export function asksResponse(method: string, contentType: string | undefined): boolean {
  const type = essenceOf(contentType);
  const kind = mediaKind(type);
  return method === '' || kind === 'none' || kind === 'text' || kind === 'html' || type === 'text/xml';
}

function grpc(path: string, requestType: string, responseType: string): FormatJudgement | null {
  const isRequest = requestType.startsWith('application/grpc');
  if (!isRequest && !responseType.startsWith('application/grpc')) return null;
  const slash = path.lastIndexOf('/', path.lastIndexOf('/') - 1);
  return {
    format: 'gRPC',
    reason: isRequest ? `request type ${requestType}` : `response type ${responseType}`,
    operation: operationName(path.slice(slash + 1)),
  };
}

function soap(
  { contentType, soapAction: action }: FormatEvidence,
  requestType: string,
  first: number,
  request: Uint8Array,
  responseType: string,
  response: Uint8Array,
): FormatJudgement | null {
  const isXml = first === 0x3c || (first === 0xef && request[3] === 0x3c);
  const envelope = isXml ? soapEnvelope(request) : null;
  if (
    envelope !== null ||
    requestType === 'application/soap+xml' ||
    (action !== undefined && (isXml || request.length === 0))
  ) {
    const named = soapAction(action, contentType);
    const reason =
      envelope !== null
        ? 'envelope in a SOAP namespace'
        : requestType === 'application/soap+xml'
          ? 'request type application/soap+xml'
          : 'SOAPAction header';
    return { format: 'SOAP', reason, operation: operationName(named === '' ? (envelope?.bodyChild ?? '') : named) };
  }
  if (responseType === 'application/soap+xml') {
    return { format: 'SOAP', reason: 'response type application/soap+xml', operation: '' };
  }
  if (responseType === 'text/xml' && request.length === 0 && soapEnvelope(response) !== null) {
    return { format: 'SOAP', reason: 'response is an envelope in a SOAP namespace', operation: '' };
  }
  return null;
}

// Without their quotes: the search runs from first letter to first letter, and quotes are many.
const protocolNames = ['jsonrpc', 'query', 'persistedQuery'].map((name) => Buffer.from(name));
/** Up to so many octets are walked: the built-in search costs more than it saves on them. */
const shortText = 512;

function namesProtocol(bytes: Uint8Array): boolean {
  if (bytes.length > shortText) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    return protocolNames.some((name) => text.indexOf(name) >= 0);
  }
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i]!;
    if (c !== 0x6a && c !== 0x71 && c !== 0x70) continue;
    for (let n = 0; n < protocolNames.length; n++) if (standsAt(bytes, i, protocolNames[n]!)) return true;
  }
  return false;
}

function standsAt(bytes: Uint8Array, at: number, name: Uint8Array): boolean {
  let i = 0;
  while (i < name.length && bytes[at + i] === name[i]) i++;
  return i === name.length;
}

/** JSON-RPC and GraphQL: a body is walked only when it holds one of their member names. */
function rpc(requestType: string, first: number, request: Uint8Array): FormatJudgement | null {
  if (request.length === 0) return null;
  if (requestType === 'application/graphql') {
    return graphql(
      Buffer.from(request.buffer, request.byteOffset, request.length).toString('utf8'),
      '',
      '',
      false,
      'request type application/graphql',
    );
  }
  if (first !== 0x7b && first !== 0x5b && first !== 0xef) return null;
  if (!namesProtocol(request)) return null;
  const members = rpcMembers(request);
  if (members === null) return null;
  if (members.jsonrpc !== '' && members.method !== '') return jsonRpc(members);
  if (members.query === '' && members.persistedHash === '') return null;
  return graphql(
    members.query,
    members.operationName,
    members.persistedHash,
    members.batch,
    'GraphQL document in the JSON body',
  );
}

/** A batch is named by its first method, with `…` behind it when more calls follow: a few names, not one a mixture. */
function jsonRpc(members: RpcMembers): FormatJudgement {
  return {
    format: 'JSON-RPC',
    reason: members.batch ? 'batch of calls with jsonrpc and method' : 'jsonrpc and method in the JSON body',
    operation: operationName(members.method) + (members.batch ? '…' : ''),
  };
}

/** Named by operationName, else the document's own name, else kind and first field, else the persisted query's hash. */
function graphql(query: string, name: string, hash: string, batch: boolean, reason: string): FormatJudgement | null {
  const document = query === '' ? null : firstOperation(query);
  if (document === null && hash === '') return null;
  let operation = name !== '' ? name : (document?.name ?? '');
  if (operation === '' && document !== null)
    operation = document.field === '' ? document.kind : `${document.kind}:${document.field}`;
  if (operation === '') operation = `persisted:${hash.slice(0, 16)}`;
  return {
    format: 'GraphQL',
    reason: document === null ? 'hash of a persisted query' : reason,
    operation: operationName(operation) + (batch ? '…' : ''),
  };
}

function queryGraphql(evidence: FormatEvidence): FormatJudgement | null {
  const query = evidence.query ?? '';
  if (query === '' || evidence.requestPrefix.length > 0) return null;
  if (!query.includes('query=') && !query.includes('extensions=')) return null;
  const parameters = new URLSearchParams(query.slice(0, longestQuery));
  const hash = /"sha256Hash"\s*:\s*"([0-9a-f]{16,64})"/i.exec(parameters.get('extensions') ?? '')?.[1] ?? '';
  const name = parameters.get('operationName') ?? '';
  return graphql(parameters.get('query') ?? '', name, hash, false, 'GraphQL document in the query string');
}

/** The request was never seen, or was cut before its marks: the answer of JSON-RPC names itself too. */
function answeredRpc(evidence: FormatEvidence, responseType: string, response: Uint8Array): FormatJudgement | null {
  if (evidence.method !== '' || response.length === 0 || mediaKind(responseType) !== 'json') return null;
  const members = rpcMembers(response);
  if (members === null || members.jsonrpc === '') return null;
  return { format: 'JSON-RPC', reason: 'jsonrpc in the response', operation: '' };
}

function judged(format: ApiFormat, reason: string): FormatJudgement {
  return { format, reason, operation: '' };
}

const isForm = judged('form', 'form in the request body');
const isJsonRequest = judged('REST', 'JSON in the request body');
const isXmlRequest = judged('REST', 'XML in the request body');
const isJsonResponse = judged('REST', 'JSON in the response');
const isXmlResponse = judged('REST', 'XML in the response');
const isJsonp = judged('REST', 'script with a callback in the response');
const isRestMethod = judged('REST', 'method that changes a resource');
const isDataResponse = judged('REST', 'data in the response');
const isDataRequest = judged('REST', 'data in the request body');
const isPicture = judged('REST', 'picture without a file name');
const isPage = judged('web', 'HTML page');
const isPageName = judged('web', 'file name of a page');
const isRedirect = judged('web', 'redirect');
const isAssetName = judged('asset', 'file name of a page part');
const isAssetType = judged('asset', 'media type of a page part');
const isUnknown = judged('unknown', 'no evidence');

function plain(
  evidence: FormatEvidence,
  requestType: string,
  first: number,
  responseType: string,
  response: Uint8Array,
): FormatJudgement {
  const { method, path, status } = evidence;
  const sent = mediaKind(requestType);
  const reads = method === 'GET' || method === 'HEAD' || method === 'OPTIONS' || method === '';
  if (!reads) {
    if (sent === 'form') return isForm;
    if (sent === 'json' || ((first === 0x7b || first === 0x5b) && sent !== 'data')) return isJsonRequest;
    if (sent === 'xml') return isXmlRequest;
  }
  const answered = answerKind(responseType, response);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = extensionStart(name);
  const extension = dot < 0 ? '' : name.slice(dot + 1).toLowerCase();
  const asset = extension !== '' && extensionKind(extension) === 'asset';
  // An asset's file name counts unless the answer is something else; an error page says nothing of the file.
  if (
    asset &&
    reads &&
    (status >= 300 || status < 200 || (answered !== 'json' && answered !== 'html' && answered !== 'xml'))
  ) {
    return isAssetName;
  }
  switch (answered) {
    case 'json':
      return isJsonResponse;
    case 'xml':
      return responseType === 'image/svg+xml' ? isAssetType : isXmlResponse;
    case 'page-part':
      return hasCallback(evidence.query ?? '') ? isJsonp : reads ? isAssetType : isRestMethod;
    case 'picture':
      return isPicture;
    case 'html':
      return reads || method === 'POST' ? isPage : isRestMethod;
    case 'data':
      return isDataResponse;
    default:
  }
  if (method === 'PUT' || method === 'PATCH' || method === 'DELETE') return isRestMethod;
  if (!reads && sent === 'data') return isDataRequest;
  if (/^(?:[sx]?html?|php5?|jspx?|aspx?)$/.test(extension)) return isPageName;
  if (extension === 'json') return isJsonResponse;
  return status >= 300 && status < 400 && status !== 304 ? isRedirect : isUnknown;
}

/** Kind of the answer; a body is asked where its type says nothing or is often wrong (text/html, text/plain). */
function answerKind(responseType: string, response: Uint8Array): ReturnType<typeof mediaKind> {
  const kind = mediaKind(responseType);
  if (kind !== 'none' && kind !== 'text' && kind !== 'html') return kind;
  const at = skipSpace(response, response[0] === 0xef && response[1] === 0xbb ? 3 : 0);
  const c = response[at];
  if (c === 0x7b || c === 0x5b) {
    const next = response[skipSpace(response, at + 1)];
    const opens = next === 0x22 || next === 0x7d || (c === 0x5b && (next === 0x7b || next === 0x5b || next === 0x5d));
    if (opens) return 'json';
  }
  if (kind !== 'none' || c !== 0x3c) return kind;
  const second = (response[at + 1] ?? 0) | 0x20;
  return second === 0x3f ? 'xml' : 'html';
}

function hasCallback(query: string): boolean {
  return /(?:^|&)(?:callback|jsonp|jsoncallback|cb)=/i.test(query);
}
