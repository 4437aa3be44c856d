import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { nearestName } from '../../deploy/config/problems.ts';
import { explainConfig, loadConfig } from '../../deploy/config.ts';
import { file, folder, load, problems } from './config/config-file.ts';

test('without a file every key has its default, and says so', () => {
  const config = loadConfig(undefined, {});
  assert.equal(config.zone, 'Asia/Shanghai');
  assert.equal(config.data, './apiris-data');
  assert.ok(Number.isInteger(config.shards) && config.shards >= 1 && config.shards <= 64);
  assert.deepEqual(config.applications, []);
  assert.deepEqual([config.trustedProxies, config.rules, config.labels], [[], [], []]);
  assert.deepEqual(config.accounts, { fields: [], headers: [] });
  assert.deepEqual(config.lifecycle, { new: 7, inactive: 30 });
  assert.deepEqual(config.capture, {
    flowTimeout: 300,
    halfOpenTimeout: 30,
    maxFlows: 1_000_000,
    maxBufferedBytes: 268_435_456,
    fragmentTimeout: 30,
    maxFragmentBytes: 67_108_864,
    vxlanPorts: [4789, 4790, 8472],
    genevePorts: [6081],
    separateVlans: false,
    separateTunnels: false,
    maxHeaderBytes: 262_144,
    maxDecodedBody: 268_435_456,
  });
  assert.ok(explainConfig(config).every(({ from }) => from === 'default'));
  assert.deepEqual(load('# nothing\n').capture, config.capture);
});

test('values come from the file, and their lines are known', () => {
  const config = load(
    `zone: europe/berlin
shards: 3
data: store
capture:
  flowTimeout: 60
  maxHeaderBytes: 64 KiB
  maxDecodedBody: 1048576
applications:
  - host: Trade.Example.COM
    name: 交易
    owner: desk
    environment: production
    audience: toC
  - {address: 10.0.0.8, port: 8080}
`,
  );
  assert.equal(config.zone, 'Europe/Berlin');
  assert.equal(config.shards, 3);
  assert.equal(config.data, join(folder, 'store'));
  assert.deepEqual(
    [
      config.capture.flowTimeout,
      config.capture.halfOpenTimeout,
      config.capture.maxHeaderBytes,
      config.capture.maxDecodedBody,
    ],
    [60, 30, 65_536, 1_048_576],
  );
  assert.deepEqual(config.applications, [
    { host: 'trade.example.com', name: '交易', owner: 'desk', environment: 'production', audience: 'toC' },
    { address: '10.0.0.8', port: 8080 },
  ]);
  const from = Object.fromEntries(explainConfig(config).map((setting) => [setting.key, setting.from]));
  assert.equal(from['zone'], `${file}:1`);
  assert.equal(from['capture.maxHeaderBytes'], `${file}:6`);
  assert.equal(from['capture.halfOpenTimeout'], 'default');
  assert.equal(from['applications'], `${file}:8`);
  assert.deepEqual(
    explainConfig(config)
      .map(({ key }) => key.split('.')[0])
      .filter((key, index, all) => all.indexOf(key) === index)
      .sort(),
    Object.keys(config).sort(),
  );
});

test('what says how traffic is understood comes from the file', () => {
  const config = load(`trustedProxies: [10.0.0.0/8, '2001:db8::/32', 192.0.2.1]
accounts:
  fields: [op_no, 操作员]
  headers:
    - X-User-Id
rules: [detections, /opt/rules]
labels: [./recognizers/]
lifecycle: {inactive: 90}
`);
  assert.deepEqual(config.trustedProxies, ['10.0.0.0/8', '2001:db8::/32', '192.0.2.1']);
  assert.deepEqual(config.accounts, { fields: ['op_no', '操作员'], headers: ['X-User-Id'] });
  assert.deepEqual(config.rules, [join(folder, 'detections'), '/opt/rules']);
  assert.deepEqual(config.labels, [join(folder, 'recognizers')]);
  assert.deepEqual(config.lifecycle, { new: 7, inactive: 90 });
  const from = Object.fromEntries(explainConfig(config).map((setting) => [setting.key, setting.from]));
  assert.deepEqual(
    ['trustedProxies', 'accounts.fields', 'accounts.headers', 'rules', 'lifecycle.new', 'lifecycle.inactive'].map(
      (key) => from[key]?.replace(file, 'file'),
    ),
    ['file:1', 'file:3', 'file:4', 'file:6', 'default', 'file:8'],
  );
  // One load does not write into the defaults of the next.
  assert.deepEqual(load('').accounts, { fields: [], headers: [] });
  assert.deepEqual(load('').lifecycle, { new: 7, inactive: 30 });
  assert.deepEqual(load('retention: {values: 90}').retention, { calls: 400, values: 90 });
});

