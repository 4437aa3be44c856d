import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecordSink, type TransactionRecord } from '../../sensor/record.ts';
import type { MessageFacts, TransactionTail } from '../../sensor/transaction.ts';

const flow = {
  uid: '0123456789abcdef',
  client: { ip: '10.0.0.1', port: 5 },
  server: { ip: '2001:db8::1', port: 80 },
};

const facts: MessageFacts = {
  shedBytes: 0,
  headBytes: 40,
  wireBytes: 0,
  bytes: 0,
  encoding: '',
  charset: '',
  truncated: false,
  endTs: 2,
  trailers: [],
};

const tail: TransactionTail = {
  ts: 9,
  request: facts,
  response: null,
  sequence: 0,
  durationUs: 1,
  gapBytes: 0,
  truncated: false,
  pairing: 'no-response',
  unpaired: 'closed',
  interim: [],
  weird: [],
};

interface Made {
  readonly ts?: number;
  readonly target?: string;
  readonly headers?: readonly string[];
  readonly body?: readonly Buffer[];
  readonly charset?: string;
  readonly maxBody?: number;
  readonly clear?: boolean;
  readonly tail?: Partial<TransactionTail>;
}

function recordOf({
  target = '/',
  headers = [],
  body = [],
  charset = '',
  maxBody = 100,
  clear = false,
  ...rest
}: Made) {
  const ts = rest.ts ?? 1_767_576_600_000_001;
  let made: TransactionRecord | undefined;
  let completed = 0;
  const reader = new RecordSink({ maxBody, clear }, (record, at) => {
    made = record;
    completed = at;
  }).open(flow, 3);
  reader.begin({ side: 'request', ts, method: 'GET', target, version: '1.1', host: 'h', headers });
  for (const bytes of body) reader.body('request', bytes, 0, bytes.length);
  const bytes = Buffer.concat(body).length;
  reader.end({ ...tail, request: { ...facts, bytes, wireBytes: bytes, charset }, ...rest.tail });
  assert.equal(completed, 9);
  return made!;
}

test('a record is what the JSON contract says, and survives JSON', () => {
  const record = recordOf({ target: '/a?b=c', headers: ['Host', 'h'] });
  assert.deepEqual(record, {
    v: 1,
    uid: '0123456789abcdef-3',
    depth: 3,
    ts: '2026-01-05T01:30:00.000001Z',
    protocol: 'http/1.1',
    client: flow.client,
    server: flow.server,
    request: {
      ts: '2026-01-05T01:30:00.000001Z',
      method: 'GET',
      target: '/a?b=c',
      path: '/a',
      query: 'b=c',
      host: 'h',
      headers: [['Host', 'h']],
      body: { bytes: 0, wireBytes: 0, captured: 0, truncated: false, encoding: '', charset: '' },
    },
    response: null,
    durationUs: 1,
    gapBytes: 0,
    truncated: false,
    pairing: 'no-response',
    unpaired: 'closed',
    weird: [],
  });
  assert.deepEqual(JSON.parse(JSON.stringify(record)), record);
});

test('path and query of every form of target', () => {
  for (const [target, path, query] of [
    ['/a/b?c=d?e', '/a/b', 'c=d?e'],
    ['http://h/p?q', '/p', 'q'],
    ['*', '*', ''],
    ['h:443', 'h:443', ''],
    ['/x://y', '/x://y', ''],
    ['', '', ''],
    ['/a?', '/a', ''],
  ] as const) {
    const { request } = recordOf({ target });
    assert.deepEqual([request!.path, request!.query], [path, query], target);
  }
});

test('credentials lose their value and keep their kind, unless they are asked for', () => {
  const headers = [
    'Authorization',
    'Bearer secret-1',
    'authorization',
    'secret-2',
    'Cookie',
    'a=secret-3; b=secret-4',
    'Set-Cookie',
    'sid=secret-5; Path=/; HttpOnly',
    'X-Token',
    'secret-6',
    'X-API-KEY',
    'secret-7',
    'X-Other',
    'plain',
  ];
  const masked = recordOf({ headers }).request!.headers;
  assert.deepEqual(
    masked.map(([, value]) => value),
    ['Bearer ***', '***', 'a=***; b=***', 'sid=***; Path=/; HttpOnly', '***', '***', 'plain'],
  );
  assert.ok(!JSON.stringify(masked).includes('secret'));
  assert.equal(recordOf({ headers, clear: true }).request!.headers[0]![1], 'Bearer secret-1');
});

