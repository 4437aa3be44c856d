/** Both languages say everything, and each says it in its own words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { en } from '../../../console/cli/text/en.ts';
import { zhCn } from '../../../console/cli/text/zh-cn.ts';
import { C, stages } from '../../../sensor/ledger.ts';
import { weirds } from '../../../sensor/weird.ts';

/** Leaves by path; a function by what it says to stand-ins. */
function leaves(tree: object, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const here = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'string') found.set(here, value);
    // Numbers where text is expected print as well; every parameter must come out.
    else if (typeof value === 'function') found.set(here, value(2, 3, 4, 5));
    else for (const [inner, text] of leaves(value, here)) found.set(inner, text);
  }
  return found;
}

/** No words of their own: the program's name, a dash, what is only put together. */
const same = new Set([
  ...['language', 'findings.finding.headline', 'findings.finding.measuredValue'],
  ...['errors.prefix', 'cells.none', 'cells.operation', 'health.reasons.lost'],
]);

test('no key is missing or left untranslated', () => {
  const english = leaves(en);
  const chinese = leaves(zhCn);
  assert.deepEqual([...chinese.keys()].sort(), [...english.keys()].sort());
  for (const [key, text] of english) {
    const other = chinese.get(key)!;
    assert.notEqual(text.trim(), '', key);
    if (same.has(key)) continue;
    assert.match(other, /\p{Script=Han}/u, `${key} is not Chinese: ${other}`);
    assert.doesNotMatch(text, /\p{Script=Han}/u, `${key} is not English: ${text}`);
  }
});

test('both languages name the same values and options', () => {
  const chinese = leaves(zhCn);
  for (const [key, text] of leaves(en)) {
    const facts = (sentence: string) =>
      [...new Set(sentence.match(/--[a-z]+|APIRIS_[A-Z]+|LC_[A-Z]+|\b[2345]\b/g) ?? [])].sort();
    assert.deepEqual(facts(chinese.get(key)!), facts(text), key);
  }
});

test('every stage, counter and oddity is explained, and nothing that is gone', () => {
  for (const { ledger } of [en, zhCn]) {
    const named: readonly (readonly [object, readonly string[]])[] = [
      [ledger.stages, stages],
      [ledger.counters, Object.keys(C)],
      [ledger.weird, weirds],
    ];
    for (const [texts, names] of named) {
      const explained = Object.keys(texts);
      assert.deepEqual(
        {
          missing: names.filter((each) => !explained.includes(each)),
          gone: explained.filter((each) => !names.includes(each)),
        },
        { missing: [], gone: [] },
      );
    }
  }
});
