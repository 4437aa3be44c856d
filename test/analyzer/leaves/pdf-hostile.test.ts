/** PDF files that want more work or more memory than they are long: what they get is bounded, and it is named. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { LeafCounts } from '../../../analyzer/leaves/limits.ts';
import { leafOutput } from '../../../analyzer/leaves/open.ts';
import { PdfDocument } from '../../../analyzer/leaves/pdf/document.ts';
import { decoded } from '../../../analyzer/leaves/pdf/filters.ts';
import { PdfParser } from '../../../analyzer/leaves/pdf/pdf.ts';
import { type PdfDict, PdfName } from '../../../analyzer/leaves/pdf/syntax.ts';
import { LeafTree } from '../../../analyzer/leaves/tree.ts';
import { read } from './collect.ts';
import { type MadeObject, page, pdf } from './made-pdf.ts';

const how = { contentType: 'application/pdf', charset: '' };
const text = 'BT /F 10 Tf 72 700 Td (13800138000) Tj ET';

test('a predictor with rows longer than all there is leaves the octets as they are', () => {
  for (const rows of ['/Colors 1000000 /BitsPerComponent 1000000 /Columns 1000000', '/Colors 2000 /Columns 1000000']) {
    for (const predictor of [2, 12]) {
      const filter = `/Filter /FlateDecode /DecodeParms << /Predictor ${predictor} ${rows} >>`;
      const got = read(page(deflateSync(text), { filter }), how);
      assert.deepEqual([got.lines, got.notes], [[' = 13800138000'], []], filter);
    }
  }
});

test('rows of a predictor, the last of them cut', () => {
  const width = 8;
  const rows: Buffer[] = [];
  for (let at = 0; at < text.length; at += width) {
    rows.push(Buffer.concat([Buffer.of(0), Buffer.from(text.slice(at, at + width))]));
  }
  const filter = `/Filter /FlateDecode /DecodeParms << /Predictor 10 /Columns ${width} >>`;
  assert.deepEqual(read(page(deflateSync(Buffer.concat(rows)), { filter }), how).lines, [' = 13800138000']);
});

test('a length that no bound foresaw loses the file and not the run', () => {
  const tree = new LeafTree();
  const broken = {
    leaf(): void {
      throw new RangeError('Invalid array length');
    },
    rowBegin(): void {},
    rowEnd(): void {},
  };
  const output = leafOutput({ tree, sink: broken, counts: new LeafCounts() });
  output.begin();
  const parser = new PdfParser(output, tree.root('body'));
  const file = page(text);
  parser.write(file, 0, file.length);
  assert.equal(parser.end(), false);
  assert.deepEqual([...output.notes], ['pdf_damaged']);
});

/** Characters of all values that were handed over. */
function saidBy({ lines }: { readonly lines: readonly string[] }): number {
  return lines.reduce((sum, line) => sum + line.slice(line.indexOf(' = ') + 3).length, 0);
}

const mebi = 1 << 20;

test('what stands for marked content is cut, and said so often as a document may say anything', () => {
  const long = (octets: number): string => `<< /ActualText (${'x'.repeat(octets)}) >>`;
  const marked = (times: number, text: string) =>
    page(`BT /F 10 Tf ${'0 -9 Td /Span /P BDC (y) Tj EMC '.repeat(times)} ET`, {
      resources: '/Properties << /P 6 0 R >>',
      more: [text],
    });
  const one = read(marked(1, long(mebi)), how);
  assert.deepEqual([saidBy(one), one.whole, one.notes], [4096, false, ['pdf_beyond_limit']]);
  const whole = read(marked(3, long(4096)), how);
  assert.deepEqual([saidBy(whole), whole.whole, whole.notes], [3 * 4096, true, []]);
  const many = read(marked(6000, long(mebi)), how);
  assert.ok(saidBy(many) > 15 * mebi && saidBy(many) <= 16 * mebi, String(saidBy(many)));
  assert.deepEqual(many.notes, ['pdf_beyond_limit']);
});

test('codes that stand for many characters each say no more than a document may', () => {
  const font = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /ToUnicode 6 0 R >>';
  const map = { dict: '<< >>', stream: `1 beginbfchar <41> <${'0042'.repeat(16)}> endbfchar` };
  const filter = '/Filter /FlateDecode';
  const shown = (content: string) => read(page(deflateSync(content), { font, filter, more: [map] }), how);
  const a = 'A'.repeat(4000);
  const one = shown(`BT /F 10 Tf (${a.repeat(1000)}) Tj ET`);
  assert.ok(saidBy(one) <= (1 << 16) + 16, String(saidBy(one)));
  assert.deepEqual([one.whole, one.notes], [false, ['pdf_beyond_limit']]);
  const many = shown(`BT /F 10 Tf ${`0 -9 Td (${a}) Tj `.repeat(600)} ET`);
  assert.ok(saidBy(many) > 15 * mebi && saidBy(many) <= 16 * mebi + 16, String(saidBy(many)));
  assert.deepEqual([many.whole, many.notes], [false, ['pdf_beyond_limit']]);
});

