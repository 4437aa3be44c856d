/** Every construct of a Sigma detection: what it must find and what must pass. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClearMatcher } from '../../../analyzer/detect/clear-matcher.ts';
import { Detector } from '../../../analyzer/detect/detector.ts';
import { describeProblem } from '../../../analyzer/detect/source.ts';
import { callOf, clearOf, compileText, rulesOf } from './rules-of.ts';

/** Detection, then User-Agents (or exchanges) that are found and that pass. */
type Seen = string | Partial<ReturnType<typeof clearOf>>;
type Case = readonly [name: string, detection: string, found: readonly Seen[], passes: readonly Seen[]];

const ua = (line: string) => `{s: {'cs-user-agent${line}}, condition: s}`;

const cases: readonly Case[] = [
  ['equality without case', ua(`': Abc`), ['abc', 'ABC'], ['abcd', 'xabc', '']],
  ['cased', ua(`|cased': Abc`), ['Abc'], ['abc', 'ABC']],
  ['contains', ua(`|contains': Bc`), ['abcd', 'BC'], ['b c', '']],
  ['startswith', ua(`|startswith': Ab`), ['abc', 'AB'], ['xab']],
  ['endswith', ua(`|endswith': bC`), ['abc', 'BC'], ['abcx']],
  ['contains, cased', ua(`|contains|cased': Bc`), ['aBcd'], ['abcd']],
  ['a list is any', ua(`|contains': [one, two]`), ['xone', 'two'], ['three']],
  ['all', ua(`|contains|all': [one, two]`), ['two one'], ['one', 'two']],
  ['wildcard *', ua(`': 'a*c*e'`), ['ace', 'abbcde', 'ACE'], ['acex', 'aec', 'xace']],
  ['wildcard ?', ua(`': 'a?c'`), ['abc', 'a?c'], ['ac', 'abbc']],
  ['? and * together', ua(`': '?b*'`), ['ab', 'xbcd'], ['b', 'xxb']],
  ['escaped wildcards', ua(`': 'a\\*b\\?'`), ['a*b?'], ['axb?', 'a*bx']],
  ['a backslash is itself', ua(`': 'C:\\Windows'`), ['c:\\windows'], ['c:windows']],
  ['an escaped backslash before a wildcard', ua(`': 'a\\\\*'`), ['a\\', 'a\\xyz'], ['a*', 'axyz']],
  ['overlapping segments', ua(`': '*aba*aba'`), ['abaaba', 'xabaxaba'], ['ababa', 'aba']],
  ['a lone *', ua(`': '*'`), ['', 'anything'], []],
  ['null', ua(`': null`), [''], ['x']],
  ['the empty text', ua(`': ''`), [''], ['x']],
  ['exists', ua(`|exists': true`), ['x'], ['']],
  ['not exists', ua(`|exists': false`), [''], ['x']],
  ['re', ua(`|re': 'a[bc]+d$'`), ['xabcbd'], ['ABD', 'abdx']],
  ['re with i', ua(`|re|i': '^abd$'`), ['ABD'], ['xabd']],
  ['re with m', ua(`|re|m': '^b$'`), ['a\nb\nc'], ['ab']],
  ['re with s', ua(`|re|s': 'a.b'`), ['a\nb'], ['ab']],
  ['re without s', ua(`|re': 'a.b'`), ['axb'], ['a\nb']],
  ['re with flags inside', ua(`|re': '(?i)abd'`), ['xABDx'], ['ab']],
  ['base64', ua(`|base64': Abc`), ['QWJj'], ['Abc']],
  ['base64offset', ua(`|base64offset|contains': 'http://'`), ['xaHR0cDovLwx', 'h0dHA6Ly', 'odHRwOi8v'], ['http://']],
  [
    'wide base64offset',
    ua(`|wide|base64offset|contains': ping`),
    [Buffer.from('xping', 'utf16le').toString('base64')],
    [Buffer.from('xping').toString('base64')],
  ],
  ['utf16 base64', ua(`|utf16|base64': a`), ['//5hAA=='], ['YQA=']],
  ['utf16be base64', ua(`|utf16be|base64': a`), ['AGE='], ['YQA=']],
  ['windash', ua(`|windash|contains': ' -f'`), ['x -f', 'x /f', 'x –f', 'x —f', 'x ―f'], ['x f', 'x+f']],
  ['windash leaves words whole', ua(`|windash': 'a-b -c'`), ['a-b /c'], ['a/b /c']],
  ['numbers', `{s: {sc-status: 404}, condition: s}`, [{ status: 404 }], [{ status: 200 }, { status: 4040 }]],
  ['a list of numbers', `{s: {sc-status: [401, 403]}, condition: s}`, [{ status: 403 }], [{ status: 404 }]],
  ['numbers with a wildcard', `{s: {sc-status: '5*'}, condition: s}`, [{ status: 503 }], [{ status: 405 }]],
  ['gte', `{s: {sc-status|gte: 500}, condition: s}`, [{ status: 500 }], [{ status: 499 }]],
  ['gt', `{s: {sc-status|gt: 500}, condition: s}`, [{ status: 501 }], [{ status: 500 }]],
  ['lt', `{s: {sc-status|lt: 400}, condition: s}`, [{ status: 399 }], [{ status: 400 }]],
  ['lte', `{s: {sc-status|lte: 400}, condition: s}`, [{ status: 400 }], [{ status: 401 }]],
  ['neq', `{s: {sc-status|neq: 200}, condition: s}`, [{ status: 201 }], [{ status: 200 }]],
  [
    'cidr',
    `{s: {c-ip|cidr: 10.0.0.0/9}, condition: s}`,
    [{ client: '10.127.1.1' }],
    [{ client: '10.128.0.1' }, { client: '' }],
  ],
  [
    'cidr of IPv6',
    `{s: {c-ip|cidr: 'fc00::/7'}, condition: s}`,
    [{ client: 'fd12::1' }],
    [{ client: 'fe80::1' }, { client: '10.0.0.1' }],
  ],
  [
    'cidr of IPv4 and mapped addresses',
    `{s: {c-ip|cidr: [192.0.2.0/24, '::1/128']}, condition: s}`,
    [{ client: '::ffff:192.0.2.9' }, { client: '::1' }],
    [{ client: '::2' }],
  ],
  [
    'fieldref',
    `{s: {cs-user-agent|fieldref: cs-referer}, condition: s}`,
    [{ userAgent: 'a', referer: 'A' }],
    [{ referer: 'a' }],
  ],
  [
    'fieldref with endswith',
    `{s: {cs-host|fieldref|endswith: cs-cookie}, condition: s}`,
    [{ cookie: '.example' }],
    [{ cookie: 'app' }, { cookie: '' }],
  ],
  [
    'keywords',
    `{keywords: ['union select'], condition: keywords}`,
    [{ target: '/?q=Union%20Select' }, 'union select'],
    ['union'],
  ],
  [
    'one keyword',
    `{keywords: passwd, condition: keywords}`,
    [{ cookie: 'x=/etc/passwd' }, { referer: 'passwd' }],
    ['x'],
  ],
  [
    'all keywords',
    `{keywords: {'|all': [one, two]}, condition: keywords}`,
    [{ target: '/one', cookie: 'two' }],
    ['one'],
  ],
  [
    'a mapping is all, a list of mappings any',
    `{s: [{cs-method: POST, sc-status: 200}, {cs-host: other}], condition: s}`,
    [{ method: 'POST' }, { host: 'OTHER' }],
    [{ method: 'POST', status: 404 }, { method: 'GET' }],
  ],
  ['and, or, not', `{a: {sc-status: 200}, b: {cs-method: POST}, condition: a and not b}`, [{}], [{ method: 'POST' }]],
  [
    'and binds closer than or',
    `{a: {sc-status: 200}, b: {cs-method: POST}, c: {cs-method: PUT}, condition: a and b or c}`,
    [{ method: 'POST' }, { method: 'PUT', status: 404 }],
    [{}],
  ],
  [
    'parentheses',
    `{a: {sc-status: 200}, b: {cs-method: POST}, c: {cs-method: PUT}, condition: a and (b or c)}`,
    [{ method: 'PUT' }],
    [{ method: 'PUT', status: 404 }],
  ],
  [
    '1 of',
    `{s1: {sc-status: 500}, s2: {cs-method: PUT}, t: {cs-host: x}, condition: 1 of s*}`,
    [{ status: 500 }],
    [{ host: 'x' }],
  ],
  [
    'all of',
    `{s1: {sc-status: 500}, s2: {cs-method: PUT}, condition: all of s*}`,
    [{ status: 500, method: 'PUT' }],
    [{ status: 500 }],
  ],
  ['all of them', `{s: {sc-status: 500}, _t: {cs-method: PUT}, condition: all of them}`, [{ status: 500 }], [{}]],
  ['any of them', `{s: {sc-status: 500}, t: {cs-method: PUT}, condition: any of them}`, [{ method: 'PUT' }], [{}]],
  ['not 1 of', `{s: {cs-method: GET}, f_a: {sc-status: 404}, condition: s and not 1 of f_*}`, [{}], [{ status: 404 }]],
  [
    'conditions in a list are any',
    `{a: {sc-status: 500}, b: {cs-method: PUT}, condition: [a, b]}`,
    [{ method: 'PUT' }],
    [{}],
  ],
  ['uri', `{s: {c-uri|endswith: /x}, condition: s}`, [{ target: '/a/x' }, { target: '/a/%78' }], [{ target: '/x?y' }]],
  [
    'uri in full',
    `{s: {c-uri|startswith: 'http://app.example/a'}, condition: s}`,
    [{ target: '/a/x' }],
    [{ target: '/b' }],
  ],
  ['path', `{s: {cs-uri-stem: /a}, condition: s}`, [{ target: '/a?x=1' }], [{ target: '/ab' }]],
  ['query', `{s: {cs-uri-query|startswith: x=}, condition: s}`, [{ target: '/a?x=1' }], [{ target: '/x=' }]],
  [
    'extension',
    `{s: {c-uri-extension: [exe, zip]}, condition: s}`,
    [{ target: '/d.v/a.ZIP?x' }],
    [{ target: '/a.zip/b' }],
  ],
  [
    'bad escapes in a URL',
    `{s: {c-uri|contains: etc}, condition: s}`,
    [{ target: '/%ff%zz%65tc' }],
    [{ target: '/%e' }],
  ],
];

