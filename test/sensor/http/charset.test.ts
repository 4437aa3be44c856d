import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CharsetSniffer, charsetName, decodeText } from '../../../sensor/http/charset.ts';
import { cutUp, numbers, sampleText } from '../sample-text.ts';

/** Character → octets of a two-octet charset: what TextDecoder does, the other way round. */
function encoderOf(charset: string): (text: string) => Buffer {
  const decoder = new TextDecoder(charset);
  const octets = new Map<string, readonly number[]>();
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const character = decoder.decode(Uint8Array.of(lead, trail));
      if (character.length === 1 && character !== '\ufffd' && !octets.has(character))
        octets.set(character, [lead, trail]);
    }
  }
  return (text) => Buffer.from([...text].flatMap((c) => (c < '\x80' ? [c.charCodeAt(0)] : octets.get(c)!)));
}

const gbk = encoderOf('gbk');
const big5 = encoderOf('big5');
const chinese =
  '{"客户姓名":"张三丰","证件号码":"110101199003074514","开户营业部":"上海浦东南路营业部","持仓":"贵州茅台"}';
const traditional = '{"客戶姓名":"張三豐","證件號碼":"A123456789","開戶營業部":"臺北市信義區","備註":"無"}';

function sniff(type: string, bytes: Uint8Array, largest = 1 << 20): string {
  const sniffer = new CharsetSniffer(type);
  for (const piece of cutUp(bytes, largest, largest)) sniffer.see(piece, 0, piece.length);
  return sniffer.decide();
}

const json = 'application/json';
const utf8 = Buffer.from(chinese);
const gb = gbk(chinese);
const page = (head: string, bytes: Buffer): Buffer => Buffer.concat([Buffer.from(head), bytes]);

const cases: readonly (readonly [string, string, Buffer, string])[] = [
  // ASCII
  ['ASCII text without label', json, Buffer.from('{"a":1}'), 'utf-8'],
  ['ASCII with a label', 'text/html; charset=GB2312', Buffer.from('<p>'), 'gbk'],
  ['ASCII with a label that names nothing', 'text/html; charset=none', Buffer.from('<p>'), 'utf-8'],
  ['ASCII without any type', '', Buffer.from('a=1'), 'utf-8'],
  ['ASCII in a binary type', 'image/png', Buffer.from('abcdef'), ''],
  ['zeros without any type', '', Buffer.from([1, 0, 0, 0, 65, 66]), ''],
  // what the octets say
  ['UTF-8', json, utf8, 'utf-8'],
  ['GBK', json, gb, 'gb18030'],
  ['GBK behind much ASCII', 'text/csv', page('x'.repeat(20_000), gb), 'gb18030'],
  ['one name in GBK', json, gbk('{"name":"张三"}'), 'gb18030'],
  [
    'four-octet characters of GB 18030',
    json,
    Buffer.concat([gb, Buffer.from([0x81, 0x30, 0x81, 0x30]), gb]),
    'gb18030',
  ],
  ['Big5 without label is not taken for GB 18030', json, big5(traditional), ''],
  ['Latin-1 without label', 'text/plain', Buffer.from('d\xe9j\xe0 vu, \xe9t\xe9', 'latin1'), ''],
  ['random octets', 'text/plain', Buffer.from([0xff, 0x80, 0x91, 0x20, 0xfe, 0xff, 0xc3]), ''],
  ['UTF-8 with damage far in', json, Buffer.concat([utf8, Buffer.from([0xff, 0xff])]), 'utf-8'],
  // labels
  ['UTF-8 by label and octets', `${json};charset=UTF-8`, utf8, 'utf-8'],
  ['GBK by label', 'text/html;charset="gbk"', gb, 'gbk'],
  ['GB 18030 by label', "text/html; Charset='GB18030'", gb, 'gb18030'],
  ['Big5 by label', 'text/html; charset=big5', big5(traditional), 'big5'],
  ['Latin-1 by label', 'text/html; charset=iso-8859-1', Buffer.from('caf\xe9', 'latin1'), 'windows-1252'],
  ['labelled UTF-8, sent GBK', `${json}; charset=utf-8`, gb, 'gb18030'],
  ['labelled UTF-8, sent neither', `${json}; charset=utf-8`, Buffer.from('caf\xe9 cr\xe8me', 'latin1'), 'utf-8'],
  ['labelled GBK, sent UTF-8', 'text/html; charset=gbk', utf8, 'utf-8'],
  ['labelled GBK, two characters that read as UTF-8 too', 'text/html; charset=gbk', gbk('联通'), 'gbk'],
  ['labelled Latin-1, sent UTF-8', `${json};charset=ISO-8859-1`, utf8, 'utf-8'],
  ['labelled Latin-1, sent GBK', `${json};charset=ISO-8859-1`, gb, 'gb18030'],
  ['labelled UTF-16, sent UTF-8', `${json};charset=utf-16`, Buffer.from('{"a":1}'), 'utf-8'],
  // marks
  ['UTF-8 mark beats the label', 'text/plain; charset=gbk', page('\ufeff', utf8), 'utf-8'],
  ['UTF-16 mark', 'text/plain', Buffer.from('\ufeff客户', 'utf16le'), 'utf-16le'],
  ['UTF-16 mark, big end first', 'text/plain', Buffer.from([0xfe, 0xff, 0x5b, 0xa2]), 'utf-16be'],
  ['UTF-16 without mark', json, Buffer.from('{"a":1}', 'utf16le'), 'utf-16le'],
  // declarations
  ['HTML meta', 'text/html', page('<html><head><meta charset="GB2312">', gb), 'gbk'],
  [
    'HTML meta, old form',
    'text/html',
    page('<META http-equiv=Content-Type content="text/html; charset=big5">', big5(traditional)),
    'big5',
  ],
  ['HTML meta that names nothing', 'text/html', page('<meta charset="unknown">', gb), 'gb18030'],
  ['HTML meta past 1024 octets', 'text/html', page(`${' '.repeat(1100)}<meta charset="big5">`, gb), 'gb18030'],
  ['label beats meta', 'text/html; charset=gbk', page('<meta charset="big5">', gb), 'gbk'],
  ['XML declaration', 'text/xml', page('<?xml version="1.0" encoding="GBK"?>', gb), 'gbk'],
  [
    'XML declaration contradicted',
    'application/soap+xml',
    page('<?xml version="1.0" encoding="UTF-8"?>', gb),
    'gb18030',
  ],
  [
    'XML declaration of UTF-16 in octets',
    'text/xml',
    Buffer.from('<?xml version="1.0" encoding="utf-16"?><a/>'),
    'utf-8',
  ],
];

