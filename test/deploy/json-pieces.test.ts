import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonPieces } from '../../deploy/json-pieces.ts';

test('pieces are the text that the engine writes, however deep', () => {
  const odd = { '中"': '\ud800 😀', none: undefined, nothing: null, list: [1, undefined, { a: undefined }], empty: {} };
  let deep: object = odd;
  for (let i = 0; i < 8; i++) {
    assert.equal(jsonPieces(deep).join(''), JSON.stringify(deep));
    deep = { before: [], deep, __proto__: { foreign: 1 }, after: Number.NaN, 1: -0 };
  }
  assert.equal(jsonPieces({}).join(''), '{}');
  assert.ok(jsonPieces(deep).length > 20);
});
