/** Text of PDF: files of real producers, what they may hold by the standard, and what wants to cost more than it is. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { Random } from '../../../deploy/traffic/random.ts';
import { type Reading, read } from './collect.ts';
import { zip } from './made-archives.ts';
import { page, pdf } from './made-pdf.ts';

const folder = new URL('fixtures/pdf/', import.meta.resolve('#root/package.json'));
const file = (name: string): Buffer => readFileSync(new URL(name, folder));
const how = { contentType: 'application/pdf', charset: '' };

function row(cells: Readonly<Record<string, string>>): string[] {
  return ['tr[] {', ...Object.entries(cells).map(([name, value]) => `tr[].${name} = ${value}`), 'tr[] }'];
}

const people = ['张三', '李四', '王五', '赵六', '欧阳修'].flatMap((name, i) =>
  row({
    ...{ 姓名: name, 手机号码: `1380013800${i}`, 证件号码: `32010219900101${1230 + i}`, 资金账号: `6600${i}88123` },
    余额: `${i + 1},200.50`,
  }),
);
const latin = [0, 1, 2, 3].flatMap((i) =>
  row({ Name: `Zhang ${i}`, Mobile: `1380013800${i}`, Email: `a${i}@b.example` }),
);
const named = [0, 1, 2, 3].flatMap((i) =>
  row({ 姓名: '张三李四'.slice(i, i + 2), 手机号码: `1380013800${i}`, 邮箱: `a${i}@b.example` }),
);

/** Lines of rows alone. */
function rowsOf({ lines }: Reading): string[] {
  return lines.filter((line) => line.startsWith('tr[]'));
}

for (const [name, expected] of [
  ['reportlab-cid.pdf', people],
  ['fpdf2.pdf', people],
  ['pymupdf.pdf', people],
  ['weasyprint.pdf', people],
  ['pdfkit-cjk.pdf', named],
  ['pdfkit.pdf', latin],
  ['jspdf.pdf', latin],
  ['pdf-lib.pdf', latin],
] as const) {
  test(`a table as ${name} has it`, () => {
    const got = read(file(name), how);
    // A last row of one character is the last piece of a name.
    assert.deepEqual(rowsOf(got).slice(0, expected.length), [...expected].slice(0, rowsOf(got).length));
    assert.deepEqual([rowsOf(got).length, got.whole, got.notes, got.openRows], [expected.length, true, [], 0]);
    for (const contentType of ['application/octet-stream', '']) {
      assert.deepEqual(read(file(name), { contentType, charset: '' }).lines, got.lines, contentType);
    }
    assert.deepEqual(
      read(zip([{ name: 'a.pdf', content: file(name) }]), { ...how, contentType: 'application/zip' }).lines,
      got.lines,
    );
    const cut = Array.from({ length: Math.ceil(file(name).length / 999) }, (_, i) =>
      file(name).subarray(i * 999, i * 999 + 999),
    );
    assert.deepEqual(read('', { ...how, pieces: cut }).lines, got.lines);
  });
}

test('a table over several pages is one, its headings are no rows; lines beside it are text with names', () => {
  const got = read(file('reportlab-pages.pdf'), how);
  assert.equal(got.lines.filter((line) => line === 'tr[] {').length, 100);
  assert.deepEqual(rowsOf(got).slice(0, people.length), people);
  assert.deepEqual(
    got.lines.filter((line) => !line.startsWith('tr[]')),
    [' = 客户对账单', '客户姓名 = 张三', '联系电话 = 13800138000', ' = 本对账单仅供参考'],
  );
});

test('what can not be read is named: encrypted, glyphs without characters, pictures, damaged', () => {
  const noteOf = (octets: Buffer) => {
    const { notes, whole, counts } = read(octets, how);
    assert.deepEqual([whole, counts.stopped], [false, 1]);
    return notes;
  };
  assert.deepEqual(noteOf(file('qpdf-encrypted.pdf')), ['pdf_encrypted']);
  assert.deepEqual(noteOf(file('ghostscript-no-unicode.pdf')), ['pdf_font_unreadable']);
  assert.deepEqual(noteOf(file('ghostscript-picture.pdf')), ['pdf_picture_page']);
  assert.deepEqual(noteOf(Buffer.from('%PDF-1.4 and no more')), ['pdf_damaged']);
  assert.deepEqual(read('', how).notes, []);
  const identity = '<< /Type /Font /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [<< /DW 1000 >>] >>';
  const got = read(page('BT /F 10 Tf 72 700 Td <00010002> Tj ET', { font: identity }), how);
  assert.deepEqual([got.lines, got.notes], [[], ['pdf_font_unreadable']]);
});

