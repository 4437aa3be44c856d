/** The keys that say what is much, who is not wanted, and which days and places are usual. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadCalendar } from '../../../deploy/config/calendar.ts';
import { type Config, ConfigError, explainConfig, loadConfig } from '../../../deploy/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'apiris-config-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'apiris.yaml');

function load(text: string): Config {
  writeFileSync(file, text);
  return loadConfig(file, {});
}

/** The problems of a refused file, without the folder's name. */
function problems(text: string): string[] {
  try {
    load(text);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.problems.map((sentence) => sentence.replaceAll(`${folder}/`, ''));
  }
  return [];
}

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
  wrong('blocked: [{account: x.y, until: soon}]', /until "soon" is no time/);
  wrong('clientVersions: [{program: A}]', /clientVersions\[0\] is not whole/);
  wrong('clientVersions: [{program: A, least: new}]', /least "new" is no version/);
  wrong('regions: [{cidr: 10.0.0.0/8, region: somewhere}]', /regions\[0\] names no region/);
  wrong('regions: none.csv', /regions cannot be read/);
  writeFileSync(join(folder, 'odd.csv'), '198.51.100.0/24,CN\nx,y\n');
  wrong('regions: odd.csv', /the line names no network at .*odd.csv:2/);
  writeFileSync(join(folder, 'odd.yaml'), 'years: [2027]\nfree: [2026-10-01]\nwork: [2027-13-01]\n');
  wrong('calendar: odd.yaml', /work\[0\] "2027-13-01" is no day at .*odd.yaml:3/);
  wrong('calendar: odd.yaml', /free has 2026-10-01, which is in no year of the list/);
  wrong('calendar: none.yaml', /the calendar cannot be read/);
});
