/** The parts of the command line one by one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assessHealth } from '../../../console/cli/health.ts';
import { csvField } from '../../../console/cli/output.ts';
import { fitWidths, renderTable, streamTable, wrap } from '../../../console/cli/table.ts';
import { en } from '../../../console/cli/text/en.ts';
import { languageOf } from '../../../console/cli/text/language.ts';
import { zhCn } from '../../../console/cli/text/zh-cn.ts';
import { isoTime, parseInstant, parseSpan, zonedTime } from '../../../console/cli/time.ts';
import { humanBytes, humanDuration, humanShare } from '../../../console/cli/units.ts';
import { cutMiddle, cutSentence, printable, textWidth } from '../../../console/cli/width.ts';
import { ledgerOf, someTime } from './fakes.ts';

test('wide characters take two columns, combining marks none', () => {
  assert.equal(textWidth('abc'), 3);
  assert.equal(textWidth('客户'), 4);
  assert.equal(textWidth('ｆｕｌｌ'), 8);
  assert.equal(textWidth('e\u0301'), 1);
  assert.equal(textWidth('한글🙂'), 6);
  assert.equal(textWidth('…→✓'), 3);
});

test('a cut text never exceeds its width and keeps both ends', () => {
  const texts = [
    '/api/v1/accounts/orders',
    '/接口/客户持仓/明细查询',
    'a客b户c持d仓e',
    'e\u0301e\u0301e\u0301e\u0301e\u0301',
    '🙂🙂🙂🙂',
  ];
  for (const text of texts) {
    for (let width = 0; width <= textWidth(text) + 1; width++) {
      const cut = cutMiddle(text, width);
      assert.ok(textWidth(cut) <= width, `${cut} in ${width}`);
      if (width >= textWidth(text)) assert.equal(cut, text);
      else if (width >= 1) assert.equal([...cut].filter((each) => each === '…').length, 1);
      assert.doesNotMatch(cut, /…\u0301/);
    }
  }
  assert.equal(cutMiddle('/api/v1/accounts/orders', 11), '/api/…rders');
});

test('a sentence is cut at its end, and keeps what its last brackets name', () => {
  const text = 'Objects can be had by guessing a parameter (path.userId)';
  assert.equal(cutSentence(text, 56), text);
  for (let width = 0; width < 60; width++) assert.ok(textWidth(cutSentence(text, width)) <= width);
  assert.match(cutSentence(text, 40), /^Objects can be had by gu\S*… \(path\.userId\)$/);
  assert.match(cutSentence(text, 20), /^Objects can be had…$/);
  assert.equal(cutSentence('接口可执行数据库查询', 11), '接口可执行…');
});

test('columns give way in turn, the widest first, and never below what is readable', () => {
  const columns = [{ header: 'a' }, { header: 'b', min: 5 }, { header: 'c', min: 5 }];
  assert.deepEqual(fitWidths(columns, [10, 40, 20], 100), [10, 40, 20]);
  assert.deepEqual(fitWidths(columns, [10, 40, 20], 54), [10, 20, 20]);
  assert.deepEqual(fitWidths(columns, [10, 40, 20], 34), [10, 10, 10]);
  assert.equal(
    fitWidths(columns, [10, 40, 20], 17).reduce((a, b) => a + b),
    13,
  );
});

test('a streamed table is the rendered table, however many rows follow', async () => {
  const columns = [
    { header: 'n', align: 'right' as const },
    { header: '名称', min: 4 },
  ];
  const rows = Array.from({ length: 1200 }, (_, i) => [i % 1000, `值${i % 500}`] as const);
  let streamed = '';
  for await (const text of streamTable(
    columns,
    (async function* () {
      yield* rows;
    })(),
    40,
  ))
    streamed += text;
  const lines = renderTable(columns, rows, 40).split('\n');
  assert.equal(streamed, lines.join('\n'));
  let empty = '';
  for await (const text of streamTable(columns, (async function* () {})(), 40)) empty += text;
  assert.equal(empty, '');
});

test('wrapping loses nothing but blanks', () => {
  const text = 'one two three 四五六七八九十 elevenandmorethanfits';
  for (let width = 8; width < 60; width++) {
    const parts = wrap(text, width);
    assert.ok(parts.every((part) => textWidth(part) <= width));
    assert.equal(parts.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
  }
});

test('control characters and direction marks become visible', () => {
  assert.equal(printable('a\u001b[31mb\u0000\u009b\u202e\ufeff中'), 'a\\x1b[31mb\\x00\\x9b\\u{202e}\\u{feff}中');
});

test('csv fields: formulas become text, numbers stay numbers', () => {
  for (const start of ['=', '+', '-', '@', '\t', '\r', '\n', '＝']) {
    assert.match(csvField(`${start}1`), /^"?'/, JSON.stringify(start));
  }
  assert.equal(csvField(-5), '-5');
  assert.equal(csvField(null), '');
  assert.equal(csvField(['a', 'b']), 'a; b');
  assert.equal(csvField({ a: 1 }), '"{""a"":1}"');
  assert.equal(csvField(['=1', 'x']), "'=1; x");
  assert.equal(csvField([{ a: 1 }]), '"[{""a"":1}]"');
});

test('times: microseconds in UTC for scripts, the zone for people', () => {
  assert.equal(isoTime(someTime), '2026-11-21T02:22:33.000123Z');
  assert.equal(isoTime(0), '1970-01-01T00:00:00.000000Z');
  assert.equal(zonedTime(someTime, 'Asia/Shanghai'), '2026-11-21 10:22:33');
  assert.equal(zonedTime(someTime - (someTime % 86_400e6), 'UTC'), '2026-11-21 00:00:00');
});

test('instants people type: offsets, zones, fractions, and no dates that are none', () => {
  const zone = 'Asia/Shanghai';
  assert.equal(parseInstant('2026-11-21T02:22:33.000123Z', zone), someTime);
  assert.equal(parseInstant('2026-11-21 10:22:33.000123', zone), someTime);
  assert.equal(parseInstant('2026-11-21T03:52:33.000123+01:30', zone), someTime);
  assert.equal(parseInstant('2026-11-21', zone), Date.UTC(2026, 10, 20, 16) * 1000);
  assert.equal(parseInstant('2026-07-01T00:00', 'Europe/Berlin'), Date.UTC(2026, 5, 30, 22) * 1000);
  assert.equal(parseInstant('2026-01-01T00:00', 'Europe/Berlin'), Date.UTC(2025, 11, 31, 23) * 1000);
  for (const wrong of ['2026-02-30', '2026-13-01', '2026-11-21T24:30', 'now', '', '20261121', '2026-11-21T10']) {
    assert.equal(parseInstant(wrong, zone), null, wrong);
  }
  for (const us of [0, 951_782_400e6, someTime - 123]) {
    const text = zonedTime(us, 'America/New_York');
    assert.equal(parseInstant(text, 'America/New_York'), us - (us % 1e6), text);
  }
});

test('spans', () => {
  assert.deepEqual(['90s', '15m', '2h', '7d', '1w'].map(parseSpan), [90e6, 900e6, 7200e6, 604_800e6, 604_800e6]);
  assert.deepEqual(['h', '2', '-2h', '2 h', '2y', ''].map(parseSpan), [null, null, null, null, null, null]);
});

test('quantities', () => {
  assert.deepEqual([0, 999, 1000, 2048, 999_499, 590e6, 5e9].map(humanBytes), [
    ...['0 B', '999 B', '1 kB', '2.05 kB', '999 kB', '590 MB', '5 GB'],
  ]);
  assert.deepEqual([0, 250, 12_340, 1_530_000, 200e6, 7260e6].map(humanDuration), [
    ...['0 ms', '0.25 ms', '12.3 ms', '1.53 s', '3 min 20 s', '2 h 1 min'],
  ]);
  assert.deepEqual([0, 0.0001, 0.034, 0.9999, 1].map(humanShare), ['0 %', '<0.1 %', '3.4 %', '99.9 %', '100 %']);
});

test('the first variable that is set decides the language', () => {
  assert.equal(languageOf({ LANG: 'zh_CN.UTF-8' }), 'zh-CN');
  assert.equal(languageOf({ LC_ALL: 'C', LANG: 'zh_CN.UTF-8' }), 'en');
  assert.equal(languageOf({ LC_ALL: '', LC_MESSAGES: 'zh_CN', LANG: 'en' }), 'zh-CN');
  assert.equal(languageOf({ LANG: 'de_DE' }), 'en');
  assert.equal(languageOf({}), 'en');
});

test('health: one word, and the reasons', () => {
  const assess = (changes: Parameters<typeof ledgerOf>[0], facts = {}) => {
    const health = assessHealth({ ledger: ledgerOf(changes), damagedSources: 0, unfinishedSources: 0, ...facts }, en);
    return [health.word, ...health.reasons.map((reason) => reason.code)];
  };
  assert.deepEqual(assess({}), ['complete']);
  assert.deepEqual(assess({ gapBytes: 100 }), ['complete'], 'less than one in a thousand');
  assert.deepEqual(assess({ gapBytes: 1000 }), ['degraded', 'gaps']);
  assert.deepEqual(assess({ flowsOneSided: 3 }), ['degraded', 'one-sided']);
  assert.deepEqual(assess({ packetsCut: 10 }), ['degraded', 'cut']);
  assert.deepEqual(assess({ flowsEvicted: 1 }), ['degraded', 'evicted']);
  assert.deepEqual(assess({ messagesPaired: 38, requestsAlone: 2 }), ['degraded', 'lost:requestsAlone']);
  assert.deepEqual(assess({}, { damagedSources: 1, unfinishedSources: 1 }), ['degraded', 'damage', 'unfinished']);
  assert.deepEqual(assess({ packetsDelivered: 999 }).slice(0, 2), ['degraded', 'imbalance']);
  assert.deepEqual(assess({ messagesParsed: 0, messagesPaired: 0 }), ['blind', 'no-http']);
  const shed = { messageBytes: 119_990, shedBytes: 10, bodiesShed: 1 };
  assert.deepEqual(assess(shed), ['degraded', 'shed'], 'however little was left unread under load');
  assert.deepEqual(assess({}, { shedStep: 2 }), ['degraded', 'shedding']);
  const nothing = assessHealth({ ledger: [], damagedSources: 1, unfinishedSources: 0 }, zhCn);
  assert.deepEqual([nothing.word, ...nothing.reasons.map((each) => each.code)], ['blind', 'no-packets', 'damage']);
});
