/** How an exchange is built, as its call carries it, and what only looks alike. */
import assert from 'node:assert/strict';
import { createCipheriv, createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { json, read, ts } from '../read-exchange.ts';

const length = (body: string) => ['Content-Length', `${Buffer.byteLength(body)}`];
const sent = (body: string, headers: readonly string[] = json, target = '/api') =>
  read({
    request: { method: 'POST', target, headers: [...headers, ...length(body)] },
    response: { headers: [...json] },
    requestBody: body,
    responseBody: '{"code":0}',
  }).signals;
const answered = (body: string, headers: readonly string[], target = '/api') =>
  read({ request: { target }, response: { headers: [...headers] }, responseBody: body }).signals;
const query = (text: string) => sent(JSON.stringify({ query: text }), json, '/graphql');
const repeated = (n: number, text: (i: number) => string) => Array.from({ length: n }, (_, i) => text(i)).join(' ');

test('GraphQL: depth and aliases; what a page asks for, and the schema itself, are nothing', () => {
  const deep = (n: number) => `query Q { ${'a { '.repeat(n)} id ${'} '.repeat(n)} }`;
  assert.deepEqual(query(deep(12)), ['deep-query']);
  assert.deepEqual(query(deep(6)), []);
  assert.deepEqual(query(`query I { __schema ${'{ ofType '.repeat(12)} { name } ${'} '.repeat(12)} }`), []);
  const guesses = (n: number) =>
    `mutation { ${repeated(n, (i) => `a${i}: login(name: "zhang", code: "${i}") { token }`)} }`;
  assert.deepEqual(query(guesses(5)), ['guessing-aliases']);
  assert.deepEqual(query(guesses(2)), []);
  const quotes = (n: number) => `{ ${repeated(n, (i) => `q${i}: quote(code: "60000${i}") { last }`)} }`;
  assert.deepEqual(query(quotes(12)), []);
  assert.deepEqual(query(quotes(30)), ['many-aliases']);
  const asked = (field: string) => `{ ${repeated(6, (i) => `a${i}: ${field}(id: "${i}") { id }`)} }`;
  for (const field of [
    'checkOtp',
    'verify_sms',
    'LOGIN',
    'redeemCoupon',
    'resetPassword',
    'couponCode',
    'pin',
    'checkOTPCode',
    'ValidateTOKEN',
  ]) {
    assert.deepEqual(query(asked(field)), ['guessing-aliases'], field);
  }
  for (const field of [
    'author',
    'couponRate',
    'tokenPrice',
    'presets',
    'shopping',
    'pinnedPosts',
    'x'.repeat(40_000),
  ]) {
    assert.deepEqual(query(asked(field)), [], field.slice(0, 20));
  }
  // Braces and colons of strings, comments and arguments are none of the document's.
  assert.deepEqual(query(`{ find(text: "{{{{{{{{{{{{{", by: {a: {b: 1}}) { id } # {{{{{{{{{{{{{\n }`), []);
  assert.deepEqual(sent('{"query":"shoes {size: 4}"}'), []);
});

test('many operations in one request, of GraphQL and of JSON-RPC', () => {
  const batch = (n: number, entry: (i: number) => object) =>
    JSON.stringify(Array.from({ length: n }, (_, i) => entry(i)));
  assert.deepEqual(sent(batch(11, (i) => ({ query: `{ quote(code: "${i}") { last } }` }))), ['many-operations']);
  assert.deepEqual(sent(batch(8, (i) => ({ query: `{ quote(code: "${i}") { last } }` }))), []);
  assert.deepEqual(sent(batch(11, (i) => ({ jsonrpc: '2.0', method: 'get', id: i }))), ['many-operations']);
  assert.deepEqual(sent(batch(30, (i) => ({ code: `60000${i}`, amount: 100 }))), []);
});

test('document types, descriptions of services and lists of a store', () => {
  const xml = ['Content-Type', 'text/xml; charset=utf-8'];
  assert.deepEqual(sent('<?xml version="1.0"?><!DOCTYPE a SYSTEM "a.dtd"><a/>', xml), ['document-type']);
  assert.deepEqual(sent('<?xml version="1.0"?><a><![CDATA[<!DOCTYPE a>]]></a>', xml), []);
  const typed = (type: string, encoding: BufferEncoding = 'utf8') => {
    const body = Buffer.from(`\ufeff<?xml version="1.0"?>\n<!-- a -->\n${type}<a/>`, encoding);
    return read({
      request: { method: 'POST', target: '/api', headers: [...xml, 'Content-Length', `${body.length}`] },
      response: { headers: [...json] },
      requestOctets: body,
      responseBody: '{"code":0}',
    }).signals;
  };
  assert.deepEqual(typed('<!DOCTYPE a [<!ENTITY x "y">]>'), ['document-type']);
  assert.deepEqual(typed('<!DOCTYPE a SYSTEM "a.dtd">', 'utf16le'), ['document-type']);
  assert.deepEqual(typed('<!doctype html [<!ENTITY x "y">]>'), ['document-type']);
  assert.deepEqual(typed('<!DOCTYPE html SYSTEM "http://203.0.113.7/x.dtd">'), ['document-type']);
  assert.deepEqual(typed('<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://203.0.113.7/x.dtd">'), [
    'document-type',
  ]);
  const strict = '"-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd"';
  for (const page of ['html', ' html ', `html PUBLIC ${strict}`, 'html SYSTEM "about:legacy-compat"']) {
    assert.deepEqual(typed(`<!DOCTYPE ${page}>`), [], page);
  }
  const wsdl = '<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" name="Query"><a/></wsdl:definitions>';
  assert.deepEqual(answered(wsdl, xml, '/services/Query?wsdl'), ['service-description']);
  assert.deepEqual(answered('<definitions><a/></definitions>', xml), []);
  const list =
    '<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name></ListBucketResult>';
  assert.deepEqual(answered(list, ['Content-Type', 'application/xml'], '/'), ['bucket-listing']);
  assert.deepEqual(answered('<Result><Name>ListBucketResult</Name></Result>', xml), []);
});

test('files: scripts that are sent and kept, paths of the server, links that last', () => {
  const form = (name: string) =>
    `--b\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: image/jpeg\r\n\r\nx\r\n--b--\r\n`;
  const upload = (name: string, answer: string) =>
    read({
      request: {
        method: 'POST',
        target: '/upload',
        headers: ['Content-Type', 'multipart/form-data; boundary=b', ...length(form(name))],
      },
      response: { headers: [...json] },
      requestBody: form(name),
      responseBody: answer,
    }).signals;
  assert.deepEqual(upload('shell.jsp', '{"code":0,"url":"/upload/2026/7f.jsp"}'), ['script-file', 'script-kept']);
  assert.deepEqual(upload('shell.php;.jpg', '{"code":0,"url":"/upload/2026/7f.jpg"}'), ['script-file']);
  assert.deepEqual(upload('holiday.jpg', '{"code":0,"url":"/upload/2026/7f.jsp"}'), []);
  assert.deepEqual(upload('about php.docx', '{"code":0}'), []);
  for (const name of ['index.php.png', 'readme.jsp.txt']) assert.deepEqual(upload(name, '{"code":0}'), [], name);
  for (const name of ['a.jsp.', 'a.aspx . .', 'a.php%00.png', 'a.asp::$DATA'])
    assert.deepEqual(upload(name, '{"code":0}'), ['script-file'], name);
  assert.deepEqual(upload('公司营业执照.cer', '{"code":0,"url":"/upload/2026/7f.cer"}'), []);
  const pdf = ['Content-Type', 'application/pdf'];
  assert.deepEqual(answered('%PDF-1.4', pdf, '/download?path=/data/contract/2026/12.pdf'), ['server-path']);
  assert.deepEqual(answered('%PDF-1.4', pdf, '/download?fileName=contract%2F2026%2F12.pdf'), ['server-path']);
  assert.deepEqual(answered('%PDF-1.4', pdf, '/download?fileName=12.pdf'), []);
  assert.deepEqual(answered('%PDF-1.4', pdf, '/download?file=f81d4fae7dec11d0'), []);
  assert.deepEqual(answered('%PDF-1.4', pdf, '/download?path=C%3A%5Cdata%5C12.pdf'), ['server-path']);
  for (const name of ['docPath', 'attach_path', 'storePath'])
    assert.deepEqual(answered('%PDF-1.4', pdf, `/download?${name}=/data/contract/2026/12.pdf`), ['server-path'], name);
  assert.deepEqual(answered('{}', json, '/track?path=/pages/home/index.html'), []);
  const link = (query: string) => answered('%PDF-1.4', pdf, `/id-photo.pdf?${query}`);
  assert.deepEqual(link('X-Amz-Expires=604800&X-Amz-Signature=0a'), ['lasting-link']);
  assert.deepEqual(link('X-Amz-Expires=3600&X-Amz-Signature=0a'), []);
  const at = Math.round(ts / 1e6);
  assert.deepEqual(link(`Expires=${at + 30 * 86_400}&OSSAccessKeyId=a&Signature=b`), ['lasting-link']);
  assert.deepEqual(link(`Expires=${at + 600}&OSSAccessKeyId=a&Signature=b`), []);
  assert.deepEqual(link(`q-sign-algorithm=sha1&q-sign-time=${at};${at + 900_000}&q-signature=b`), ['lasting-link']);
  assert.deepEqual(link(`Expires=${at + 30 * 86_400}`), []);
});

test('addresses that the server may be made to fetch', () => {
  const named = (name: string) => answered('{}', json, `/fetch?${name}=https://paper.example/1.html`);
  for (const name of ['pageUrl', 'article_url', 'avatarUrl']) assert.deepEqual(named(name), ['web-address'], name);
  for (const name of ['redirectUrl', 'return_url', 'shareUrl', 'redirect_uri']) assert.deepEqual(named(name), [], name);
  assert.deepEqual(sent('{"url":"https://partner.example/a.pdf"}'), ['web-address']);
  assert.deepEqual(answered('{}', json, '/fetch?imageUrl=http%3A%2F%2Fpartner.example%2Fa.png'), ['web-address']);
  assert.deepEqual(sent('{"redirectUrl":"https://partner.example/a","returnUrl":"https://a.example/"}'), []);
  assert.deepEqual(sent('{"url":"/a/b","note":"see https://a.example/"}'), []);
  assert.deepEqual(sent('{"url":"FTP://partner.example/a"}'), ['web-address']);
});

test('encryption that is none', () => {
  const clear = '{"name":"zhang san","mobile":"13800138000","note":"everything is in here, is it not"}';
  const of = (data: string, name = 'encryptData') => sent(JSON.stringify({ [name]: data }));
  const cipher = (mode: string, text: string) => {
    const made = createCipheriv(mode, Buffer.alloc(16, 7), mode.endsWith('ecb') ? null : Buffer.alloc(16, 9));
    return Buffer.concat([made.update(text), made.final()]).toString('base64');
  };
  const b64 = Buffer.from(clear).toString('base64');
  assert.deepEqual(of(b64), ['encoded-content']);
  assert.deepEqual(of(Buffer.from(clear).toString('hex'), 'cipherText'), ['encoded-content']);
  const masked = Uint8Array.from(Buffer.from(clear), (octet) => octet ^ 0x5a);
  assert.deepEqual(of(Buffer.from(masked).toString('base64')), ['encoded-content']);
  assert.deepEqual(of(b64, 'cursor'), []);
  const rows = JSON.stringify(Array.from({ length: 8 }, () => ({ side: 'buy', status: 'ordered', account: '1' })));
  assert.deepEqual(of(cipher('aes-128-ecb', rows.padEnd(rows.length + 4))), ['repeated-blocks']);
  assert.deepEqual(of(cipher('aes-128-cbc', rows)), ['opaque-request']);
  const twice = Buffer.from(cipher('aes-128-cbc', clear)).toString('base64');
  assert.ok(!of(twice).includes('encoded-content') && !of(twice).includes('repeated-blocks'));
  assert.deepEqual(of('utf-8', 'enc'), []);
  assert.deepEqual(answered(`{"code":0,"encData":"${b64}"}`, json), ['encoded-content']);
  assert.deepEqual(answered(`{"code":0,"encData":"${cipher('aes-128-cbc', clear)}"}`, json), ['opaque-response']);
});

test('what signs a request: known again, and recomputed where it needs no key', () => {
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  // One signature in eight is looked at.
  const lookedAt = (sign: (n: number) => string) =>
    Array.from({ length: 200 }, (_, n) => n).find((n) => /^[01]/.test(sign(n)))!;
  const sorted = (n: number) => md5(`amount=${n}&code=600000&timestamp=1772589600`);
  const n = lookedAt(sorted);
  const body = { code: '600000', amount: n, timestamp: 1772589600 };
  assert.deepEqual(sent(JSON.stringify({ ...body, sign: sorted(n) })), ['unkeyed-signature']);
  const form = ['Content-Type', 'application/x-www-form-urlencoded'];
  assert.deepEqual(sent(`code=600000&amount=${n}&timestamp=1772589600&sign=${sorted(n).toUpperCase()}`, form), [
    'unkeyed-signature',
  ]);
  const whole = (k: number) => JSON.stringify({ code: '600000', amount: k });
  const k = lookedAt((i) => md5(whole(i)));
  assert.deepEqual(sent(whole(k), [...json, 'X-Signature', md5(whole(k))]), ['unkeyed-signature']);
  const keyed = (i: number) => createHmac('md5', 'a key').update(whole(i)).digest('hex');
  assert.deepEqual(sent(whole(lookedAt(keyed)), [...json, 'X-Signature', keyed(lookedAt(keyed))]), []);
  const signature = (body: string, headers: readonly string[] = json, target = '/api') =>
    read({ request: { method: 'POST', target, headers: [...headers, ...length(body)] }, requestBody: body }).signature;
  const sign = md5('anything');
  const first = signature(`{"a":1,"sign":"${sign}"}`);
  assert.ok(first > 0);
  assert.equal(signature(`{"a":2,"sign":"${sign}"}`), first);
  assert.equal(signature('{"a":2}', [...json, 'X-Sign', sign]), first);
  assert.equal(signature('{"a":2,"sign":"enjoy every day of your life"}'), 0);
  assert.equal(signature(`{"a":2,"checksum":"${sign}","sign":1}`), 0);
  assert.equal(signature(`{"a":2,"sign":"${sign}"}`, json, '/api?_t=1772589600'), 0);
});

test('SOAP 1.1 without a name of its action; with one, and SOAP 1.2, are nothing', () => {
  const xml = (ns: string) =>
    `<?xml version="1.0"?><e:Envelope xmlns:e="${ns}"><e:Body><q:queryBill xmlns:q="urn:b"/></e:Body></e:Envelope>`;
  const first = xml('http://schemas.xmlsoap.org/soap/envelope/');
  const type = ['Content-Type', 'text/xml; charset=utf-8'];
  for (const action of [[], ['SOAPAction', ''], ['SOAPAction', '""'], ['SOAPAction', " '' "]]) {
    assert.deepEqual(sent(first, [...type, ...action], '/ws'), ['unnamed-action'], action.join());
  }
  for (const action of ['"urn:b#queryBill"', 'queryBill', '"/"']) {
    assert.deepEqual(sent(first, [...type, 'SOAPAction', action], '/ws'), [], action);
  }
  const second = xml('http://www.w3.org/2003/05/soap-envelope');
  assert.deepEqual(sent(second, ['Content-Type', 'application/soap+xml'], '/ws'), []);
  assert.deepEqual(sent('<a>http://schemas.xmlsoap.org/soap/envelope/</a>', type, '/ws'), []);
});

test('a SOAP action that names another operation than the body; a message of its name, and an address, are nothing', () => {
  const body = (child: string, ns = 'http://schemas.xmlsoap.org/soap/envelope/') =>
    `<e:Envelope xmlns:e="${ns}"><e:Header><q:t xmlns:q="urn:b"/></e:Header><e:Body><q:${child} xmlns:q="urn:b"/></e:Body></e:Envelope>`;
  const type = ['Content-Type', 'text/xml; charset=utf-8', 'SOAPAction'];
  for (const action of ['"urn:b#queryBill"', 'queryBill', '"http://b/IBill/queryBill"']) {
    assert.deepEqual(sent(body('transferOut'), [...type, action], '/ws'), ['other-action'], action);
    for (const same of ['queryBill', 'QueryBillRequest', 'queryBill_Req', 'queryBillDetail']) {
      assert.deepEqual(sent(body(same), [...type, action], '/ws'), [], `${action} ${same}`);
    }
  }
  assert.deepEqual(sent(body('transferOut'), [...type, '"/"'], '/ws'), []);
  assert.deepEqual(sent(body('EncryptedData'), [...type, 'queryBill'], '/ws'), []);
  assert.deepEqual(sent('<a/>', [...type, 'queryBill'], '/ws'), []);
  const media = ['Content-Type', 'application/soap+xml; action="urn:b#queryBill"'];
  const second = 'http://www.w3.org/2003/05/soap-envelope';
  assert.deepEqual(sent(body('transferOut', second), media, '/ws'), ['other-action']);
  assert.deepEqual(sent(body('queryBill', second), media, '/ws'), []);
});

test('a redirect to another host; to the same, to a path and an answer that is none are nothing', () => {
  const redirected = (location: string, status = 302) =>
    read({
      request: { target: '/pay', headers: ['Host', 'api.partner.example:8080'], host: 'api.partner.example:8080' },
      response: { status, headers: ['Location', location] },
    }).signals;
  for (const elsewhere of [
    'https://evil.example/x',
    '//evil.example',
    'http://u@evil.example:80/',
    'HTTP://1.2.3.4/',
  ]) {
    assert.deepEqual(redirected(elsewhere), ['redirect-elsewhere'], elsewhere);
  }
  for (const here of ['/x', 'x?u=https://evil.example/', 'https://API.partner.example/x', '', '?a=//b']) {
    assert.deepEqual(redirected(here), [], here);
  }
  assert.deepEqual(redirected('https://evil.example/x', 201), []);
});

test('answers that stores for many may keep, and scripts for pages of other sites', () => {
  const told = (target: string, answer: readonly string[], asked: readonly string[] = []) =>
    read({
      request: { target, headers: ['Host', 'api.a.example', ...asked], host: 'api.a.example' },
      response: { headers: [...answer] },
      responseBody: 'show({"mobile":"13812345678"})',
    }).signals;
  const json = ['Content-Type', 'application/json'];
  for (const kept of ['public', 'max-age=60, PUBLIC', 's-maxage=600', 'S-MaxAge="60"']) {
    assert.deepEqual(told('/me', [...json, 'Cache-Control', kept]), ['shared-store'], kept);
  }
  for (const own of [
    'private, s-maxage=600',
    'no-store, public',
    'max-age=600',
    's-maxage=0',
    'no-cache="public"',
    'republic',
  ]) {
    assert.deepEqual(told('/me', [...json, 'Cache-Control', own]), [], own);
  }
  assert.deepEqual(told('/me', [...json, 'X-Cache', 'HIT from edge-7']), ['shared-store']);
  assert.deepEqual(told('/me', [...json, 'x-cache-status', 'TCP_MEM_HIT']), ['shared-store']);
  assert.deepEqual(told('/me', [...json, 'X-Cache', 'MISS from edge-7']), []);
  assert.deepEqual(told('/a.png', ['Content-Type', 'image/png', 'Cache-Control', 'public']), []);

  const script = ['Content-Type', 'application/javascript;charset=UTF-8'];
  const elsewhere = ['Referer', 'https://www.forum.example.org/t/1'];
  assert.deepEqual(told('/me?callback=show', script, elsewhere), ['foreign-callback']);
  assert.deepEqual(told('/me?callback=show', script, ['Referer', 'https://www.a.example/t']), []);
  assert.deepEqual(told('/me?callback=show', script), []);
  assert.deepEqual(told('/me?callback=show', json, elsewhere), []);
  assert.deepEqual(told('/me?x=show', script, elsewhere), []);
});

test('what would run in a page comes back in one as it was sent', () => {
  const script = '<script>alert(1)</script>';
  const told = (body: string, type = 'text/html; charset=utf-8', q = script) =>
    read({
      request: { target: `/search?q=${encodeURIComponent(q)}` },
      response: { headers: ['Content-Type', type] },
      responseBody: body,
    }).signals.includes('reflected-markup');
  assert.ok(told(`<html><p>Nothing of ${script} was found</p></html>`));
  assert.ok(told(`<html>${'<p>other</p>'.repeat(4000)}${script}</html>`));
  assert.ok(!told('<html><p>Nothing of &lt;script&gt;alert(1)&lt;/script&gt; was found</p></html>'));
  assert.ok(!told(`{"q":"${script}"}`, 'application/json'));
  assert.ok(!told('<html><p>Nothing of funds was found</p></html>', 'text/html', 'funds'));
});