test('credentials in addresses lose their value, however their names are spelt', () => {
  for (const [query, masked] of [
    ['page=2&token=SECRET&size=20', 'page=2&token=***&size=20'],
    ['pwd=SECRET;SECRET/SECRET&x=1', 'pwd=***&x=1'],
    ['psw=SECRET#SECRETS=1', 'psw=***#SECRETS=1'],
    ['pass=SECRET', 'pass=***'],
    ['passwd=SECRET&auth=SECRET', 'passwd=***&auth=***'],
    ['session_key=SECRET', 'session_key=***'],
    ['session%5Fkey=SECRET', 'session%5Fkey=***'],
    ['%70wd=SECRET', '%70wd=***'],
    ['user[password]=SECRET&user[name]=li', 'user[password]=***&user[name]=li'],
    ['user%5Bpassword%5D=SECRET', 'user%5Bpassword%5D=***'],
    ['tokens[]=a&token[0]=SECRET&password2=SECRET', 'tokens[]=a&token[0]=***&password2=***'],
    ['a=1;jwt=SECRET', 'a=1;jwt=***'],
    ['next=/cb?access_token=SECRET&y=2', 'next=/cb?access_token=***&y=2'],
    ['next=%2Fcb%3Faccess_token%3DSECRET%26y%3D2&z=3', 'next=%2Fcb%3Faccess_token%3D***&z=3'],
    ['next=http://me:SECRET@h/x', 'next=http://***@h/x'],
    ['code=600570&author=li&passage=3', 'code=600570&author=li&passage=3'],
    ['%zz=%&token=SECRET', '%zz=%&token=***'],
  ] as const) {
    const { request } = recordOf({ target: `/a?${query}` });
    assert.equal(request!.target, `/a?${masked}`);
    assert.equal(request!.query, masked);
    assert.equal(recordOf({ target: `/a?${query}`, clear: true }).request!.query, query);
  }
  for (const [target, masked] of [
    ['/a;jsessionid=SECRET/b?x=1', '/a;jsessionid=***/b?x=1'],
    ['http://me:SECRET@h:80/p?token=SECRET', 'http://***@h:80/p?token=***'],
    ['me:SECRET@h:443', '***@h:443'],
    ['/mail/li@firm.example', '/mail/li@firm.example'],
    ['/cb#access_token=SECRET&state=1', '/cb#access_token=***&state=1'],
  ] as const) {
    const { request } = recordOf({ target });
    assert.equal(request!.target, masked);
    assert.ok(!JSON.stringify(request).includes('SECRET'), target);
  }
});

test('headers that are addresses, and credentials under other names, are masked too', () => {
  const headers = [
    ...['Referer', 'https://me:SECRET@h/p?pwd=SECRET&a=1', 'https://***@h/p?pwd=***&a=1'],
    ...['Location', '/cb?a=1#id_token=SECRET', '/cb?a=1#id_token=***'],
    ...['Refresh', '0; url=/in?session=SECRET', '0; url=/in?session=***'],
    ...['X-CSRF-Token', 'SECRET', '***'],
    ...['Proxy-Authorization', 'Basic SECRET', 'Basic ***'],
    ...['X-Session-Key', 'SECRET', '***'],
    ...['Accept', 'text/html; token=1', 'text/html; token=1'],
  ];
  const given = headers.filter((_, i) => i % 3 !== 2);
  const masked = recordOf({ headers: given }).request!.headers.map(([, value]) => value);
  assert.deepEqual(
    masked,
    headers.filter((_, i) => i % 3 === 2),
  );
});

test('a hostile address is masked in one pass', () => {
  const long = '/?'.repeat(50_000) + 'a%'.repeat(50_000) + ';='.repeat(50_000) + 'x=/'.repeat(50_000);
  assert.equal(recordOf({ target: `${long}&token=SECRET` }).request!.target, `${long}&token=***`);
});

test('a body is text in its charset, or base64; cut at the size that was asked for', () => {
  const text = recordOf({ body: [Buffer.from('汇率', 'utf8'), Buffer.from(' 7.1')], charset: 'utf-8' }).request!.body;
  assert.deepEqual([text.text, text.bytes, text.captured, text.truncated], ['汇率 7.1', 10, 10, false]);
  const gbk = recordOf({ body: [Buffer.from([0xbb, 0xe3, 0xc2, 0xca])], charset: 'gb18030' }).request!.body;
  assert.equal(gbk.text, '汇率');
  const binary = recordOf({ body: [Buffer.from([0, 255, 1])] }).request!.body;
  assert.deepEqual([binary.base64, binary.text], ['AP8B', undefined]);
  const cut = recordOf({
    body: [Buffer.from('abc'), Buffer.from('defgh'), Buffer.from('ij')],
    charset: 'utf-8',
    maxBody: 5,
  });
  assert.deepEqual(
    [cut.request!.body.text, cut.request!.body.bytes, cut.request!.body.captured, cut.request!.body.truncated],
    ['abcde', 10, 5, true],
  );
  const none = recordOf({ body: [Buffer.from('abc')], charset: 'utf-8', maxBody: 0 }).request!.body;
  assert.deepEqual([none.text, none.bytes, none.captured, none.truncated], [undefined, 3, 0, false]);
});

test('octets are kept as they were, though their buffer is used again', () => {
  const reused = Buffer.from('first');
  let made: TransactionRecord | undefined;
  const reader = new RecordSink({ maxBody: 100, clear: false }, (record) => {
    made = record;
  }).open(flow, 1);
  reader.begin({ side: 'request', ts: 1, method: 'PUT', target: '/', version: '1.1', host: '', headers: [] });
  reader.body('request', reused, 0, 5);
  reused.write('later');
  reader.body('request', reused, 1, 3);
  reader.end({ ...tail, request: { ...facts, bytes: 7, charset: 'utf-8' } });
  assert.equal(made!.request!.body.text, 'firstat');
});

test('interim responses, VLAN and tunnel are there when they are', () => {
  const record = recordOf({ tail: { interim: [100, 103], weird: ['http_resync'], gapBytes: 4, truncated: true } });
  assert.deepEqual(
    [record.interim, record.weird, record.gapBytes, record.truncated],
    [[100, 103], ['http_resync'], 4, true],
  );
  assert.ok(!('vlan' in record) && !('tunnel' in record));
});

test('times are ISO 8601 in UTC with microseconds', () => {
  assert.equal(recordOf({ ts: 0 }).ts, '1970-01-01T00:00:00.000000Z');
  assert.equal(recordOf({ ts: 1_767_576_600_123_456 }).ts, '2026-01-05T01:30:00.123456Z');
  assert.equal(recordOf({ ts: 946_684_799_999_999 }).request!.ts, '1999-12-31T23:59:59.999999Z');
});
