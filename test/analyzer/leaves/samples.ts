/** Content of every format, with everything in it that a split can fall into. */

export interface Sample {
  readonly name: string;
  readonly contentType: string;
  readonly charset: string;
  readonly bytes: Uint8Array;
}

/** GB 18030 of what the samples write; Node encodes UTF-8 alone. */
const gb18030: Readonly<Record<string, readonly number[]>> = {
  张: [0xd5, 0xc5],
  三: [0xc8, 0xfd],
  誠: [0xd5, 0x5c],
  〇: [0xa9, 0x96],
  㐀: [0x81, 0x39, 0xee, 0x39],
};

export function inGb18030(text: string): Uint8Array {
  return Uint8Array.from([...text].flatMap((c) => gb18030[c] ?? [...Buffer.from(c)]));
}

const json = JSON.stringify({
  code: 0,
  'esc"aped\n': '引号"\\/\n\u0001 \ud83d\ude00',
  nested: JSON.stringify({ a: [1, { b: '张三' }], c: JSON.stringify({ d: true }) }),
  deep: [[[[[{ x: [1, 2, { y: null }] }]]]]],
  rows: [
    { name: '张三', mobile: '13800138000', balance: -1.5e-7, ok: true },
    { name: '李四', mobile: '13900139000', balance: 0, ok: false },
  ],
  map: { '110101199003071234': { name: '王五' }, 'a@b.cn': [] },
});

const soap =
  '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "v">]><s:Env xmlns:s="u"><!-- c -- --><s:Body a:b=\'1&amp;2\' c = "x">' +
  '<row id="1"> 张三 &#x4e09;&unknown; <![CDATA[a]]b]]]> z</row><row>t<i>{"k":[1]}</i>\n</row><e/></s:Body></s:Env>\n';

const multipart =
  'preamble\r\n--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nv\r\r\n-\r\n--c\r\n' +
  '--b\r\nContent-Disposition: form-data; name="j"\r\nContent-Type: application/json\r\n\r\n[{"x":"张"}]\r\n' +
  '--b \r\nContent-Disposition: form-data; name="f"; filename*=UTF-8\'\'%E5%BC%A0.zip\r\n\r\nPK\x03\x04\0\r\n' +
  '--b\r\nContent-Disposition: form-data; name="e"\r\n\r\n\r\n--b--\r\nend';

const utf16 = Buffer.from('\ufeff{"a":"张三😀","b":[1,2]}', 'utf16le');

function text(name: string, contentType: string, content: string, charset = 'utf-8'): Sample {
  return { name, contentType, charset, bytes: Buffer.from(content) };
}

export const samples: readonly Sample[] = [
  text('JSON', 'application/json', json),
  text('JSON, laid out', 'application/json', JSON.stringify(JSON.parse(json), null, '\t')),
  text('JSON, charset unknown', 'application/json', json, ''),
  text('JSON lines', 'application/x-ndjson', `${json}\n{"a":tru}\n{"a":1,"b":[{"c":2}]}\n`),
  text('JSONP', 'text/javascript', `/**/cb_1(${json});`),
  text(
    'form',
    'application/x-www-form-urlencoded',
    'a=%E5%BC%A0+x&b[0][c]=%u5f20%uD83D%uDE00&d=%D5%C5&e=100%&13800138000=x&f&g=%7B%22h%22%3A1%7D&&=i%4',
  ),
  text('XML', 'text/xml', soap),
  text(
    'HTML',
    'text/html',
    '<!DOCTYPE html><p>姓名：张三，<b>手机</b>: 138<script>a<b; "</s"</script><style>x</style> end x=1</p>',
  ),
  text(
    'script',
    'application/javascript',
    'var a={appSecret:"4f1c8e6a90d2b7553c1e"};f("Zq4f1c8e6a90d2b75");k={pem : \'-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\'}',
  ),
  text('CSV', 'text/csv', '\ufeffname;"mo""bile";c\r\n张三;138;\r\n\r\n"李;\r\n四";"x""";"y"z\r\n;;\r\nlast;1'),
  text('text', 'text/plain', '姓名：张三，手机号: 138 139；at 10:30 　x＝y【z】\nkey = value (a) 。ends: '),
  text('multipart', 'multipart/form-data; boundary=b', multipart),
  {
    name: 'JSON in GB 18030',
    contentType: 'application/json; charset=GBK',
    charset: '',
    bytes: inGb18030('{"姓":"张三誠〇㐀","誠":[1,{"a":"誠"}]}'.replace('姓', '三')),
  },
  {
    name: 'CSV in undeclared GBK',
    contentType: 'text/csv',
    charset: '',
    bytes: inGb18030('name,三\n张三,1\n誠,"张,三"\n'),
  },
  { name: 'UTF-16', contentType: 'application/json', charset: '', bytes: utf16 },
];