test('mistakes in them have their place and what to do', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    [
      'trustedProxies: [10.0.0.0/33]',
      /^trustedProxies\[0\] "10.0.0.0\/33" is no network at apiris.yaml:1:18; write an address and a prefix length, such/,
    ],
    [
      'trustedProxies: proxy.example',
      /^trustedProxies is not a list at apiris.yaml:1:17; write \[one, two\] or a line/,
    ],
    ['trustedProxies:\n  - 7', /^trustedProxies\[0\] is not a text at apiris.yaml:2:5/],
    [
      'trustedProxies: [10.0.0.1, 10.0.0.1]',
      /^trustedProxies\[1\] "10.0.0.1" is there twice at apiris.yaml:1:28; remove/,
    ],
    [
      'accounts: {service: [job]}',
      /^accounts.service is not supported by this version yet at apiris.yaml:1:12; remove/,
    ],
    ['accounts: {field: [a]}', /^unknown key "field" at apiris.yaml:1:12; did you mean "fields"\?/],
    ['accounts: [a]', /^accounts is not a mapping at apiris.yaml:1:11; write keys below it: fields, headers/],
    [
      "accounts: {headers: ['X-User:']}",
      /^accounts.headers\[0\] "X-User:" is not a header's name.*; write it without a/,
    ],
    ['rules: folder', /^rules is not a list/],
    ["labels: ['']", /^labels\[0\] is not a text/],
    ['lifecycle: {new: 0}', /^lifecycle.new is 0 at apiris.yaml:1:18; write 1 to 3650 days/],
    ['lifecycle: {old: 3}', /^unknown key "old"/],
    ['retention: {calls: 0}', /^retention.calls is 0 at apiris.yaml:1:20; write 1 to 3650 days/],
  ];
  for (const [text, expected] of cases) {
    const told = problems(`${text}\n`);
    assert.equal(told.length, 1, text);
    assert.match(told[0]!, expected);
  }
});

test('the environment names the file and wins for the data folder', () => {
  const config = load('data: store\nshards: 2\n', { APIRIS_DATA: 'elsewhere' });
  assert.equal(config.data, 'elsewhere');
  assert.equal(explainConfig(config).find(({ key }) => key === 'data')?.from, 'environment');
  assert.equal(loadConfig(undefined, { APIRIS_CONFIG: file }).shards, 2);
  assert.equal(loadConfig(undefined, { APIRIS_CONFIG: '', APIRIS_DATA: '' }).data, './apiris-data');
});

test('an unknown key has its place and the nearest name', () => {
  assert.deepEqual(problems('shards: 1\n\nzon: UTC\n'), ['unknown key "zon" at apiris.yaml:3:1; did you mean "zone"?']);
  assert.deepEqual(problems('capture:\n  maxflow: 7\n'), [
    'unknown key "maxflow" at apiris.yaml:2:3; did you mean "maxFlows"?',
  ]);
  assert.match(
    problems('__proto__: 1\n')[0],
    /unknown key "__proto__" at apiris.yaml:1:1; the keys here are data, zone/,
  );
  assert.match(problems('- zone: UTC\n')[0], /^the file is not a mapping at apiris.yaml:1:1/);
});

