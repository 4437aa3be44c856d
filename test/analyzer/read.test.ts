import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiCall } from '../../analyzer/call.ts';
import { Random } from '../../deploy/traffic/random.ts';
import { C, Ledger } from '../../sensor/ledger.ts';
import { type Exchange, facts, json, read, ts } from './read-exchange.ts';

/** One of each kind of body, with `value` where a value stands. */
const bodies: readonly ((value: string) => readonly [string, string])[] = [
  (value) => ['application/json', JSON.stringify({ name: value, list: [{ mobile: value }] })],
  (value) => ['application/json', `[${JSON.stringify(value)}, {"query": "${value}"}]`],
  (value) => [
    'application/json',
    JSON.stringify({ jsonrpc: '2.0', id: value, method: 'order.add', params: { value } }),
  ],
  (value) => [
    'application/json',
    JSON.stringify({ query: `query Q { user(id: "${value}") { name } }`, variables: { value } }),
  ],
  (value) => ['application/graphql', `{ user(id: "${value}") { name } }`],
  (value) => ['application/x-www-form-urlencoded', `user=${encodeURIComponent(value)}&password=${value}`],
  (value) => [
    'text/xml',
    `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><get a="${value}">${value}</get></Body></Envelope>`,
  ],
  (value) => ['text/html', `<html><title>${value}</title><form action="/${value}"></form></html>`],
  (value) => ['text/plain', value],
  (value) => [
    'multipart/form-data; boundary=x',
    `--x\r\nContent-Disposition: form-data; name="f"; filename="${value}"\r\n\r\n${value}\r\n--x--`,
  ],
  (value) => ['', value],
];

test('an exchange becomes one call, and the ledger says so', () => {
  const ledger = new Ledger();
  const call = read(
    {
      request: {
        method: 'POST',
        target: '/api/v1/orders/48213377?page=2&account=880012345678',
        headers: [...json, 'User-Agent', 'app/1', 'Referer', 'http://app.example/desk?q=1'],
      },
      requestBody: '{"a":1}',
      response: { status: 201, headers: ['content-type', 'Application/JSON; charset=utf-8'] },
      responseBody: '{"b":2}',
    },
    undefined,
    ledger,
  );
  assert.deepEqual(
    [call.uid, call.ts, call.completedTs, call.app, call.client, call.clientPort, call.server, call.serverPort],
    ['0123456789abcdef-7', ts, ts + 500, 'app.example', '10.0.0.1', 40000, '10.0.0.9', 8080],
  );
  assert.deepEqual([call.method, call.status, call.format, call.operation], ['POST', 201, 'REST', '']);
  assert.deepEqual([call.requestType, call.responseType], ['application/json', 'application/json']);
  assert.equal(call.query, 'page=2&account=***');
  assert.match(call.template, /^\/api\/v1\/orders\/\{\w+\}$/);
  assert.deepEqual([call.userAgent, call.referer], ['app/1', 'http://app.example/desk']);
  assert.deepEqual([call.requestBytes, call.responseBytes, call.completeness], [107, 107, 1]);
  assert.deepEqual([ledger.counts[C.exchangesToRead], ledger.counts[C.callsRead]], [1, 1]);
});

test('however a body is cut into events, the call is the same', () => {
  const random = new Random(1);
  for (const [index, body] of bodies.entries()) {
    const [type, text] = body('380211990112');
    for (const filler of ['', ' '.repeat(1020), ' '.repeat(16_380), ' '.repeat(40_000)]) {
      const exchange: Exchange = {
        request: { method: 'POST', target: '/service', headers: ['Content-Type', type] },
        requestBody: filler + text,
        response: { headers: ['Content-Type', type] },
        responseBody: filler + text,
      };
      const whole = read(exchange);
      for (let trial = 0; trial < 6; trial++) {
        const largest = random.pick([1, 2, 7, 300, 5000]);
        if (largest < 300 && filler.length > 1100) continue;
        const cut = read(exchange, () => 1 + random.below(largest));
        assert.deepEqual(cut, whole, `body ${index}, filler ${filler.length}, events up to ${largest}`);
      }
    }
  }
});

/** Values that must not leave `read`: each of a class that recognizers look for, each new. */
function secretsOf(random: Random): string[] {
  return [
    `13${random.digits(9)}`,
    `11010119900307${random.digits(3)}X`,
    `6222${random.digits(15)}`,
    random.digits(12),
    random.uuid(),
    random.hex(4),
    random.hex(2).toUpperCase(),
    `eyJhbGciOiJIUzI1NiJ9.${random.text(40, 'abcdefghijkLMNOPQRST0123456789')}.${random.text(20, 'abcXYZ019_-')}`,
    `${random.text(8, 'abcdefgh')}${random.digits(4)}@mail.example`,
  ];
}

function assertAbsent(call: ApiCall, value: string, where: string): void {
  const text = JSON.stringify(call);
  for (const form of [value, value.toLowerCase(), encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]) {
    assert.ok(!text.includes(form), `${where}: ${form} in ${text}`);
  }
}