const said = (content: string | Uint8Array, made = {}) => read(page(content, made), how).lines;

test('operators that show text, and what places it', () => {
  assert.deepEqual(said('BT /F 10 Tf 14 TL 72 700 Td (a) Tj T* (b) Tj (c) \' 1 2 (d) " ET'), [
    ' = a',
    ' = b',
    ' = c',
    ' = d',
  ]);
  assert.deepEqual(said('BT /F 10 Tf 72 700 Td [(Mo) -20 (bile) -4000 (x)] TJ ET'), [' = Mobile', ' = x']);
  assert.deepEqual(said('BT /F 10 Tf 72 700 Td [(two) -300 (words)] TJ ET'), [' = two', ' = words']);
  assert.deepEqual(said('BT /F 10 Tf 0 1 -1 0 300 300 Tm (up) Tj 0 -12 Td (next) Tj ET'), [' = up', ' = next']);
  assert.deepEqual(said('q 2 0 0 2 0 0 cm BT /F 5 Tf 10 100 Td (b) Tj ET Q BT /F 10 Tf 10 300 Td (a) Tj ET'), [
    ' = a',
    ' = b',
  ]);
  assert.deepEqual(
    said('BT /F 10 Tf 1 0 0 1 9 9 Tm (a\\(b\\)\\101\\\nc) Tj ET BI /W 1 ID (x) Tj EI BT 9 0 Td <42> Tj ET'),
    [...[' = a', ' = b', ' = Ac', ' = B']],
  );
  assert.deepEqual(said('/Span << /ActualText <FEFF59D3540D> >> BDC BT /F 10 Tf (zz) Tj (y) Tj ET EMC'), [' = 姓名']);
});

test('filters, alone and one over another; predictors are of cross-reference streams and not of text', () => {
  const text = 'BT /F 10 Tf 72 700 Td (13800138000) Tj ET';
  const hex = Buffer.from(`${Buffer.from(text).toString('hex')}>`);
  assert.deepEqual(said(hex, { filter: '/Filter /ASCIIHexDecode' }), [' = 13800138000']);
  assert.deepEqual(said(deflateSync(text), { filter: '/Filter [/FlateDecode]' }), [' = 13800138000']);
  assert.deepEqual(
    said(deflateSync(text).subarray(0, -4), { filter: '/Filter /Fl' }),
    [' = 13800138000'],
    'no checksum',
  );
  const a85 = ascii85(deflateSync(text));
  assert.deepEqual(said(a85, { filter: '/Filter [/ASCII85Decode /FlateDecode]' }), [' = 13800138000']);
  const up = Buffer.concat([Buffer.of(2), Buffer.from(text)]);
  const predicted = `/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns ${text.length} >>`;
  assert.deepEqual(said(deflateSync(up), { filter: predicted }), [' = 13800138000']);
  const runs = Buffer.concat([Buffer.of(text.length - 1), Buffer.from(text), Buffer.of(128)]);
  assert.deepEqual(said(runs, { filter: '/Filter /RunLengthDecode' }), [' = 13800138000']);
  assert.deepEqual(said(lzw(text), { filter: '/Filter /LZWDecode' }), [' = 13800138000']);
});

