/** What a mask may stand for: all of it and nothing else, or nothing where that is too much. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { valuesOf } from '../../deploy/mask-search.ts';

test('mobile numbers, however the mask is written', () => {
  const all = valuesOf('138****5678')!;
  assert.equal(all.length, 10_000);
  assert.ok(all.includes('13800005678') && all.includes('13899995678'));
  for (const same of ['138 xxxx 5678', '+86 138-****-5678', '１３８＊＊＊＊５６７８', '138••••5678', '138××××5678'])
    assert.deepEqual(valuesOf(same), all, same);
  assert.equal(valuesOf('1*812345678')!.length, 7, 'no mobile number begins with 10, 11 or 12');
});

test('identity numbers have a date and a check character, cards a check digit', () => {
  const persons = valuesOf('110105********002X')!;
  assert.ok(persons.includes('11010519491231002X'));
  assert.ok(persons.length > 3000 && persons.length < 6000, String(persons.length));
  assert.ok(persons.every((value) => /^110105(?:19|20)\d{6}002X$/.test(value)));
  assert.deepEqual(valuesOf('11010519491231002*'), ['11010519491231002X']);
  const cards = valuesOf('622202******0000123')!;
  assert.ok(cards.length > 90_000 && cards.length < 110_000, String(cards.length));
});

test('what leaves too much open, or has no fixed length, is not tried', () => {
  for (const mask of [
    '13812345678',
    '张**',
    'a***@mail.example',
    '138********',
    '1101**************',
    '6222****1234',
    '',
  ])
    assert.equal(valuesOf(mask), null, mask);
});
