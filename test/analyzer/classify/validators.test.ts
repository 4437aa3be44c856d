/** Check digits: every change of one digit is seen, numbers made here pass. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalForms } from '../../../analyzer/classify/canonical.ts';
import { validators } from '../../../analyzer/classify/validators.ts';
import { classifier } from './workbench.ts';

function holds(name: string, text: string): boolean {
  const bytes = new TextEncoder().encode(`..${text}..`);
  return validators[name]!(bytes, 2, bytes.length - 2, classifier.tables);
}

const good: Record<string, readonly string[]> = {
  gb11643: ['11010519491231002X', '11010519491231002x', '440524188001010014'],
  luhn: ['4111111111111111', '6222 0212 3456 7890 128', '356938035643809'],
  uscc: ['91350100M000100Y43'],
  'organisation-code': ['91350100M000100Y43'],
  'hong-kong-id': ['G123456(A)', 'AB987654(3)'],
  'taiwan-id': ['A123456789'],
  'card-scheme': ['4111111111111111', '378282246310005', '5555555555554444', '6011111111111117', '30569309025904'],
  'mobile-prefix': ['13912345678', '+86 139 1234 5678', '19912345678'],
  'area-code': ['01066668888', '0571-88886666', '075588886666'],
  ipv4: ['10.1.2.3', '255.255.255.255', '0.0.0.0'],
  'calendar-date': ['2024-02-29', '19850612', '1985/6/12'],
  'china-position': ['118.796877,32.060255', '32.060255,118.796877'],
  'id-birth': ['110105194912310020', '110105491231002'],
};
const bad: Record<string, readonly string[]> = {
  gb11643: ['110105194912310021'],
  luhn: ['4111111111111112', '0000000000000000'],
  'mobile-prefix': ['14012345678', '15412345678'],
  'area-code': ['0268888888', '0161234567'],
  ipv4: ['256.1.1.1', '01.2.3.4', '1.2.3.'],
  'calendar-date': ['2023-02-29', '20231301'],
  'china-position': ['12.7968,32.0602'],
  'id-birth': ['110105209912310020', '110105194902300020', '110105490230002'],
  'not-flag': ['true', '****', '%s', 'Password', '请输入密码'],
  'not-placeholder': ['your-key-here-0001', 'xxxxxxxxxxxxxxxx'],
};

test('validators hold for what is right and refuse what is wrong', () => {
  for (const [name, texts] of Object.entries(good))
    for (const text of texts) assert.ok(holds(name, text), `${name} ${text}`);
  for (const [name, texts] of Object.entries(bad))
    for (const text of texts) assert.ok(!holds(name, text), `${name} ${text}`);
});

test('a check digit sees every change of one digit', () => {
  const cases: [string, string][] = [
    ['gb11643', '440524188001010014'],
    ['luhn', '4111111111111111'],
    ['uscc', '91350100M000100Y43'],
    ['hong-kong-id', 'G123456(A)'],
  ];
  for (const [name, text] of cases) {
    for (let at = 0; at < text.length; at++) {
      if (!/\d/.test(text[at]!)) continue;
      for (let digit = 0; digit <= 9; digit++) {
        if (String(digit) === text[at]) continue;
        const changed = text.slice(0, at) + digit + text.slice(at + 1);
        assert.ok(!holds(name, changed), `${name} ${changed}`);
      }
    }
  }
});

test('one person has one form', () => {
  assert.equal(
    canonicalForms['resident-id']!('440524880101001'),
    '440524198801010014'.slice(0, 17) + canonicalForms['resident-id']!('440524880101001').at(-1),
  );
  assert.ok(holds('gb11643', canonicalForms['resident-id']!('440524880101001')));
  assert.equal(canonicalForms['mobile']!('+86 139-1234-5678'), '13912345678');
  assert.equal(canonicalForms['digits']!('6222 0212-3456'), '622202123456');
  assert.equal(canonicalForms['mac']!('6E-BC-1A-9B-EE-1D'), '6ebc1a9bee1d');
});