for (const [name, detection, found, passes] of cases) {
  test(name, () => {
    const rules = rulesOf(`{title: t, name: r, logsource: {category: webserver}, detection: ${detection}}`);
    const clear = new ClearMatcher(rules);
    const sees = (seen: Seen) => {
      const exchange = clearOf(typeof seen === 'string' ? { userAgent: seen } : seen);
      const { method, userAgent, status, client, host } = exchange;
      const detector = new Detector(rules);
      detector.call(callOf({ method, userAgent, status, client, app: host, parts: clear.match(exchange) }));
      return detector.changed().length === 1;
    };
    for (const seen of found) assert.ok(sees(seen), `not found: ${JSON.stringify(seen)}`);
    for (const seen of passes) assert.ok(!sees(seen), `found: ${JSON.stringify(seen)}`);
  });
}

/** Document, and what is told of it. */
const mistakes: readonly (readonly [string, RegExp])[] = [
  ['{s: {cs-user-agent|expand: x}, condition: s}', /1:\d+: modifier "expand" is not supported; placeholders/],
  ['{s: {cs-user-agent|contain: x}, condition: s}', /unknown modifier "contain"; did you mean "contains"/],
  ['{s: {cs-usr-agent: x}, condition: s}', /unknown field "cs-usr-agent"; did you mean "cs-user-agent"/],
  ['{s: {acount: x}, condition: s}', /unknown field "acount"; did you mean "account"/],
  ['{s: {c-ip|cidr: 10.0.0.0/99}, condition: s}', /10.0.0.0\/99 is no network/],
  ["{s: {cs-host|re: '(?=x)y'}, condition: s}", /the expression has look-around/],
  ["{s: {cs-host|re: '(a)\\1'}, condition: s}", /a back reference/],
  ["{s: {cs-host|re: '((((a{1000}){1000}){1000}){1000})'}, condition: s}", /more than 20000 steps/],
  ["{s: {cs-host|re: 'a)'}, condition: s}", /a closing parenthesis without/],
  ['{s: {sc-status|gte: x}, condition: s}', /"gte" takes a number/],
  ['{s: {cs-host|i: x}, condition: s}', /flags i, m and s belong to "re"/],
  ['{s: {cs-host|re|cidr: x}, condition: s}', /exclude each other/],
  ["{s: {cs-host|base64: 'a*'}, condition: s}", /"base64" of a value with a wildcard/],
  ['{s: {cs-host: {a: b}}, condition: s}', /has a mapping for its value/],
  [
    '{s: {cs-host: x}, condition: s | count() > 5}',
    /a pipe in the condition; aggregations are written as a correlation/,
  ],
  ['{s: {cs-host: x}, condition: selection}', /names "selection", which is not there/],
  ['{s: {cs-host: x}, condition: (s}', /an opening parenthesis without/],
  ['{s: {cs-host: x}, condition: s s}', /"s" where and, or or the end/],
  ['{s: {cs-host: x}, condition: s and}', /the condition ends too early/],
  ['{s: {cs-host: x}, condition: 2 of s*}', /"2 of" in the condition/],
  ['{s: {cs-host: x}, condition: 1 of t*}', /"t\*" stands for no selection/],
  ['{s: {cs-host: x}}', /detection has no condition/],
  ['{condition: s}', /detection has no selection/],
  ['{s: {cs-host: x}, timeframe: 5m, condition: s}', /timeframe in a detection/],
  ['{s: {cs-cookie: x, account: y}, condition: s}', /a selection mixes text as sent \(cookie\)/],
];

