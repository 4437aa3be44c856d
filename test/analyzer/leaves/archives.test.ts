/** Exported files: what is in workbooks and archives is read as if it had been sent as it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../../deploy/traffic/random.ts';
import { read } from './collect.ts';
import { workbook, zip } from './made-archives.ts';

const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const table = [
  ['姓名', 'mobile', 'note'],
  ['张三', 13812345678, 'a & b'],
  ['李四', 13912345678, null],
  ['王"五', 13712345678, '<c>, d'],
] as const;
const csv = '姓名,mobile,note\n张三,13812345678,a & b\n李四,13912345678\n"王""五",13712345678,"<c>, d"\n';
const expected = read(csv, { contentType: 'text/csv' }).lines;

test('a workbook reads as its CSV does: shared texts and inline ones, by whatever media type', () => {
  for (const inline of [false, true]) {
    const archive = zip(workbook(table, inline));
    for (const contentType of [xlsx, 'application/vnd.ms-excel', 'application/octet-stream', '', 'text/csv']) {
      const { lines, whole, openRows } = read(archive, { contentType, charset: '' });
      assert.deepEqual(lines, expected, contentType);
      assert.deepEqual([whole, openRows], [true, 0]);
    }
  }
});

test('however it is cut', () => {
  const archive = zip(workbook(table));
  const cut = (size: number) =>
    Array.from({ length: Math.ceil(archive.length / size) }, (_, i) => archive.subarray(i * size, (i + 1) * size));
  for (const size of [1, 2, 3, 5, 100]) {
    assert.deepEqual(read(archive, { contentType: xlsx, charset: '', pieces: cut(size) }).lines, expected, `${size}`);
  }
});

test('texts in a ZIP, also in GB18030, stored, streamed, in ZIP64; a workbook in a ZIP; no deeper', () => {
  const gbk = Buffer.concat([
    Buffer.from([0xd0, 0xd5, 0xc3, 0xfb]),
    Buffer.from(',mobile\n'),
    Buffer.from([0xd5, 0xc5, 0xc8, 0xfd]),
    Buffer.from(',13812345678\n'),
  ]);
  const rows = read('姓名,mobile\n张三,13812345678\n', { contentType: 'text/csv' }).lines;
  const of = (archive: Buffer) => read(archive, { contentType: 'application/zip', charset: '' }).lines;
  assert.deepEqual(of(zip([{ name: 'clients.csv', content: gbk }])), rows);
  for (const how of [{ stored: true }, { streamed: true }, { zip64: true }]) {
    assert.deepEqual(of(zip([{ name: 'a/b/clients.CSV', content: csv, ...how }])), expected);
  }
  assert.deepEqual(
    of(
      zip([
        { name: 'logo.png', content: 'none' },
        { name: 'a.csv', content: csv },
      ]),
    ),
    expected,
  );
  const inner = zip(workbook(table));
  const once = zip([{ name: 'clients.xlsx', content: inner }]);
  assert.deepEqual(of(once), expected);
  assert.deepEqual(of(zip([{ name: 'deep.zip', content: once }])), []);
});

test('encrypted and broken archives, and bombs, are counted and cost no more than a body', () => {
  const how = { contentType: 'application/zip', charset: '' };
  const locked = read(
    zip([
      { name: 'a.csv', content: csv, encrypted: true },
      { name: 'b.csv', content: csv },
    ]),
    how,
  );
  assert.deepEqual([locked.counts.archivesEncrypted, locked.counts.stopped, locked.whole], [1, 1, false]);
  assert.deepEqual(locked.lines, expected, 'what is open is read');

  const bomb = read(zip([{ name: 'bomb.csv', content: Buffer.alloc(80 << 20, 0x61) }]), how);
  assert.deepEqual([bomb.counts.archivesBeyond, bomb.whole, bomb.lines.length], [1, false, 0]);
  // Each entry is within the bound, and together they are not.
  const part = { name: 'part.txt', content: Buffer.alloc(30 << 20, 0x0a) };
  assert.equal(read(zip([part, part, part]), how).counts.archivesBeyond, 1);

  const large = Buffer.alloc(17 << 20);
  large.writeUInt32BE(0x504b0304);
  const beyond = read(large, how);
  assert.deepEqual([beyond.counts.archivesBeyond, beyond.whole], [1, false]);

  const whole = zip(workbook(table));
  const broken = read(whole.subarray(0, whole.length - 30), how);
  assert.deepEqual([broken.lines, broken.whole, broken.counts.stopped], [[], false, 1]);
});

test('octets of an archive changed at random: nothing throws, and rows are ended', () => {
  const random = new Random(11);
  const whole = zip([...workbook(table), { name: 'a.csv', content: csv, zip64: true }]);
  for (let round = 0; round < 2000; round++) {
    const archive = Buffer.from(whole);
    for (let i = random.between(1, 8); i > 0; i--) archive[random.below(archive.length)] = random.below(256);
    archive.writeUInt32BE(0x504b0304);
    const { openRows } = read(archive.subarray(0, random.chance(0.3) ? random.below(archive.length) : undefined), {
      ...{ contentType: xlsx, charset: '' },
    });
    assert.equal(openRows, 0);
  }
});
