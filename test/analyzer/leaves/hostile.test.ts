import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read } from './collect.ts';

/** What could make a parser look at the same octets again and again. Reading in quadratic time would not end. */
const traps: readonly (readonly [string, string])[] = [
  ['application/json', '{"a":'],
  ['application/json', '"\\'],
  ['application/json', '["\\ud83d'],
  ['application/json', '{"a":"{\\"b\\":\\"[1,"},'],
  ['application/json', '1'],
  ['application/json', ')('],
  ['application/x-ndjson', '{"a"\n'],
  ['application/x-www-form-urlencoded', '%'],
  ['application/x-www-form-urlencoded', 'a[0][b].'],
  ['application/x-www-form-urlencoded', '%ud83d'],
  ['application/x-www-form-urlencoded', '=&'],
  ['text/xml', '<a>'],
  ['text/xml', '<a b="&'],
  ['text/xml', '<![CDATA[]]'],
  ['text/xml', '<!--'],
  ['text/xml', '<a>&#'],
  ['text/xml', '<!DOCTYPE ['],
  ['text/csv', '"'],
  ['text/csv', ',"'],
  ['text/plain', 'a:'],
  ['text/plain', '\uff1a'],
  ['text/html', '<script></'],
  ['multipart/form-data; boundary=b', '\r\n--'],
  ['multipart/form-data; boundary=b', '--b\r\n'],
  ['multipart/form-data; boundary=b', '--b\r\n\r\n\r'],
  ['', '{ '],
  ['', '\ufeff'],
];

for (const [contentType, unit] of traps) {
  test(`1 MB of ${JSON.stringify(unit)} as ${contentType || 'anything'}`, () => {
    const bytes = Buffer.from(unit.repeat(Math.ceil(1_000_000 / Buffer.byteLength(unit))));
    const pieces = Array.from({ length: Math.ceil(bytes.length / 997) }, (_, k) =>
      bytes.subarray(k * 997, k * 997 + 997),
    );
    for (const charset of ['utf-8', '', 'gbk']) {
      const whole = read(bytes, { contentType, charset, limits: { leaves: 1_000 } });
      const cut = read(bytes, { contentType, charset, pieces, limits: { leaves: 1_000 } });
      assert.equal(whole.openRows, 0);
      assert.deepEqual(cut.counts, whole.counts);
      assert.equal(cut.whole, whole.whole);
      assert.ok(whole.lines.every((line) => line.length < 80_000));
    }
  });
}

test('noise of every kind is read past', () => {
  let state = 1;
  const noise = Uint8Array.from(
    { length: 300_000 },
    () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24,
  );
  for (const contentType of [
    ...new Set(traps.map(([type]) => type)),
    'image/png',
    'application/pdf',
    'no type at all',
  ]) {
    for (const charset of ['utf-8', '', 'gbk', 'big5', 'utf-16', 'windows-1252', 'none']) {
      assert.equal(read(noise, { contentType, charset }).openRows, 0, contentType);
    }
  }
});