test('mistakes are told with place and what to do', () => {
  for (const [detection, expected] of mistakes) {
    const { problems, rules } = compileText(`{title: t, logsource: {category: webserver}, detection: ${detection}}`);
    assert.equal(rules.length, 0, detection);
    assert.match(problems.map(describeProblem).join('\n'), expected);
    assert.match(describeProblem(problems[0]), /^rule0\.yml:1:\d+: /);
  }
});

test('a rule on text as sent and on facts is decided in both places', () => {
  const rules = rulesOf(
    '{title: t, name: r, logsource: {category: webserver}, detection: {raw: {cs-cookie|contains: x}, known: {account|exists: true}, condition: raw and known}}',
  );
  assert.deepEqual(
    rules.parts.map((part) => part.name),
    ['r/raw'],
  );
  const clear = new ClearMatcher(rules);
  assert.deepEqual(clear.match(clearOf({ cookie: 'axb' })), ['r/raw']);
  for (const [cookie, account, count] of [
    ['x', 'a***#1', 1],
    ['x', undefined, 0],
    ['y', 'a***#1', 0],
  ] as const) {
    const detector = new Detector(rules);
    detector.call(callOf({ parts: clear.match(clearOf({ cookie })), ...(account === undefined ? {} : { account }) }));
    assert.equal(detector.changed().length, count);
  }
});