test('ports of tunnels are a list of numbers, each once', () => {
  const { capture } = load('capture:\n  vxlanPorts: [4789, 5555, 4789]\n  genevePorts: []\n  separateTunnels: true\n');
  assert.deepEqual([capture.vxlanPorts, capture.genevePorts], [[4789, 5555], []]);
  assert.deepEqual([capture.separateTunnels, capture.separateVlans], [true, false]);
  const many = Array.from({ length: 65 }, (_, i) => i + 1).join(', ');
  assert.match(problems(`capture:\n  vxlanPorts: [${many}]\n`)[0], /has 65 ports .* at most 64/);
});

test('keys of the contract without effect yet are refused as such', () => {
  assert.deepEqual(problems('console: {}\nprivacy: {accounts: clear}\n'), [
    'console is not supported by this version yet at apiris.yaml:1:1; remove the key',
    'privacy.accounts is not supported by this version yet at apiris.yaml:2:11; remove the key',
  ]);
});

test('known clients have a network and a kind', () => {
  const known = '[{cidr: 10.2.7.9/32, kind: monitor, note: probes}, {cidr: 2001:db8::/64, kind: job}]';
  assert.deepEqual(load(`knownClients: ${known}\n`).knownClients, [
    { cidr: '10.2.7.9/32', kind: 'monitor' },
    { cidr: '2001:db8::/64', kind: 'job' },
  ]);
  assert.deepEqual(load('internalNetworks: [203.0.113.0/24]\n').internalNetworks, ['203.0.113.0/24']);
  const partners = "[API.kyc.example, '*.sms.example', 198.51.100.0/24, '2001:db8::/32']";
  assert.deepEqual(load(`partners: ${partners}\n`).partners, [
    ...['api.kyc.example', '*.sms.example', '198.51.100.0/24', '2001:db8::/32'],
  ]);
  assert.match(problems('partners: [https://a.example/x]\n')[0]!, /names no host or network .*api\.partner\.example/);
  assert.match(problems("partners: ['*', a b, 198.51.100.0/33]\n").join(' '), /\[0\].*\[1\].*\[2\]/);
  assert.match(problems('knownClients: [{cidr: 10.2.7.9/33, kind: job}]\n')[0]!, /knownClients\[0\] names no network/);
  assert.match(
    problems('knownClients: [{cidr: 10.2.7.9/32, kind: probe}]\n')[0]!,
    /is of no kind .* monitor, scanner, crawler, job/,
  );
  assert.match(problems('knownClients: 10.2.7.9\n')[0]!, /knownClients is not a list/);
});

test('nothing is kept without approvers, and each has a public key of X25519', () => {
  assert.equal(load('zone: UTC\n').privacy.evidence, null);
  const howTo =
    'openssl genpkey -algorithm x25519 -out wang.key, then openssl pkey -in wang.key -pubout -out wang.pub; name wang.pub';
  assert.deepEqual(problems('privacy: {evidence: {hours: 1}}\n'), [
    `privacy.evidence names no approvers at apiris.yaml:1:21; nothing may be seen without a second person: ${howTo}`,
  ]);
  const told = problems('privacy: {evidence: {approvers: [{name: wang, key: no-such.pub}, {name: zhao}]}}\n');
  assert.match(told[0]!, /^privacy\.evidence\.approvers\[0\]\.key .*no-such\.pub cannot be read \(ENOENT\)/);
  assert.match(told[1]!, /^privacy\.evidence\.approvers\[1\] is not whole/);
  assert.match(problems('privacy: {evidence: {hours: 1000, approvers: []}}\n')[0]!, /evidence\.hours is 1000/);
});

test('sampling is a share of connections: one of N', () => {
  assert.equal(load('zone: UTC\n').sampling, 1);
  assert.equal(load('sampling: 1/10\n').sampling, 10);
  assert.equal(load('sampling: 1 / 1000\n').sampling, 1000);
  assert.equal(load('sampling: 1\n').sampling, 1);
  const advice = 'write 1/10 for one connection of ten, at most 1/1000; 1 reads all';
  for (const wrong of ['0.1', '10', '2/10', '1/0', '1/1001', '10%']) {
    assert.deepEqual(problems(`sampling: ${wrong}\n`), [
      `sampling "${wrong}" is no share of connections at apiris.yaml:1:11; ${advice}`,
    ]);
  }
  assert.deepEqual(problems('sampling: {calls: 30}\n'), [`sampling is not a share at apiris.yaml:1:11; ${advice}`]);
});

