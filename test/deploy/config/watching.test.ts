/** The keys that say what is much, who is not wanted, and which days and places are usual. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { KeyedHash } from '../../../analyzer/keyed-hash.ts';
import { loadCalendar } from '../../../deploy/config/calendar.ts';
import { instantOf } from '../../../deploy/config/instants.ts';
import { explainConfig } from '../../../deploy/config.ts';
import { folder, load, problems } from './config-file.ts';

test('limits of calls, lists of callers, versions, regions and the calendar', () => {
  writeFileSync(join(folder, 'regions.csv'), 'network,region\n198.51.100.0/24,CN-31\n# abroad\n203.0.113.0/24,us\n');
  writeFileSync(join(folder, 'days.yaml'), 'years: [2027]\nfree: [2027-10-01 to 2027-10-03]\nwork: [2027-10-09]\n');
  const config = load(`rateLimits:
  - {per: client, every: 1m, max: 600}
  - {per: account, every: 1h, max: 100, app: A.example, function: export}
blocked:
  - {account: zhangsan, until: 2026-12-31, note: left the house}
  - {userAgent: sqlmap}
  - {cidr: 198.51.100.0/24, from: 2026-01-01T08:00:00Z}
clientVersions: [{program: YunfanTrader, least: "6.3"}]
regions: regions.csv
homeRegion: hk
calendar: days.yaml
`);
  assert.deepEqual(config.rateLimits, [
    { per: 'client', every: '1m', max: 600 },
    { per: 'account', every: '1h', max: 100, app: 'a.example', function: 'export' },
  ]);
  assert.deepEqual(config.blocked, [
    { kind: 'account', value: 'zhangsan', until: '2026-12-31' },
    { kind: 'userAgent', value: 'sqlmap' },
    { kind: 'cidr', value: '198.51.100.0/24', from: '2026-01-01T08:00:00Z' },
  ]);
  assert.deepEqual(config.regions, [
    { cidr: '198.51.100.0/24', region: 'CN-31' },
    { cidr: '203.0.113.0/24', region: 'US' },
  ]);
  assert.equal(config.homeRegion, 'HK');
  assert.equal(loadCalendar(config.calendar).free.length, 3);
  assert.deepEqual(loadCalendar('').years, [2024, 2025, 2026]);
  // An account in clear does not go into the log of the configuration.
  assert.ok(!JSON.stringify(explainConfig(config)).includes('zhangsan'));
  const wrong = (text: string, sentence: RegExp) => assert.match(problems(text).join('\n'), sentence);
  wrong(
    'rateLimits: [{per: clint, every: 1m, max: 1}]',
    /rateLimits\[0\].per "clint".*apiris.yaml:1.*did you mean "client"/,
  );
  wrong('rateLimits: [{per: client, every: 1w, max: 1}]', /every "1w" is no time.*write 1s, 1m, 1h or 1d/);
  wrong('rateLimits: [{per: client, max: 1}]', /rateLimits\[0\] has no every/);
  wrong('rateLimits: [{per: client, every: 1s, max: 0}]', /rateLimits\[0\].max is 0/);
  wrong('blocked: [{note: x}]', /blocked\[0\] names 0 callers/);
  wrong('blocked: [{cidr: 10.0.0.0/99}]', /blocked\[0\].cidr "10.0.0.0\/99" is no network/);
  wrong('blocked: [{userAgent: ab}]', /too short/);
  wrong('blocked: [{ja4: t13d}]', /blocked\[0\].ja4 is not supported by this version yet/);
  for (const text of ['soon', '5', '2026-10-01T08:00:00', '2026-02-30', '2026-10-01 08:00Z', '2026-10', '1 Oct 2026'])
    wrong(`blocked: [{account: x.y, until: "${text}"}]`, /until ".*" is no time.*write 2026-10-01 or 2026-/);
  wrong('clientVersions: [{program: A}]', /clientVersions\[0\] is not whole/);
  wrong('clientVersions: [{program: A, least: new}]', /least "new" is no version/);
  wrong('regions: [{cidr: 10.0.0.0/8, region: somewhere}]', /regions\[0\] names no region/);
  wrong('regions: none.csv', /regions cannot be read/);
  writeFileSync(join(folder, 'odd.csv'), '198.51.100.0/24,CN\nx,y\n');
  wrong('regions: odd.csv', /the line names no network at .*odd.csv:2/);
  wrong(
    'regions:\n  - {cidr: 10.0.0.0/8, region: CN}\n  - {cidr: 10.1.1.1/8, region: HK}',
    /regions\[1\] names 10.1.1.1\/8 again, after line 2 at .*apiris.yaml:3/,
  );
  writeFileSync(join(folder, 'odd.yaml'), 'years: [2027]\nfree: [2026-10-01]\nwork: [2027-13-01]\n');
  wrong('calendar: odd.yaml', /work\[0\] "2027-13-01" is no day at .*odd.yaml:3/);
  wrong('calendar: odd.yaml', /free has 2026-10-01, which is in no year of the list/);
  wrong('calendar: none.yaml', /the calendar cannot be read/);
});

test('whose networks are: a list, a table of its own, or one table for places and organisations', () => {
  const list = load('organisations: [{cidr: 198.51.100.0/24, organisation: 中国电信}]').organisations;
  assert.deepEqual(list, [{ cidr: '198.51.100.0/24', organisation: '中国电信' }]);
  writeFileSync(
    join(folder, 'networks.csv'),
    `cidr,region,organisation\r
198.51.100.0/24,CN-31,"Example ""East"", Ltd."\r
# not told where, and not told whose
203.0.113.0/24,,Amazon\r
2001:db8::/32,hk,\r
`,
  );
  const both = load('regions: networks.csv\norganisations: networks.csv');
  assert.deepEqual(both.organisations, [
    { cidr: '198.51.100.0/24', organisation: 'Example "East", Ltd.' },
    { cidr: '203.0.113.0/24', organisation: 'Amazon' },
  ]);
  assert.deepEqual(
    both.regions.map(({ region }) => region),
    ['CN-31', 'HK'],
  );
  writeFileSync(join(folder, 'two.csv'), '198.51.100.0/24,China Telecom\n');
  assert.deepEqual(load('organisations: two.csv').organisations, [
    { cidr: '198.51.100.0/24', organisation: 'China Telecom' },
  ]);
  const wrong = (text: string, sentence: RegExp) => assert.match(problems(text).join('\n'), sentence);
  wrong('organisations: [{cidr: 10.0.0.0/33, organisation: X}]', /organisations\[0\] names no network/);
  wrong('organisations: [{cidr: 10.0.0.0/8}]', /organisations\[0\] names no organisation/);
  wrong('organisations: [{cidr: 10.0.0.0/8, organization: X}]', /"organization|organization/);
  writeFileSync(join(folder, 'twice.csv'), 'network,organisation\n10.0.0.0/8,A\n\n10.0.0.0/08,B\n');
  wrong('organisations: twice.csv', /the line names 10.0.0.0\/08 again, after line 2 at .*twice.csv:4:1/);
  writeFileSync(join(folder, 'unnamed.csv'), 'network,region,owner\n10.0.0.0/8,CN,A\n');
  wrong('organisations: unnamed.csv', /the heading names no organisation at .*unnamed.csv:1/);
});

test('no account and no key is shown in clear, and with the identity key every change is seen', () => {
  const shown = (text: string, key?: string, identity?: KeyedHash) =>
    JSON.stringify(explainConfig(load(text), identity).find((each) => each.key === (key ?? 'blocked'))!.value);
  const names = ['zhang.wei#vip', '13812345678', 'wang.fang#0123456789', 'zhao.yun'];
  const text = `blocked:
${names.map((name) => `  - {account: "${name}"}`).join('\n')}
  - {account: "l***#0123456789"}
  - {appId: "sk_live_51H8xYzSecretKey"}
  - {cidr: 198.51.100.0/24}
  - {userAgent: sqlmap}
`;
  const identity = new KeyedHash(Buffer.alloc(16, 7));
  for (const out of [shown(text), shown(text, 'blocked', identity)]) {
    for (const clear of ['hang', '381234', 'vip', 'ang.fang', 'live']) assert.ok(!out.includes(clear), out);
    for (const kept of ['"l***#0123456789"', '"w***#0123456789"', '198.51.100.0/24', 'sqlmap'])
      assert.ok(out.includes(kept), out);
  }
  assert.match(shown(text), /"z\*\*\*".*"1\*\*\*".*"s\*\*\*"/);
  const one = (name: string) => shown(`blocked: [{${name}}]`, 'blocked', identity);
  assert.match(one('account: zhao.yun'), /"z\*\*\*#[0-9a-f]{10}"/);
  assert.notEqual(one('account: zhao.yun'), one('account: zhang.wei'));
  assert.notEqual(one('appId: sk_live_51'), one('appId: sk_live_52'));

  const networks = (last: string) =>
    `regions:\n${Array.from({ length: 101 }, (_, i) => `  - {cidr: 10.0.${i}.0/24, region: ${i === 0 ? last : 'CN'}}\n`).join('')}`;
  assert.match(shown(networks('CN'), 'regions'), /^"101 networks, sha256 [0-9a-f]{16}"$/);
  assert.notEqual(shown(networks('CN'), 'regions'), shown(networks('US'), 'regions'));

  const days = (day: string) => {
    writeFileSync(join(folder, 'free.yaml'), `years: [2027]\nfree: [${day}]\n`);
    return shown('calendar: free.yaml', 'calendar', identity);
  };
  assert.notEqual(days('2027-10-01'), days('2027-10-02'));
  assert.equal(shown('calendar: free.yaml', 'calendar'), JSON.stringify(join(folder, 'free.yaml')));
});

test('days of a blocked caller are those of the zone, whatever the machine takes for its own', () => {
  const at = (text: string, zone: string, edge: 'from' | 'until') =>
    new Date(instantOf(text, zone, edge) / 1000).toJSON();
  const before = process.env['TZ'];
  try {
    for (const machine of ['UTC', 'America/New_York']) {
      process.env['TZ'] = machine;
      assert.equal(at('2026-10-01', 'Asia/Shanghai', 'from'), '2026-09-30T16:00:00.000Z');
      assert.equal(at('2026-10-01', 'Asia/Shanghai', 'until'), '2026-10-01T16:00:00.000Z');
      assert.equal(at('2026-10-01T08:00:00+08:00', 'UTC', 'until'), '2026-10-01T00:00:00.000Z');
      // The day clocks are put back is 25 hours long; the day that skips its midnight begins at one.
      assert.equal(at('2026-10-25', 'Europe/Berlin', 'from'), '2026-10-24T22:00:00.000Z');
      assert.equal(at('2026-10-25', 'Europe/Berlin', 'until'), '2026-10-25T23:00:00.000Z');
      assert.equal(at('2026-04-24', 'Africa/Cairo', 'from'), '2026-04-23T22:00:00.000Z');
    }
  } finally {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  }
});
