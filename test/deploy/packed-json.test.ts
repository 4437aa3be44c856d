import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { packJson, unpackJson } from '../../deploy/packed-json.ts';

test('what was packed comes back as JSON would give it back, however deep', async () => {
  const odd = {
    '中\t"\n': '\ud800 😀',
    none: undefined,
    nothing: null,
    list: [1, undefined, { a: undefined }],
    empty: {},
  };
  let deep: object = odd;
  for (let i = 0; i < 8; i++) {
    assert.equal(JSON.stringify(unpackJson(await packJson(deep))), JSON.stringify(deep));
    deep = { before: [], deep, ['__proto__']: { own: 1 }, after: Number.NaN, 1: -0 };
  }
  assert.deepEqual(unpackJson(await packJson({})), {});
});

test('JSON that was not packed is taken as it is', () => {
  assert.deepEqual(unpackJson('{"judge":{"v":1}}'), { judge: { v: 1 } });
});

test('only what is wanted is unpacked', async () => {
  const packed = await packJson({
    judge: { v: 3, measures: { rates: [1] }, detector: { open: [2] } },
    contents: ['x'],
  });
  const wanted = unpackJson(packed, ([root, part]) => root === 'judge' && part !== 'detector');
  assert.deepEqual(wanted, { judge: { v: 3, measures: { rates: [1] } } });
});

test('a part is read when it is its turn, all of them at once, and may change behind it', async () => {
  const order: string[] = [];
  const made = (name: string, value: unknown) => ({
    enumerable: true,
    get: () => {
      order.push(name);
      return value;
    },
  });
  const inner = Object.defineProperties({}, { one: made('one', [1]), two: made('two', { of: 2 }) });
  const value = Object.defineProperties({}, { first: made('first', inner), last: made('last', 'l') }) as object;
  const packing = packJson(value);
  assert.deepEqual(order, ['first', 'one', 'two', 'last']);
  assert.deepEqual(unpackJson(await packing), { first: { one: [1], two: { of: 2 } }, last: 'l' });
});

test('more than is compressed at once: members of one gzip file, cut wherever it comes', async () => {
  const long = '行情€x'.repeat(300_000);
  const value = { long, list: Array.from({ length: 100_000 }, (_, i) => `é${i}`), short: 1 };
  const packed = await packJson(value);
  assert.ok(packed.length < JSON.stringify(value).length / 4);
  assert.ok(gunzipSync(Buffer.from(packed, 'base64')).length > 3 << 20);
  assert.deepEqual(unpackJson(packed), value);
});