test('filters hold back the rules they name, and any', () => {
  const rule = '{title: a, name: a, logsource: {category: webserver}, detection: {s: {cs-method: GET}, condition: s}}';
  const other = '{title: b, name: b, logsource: {category: webserver}, detection: {s: {cs-method: GET}, condition: s}}';
  const filter = (rules: string) =>
    `{title: f, logsource: {category: webserver}, filter: {rules: ${rules}, own: {c-ip: 10.0.0.1}, condition: not own}}`;
  for (const [names, expected] of [
    ['[a]', ['b']],
    ['any', []],
  ] as const) {
    const detector = new Detector(rulesOf(rule, other, filter(names)));
    detector.call(callOf({ client: '10.0.0.1' }));
    assert.deepEqual(
      detector.changed().map((finding) => finding.rule),
      expected,
    );
    detector.call(callOf({ client: '10.0.0.2' }));
    assert.deepEqual(
      detector
        .changed()
        .map((finding) => finding.rule)
        .sort(),
      ['a', 'b'],
    );
  }
  const { problems } = compileText(rule, filter('[c]'));
  assert.match(describeProblem(problems[0]), /the filter names "c", which is not there/);
});

test('a log source without traffic is idle, not wrong', () => {
  const { idle, problems, rules } = compileText(
    '{title: t, logsource: {category: process_creation, product: windows}, detection: {s: {Image: x}, condition: s}}',
  );
  assert.deepEqual([problems, rules], [[], []]);
  assert.match(idle[0].reason, /process_creation windows is no traffic/);
});
