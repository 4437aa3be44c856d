import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read } from './collect.ts';

type Case = readonly [name: string, text: string | Uint8Array, lines: readonly string[], whole?: boolean];

function table(contentType: string, cases: readonly Case[]): void {
  for (const [name, text, lines, whole] of cases) {
    test(`${contentType}: ${name}`, () => {
      const got = read(text, { contentType });
      assert.deepEqual(got.lines, lines);
      assert.equal(got.whole, whole ?? true);
      assert.equal(got.openRows, 0);
    });
  }
}

table('application/x-www-form-urlencoded', [
  ['pairs', 'a=1&b=&c=x+y%20z&=v&&d=a=b', ['a = 1', 'b = ', 'c = x y z', ' = v', 'd = a=b']],
  ['UTF-8', '%E5%A7%93=%E5%BC%A0%E4%B8%89', ['姓 = 张三']],
  ['GBK in escapes', 'n=%D5%C5%C8%FD&m=1', ['n = 张三', 'm = 1']],
  ['old escape()', 'n=%u5f20%u4E09%uD83D%uDE00%uD83Dx', ['n = 张三😀\ufffdx']],
  ['escapes that are none', 'a=100%&b=%zz%4&c=%u12g%', ['a = 100%', 'b = %zz%4', 'c = %u12g%']],
  [
    'places',
    'rows[0][mobile]=1&rows[1][mobile]=2&ids[]=3&user.name=x&a[b]=y',
    ['rows[].mobile = 1', 'rows[].mobile = 2', 'ids[] = 3', 'user.name = x', 'a.b = y'],
  ],
  ['a name alone is a value', '13800138000', [' = 13800138000']],
  ['names that are values', '13800138000=张三', ['{key} = 13800138000', '* = 张三']],
  ['JSON as a value', 'data=%7B%22a%22%3A1%7D', ['data.a = 1 (number)']],
  ['labelled wrongly', '{"a":1}', ['a = 1 (number)']],
  ['plus in a name', 'a+b=1', ['a b = 1']],
]);

table('text/plain', [
  ['a script as text', '"use strict"; const pin = 1;', []],
  ['what a script sets', 'var config = {"password":"x"};', [' = var', 'config = password', ' = x']],
]);

const key = '4f1c8e6a90d2b7553c1e';
table('application/javascript', [
  [
    'keys, by the names they are given',
    `var a={appSecret:"${key}",'sign-key' : '${key}', id:"${key}"};a.accessKey = \`${key}\`;f("${key}")`,
    [`appSecret = ${key}`, `key = ${key}`, ` = ${key}`, `accessKey = ${key}`, ` = ${key}`],
  ],
  [
    'the first line of a key in PEM',
    'k={privateKey:"-----BEGIN RSA PRIVATE KEY-----\\nMIIE',
    ['privateKey = -----BEGIN RSA PRIVATE KEY-----\\nMIIE'],
  ],
  [
    'what is no key: short, long, words, numbers, unlike quotes',
    `o={secretKey:"4f1c8e6a90d2",key:"${key.repeat(30)}",appSecret:"enter-your-secret-here",key2:"12345678901234567890",secret:"${key}'}`,
    [],
  ],
  ['quotes that open nothing', `// don't\nx=/["']/;o={apiSecret:"${key}"}`, [`apiSecret = ${key}`]],
  ['behind much else', `${'f(a,"b");'.repeat(2000)}o={apiSecret:"${key}"}`, [`apiSecret = ${key}`]],
  ['JSONP', 'cb({"a":1})', ['a = 1 (number)']],
]);

table('text/xml', [
  [
    'elements and attributes',
    '<?xml version="1.0"?><r><row id="7"><n> 张三 </n><m>1</m></row></r>',
    ['r.row {', 'r.row.id = 7', 'r.row.n = 张三', 'r.row.m = 1', 'r.row }'],
  ],
  [
    'SOAP',
    '<s:Envelope xmlns:s="http://x"><s:Body><n:q xmlns:n="u"><n:id>1</n:id></n:q></s:Body></s:Envelope>',
    ['Envelope.Body {', 'Envelope.Body.q {', 'Envelope.Body.q.id = 1', 'Envelope.Body.q }', 'Envelope.Body }'],
  ],
  [
    'entities',
    '<a>&lt;&amp;&gt;&quot;&apos;&#x5f20;&#20010; &nbsp; & &bad &#0;</a>',
    ['a = <&>"\'张个 &nbsp; & &bad \ufffd'],
  ],
  ['CDATA joins text', '<a>x <![CDATA[<b>&amp;]]]]> y<!-- no --> z</a>', ['a = x <b>&amp;]] y z']],
  ['JSON in CDATA', '<a><![CDATA[{"k":1}]]></a>', ['a.k = 1 (number)']],
  ['document types expand nothing', '<!DOCTYPE a [<!ENTITY b "bbb"><!ENTITY c "&b;&b;">]><a>&c;</a>', ['a = &c;']],
  ['nothing in it', '<a><b/><c></c> <d x=""/></a>', ['a.d {', 'a.d }']],
  ['mixed', '<p>one<b>two</b>three</p>', ['p = one', 'p.b = two', 'p = three']],
  ['comments', '<a><!-- <b>1</b> - -- --->x</a>', ['a = x']],
  ['quotes', `<a b='"' c="'>"/>`, ['a.b = "', "a.c = '>"]],
  ['no end', '<a><b><c>1</c>', ['a.b {', 'a.b.c = 1', 'a.b }'], false],
  ['an end too many', '<a>1</a></b>', ['a = 1'], false],
  ['no tag', '<a>1 < 2</a>', ['a = 1'], false],
  ['not XML at all', 'hello', [' = hello']],
]);

