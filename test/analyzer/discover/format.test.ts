import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FormatEvidence, formatOf } from '../../../analyzer/discover/format.ts';
import { firstOperation } from '../../../analyzer/discover/graphql.ts';
import { headerValue } from '../../../sensor/transaction.ts';
import { randomOf } from './random.ts';

interface Row {
  readonly is: string;
  readonly operation?: string;
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly type?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly status?: number;
  readonly answerType?: string | null;
  readonly answer?: string;
}

function evidence(row: Row): FormatEvidence {
  return {
    method: row.method ?? (row.body === undefined ? 'GET' : 'POST'),
    path: row.path ?? '/x',
    query: row.query ?? '',
    contentType: row.type ?? headerValue(row.headers ?? [], 'content-type'),
    soapAction: headerValue(row.headers ?? [], 'soapaction'),
    responseContentType: row.answerType ?? undefined,
    status: row.status ?? 200,
    requestPrefix: Buffer.from(row.body ?? ''),
    responsePrefix: Buffer.from(row.answer ?? ''),
  };
}

const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/';
const soap12 = 'http://www.w3.org/2003/05/soap-envelope';
const envelope = `<?xml version="1.0"?><!-- c --><s:Envelope xmlns:s="${soap11}"><s:Header><a b="&gt;>"/></s:Header><s:Body><q:getFund xmlns:q="u"><id>1</id></q:getFund></s:Body></s:Envelope>`;
const json = 'application/json';