for (const [name, type, bytes, wanted] of cases) {
  test(`${name}: ${wanted === '' ? 'unknown' : wanted}, however the body is cut`, () => {
    for (const largest of [1, 2, 3, 17, 500, 1 << 20])
      assert.equal(sniff(type, bytes, largest), wanted, `by ${largest}`);
  });
}

test('labels are named as WHATWG names them', () => {
  const names = { GB2312: 'gbk', 'x-gbk': 'gbk', latin1: 'windows-1252', UTF8: 'utf-8', 'us-ascii': 'windows-1252' };
  for (const [label, name] of Object.entries(names)) assert.equal(charsetName(label), name);
  for (const label of ['', 'none', 'utf-8x', 'a'.repeat(1000), '\u0000', '__proto__'])
    assert.equal(charsetName(label), '');
  for (let i = 0; i < 2000; i++) assert.equal(charsetName(`label-${i}`), '');
});

test('text comes out as it went in', () => {
  assert.equal(decodeText(gb, 'gb18030'), chinese);
  assert.equal(decodeText(gb, 'gbk'), chinese);
  assert.equal(decodeText(big5(traditional), 'big5'), traditional);
  assert.equal(decodeText(Buffer.from('\ufeffab', 'utf16le'), 'utf-16le'), 'ab');
  assert.equal(decodeText(utf8.subarray(0, 3), 'utf-8'), '{"\ufffd');
  assert.equal(decodeText(Buffer.from([0x41, 0xe9]), ''), 'A\xe9');
  assert.equal(decodeText(Buffer.from([0x41, 0xe9]), 'no such charset'), 'A\xe9');
});

test('business text of any length keeps its charset', () => {
  for (let size = 40; size < 9000; size += 371) {
    const text = sampleText(size, size).toString('utf8').replaceAll('\ufffd', '');
    if (!/[^\0-\x7f]/.test(text)) continue;
    assert.equal(sniff(json, Buffer.from(text)), 'utf-8');
    assert.equal(sniff(json, gbk(text)), 'gb18030');
  }
});

test('any octets, any type: one of the names, and no exception', () => {
  const next = numbers(5);
  const types = [
    json,
    'text/html',
    'text/xml',
    '',
    'multipart/form-data; boundary=x',
    'text/html; charset=',
    ';;charset==',
    'x',
  ];
  for (let round = 0; round < 5000; round++) {
    const bytes = Buffer.from(Array.from({ length: next() % 40 }, () => next() & 255));
    const type = types[next() % types.length]!;
    const charset = sniff(type, bytes);
    assert.equal(charsetName(charset), charset);
    assert.equal(typeof decodeText(bytes, charset), 'string');
    // A head that comes whole and one that comes in pieces are read alike.
    assert.equal(sniff(type, bytes, 1), charset, bytes.toString('hex'));
  }
});