table('text/csv', [
  [
    'header and rows',
    'name,mobile\r\n张三,1\r\n"李,四","a""b"\r\n',
    ['[] {', '[].name = 张三', '[].mobile = 1', '[] }', '[] {', '[].name = 李,四', '[].mobile = a"b', '[] }'],
  ],
  ['other separators', 'a\tb,c\td\n1\t2\t3', ['[] {', '[].a = 1', '[].b,c = 2', '[].d = 3', '[] }']],
  [
    'no header',
    '张三;13800138000\n李四;13900139000\n',
    ['[] {', '[].1 = 张三', '[].2 = 13800138000', '[] }', '[] {', '[].1 = 李四', '[].2 = 13900139000', '[] }'],
  ],
  [
    'empty fields and lines',
    'a|b|c\n\n|2|\n1\n',
    ['[] {', '[].a = ', '[].b = 2', '[].c = ', '[] }', '[] {', '[].a = 1', '[] }'],
  ],
  ['line ends in quotes', 'a,b\n"x\ny",2', ['[] {', '[].a = x\ny', '[].b = 2', '[] }']],
  ['more fields than names', 'a,b\n1,2,3\n', ['[] {', '[].a = 1', '[].b = 2', '[] }']],
  ['a header alone', 'a,b', []],
  ['quotes that never end', 'a,b\n"x', ['[] {', '[].a = x', '[] }'], false],
]);

table('text/plain', [
  ['lines', 'Name: Zhang San\nmobile=138\n', ['Name = Zhang', 'Name = San', 'mobile = 138']],
  [
    'full-width punctuation',
    '姓名：张三，手机号：138；其他。余额＝5',
    ['姓名 = 张三', '手机号 = 138', ' = 其他', '余额 = 5'],
  ],
  ['times and words', 'at 10:30:25 张三 came, x', [' = at', ' = 10:30:25', ' = 张三', ' = came', ' = x']],
  ['a log line', '[INFO] user=张三 id=7', [' = INFO', 'user = 张三', 'id = 7']],
  [
    'names in front of quoted values',
    'var API_KEY = "a b", "secret": \'c\'; x ?= `d`\nkey := e; y => "f" g',
    [' = var', 'API_KEY = a', 'API_KEY = b', 'secret = c', 'x = d', 'key = e', 'y = f', ' = g'],
  ],
  ['addresses stay whole', 'see http://u:p@h/x. At 10:30', [' = see', ' = http://u:p@h/x.', ' = At', ' = 10:30']],
  ['a word that nothing follows', 'a "b" c', [' = a', ' = b', ' = c']],
  ['JSON labelled as text', ' {"a":1}', ['a = 1 (number)']],
  ['XML labelled as text', '<a><b>1</b></a>', ['a.b = 1']],
  ['a form labelled as text', 'a=1&b=2', ['a = 1', 'b = 2']],
  ['a table labelled as text', 'a,b,c\n1,2,3\n', ['[] {', '[].a = 1', '[].b = 2', '[].c = 3', '[] }']],
]);