const rows: readonly Row[] = [
  // gRPC
  {
    is: 'gRPC',
    operation: 'trade.Orders/Place',
    method: 'POST',
    path: '/trade.Orders/Place',
    type: 'application/grpc',
  },
  {
    is: 'gRPC',
    operation: 'trade.Orders/Place',
    method: 'POST',
    path: '/trade.Orders/Place',
    type: 'application/grpc+proto',
  },
  { is: 'gRPC', operation: 't.O/P', method: 'POST', path: '/prefix/t.O/P', type: 'application/grpc-web-text' },
  { is: 'gRPC', operation: 't.O/P', method: '', path: '/t.O/P', answerType: 'application/grpc' },
  // SOAP
  { is: 'SOAP', operation: 'getFund', type: 'text/xml; charset=utf-8', body: envelope },
  {
    is: 'SOAP',
    operation: 'getQuote',
    type: 'text/xml',
    headers: ['SOAPAction', '"urn:broker#getQuote"'],
    body: envelope,
  },
  {
    is: 'SOAP',
    operation: 'getQuote',
    type: 'text/xml',
    headers: ['soapaction', 'http://b/q/getQuote'],
    body: envelope,
  },
  { is: 'SOAP', operation: 'getFund', type: 'text/xml', headers: ['SOAPAction', '""'], body: envelope },
  { is: 'SOAP', operation: 'getFund', type: 'text/plain', body: envelope },
  {
    is: 'SOAP',
    operation: 'place',
    type: 'application/soap+xml; charset=utf-8; action="urn:t:place"',
    body: envelope.replace(soap11, soap12),
  },
  { is: 'SOAP', operation: '查询', type: 'text/xml', body: envelope.replaceAll('getFund', '查询') },
  { is: 'SOAP', operation: '', type: 'text/xml', body: envelope.slice(0, envelope.indexOf('<s:Body>')) },
  { is: 'SOAP', operation: '', type: 'text/xml', body: `<Envelope xmlns='${soap12}'><Body/></Envelope>` },
  { is: 'SOAP', method: 'POST', answerType: 'text/xml', answer: envelope },
  { is: 'REST', type: 'text/xml', body: '<Envelope xmlns="urn:other"><Body/></Envelope>' },
  { is: 'REST', type: json, headers: ['SOAPAction', 'x'], body: '{"a":1}' },
  // GraphQL
  {
    is: 'GraphQL',
    operation: 'GetFund',
    type: json,
    body: '{"operationName":"GetFund","query":"query GetFund { fund { id } }"}',
  },
  {
    is: 'GraphQL',
    operation: 'GetFund',
    type: json,
    body: '{"query":"query GetFund($i: ID!) { fund(id: $i) { id } }"}',
  },
  { is: 'GraphQL', operation: 'query:fund', type: json, body: '{"variables":{"query":"x"},"query":"{ fund { id } }"}' },
  { is: 'GraphQL', operation: 'query:fund', type: json, body: '{"query":"# hi\\n{ a: fund(id: \\"1\\") { id } }"}' },
  {
    is: 'GraphQL',
    operation: 'mutation:place',
    type: json,
    body: '{"query":"mutation ($o: In = {a: 1}) @x(y: {}) { place(o: $o) { id } }"}',
  },
  { is: 'GraphQL', operation: 'Q', type: json, body: '{"query":"fragment F on T { a { b } } query Q { x { ...F } }"}' },
  { is: 'GraphQL', operation: 'Live', type: json, body: '{"query":"subscription Live { ticks }"}' },
  { is: 'GraphQL', operation: 'Q…', type: json, body: '[{"query":"query Q { a }"},{"query":"query R { b }"}]' },
  {
    is: 'GraphQL',
    operation: 'persisted:ecf4edb46db40b51',
    type: json,
    body: '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38"}}}',
  },
  { is: 'GraphQL', operation: 'Q', type: 'application/graphql', body: 'query Q { a }' },
  { is: 'GraphQL', operation: 'query:fund', query: 'query=%7Bfund%7Bid%7D%7D' },
  {
    is: 'GraphQL',
    operation: 'Op',
    query: `operationName=Op&extensions=${encodeURIComponent('{"persistedQuery":{"sha256Hash":"ecf4edb46db40b51"}}')}`,
  },
  { is: 'GraphQL', operation: 'Long', type: json, body: `{"query":"query Long { a(x: \\"${'y'.repeat(20000)}` },
  { is: 'REST', type: json, body: '{"query":"select * from t"}' },
  { is: 'REST', type: json, body: '{"query":"query the market"}' },
  { is: 'REST', type: json, body: '{"query":"{\\"a\\":1}"}' },
  { is: 'REST', type: json, body: '{"query":{"match":{"name":"x"}}}' },
  { is: 'REST', type: json, body: '{"a":{"query":"{ fund }"}}' },
  { is: 'REST', answerType: json, query: 'query=%7B%22a%22' },
  // JSON-RPC
  {
    is: 'JSON-RPC',
    operation: 'trade.query',
    type: json,
    body: '{"jsonrpc":"2.0","id":1,"method":"trade.query","params":{"method":"no"}}',
  },
  {
    is: 'JSON-RPC',
    operation: '407413',
    type: json,
    body: '{"params":{"jsonrpc":"x","method":"no","a":[{"b":"}"}]},"method":"407413","jsonrpc":"2.0"}',
  },
  {
    is: 'JSON-RPC',
    operation: 'a…',
    type: json,
    body: ' [ {"jsonrpc":"2.0","method":"a"} , {"jsonrpc":"2.0","method":"b"}]',
  },
  { is: 'JSON-RPC', operation: 'a', type: json, body: '[{"jsonrpc":"2.0","method":"a"}]' },
  { is: 'JSON-RPC', operation: 'a"b/é', type: json, body: '{"jsonrpc":"2.0","method":"a\\"b\\/\\u00e9"}' },
  {
    is: 'JSON-RPC',
    operation: '{uuid}',
    type: json,
    body: '{"jsonrpc":"2.0","method":"550e8400-e29b-41d4-a716-446655440000"}',
  },
  { is: 'JSON-RPC', operation: 'a', type: 'text/plain', body: '\ufeff{"jsonrpc":"2.0","method":"a"}' },
  { is: 'JSON-RPC', method: '', answerType: json, answer: '{"jsonrpc":"2.0","result":1}' },
  { is: 'REST', type: json, body: '{"method":"a","service":"b"}' },
  { is: 'REST', type: json, body: '{"text":"\\"jsonrpc\\": \\"method\\"","method":"a"}' },
  // form
  { is: 'form', type: 'application/x-www-form-urlencoded', body: 'a=1', answerType: json },
  { is: 'form', type: 'multipart/form-data; boundary=x', body: '--x', answerType: 'text/html' },
  // REST
  { is: 'REST', type: 'application/vnd.api+json', body: '{}' },
  { is: 'REST', type: 'text/plain', body: '{"a":1}' },
  { is: 'REST', type: 'application/xml', body: '<a/>' },
  { is: 'REST', answerType: 'application/json;charset=UTF-8' },
  { is: 'REST', answerType: 'text/html', answer: ' {"code":0}' },
  { is: 'REST', answerType: '', answer: '[{"a":1}]' },
  { is: 'REST', answerType: 'application/xml', answer: '<a/>' },
  { is: 'REST', answerType: '', answer: '<?xml version="1.0"?><a/>' },
  { is: 'REST', answerType: 'application/vnd.ms-excel' },
  { is: 'REST', answerType: 'application/octet-stream', path: '/export' },
  { is: 'REST', answerType: 'text/event-stream' },
  { is: 'REST', answerType: 'image/png', path: '/captcha' },
  { is: 'REST', answerType: 'application/javascript', path: '/quote', query: 'callback=jQuery1' },
  { is: 'REST', answerType: '', path: '/data.json' },
  { is: 'REST', answerType: json, path: '/data.json' },
  { is: 'REST', answerType: json, path: '/chart.png' },
  { is: 'REST', method: 'DELETE', answerType: '', status: 204 },
  { is: 'REST', method: 'PUT', answerType: 'text/html', answer: '<html>' },
  // web
  { is: 'web', answerType: 'text/html; charset=gbk', answer: '<!DOCTYPE html>' },
  { is: 'web', answerType: '', answer: '<html>' },
  { is: 'web', answerType: null, path: '/a/index.jsp', status: 0 },
  { is: 'web', answerType: '', status: 302 },
  { is: 'web', answerType: 'text/html', path: '/app.js', answer: '<!doctype html>' },
  // asset
  { is: 'asset', answerType: 'application/javascript', path: '/app.js' },
  { is: 'asset', answerType: 'text/css', path: '/a/b.css' },
  { is: 'asset', answerType: 'image/png', path: '/logo.PNG' },
  { is: 'asset', answerType: 'font/woff2', path: '/f.woff2' },
  { is: 'asset', answerType: 'application/octet-stream', path: '/app.js.map' },
  { is: 'asset', answerType: 'image/x-icon', path: '/favicon.ico' },
  { is: 'asset', answerType: '', path: '/app.js', status: 304 },
  { is: 'asset', answerType: 'text/html', path: '/app.js', status: 404 },
  { is: 'asset', answerType: null, path: '/app.js', status: 0 },
  { is: 'asset', answerType: 'text/javascript', path: '/bundle' },
  // unknown
  { is: 'unknown', answerType: '' },
  { is: 'unknown', answerType: null, status: 0 },
  { is: 'unknown', answerType: 'text/plain', answer: 'ok' },
  { is: 'unknown', answerType: '', status: 304 },
];