test('law 6: no value of a query, a path parameter, a cookie, a credential or a body is in the call', () => {
  for (let seed = 1; seed <= 12; seed++) {
    const random = new Random(seed);
    for (const value of secretsOf(random)) {
      const coded = encodeURIComponent(value);
      const escaped = [...value].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('');
      const targets = [
        `/x?q=${coded}`,
        `/x?q=${escaped}`,
        `/x?a=1&page=${coded}&funcNo=${coded}`,
        `/x?${coded}`,
        `/x?${coded}=1`,
        `/x?a[]=${coded}&a[]=${coded}`,
        `/x?a={"k":"${value}"}`,
        `/x?a=1?b=${coded}`,
        `/x?a=1#${coded}`,
        `/x#${coded}`,
        `/api/users/${coded}/orders`,
        `/api/users/${coded}`,
        `/api/users/${coded}.json`,
        `//api///users/${coded}/`,
        `/api/users/${escaped}/orders`,
        `/api/x;jsessionid=${coded}?a=b`,
        `http://user:${coded}@app.example/x?q=${coded}`,
        `http://app.example/users/${coded}`,
        `/graphql?query=${encodeURIComponent(`{user(id:"${value}"){name}}`)}&variables=${coded}`,
      ];
      for (const target of targets) {
        assertAbsent(read({ request: { target } }), value, target);
        assertAbsent(
          read({ request: { target: '/x', headers: ['Referer', `http://a.example${target}`] } }),
          value,
          `Referer ${target}`,
        );
      }
      for (const field of ['Cookie', 'Authorization', 'Proxy-Authorization', 'X-Auth-Token', 'Token', 'X-Api-Key']) {
        const sent = [`${field === 'Cookie' ? 'sid=' : 'Bearer '}${value}; a=${value}`, value];
        for (const text of sent) assertAbsent(read({ request: { headers: [field, text] } }), value, field);
      }
      assertAbsent(
        read({ request: {}, response: { headers: ['Set-Cookie', `sid=${value}`, 'Location', `/x?t=${value}`] } }),
        value,
        'Set-Cookie',
      );
      for (const body of bodies) {
        const [type, text] = body(value);
        const headers = type === '' ? [] : ['Content-Type', type];
        const request = { method: 'POST', target: '/service', headers };
        assertAbsent(read({ request, requestBody: text }), value, `request body ${text}`);
        assertAbsent(
          read({ request: { target: '/service' }, response: { headers }, responseBody: text }),
          value,
          `response body ${text}`,
        );
        assertAbsent(read({ response: { headers }, responseBody: text }), value, `response alone ${text}`);
      }
    }
  }
});

test('a value is found in each part of a head that carries parameters', () => {
  const mobile = '13812345678';
  const asks = (target: string, headers: readonly string[] = []) =>
    read({
      request: { method: 'GET', target, headers },
      response: { status: 200, headers: [...json] },
      responseBody: '{}',
    }).sent.labels.map(({ label }) => label);
  assert.deepEqual(asks(`/a?mobile=${mobile}`), ['mobile']);
  assert.deepEqual(asks(`/mobile/${mobile}`), ['mobile']);
  assert.deepEqual(asks('/a', ['Cookie', `theme=dark; mobile=${mobile}`]), ['mobile']);
  assert.deepEqual(asks('/a', ['X-Mobile', mobile]), ['mobile']);
  assert.deepEqual(asks('/a', ['X-Other', 'dark']), []);
});

test('a half that was never seen leaves its fields empty', () => {
  const asked = read({ request: { target: '/a/b' }, response: null });
  assert.deepEqual([asked.status, asked.responseType, asked.responseBytes, asked.pairing], [0, '', 0, 'no-response']);
  assert.ok(asked.completeness < 1);
  const answered = read({ responseBody: '{}' });
  assert.deepEqual(
    [answered.method, answered.path, answered.template, answered.query, answered.status, answered.ts],
    ['', '', '', '', 200, ts + 100],
  );
  assert.equal(answered.app, '10.0.0.9:8080');
});

test('completeness is the share of octets that was seen', () => {
  const request = { target: '/' };
  assert.equal(read({ request, tail: { gapBytes: 200, truncated: true } }).completeness, 0.5);
  assert.equal(read({ request, tail: { truncated: true } }).completeness, 0.5);
  assert.equal(read({ request, response: null }).completeness, 0.5);
  assert.equal(
    read({ request, tail: { request: facts('', { headBytes: 0 }), response: facts('', { headBytes: 0 }) } })
      .completeness,
    1,
  );
});

test('what a client may send without end is cut', () => {
  const long = 'x'.repeat(1_000_000);
  const call = read({
    request: {
      target: `/${'a/'.repeat(50_000)}?${'b=1&'.repeat(50_000)}`,
      host: long,
      headers: ['User-Agent', long, 'Referer', `http://a/${long}?${long}`, 'Content-Type', long, 'SOAPAction', long],
    },
    response: { headers: ['Content-Type', long] },
    requestBody: long,
    responseBody: long,
  });
  assert.ok(JSON.stringify(call).length < 20_000, `${JSON.stringify(call).length} characters`);
});

