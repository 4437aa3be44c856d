/** Calendars, regions and lists of callers, as judge asks them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Calendar } from '../../../analyzer/judging/calendar.ts';
import { CallerPolicy, noCallerPolicy, type PolicyCall } from '../../../analyzer/judging/caller-policy.ts';
import { noPlaces, Places } from '../../../analyzer/judging/places.ts';
import { isOffHours, usualHours } from '../../../analyzer/judging/working-hours.ts';

const dayOf = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;

test('a calendar wins over the days of the week, and says which years it does not know', () => {
  const calendar = new Calendar({
    weekdays: [0, 1, 2, 3, 4],
    free: [dayOf('2026-10-01'), dayOf('2026-10-02')],
    work: [dayOf('2026-10-10')],
    years: [2026],
  });
  const free = (text: string) => calendar.isFree(dayOf(text));
  assert.deepEqual(
    ['2026-09-30', '2026-10-01', '2026-10-02', '2026-10-03', '2026-10-10', '2026-10-11', '2026-10-12'].map(free),
    [false, true, true, true, false, true, false],
  );
  assert.deepEqual(calendar.unknownYears, []);
  assert.deepEqual([free('2027-10-01'), free('2027-10-02'), free('2025-01-01')], [false, true, false]);
  assert.deepEqual(calendar.unknownYears, [2025, 2027]);
  const at = (text: string) => Date.parse(`${text}+08:00`) * 1000;
  const options = { zoneOffset: 8 * 3600e6, hours: usualHours, calendar };
  assert.equal(isOffHours(at('2026-10-01T10:00:00'), options), true);
  assert.equal(isOffHours(at('2026-10-10T10:00:00'), options), false);
  assert.equal(isOffHours(at('2026-10-10T23:00:00'), options), true);
});

test('the most specific network says where an address is, and whose', () => {
  const places = new Places({
    regions: [
      { cidr: '198.51.0.0/16', region: 'CN' },
      { cidr: '198.51.100.0/24', region: 'CN-31' },
      { cidr: '198.51.100.7', region: 'US' },
      { cidr: '2001:db8::/32', region: 'HK' },
    ],
    organisations: [{ cidr: '198.51.100.0/25', organisation: 'China Telecom' }],
    home: 'CN',
  });
  assert.deepEqual(
    ['198.51.1.1', '198.51.100.1', '198.51.100.7', '198.51.100.128', '2001:db8::1', '203.0.113.1', 'x'].map((each) => {
      const { region, organisation, abroad } = places.of(each);
      return [region, organisation, abroad];
    }),
    [
      ['CN', '', false],
      ['CN-31', 'China Telecom', false],
      ['US', 'China Telecom', true],
      ['CN-31', '', false],
      ['HK', '', true],
      ['', '', false],
      ['', '', false],
    ],
  );
  const call = { client: '198.51.100.7', region: 'HK', organisation: 'left over', abroad: false };
  places.tell(call);
  assert.deepEqual(call, { client: '198.51.100.7', region: 'US', organisation: 'China Telecom', abroad: true });
  new Places(noPlaces).tell(call);
  assert.deepEqual(call, { client: '198.51.100.7', region: '', organisation: '', abroad: false });
});

test('lists name accounts, keys, programs and networks, some for a time', () => {
  const policy = new CallerPolicy({
    networks: [{ cidr: '198.51.100.0/24', until: 2000 }],
    accounts: [{ hash: '0123456789' }],
    keys: [{ hashes: ['k'.repeat(16)], from: 1000 }],
    userAgents: [{ part: 'sqlmap' }],
    versions: [{ program: 'YunfanTrader', least: '6.3' }],
  });
  const call: PolicyCall = {
    ...{ completedTs: 1500, app: 'a.example', client: '203.0.113.1', accountHash: '', userAgent: '' },
    caller: { credentials: [] },
  };
  const words = (more: Partial<PolicyCall>) => policy.of({ ...call, ...more });
  assert.equal(words({}), undefined);
  assert.deepEqual(words({ client: '198.51.100.3' }), ['blocked-network']);
  assert.equal(words({ client: '198.51.100.3', completedTs: 2000 }), undefined);
  assert.deepEqual(words({ accountHash: '0123456789abcdef' }), ['blocked-account']);
  assert.equal(words({ accountHash: '0123456788abcdef' }), undefined);
  const caller = { credentials: [{ hash: 'k'.repeat(16) }] };
  assert.deepEqual(words({ caller }), ['blocked-app-id']);
  assert.equal(words({ caller, completedTs: 999 }), undefined);
  assert.deepEqual(words({ userAgent: 'SQLMap/1.8' }), ['blocked-user-agent']);
  assert.deepEqual(words({ userAgent: 'YunfanTrader/6.2.9 (Android 15)' }), ['old-version']);
  for (const version of ['6.3', '6.3.0', '6.10.1', '7', 'x'])
    assert.equal(words({ userAgent: `YunfanTrader/${version} (iPhone)` }), undefined, version);
  assert.equal(new CallerPolicy(noCallerPolicy).of(call), undefined);
});