test('formats and operations by evidence', () => {
  for (const row of rows) {
    const judgement = formatOf(evidence(row));
    assert.equal(judgement.format, row.is, JSON.stringify(row).slice(0, 200));
    assert.equal(judgement.operation, row.operation ?? '', JSON.stringify(row).slice(0, 200));
    assert.ok(judgement.reason.length > 0);
  }
});

test('nesting of any depth costs neither stack nor time', () => {
  const deep = `{"query":${'['.repeat(8000)}${']'.repeat(8000)},"jsonrpc":"2.0","method":"late"}`;
  assert.equal(formatOf(evidence({ is: '', type: json, body: deep })).operation, 'late');
  const open = `{"jsonrpc":"2.0","a":${'{"b":'.repeat(3000)}`;
  assert.equal(formatOf(evidence({ is: '', type: json, body: open })).format, 'REST');
  const xml = `<e:Envelope xmlns:e="${soap11}"><e:Header>${'<a>'.repeat(4000)}`;
  assert.equal(formatOf(evidence({ is: '', type: 'text/xml', body: xml })).format, 'SOAP');
  assert.equal(firstOperation('{'.repeat(16000)), null);
});

test('a message cut anywhere never throws, and never changes what was already plain', () => {
  for (const row of rows) {
    const whole = evidence(row);
    for (let cut = 0; cut <= Math.min(whole.requestPrefix.length, 400); cut++) {
      const judgement = formatOf({ ...whole, requestPrefix: whole.requestPrefix.subarray(0, cut) });
      if (whole.requestPrefix.length <= 400 && cut === whole.requestPrefix.length)
        assert.equal(judgement.format, row.is);
    }
  }
});

test('random bytes never throw', () => {
  const random = randomOf(77);
  const starts = [
    '',
    '{"query":"',
    '{"jsonrpc":"2.0","method":"',
    '[{"query":"{',
    '<Envelope xmlns="',
    `<Envelope xmlns="${soap11}">`,
    '{"query":"query Q(',
  ];
  const alphabet = [
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\',
    ',',
    ':',
    '<',
    '>',
    '/',
    '!',
    '-',
    '(',
    ')',
    '#',
    '\n',
    '"""',
    'a',
    '\\u12',
    '<![CDATA[',
    '<!--',
    'query',
    '@',
  ];
  for (let i = 0; i < 20_000; i++) {
    let body = starts[random(starts.length)]!;
    for (let n = random(40); n > 0; n--) body += alphabet[random(alphabet.length)];
    const judgement = formatOf(
      evidence({
        is: '',
        type: [json, 'text/xml', '', 'application/graphql'][random(4)]!,
        body,
        query: `query=${body}`,
      }),
    );
    assert.ok(judgement.operation.length <= 129);
    assert.doesNotMatch(judgement.operation, /[\0-\x20]/);
  }
});