test('every mistake is told, not only the first', () => {
  const told = problems(
    `zone: Mars/Olympus
shards: 65
data: 7
capture: {flowTimeout: 0, maxFlows: 1.5, maxHeaderBytes: 3 kB, separateVlans: 7, vxlanPorts: 4789, genevePorts: [0]}
applications:
  - host: 10.0.0.1
  - address: trade.example
  - port: 70000
  - name: nowhere
  - [host]
  - {host: a.example, hostt: b}
  - {host: A.example}
`,
  );
  const wanted = [
    /^zone "Mars\/Olympus" is not a time zone at apiris.yaml:1:7; write an IANA name/,
    /^shards is 65 at apiris.yaml:2:9; write 1 to 64 threads$/,
    /^data is not a text at apiris.yaml:3:7/,
    /^capture.flowTimeout is 0 at apiris.yaml:4:24; write 1 to 86400 seconds$/,
    /^capture.maxFlows is not a whole number at apiris.yaml:4:37/,
    /^capture.maxHeaderBytes is not a size such as 64 MiB/,
    /^capture.separateVlans is neither true nor false at apiris.yaml:4:79; write true or false$/,
    /^capture.vxlanPorts is not a list at apiris.yaml:4:94; write ports between brackets/,
    /^capture.genevePorts has a port that is 0 at apiris.yaml:4:114; write 1 to 65535$/,
    /^applications\[0\].host "10.0.0.1" is not a host name at apiris.yaml:6:11; an IP goes to address/,
    /^applications\[1\].address "trade.example" is not an IP address/,
    /^applications\[2\].port is 70000/,
    /^applications\[3\] says not where it is at apiris.yaml:9:5; give host, address or port$/,
    /^applications\[4\] is not a mapping/,
    /^unknown key "hostt" at apiris.yaml:11:23; did you mean "host"\?$/,
    /^applications\[6\] is where the one of line 11 is/,
  ];
  assert.equal(told.length, wanted.length, told.join('\n'));
  for (const [index, pattern] of wanted.entries()) assert.match(told[index], pattern);
});

test('a half-open flow may not outlive an open one', () => {
  assert.match(problems('zone: UTC\ncapture:\n  flowTimeout: 20\n')[0], /halfOpenTimeout \(30\) .* at apiris.yaml:3:/);
});

test('a key given without a value, and a key given twice', () => {
  assert.match(problems('zone:\n')[0], /^zone has no value at apiris.yaml:1:1/);
  assert.match(problems('zone: UTC\nzone: UTC\n')[0], /^a key that was given before at apiris.yaml:2:1$/);
});

test('what is no plain YAML is refused with its place', () => {
  assert.match(problems('zone: [UTC\n')[0], /^not YAML: .* at apiris.yaml:\d+:\d+$/);
  assert.match(problems('zone: UTC\n---\nshards: 1\n')[0], /^a second document/);
  assert.match(problems('zone: !!js/function x\n')[0], /^not YAML: Unresolved tag.* at apiris.yaml:1:7$/);
  assert.match(problems(new Uint8Array([0x7a, 0xff, 0xfe]))[0], /^apiris.yaml is not UTF-8 text/);
  assert.match(problems('? {a: 1}\n: 2\n')[0], /^a key that is not a plain name/);
});

test('anchors and aliases cannot make a small file large', () => {
  const bomb = `a0: &a0 [x, x]\n${Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`).join('\n')}\n`;
  const told = problems(bomb);
  assert.equal(told.length, 51);
  assert.equal(told[0], 'anchor &a0 at apiris.yaml:1:9; remove it; anchors are not accepted');
  assert.match(told[50], /^and \d+ more$/);
});

test('nesting and size are bounded', () => {
  assert.match(problems('['.repeat(20_000)).join('\n'), /nesting deeper than can be read/);
  assert.match(
    problems(`#${'x'.repeat(2 ** 20)}`)[0],
    /^apiris.yaml has 1048577 octets; a configuration has at most 1048576$/,
  );
});