/** One page whose content is this many references to an object. */
function referring(times: number, object: MadeObject | string): Buffer {
  const contents = `/Contents [${'4 0 R '.repeat(times)}]`;
  return pdf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page ${contents} >>`,
    object,
  ]);
}

test('streams that give nothing are charged for what they cost', () => {
  const zeros = deflateSync(Buffer.alloc(32 * mebi));
  const damaged = Buffer.concat([zeros.subarray(0, -64), Buffer.alloc(64, 0xff)]);
  const empty = Buffer.alloc(mebi, Buffer.of(0, 0, 0, 0xff, 0xff));
  for (const [name, filter, stream] of [
    ['before a picture', '[/FlateDecode /DCTDecode]', zeros],
    ['digits of nothing', '[/FlateDecode /ASCIIHexDecode]', zeros],
    ['damaged', '/FlateDecode', damaged],
    ['blocks of nothing', '/FlateDecode', Buffer.concat([Buffer.of(0x78, 0x9c), empty])],
    ['no octets', '/ASCIIHexDecode', Buffer.alloc(0)],
  ] as const) {
    const notes = read(referring(100_000, { dict: `<< /Filter ${filter} >>`, stream }), how).notes;
    assert.ok(notes.includes('pdf_beyond_limit'), name);
  }
});

test('a picture behind other filters is not unpacked', () => {
  const bomb = deflateSync(Buffer.alloc(80 * mebi));
  const notes = read(referring(1, { dict: '<< /Filter [/FlateDecode /DCTDecode] >>', stream: bomb }), how).notes;
  assert.ok(!notes.includes('pdf_beyond_limit'));
});

test('octets written as letters give no more than is left', () => {
  const filters: [string, Buffer][] = [
    ['ASCII85Decode', Buffer.alloc(9, 'z')],
    ['ASCIIHexDecode', Buffer.alloc(72, '4')],
  ];
  for (const [name, data] of filters) {
    const dict: PdfDict = new Map([['Filter', new PdfName(name)]]);
    const opened = (left: number) => decoded(dict, data, { left }, (value) => value ?? null);
    const cost = data.length + 1024;
    assert.equal(opened(cost + 35), 'too-large', name);
    assert.equal(opened(cost - 1), 'too-large', name);
    assert.equal(opened(cost + 36)?.length, 36, name);
  }
});

test('many pages that share a long list of contents that are not there', () => {
  const pages = Array.from({ length: 1000 }, () => '<< /Type /Page /Contents 4 0 R >>');
  const kids = pages.map((_, i) => `${i + 5} 0 R`).join(' ');
  const file = pdf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] >>`,
    'null',
    `[${'3 0 R '.repeat(10_000)}]`,
    ...pages,
  ]);
  assert.deepEqual(read(file, how).notes, ['pdf_beyond_limit']);
});

/** Octets of a file, and how often one of them is looked at. */
function watched(octets: Buffer): { file: Uint8Array; looks: () => number } {
  let count = 0;
  const file = new Proxy(new Uint8Array(octets), {
    get(target, key) {
      if (typeof key === 'string' && /^\d/.test(key)) count++;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { file, looks: () => count };
}

test('what stands behind `trailer` is looked at once', () => {
  const tail = 'trailer << /Encrypt 9 0 R >>';
  for (const unit of ['trailer(', 'trailer', 'trailer ', 'trailer<', 'trailer[', 'trailer<<', 'trailer%']) {
    const octets = Buffer.from(unit.repeat(1000));
    const { file, looks } = watched(octets);
    new PdfDocument(file, mebi);
    assert.ok(looks() < 40 * octets.length, `${unit}: ${looks()}`);
  }
  for (const before of ['', 'trailer ', 'trailertrailer ', 'trailer (a) ', 'trailer << >> ', 'xtrailer ']) {
    assert.ok(new PdfDocument(Buffer.from(before + tail), mebi).isEncrypted, before);
  }
});

test('a cell goes on as long as cells may be, and what is below it is text', () => {
  const line = 'y'.repeat(100);
  const table =
    '0 700 Td (name) Tj 100 0 Td (b) Tj 100 0 Td (c) Tj -200 -10 Td (1) Tj 100 0 Td (22) Tj 100 0 Td (x) Tj ';
  const got = read(page(`BT /F 10 Tf ${table} ${`0 -10 Td (${line}) Tj `.repeat(300)} ET`), how);
  const cell = got.lines.find((said) => said.startsWith('tr[].c = '))!;
  assert.match(cell, /^tr\[\]\.c = x( y{100})+$/);
  assert.ok(cell.length > 4000 && cell.length < 4200, String(cell.length));
  assert.equal(
    got.lines.reduce((sum, said) => sum + said.split(line).length - 1, 0),
    300,
  );
});

test('content that is lost is named, and the file is not whole', () => {
  const filter = '/Filter /FlateDecode';
  const lost = read(page('no deflated octets at all', { filter }), how);
  assert.deepEqual([lost.lines, lost.whole, lost.notes], [[], false, ['pdf_damaged']]);
  const odd = read(page(text, { filter: '/Filter /JBIG2Decode' }), how);
  assert.deepEqual([odd.lines, odd.whole, odd.notes], [[], false, ['pdf_damaged']]);
  const long = read(page(deflateSync(text + ' '.repeat(17 * mebi)), { filter }), how);
  assert.deepEqual([long.lines, long.whole, long.notes], [[], false, ['pdf_beyond_limit']]);
});

test('nodes of the pages’ tree that share a long list of what is no page', () => {
  const nodes = Array.from({ length: 300 }, () => '<< /Kids 3 0 R >>');
  const kids = nodes.map((_, i) => `${i + 4} 0 R`).join(' ');
  const file = pdf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Kids [${kids}] >>`,
    `[${kids} ${'1000 0 R '.repeat(5000)}]`,
    ...nodes,
  ]);
  const { notes, whole } = read(file, how);
  assert.deepEqual([notes, whole], [['pdf_beyond_limit'], false]);
});