table('text/html', [
  ['a script as a page', '\n/* v1 */\n(function () { this.pin = 0; o = { pin : fn(a), password: b }; })();', []],
  ['a function as a page', 'function login(pin) { return { pwd: pin }; }', []],
  [
    'keys in the script of a page',
    '<p>a 1</p><script>var c={appSecret:"4f1c8e6a90d2b7553c1e"}</script><style>b{c:"4f1c8e6a90d2b7553c1e"}</style><i>z</i>',
    [' = a', ' = 1', 'appSecret = 4f1c8e6a90d2b7553c1e', ' = z'],
  ],
  ['words that begin like one', 'functions: pin 1234', ['functions = pin', 'functions = 1234']],
  [
    'text without tags',
    '<html><style>a{b:c}</style><p class="x">姓名：<b>张三</b> 138</p><script>if (a<b) x("</p>")</script><i>z</i></html>',
    [' = 张三', ' = 138', ' = z'],
  ],
  [
    'a table with headings',
    '<table><tr><th>姓名</th><th>Mobile No</th></tr><tr><td>张三</td><td>138</td><td>x</td></tr></table> y',
    [
      'tr[] {',
      'tr[].td1 = 姓名',
      'tr[].td2 = Mobile',
      'tr[].td2 = No',
      'tr[] }',
      'tr[] {',
      'tr[].姓名 = 张三',
      'tr[].Mobile No = 138',
      'tr[].td3 = x',
      'tr[] }',
      ' = y',
    ],
  ],
  ['a row that never ends', '<tr><td>a<td>b', ['tr[] {', 'tr[].td1 = a', 'tr[].td2 = b', 'tr[] }']],
  ['JSON labelled as HTML', '{"a":1}', ['a = 1 (number)']],
]);

const form = [
  '--B1\r\nContent-Disposition: form-data; name="name"\r\n\r\n张三\r\n',
  '--B1\r\nContent-Disposition: form-data; name="meta"\r\nContent-Type: application/json\r\n\r\n{"a":[{"b":1}]}\r\n',
  '--B1\r\nContent-Disposition: form-data; name="f"; filename="名单.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.4\r\n--B\r\n\r\n',
  '--B1\r\nContent-Disposition: form-data; name="t"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\nx,y\r\n1,2\r\n',
  '--B1\r\nContent-Disposition: form-data; name="empty"\r\n\r\n\r\n',
  '--B1\r\ncontent-disposition: form-data; name=lf\r\n\r\na\r\r\n--B\r\n',
  '--B1--\r\nepilogue',
].join('');

table('multipart/form-data; boundary=B1', [
  [
    'parts',
    form,
    [
      'name = 张三',
      'meta.a[] {',
      'meta.a[].b = 1 (number)',
      'meta.a[] }',
      'f.{filename} = 名单.pdf',
      'f.{kind} = pdf',
      't.{filename} = a.csv',
      't[] {',
      't[].x = 1',
      't[].y = 2',
      't[] }',
      'empty = ',
      'lf = a\r\r\n--B',
    ],
  ],
  ['no end', '--B1\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r', ['a = x\r'], false],
  ['no parts', 'nothing here', [], false],
]);

test('multipart: GBK parts, parts beyond the limit, a large file', () => {
  const part = (name: string, type: string, content: Uint8Array) =>
    Buffer.concat([
      Buffer.from(`--B\r\nContent-Disposition: form-data; name="${name}"${type}\r\n\r\n`),
      content,
      Buffer.from('\r\n'),
    ]);
  const gbk = part('x', '\r\nContent-Type: application/json; charset=GBK', Buffer.from([0x22, 0xd5, 0xc5, 0x22]));
  const file = part(
    'y',
    '; filename="a.bin"\r\nContent-Type: application/octet-stream',
    Buffer.alloc(3_000_000, '\r\n-'),
  );
  const got = read(Buffer.concat([gbk, file, part('z', '', Buffer.from('1')), Buffer.from('--B--')]), {
    contentType: 'multipart/form-data; boundary="B"',
    limits: { parts: 2 },
  });
  assert.deepEqual(got.lines.slice(0, 2), ['x = 张', 'y.{filename} = a.bin']);
  assert.equal(got.counts.partsSkipped, 1);
  assert.equal(got.whole, true);
});

test('deep XML: what is deeper than 64 is counted', () => {
  const got = read(`${'<a>'.repeat(10_000)}x${'</a>'.repeat(10_000)}`, { contentType: 'text/xml' });
  assert.deepEqual(
    [got.lines.filter((line) => line.includes('=')).length, got.whole, got.counts.deepValues],
    [0, true, 1],
  );
});

test('what has nothing to read is not opened; binary content is passed over', () => {
  assert.equal(read('x', { contentType: 'image/png' }).whole, false);
  for (const contentType of ['', 'application/octet-stream', 'text/plain', 'application/javascript']) {
    const got = read(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0, 1), { contentType });
    assert.deepEqual(got.lines, [], contentType);
  }
});

test('content without a media type is told by its octets', () => {
  for (const [text, line] of [
    ['[{"a":1}]', '[].a = 1 (number)'],
    ['<r><a>1</a></r>', 'r.a = 1'],
    ['a=1&b=2', 'a = 1'],
    ['cb({"a":1})', 'a = 1 (number)'],
    [')]}\',\n{"a":1}', 'a = 1 (number)'],
    ['\ufeff{"a":1}', 'a = 1 (number)'],
  ] as const) {
    assert.ok(read(text, { contentType: '' }).lines.includes(line), text);
  }
});