test('a code that may be somebody’s number does not leave', () => {
  const code = (value: string) =>
    read({ request: {}, response: { headers: json }, responseBody: `{"code":"${value}","msg":"ok"}` }).envelope;
  for (const value of ['0', '-61', '00000', 'E0000', '20000', 'SUCCESS', 'order.closed']) {
    assert.deepEqual(code(value), { name: 'code', value, flag: null, message: 'good' });
  }
  for (const value of ['13812345678', '11010519491231002X', '张三', 'a b', '0571-88880000']) {
    const { name, value: told } = code(value)!;
    assert.equal(name, 'code');
    assert.match(told, /^#[0-9a-f]{16}$/);
  }
});

test('what a bound of reading keeps out is in the ledger', () => {
  const ledger = new Ledger();
  const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
  const long = JSON.stringify({ text: 'x'.repeat(100_000) });
  for (const responseBody of [deep, long, '{"broken":']) {
    read({ request: {}, response: { headers: json }, responseBody }, (length) => length, ledger);
  }
  const { counts } = ledger;
  assert.equal(counts[C.callsRead], 3);
  assert.ok(counts[C.valuesSkipped]! > 0 && counts[C.valuesCut]! > 0 && counts[C.contentUnread]! > 0);
});

test('values that no trace can find are counted apart from other things that a call has no room for', () => {
  const many = (count: number) =>
    JSON.stringify({
      rows: Array.from({ length: count }, (_, n) => ({ id: n, mobile: String(13_800_000_000 + n * 7) })),
    });
  const counted = [9_000, 10_020].map((count) => {
    const ledger = new Ledger();
    read({ request: {}, response: { headers: json }, responseBody: many(count) }, (length) => length, ledger);
    return [ledger.counts[C.identifiersOverLimit]!, ledger.counts[C.factsOverLimit]!] as const;
  });
  assert.equal(counted[0]![0], 0);
  assert.equal(counted[1]![0], 20);
  assert.ok(counted[0]![1] > 0, 'ids of rows beyond the most that a call carries');
});

test('content is read the same whether its length was announced or not, and however it comes', () => {
  const requestBody = JSON.stringify({ mobile: '13812345678', customerId: 'KH-1024', note: 'select a from b' });
  const length = ['Content-Length', String(Buffer.byteLength(requestBody))];
  const heads = [
    [...json, ...length],
    [...json, 'Transfer-Encoding', 'chunked'],
    [...json, 'Content-Length', 'odd'],
  ];
  const calls = heads.flatMap((headers) =>
    [1, 7, 1000].map((size) => read({ request: { method: 'POST', headers }, response: {}, requestBody }, () => size)),
  );
  const [first] = calls;
  assert.deepEqual(
    first!.sent.labels.map(({ label }) => label),
    ['mobile'],
  );
  assert.deepEqual(
    first!.asked.map(({ parameter }) => parameter),
    ['body.mobile', 'body.customerId'],
  );
  for (const call of calls) {
    assert.deepEqual([call.sent, call.asked, call.statement], [first!.sent, first!.asked, first!.statement]);
  }
});

test('what a channel subscribes to is not asked for, what its address names is', () => {
  const fields = ['Host', 'push.example', 'Upgrade', 'websocket', 'Connection', 'Upgrade'];
  const call = read({
    request: { target: '/ws/users/10024?board=3001', headers: fields },
    response: { status: 101, headers: ['Upgrade', 'websocket'] },
    requestBody: '{"subscribe":["600519","600520"],"userId":"10099"}\n',
    responseBody: '{"userId":"10099","price":1}\n',
  });
  assert.deepEqual(call.asked.map(({ parameter }) => parameter.split('.')[0]).sort(), ['path', 'query']);
  assert.equal(call.given.objectIds.length, 1);
});

test('a code that the answer tells is known again where somebody shows it', () => {
  const json = ['Content-Type', 'application/json'];
  const sent = (target: string, body: string) =>
    read({
      request: { method: 'POST', target, headers: json },
      response: { headers: json },
      responseBody: body,
    }).given.objectIds;
  const shown = (requestBody: string) => {
    const headers = [...json, 'Content-Length', String(requestBody.length)];
    return read({ request: { method: 'POST', target: '/bind', headers }, response: {}, requestBody }).caller.code;
  };
  const [told, ...others] = sent('/sms/send', '{"ok":true,"msg":"sent","data":{"hint":"483920"}}');
  assert.deepEqual(others, []);
  assert.ok(told !== undefined && shown('{"verifyCode":"483920"}') === told);
  assert.notEqual(shown('{"verifyCode":"483921"}'), told);
  assert.equal(shown('{"captchaId":"483920"}'), 0);
  assert.equal(shown('{"amount":"483920"}'), 0);
  assert.deepEqual(sent('/orders/submit', '{"ok":true,"data":{"hint":"483920"}}'), []);
});