test('fonts: charsets by the name of a CMap, ToUnicode, names of glyphs', () => {
  const composite = (encoding: string, more = '') =>
    `<< /Type /Font /Subtype /Type0 /Encoding ${encoding} /DescendantFonts [<< /W [1 [500]] >>] ${more} >>`;
  const show = (hex: string, font: string, more: Parameters<typeof page>[1] = {}) =>
    said(`BT /F 10 Tf 72 700 Td <${hex}> Tj ET`, { font, ...more });
  assert.deepEqual(show('D5C5C8FD', composite('/GBK-EUC-H')), [' = 张三']);
  assert.deepEqual(show('D5C5C8FD41', composite('/GB-EUC-H')), [' = 张三A']);
  assert.deepEqual(show('95328236', composite('/GBK2K-H')), [' = 𠀀']);
  assert.deepEqual(show('5F204E09', composite('/UniGB-UCS2-H')), [' = 张三']);
  assert.deepEqual(show('D840DC074E09', composite('/UniGB-UTF16-H')), [' = 𠀇三']);
  const cmap = `/CIDInit /ProcSet findresource begin 1 begincodespacerange <0000> <FFFF> endcodespacerange
    2 beginbfchar <0001> <5F20> <0002> <00660069> endbfchar
    2 beginbfrange <0010> <0019> <0030> <0020> <0021> [<4E09> <56DB>] endbfrange endcmap`;
  const font = composite('/Identity-H', '/ToUnicode 6 0 R');
  assert.deepEqual(show('00010020001100130002', font, { more: [{ dict: '<< >>', stream: cmap }] }), [' = 张三13fi']);
  const simple = '<< /Type /Font /Subtype /Type1 /Encoding << /Differences [1 /A /eacute /uni5F20 /g12] >> >>';
  assert.deepEqual(show('010203', simple), [' = Aé张']);
  assert.deepEqual(read(page('BT /F 9 Tf <04> Tj ET', { font: simple }), how).notes, ['pdf_font_unreadable']);
});

test('cells that go on below, right-aligned numbers, forms, blanks inside headings', () => {
  const at = (x: number, y: number, text: string) => `1 0 0 1 ${x} ${y} Tm (${text}) Tj`;
  const table = [
    ...[at(50, 700, 'Client'), at(150, 700, 'Address'), at(400, 700, 'Sum')],
    ...[at(50, 680, 'C-1'), at(150, 680, 'Long Street'), at(420, 680, '5.00')],
    at(150, 668, 'Apartment 7'),
    ...[at(50, 650, 'C-2'), at(150, 650, 'Lane'), at(400, 650, '15,000.00')],
    ...[at(50, 630, 'C-3'), at(405, 630, '1,000.00')],
    at(50, 600, 'Total: 3'),
  ];
  assert.deepEqual(said(`BT /F 10 Tf ${table.join(' ')} ET`), [
    ...row({ Client: 'C-1', Address: 'Long Street Apartment 7', Sum: '5.00' }),
    ...row({ Client: 'C-2', Address: 'Lane', Sum: '15,000.00' }),
    ...row({ Client: 'C-3', Sum: '1,000.00' }),
    'Total = 3',
  ]);
  const form = [at(50, 700, 'Name'), at(200, 700, 'Zhang San'), at(50, 680, 'City'), at(200, 680, 'Hefei')];
  assert.deepEqual(said(`BT /F 10 Tf ${form.join(' ')} ET`), [
    ...row({ td1: 'Name', td2: 'Zhang San' }),
    ...row({ td1: 'City', td2: 'Hefei' }),
  ]);
});

test('updates, forms within forms, loops and wrong lengths', () => {
  const old = page('BT /F 10 Tf 72 700 Td (old) Tj ET');
  const update = Buffer.from(
    '\n4 0 obj\n<< /Length 99999 >>\nstream\nBT /F 10 Tf 72 700 Td (new) Tj ET\nendstream\nendobj\n',
  );
  assert.deepEqual(read(Buffer.concat([old, update]), how).lines, [' = new']);
  const inner = '<< /Type /XObject /Subtype /Form /Matrix [1 0 0 1 0 -20] >>';
  const resources = '/XObject << /X 6 0 R /Y 7 0 R >>';
  const more = [
    { dict: inner, stream: 'BT /F 10 Tf 72 700 Td (one) Tj ET /Y Do' },
    { dict: inner, stream: 'BT /F 10 Tf 72 700 Td (two) Tj ET /X Do' },
  ];
  const got = read(page('/X Do', { resources, more }), how);
  assert.deepEqual([got.lines, got.notes], [[' = one', ' = two'], ['pdf_beyond_limit']]);
  const loop = pdf(['<< /Type /Catalog /Pages 2 0 R >>', '<< /Kids [2 0 R 3 0 R 2 0 R] >>', '3 0 R']);
  assert.deepEqual(read(loop, how).notes, ['pdf_damaged']);
});