test('a file that cannot be read is told by name', () => {
  assert.throws(
    () => loadConfig(join(folder, 'none.yaml'), {}),
    /there is no configuration file .*none\.yaml; check the name/,
  );
  assert.throws(() => loadConfig(folder, {}), /is a folder; name the configuration file in it/);
});

test('the nearest name knows typists', () => {
  const known = ['zone', 'shards', 'capture', 'applications'];
  assert.equal(nearestName('Zone', known), 'zone');
  assert.equal(nearestName('shrads', known), 'shards');
  assert.equal(nearestName('application', known), 'applications');
  assert.equal(nearestName('colour', known), undefined);
  assert.equal(nearestName('x'.repeat(10_000), known), undefined);
});

test('what is allowed: sources, hours, volumes', () => {
  const config = load(`blockedSources: [198.51.100.0/24]
allowedSources:
  - app: CRM.example
    cidr: [10.0.0.0/8]
workingHours: {from: "08:30", to: "18:00", days: [1, 2, 3, 4, 5, 6]}
volumeLimits:
  - {app: crm.example, max: 300}
`);
  assert.deepEqual(config.blockedSources, ['198.51.100.0/24']);
  assert.deepEqual(config.allowedSources, [{ app: 'crm.example', cidr: ['10.0.0.0/8'] }]);
  assert.deepEqual(config.workingHours, { from: '08:30', to: '18:00', days: [1, 2, 3, 4, 5, 6] });
  assert.deepEqual(config.volumeLimits, [{ app: 'crm.example', max: 300 }]);
  const from = new Map(explainConfig(config).map((setting) => [setting.key, setting.from]));
  assert.equal(from.get('volumeLimits'), `${file}:6`);
  assert.deepEqual(loadConfig(undefined, {}).workingHours, { from: '07:00', to: '21:00', days: [1, 2, 3, 4, 5] });
  const wrong = (text: string, sentence: RegExp) => assert.match(problems(text).join('\n'), sentence);
  wrong('blockedSources: [10.0.0.0/99]', /blockedSources\[0\].*apiris.yaml:1/);
  wrong('allowedSources:\n  - {app: a.example}', /allowedSources\[0\] is not whole at apiris.yaml:2/);
  wrong('allowedSources: 7', /allowedSources is not a list at apiris.yaml:1/);
  wrong('workingHours: {from: "8 o clock"}', /workingHours.from "8 o clock" is no time at apiris.yaml:1/);
  wrong('workingHours: {from: "18:00", to: "08:00"}', /begin at 18:00 and end at 08:00/);
  wrong('workingHours: {days: [0]}', /workingHours.days\[0\]/);
  wrong('volumeLimits:\n  - {app: a.example, max: 0}', /volumeLimits\[0\].max/);
});

test('priorities: what stays whole under load, and what goes first', () => {
  const config = load(`priorities:
  - {app: Trade.example:80, path: /api/login, priority: never}
  - {app: oa.example, priority: low}
  - {app: "10.0.0.2:80", priority: never}
  - {app: "[2001:db8::2]:443", priority: never}
  - {app: "2001:db8::80", priority: never}
`);
  assert.deepEqual(config.priorities, [
    { app: 'trade.example', path: '/api/login', priority: 'never' },
    { app: 'oa.example', path: '/', priority: 'low' },
    ...['10.0.0.2:80', '[2001:db8::2]:443', '2001:db8::80'].map((app) => ({ app, path: '/', priority: 'never' })),
  ]);
  const wrong = (text: string, sentence: RegExp) => assert.match(problems(text).join('\n'), sentence);
  wrong('priorities:\n  - {app: a.example}', /priorities\[0\] is not whole at apiris.yaml:2.*give app and priority/);
  wrong('priorities:\n  - {app: a.example, priority: first}', /priority "first" is no priority at apiris.yaml:2/);
  wrong('priorities:\n  - {app: a.example, path: api, priority: low}', /path "api" is no path .*begin it with a slash/);
  wrong('priorities:\n  - {app: a.example, paths: /, priority: low}', /unknown key "paths".*did you mean "path"/);
  wrong('priorities: never', /priorities is not a list at apiris.yaml:1/);
});