test('bombs and tricks cost no more than a body', () => {
  const bomb = page(deflateSync(Buffer.alloc(80 << 20, 0x20)), { filter: '/Filter /FlateDecode' });
  assert.deepEqual(read(bomb, how).notes, ['pdf_beyond_limit']);
  const twice = deflateSync(deflateSync(Buffer.alloc(80 << 20, 0x20)));
  assert.deepEqual(read(page(twice, { filter: '/Filter [/FlateDecode /FlateDecode]' }), how).notes, [
    'pdf_beyond_limit',
  ]);
  assert.deepEqual(read(Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(17 << 20)]), how).notes, [
    'pdf_beyond_limit',
  ]);
  // Each of these looks again at what the one before it has looked at, if one lets it.
  for (const unit of [
    '1 0 obj ',
    '1 0 obj [',
    '1 0 obj << /A ',
    '1 0 obj (',
    '9 0 obj <</Length 9>> stream\n',
    '1 0 obj <</Type/ObjStm>>stream\n',
    '[',
    '<<',
    '(',
  ]) {
    const trap = Buffer.from(`%PDF-1.4\n${unit.repeat(Math.ceil((1 << 19) / unit.length))}`);
    assert.equal(read(trap, how).whole, false, unit);
    read(page(trap), how);
  }
  const many = deflateSync(`BT /F 9 Tf ${'(ab) Tj 0 -9 Td '.repeat(200_000)}`);
  const rows = read(page(many, { filter: '/Filter /FlateDecode' }), how);
  assert.deepEqual(
    [rows.notes, rows.lines.length > 90_000, rows.lines.length < 110_000],
    [['pdf_beyond_limit'], true, true],
  );
  // A form that draws two forms, each of which draws two …
  const forms = Array.from({ length: 40 }, (_, i) => ({
    dict: `<< /Subtype /Form /Resources << /XObject << /X ${i + 7} 0 R >> >> >>`,
    stream: '/X Do /X Do '.repeat(8),
  }));
  assert.deepEqual(read(page('/X Do', { resources: '/XObject << /X 6 0 R >>', more: forms }), how).notes, [
    'pdf_beyond_limit',
  ]);
});

test('octets of files changed at random: nothing throws, and rows are ended', () => {
  const random = new Random(38);
  const files = ['reportlab-cid.pdf', 'pymupdf.pdf', 'pdfkit.pdf', 'jspdf.pdf', 'pdf-lib.pdf'].map(file);
  const plain = [page('BT /F 10 Tf 72 700 Td (13800138000) Tj [(a) -9 (b)] TJ ET'), ...files];
  for (let round = 0; round < 600; round++) {
    const octets = Buffer.from(plain[round % plain.length]!);
    for (let k = random.between(1, 12); k > 0; k--) octets[random.between(5, octets.length - 1)] = random.below(256);
    const cut = random.chance(0.2) ? octets.subarray(0, random.between(5, octets.length - 1)) : octets;
    assert.equal(read(cut, how).openRows, 0);
  }
});

function ascii85(octets: Buffer): string {
  let out = '';
  for (let i = 0; i < octets.length; i += 4) {
    const part = octets.subarray(i, i + 4);
    let value = Buffer.concat([part, Buffer.alloc(4 - part.length)]).readUInt32BE();
    let group = '';
    for (let k = 0; k < 5; k++, value = Math.floor(value / 85)) group = String.fromCharCode(33 + (value % 85)) + group;
    out += part.length === 4 && group === '!!!!!' ? 'z' : group.slice(0, part.length + 1);
  }
  return `${out}~>`;
}

/** Codes of nine bits, the table cleared before it outgrows them. */
function lzw(text: string): Buffer {
  let bits = '';
  for (const [i, octet] of [...Buffer.from(text)].entries()) {
    if (i % 200 === 0) bits += (256).toString(2).padStart(9, '0');
    bits += octet.toString(2).padStart(9, '0');
  }
  bits += (257).toString(2).padStart(9, '0');
  return Buffer.from((bits.match(/.{1,8}/g) ?? []).map((octet) => Number.parseInt(octet.padEnd(8, '0'), 2)));
}
