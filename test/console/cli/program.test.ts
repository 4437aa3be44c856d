/** Exit codes, mistakes, filters, streams: the command line as a whole. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { OutputClosed } from '../../../console/cli/io.ts';
import type { ReplayOptions, SenseOptions } from '../../../deploy/appliance.ts';
import { CaptureError } from '../../../sensor/capture/packet.ts';
import { StoreError } from '../../../storage/store/store.ts';
import { call, runCommand, someTime, somewhere, summaryOf } from './fakes.ts';

const damage = [{ input: 'cut.pcap', offset: 99, reason: 'the file ends inside a packet' }];

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'apiris-cli-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('wrong arguments exit with 2, say what was wrong and what would be right', async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /Usage: apiris/],
    ['aps', /no command «aps».*Did you mean.*apps/],
    ['apis --fromat json', /no option --fromat.*Did you mean --format\?/],
    ['apis --format xml', /--format cannot be «xml»; it is one of table, json, ndjson, csv/],
    ['apis --limit -3', /--limit must be a whole number from 0 up, not «-3»/],
    ['apis --style soup', /--style cannot be «soup»/],
    ['calls --status 700', /--status must be a code or a class/],
    ['calls --since yesterday --data .', /--since must be a span back/],
    ['calls --since 2026-02-30 --data .', /--since must be a span back/],
    ['calls --since', /--since <time> needs a value/],
    ['api', /id is missing/],
    ['api hello', /«hello» is no API id/],
    ['apps more', /too many arguments for apiris apps/],
    ['replay', /file is missing/],
    ['replay a.pcap --shards 65', /--shards must be a whole number from 1 to 64/],
    ['sensor', /--read FILE, --interface IF is missing/],
    ['config chek', /Did you mean check\?/],
    ['apps --lang fr', /--lang cannot be «fr»; it is one of en, zh-CN/],
  ];
  for (const [line, expected] of cases) {
    const run = await runCommand(line.split(' ').filter(Boolean));
    assert.equal(run.code, 2, line);
    assert.equal(run.stdout, '', line);
    assert.match(run.stderr, expected, line);
  }
});

test('mistakes are told in Chinese where the person reads Chinese', async () => {
  const env = { LC_ALL: 'zh_CN.UTF-8', LANG: 'en_US.UTF-8' };
  const run = await runCommand(['apis', '--fromat', 'json'], { env });
  assert.equal(run.stderr, 'apiris: 没有选项 --fromat。 是否想用 --format？\n');
  const other = await runCommand(['apis', '--fromat', 'json', '--lang', 'en'], { env });
  assert.match(other.stderr, /no option/);
});

test('help exits with 0 on stdout, with an example, for every command and in both languages', async () => {
  const names = [
    'replay',
    'run',
    'sensor',
    'apps',
    'apis',
    'api',
    'calls',
    'stats',
    'health',
    'config',
    'demo',
    'overview',
  ];
  names.push('findings', 'finding', 'trace', 'profile', 'rules', 'doctor');
  names.push('findings', 'finding', 'trace', 'profile', 'overview');
  for (const argv of [
    ...names.map((name) => [name]),
    ['export', 'openapi'],
    ['config', 'check'],
    ['config', 'show'],
    [],
  ]) {
    for (const [lang, example] of [
      ['en', /Examples?:\n {2}\$ /],
      ['zh-CN', /示例：\n {2}\$ /],
    ] as const) {
      const run = await runCommand([...argv, '--lang', lang, '--help']);
      assert.deepEqual([run.code, run.stderr], [0, ''], argv.join(' '));
      assert.match(run.stdout, example, argv.join(' '));
    }
  }
  const version = await runCommand(['--version']);
  assert.deepEqual([version.code, version.stdout], [0, '9.8.7\n']);
  assert.equal((await runCommand(['help', 'calls'])).code, 0);
  const list = await runCommand(['--help']);
  assert.match(list.stdout, /json otherwise|Exit codes: 0 done/);
  assert.doesNotMatch(list.stdout, /^ {2}demo/m, 'the demo is hidden');
});

test('errors of the pipeline: 1 for store and capture, 2 for configuration, a sentence and no stack', async () => {
  const fail = (error: Error) => async () => {
    throw error;
  };
  const capture = { replay: fail(new CaptureError('x.pcap is not a capture: give a .pcap file')) };
  const wrong = await runCommand(['replay', 'x.pcap'], { services: capture });
  assert.deepEqual([wrong.code, wrong.stderr], [1, 'apiris: x.pcap is not a capture: give a .pcap file\n']);
  const locked = { openStoreForReading: fail(new StoreError('locked', 'The data folder is in use.')) };
  const store = await runCommand(['apps', ...somewhere], { services: locked });
  assert.deepEqual([store.code, store.stderr], [1, 'apiris: The data folder is in use.\n']);
  await inFolder(async (folder) => {
    const file = join(folder, 'apiris.yaml');
    await writeFile(file, 'zone: Asia/Shanghai\nzoen: x\n');
    for (const argv of [
      ['config', 'check', file],
      ['apps', '--config', file],
      ['replay', 'x', '--config', file],
    ]) {
      const run = await runCommand(argv);
      assert.equal(run.code, 2);
      assert.ok(run.stderr.includes(`${file}:2`), run.stderr);
    }
    await writeFile(file, 'zone: Europe/Berlin\n');
    const fine = await runCommand(['config', 'check', file]);
    assert.deepEqual([fine.code, fine.stdout], [0, `${file} is a valid configuration.\n`]);
    const shown = await runCommand(['config', 'show', '--config', file, '--data', '/srv/x']);
    const settings = JSON.parse(shown.stdout) as { key: string; value: unknown; from: string }[];
    assert.deepEqual(settings[0], { key: 'data', value: '/srv/x', from: '--data' });
    assert.deepEqual(settings[1], { key: 'zone', value: 'Europe/Berlin', from: `${file}:1` });
  });
});

test('a defect is told as ours, with the stack on request only', async () => {
  const services = {
    openStoreForReading: async () => {
      throw new TypeError('x is undefined');
    },
  };
  const run = await runCommand(['apps', ...somewhere], { services });
  assert.equal(run.code, 1);
  assert.match(run.stderr, /^apiris: a defect of apiris, not of your input: x is undefined/);
  assert.doesNotMatch(run.stderr, /\n\s+at /);
  const debug = await runCommand(['apps', ...somewhere], { services, env: { APIRIS_DEBUG: '1' } });
  assert.match(debug.stderr, /\n\s+at /);
});

test('a folder without a store is no empty store', async () => {
  await inFolder(async (folder) => {
    const missing = join(folder, 'missing');
    const run = await runCommand(['apps', '--data', missing]);
    assert.equal(run.code, 1);
    assert.ok(run.stderr.includes(`there is no store in ${missing}`));
    const env = await runCommand(['apps'], { env: { APIRIS_DATA: missing } });
    assert.ok(env.stderr.includes(missing));
  });
});

test('damaged input exits with 3 and is told, on stderr where stdout carries records', async () => {
  const text = await runCommand(['replay', 'cut.pcap'], { services: { replay: async () => summaryOf({ damage }) } });
  assert.equal(text.code, 3);
  assert.match(text.stdout, /cut\.pcap: at byte 99: the file ends inside a packet/);
  const sensor = await runCommand(['sensor', '--read', 'cut.pcap'], {
    services: { sense: async () => summaryOf({ damage }) },
  });
  assert.deepEqual([sensor.code, sensor.stdout], [3, '']);
  assert.match(sensor.stderr, /cut\.pcap: at byte 99/);
});

test('replay passes on what was asked, and json holds the whole summary', async () => {
  let seen: ReplayOptions | undefined;
  const services = {
    replay: async (options: ReplayOptions) => {
      seen = options;
      options.onProgress?.({ bytesRead: 50, totalBytes: 100, packets: 5, calls: 2, packetTime: someTime });
      return summaryOf();
    },
  };
  const argv = ['replay', 'a.pcap', '-', '--shards', '3', '--data', 'd', '--format', 'json'];
  const run = await runCommand(argv, { services, stderrTerminal: true });
  assert.equal(run.code, 0);
  assert.deepEqual([seen?.inputs, seen?.data, seen?.shards], [['a.pcap', '-'], 'd', 3]);
  const summary = JSON.parse(run.stdout);
  assert.deepEqual([summary.exchanges, summary.exchangesPerSecond, summary.stages.length], [20, 40, 11]);
  assert.ok(run.stderr.includes('50 B of 100 B (50 %) · 5 packets · 2 calls · 2026-11-21 10:22:33'));
  assert.ok(run.stderr.endsWith('\r\u001b[K'), 'the line is removed at the end');
  const quiet = await runCommand(argv, { services });
  assert.equal(quiet.stderr, '', 'no progress where nobody watches');
});

test('an interrupted replay says so and exits with 1', async () => {
  const controller = new AbortController();
  const services = {
    replay: async () => {
      controller.abort();
      throw new Error('aborted');
    },
  };
  const run = await runCommand(['replay', 'a.pcap'], { services, signal: controller.signal });
  assert.equal(run.code, 1);
  assert.match(run.stderr, /^apiris: interrupted\./);
});

test('sensor writes a record a line, to stdout or a file, and warns of bodies', async () => {
  const sense = async (options: SenseOptions) => {
    await options.write(JSON.stringify({ uid: 'a', bodies: options.bodies }));
    await options.write('{"uid":"b"}');
    return summaryOf();
  };
  const plain = await runCommand(['sensor', '--read', 'a.pcap', 'b.pcap'], { services: { sense } });
  assert.deepEqual([plain.code, plain.stderr], [0, '']);
  assert.equal(plain.stdout, '{"uid":"a","bodies":false}\n{"uid":"b"}\n');
  const bodies = await runCommand(['sensor', '--read', 'a.pcap', '--bodies'], { services: { sense } });
  assert.match(bodies.stderr, /warning: --bodies writes .* in clear/);
  assert.ok(bodies.stdout.startsWith('{"uid":"a","bodies":true}'));
  await inFolder(async (folder) => {
    const file = join(folder, 'out.ndjson');
    const run = await runCommand(['sensor', '--read', 'a.pcap', '--out', file], { services: { sense } });
    assert.deepEqual([run.code, run.stdout], [0, '']);
    assert.equal(await readFile(file, 'utf8'), plain.stdout);
    const failing = await runCommand(['sensor', '--read', 'a.pcap', '--out', folder], { services: { sense } });
    assert.equal(failing.code, 1);
    assert.ok(failing.stderr.includes(`cannot write ${folder}`));
  });
});

test('a reader that leaves is the end and no failure, and the store is closed', async () => {
  const many = Array.from({ length: 1000 }, () => call);
  const closeAfter = { characters: 200, error: new OutputClosed('closed') };
  const run = await runCommand(['calls', '--format', 'ndjson', ...somewhere], { answers: { calls: many }, closeAfter });
  assert.deepEqual([run.code, run.stderr, run.store.closed], [0, '', 1]);
  assert.ok(run.stdout.length < 2000, 'nothing is read on for nobody');
});

test('a sensor whose reader leaves is stopped in order', async () => {
  let stopped = false;
  const sense = async (options: SenseOptions) => {
    for (let i = 0; i < 100 && !stopped; i++) {
      await options.write('x'.repeat(100));
      stopped = options.signal?.aborted ?? false;
    }
    return summaryOf();
  };
  const closeAfter = { characters: 500, error: new OutputClosed('closed') };
  const run = await runCommand(['sensor', '--read', 'a.pcap'], { services: { sense }, closeAfter });
  assert.deepEqual([run.code, run.stderr, stopped], [0, '', true]);
});

test('filters reach the question as the store wants them', async () => {
  const answers = { newest: [{ ts: someTime }] };
  const line =
    'calls --app Trade.Example.COM --api 3F9A --client 10.0.0.7 --method get --status 4xx --pairing paired --search x --label mobile';
  const argv = [
    ...line.split(' '),
    '--account',
    'z***#3f9a01c2be',
    '--since',
    '2h',
    '--until',
    '2026-11-21T10:00',
    '--limit',
    '5',
    '--newest',
  ];
  const run = await runCommand([...argv, ...somewhere], { answers });
  const { parameters } = run.store.asked.find((each) => each.question === 'calls')!;
  assert.deepEqual(parameters, {
    since: someTime - 2 * 3600e6,
    until: Date.UTC(2026, 10, 21, 2) * 1000,
    app: 'trade.example.com',
    apiId: '3f9a',
    client: '10.0.0.7',
    accountHash: '3f9a01c2be',
    label: 'mobile',
    method: 'GET',
    status: 4,
    pairing: 'paired',
    search: 'x',
    newestFirst: 1,
    limit: 6,
    offset: 0,
  });
  const apis = await runCommand([
    'apis',
    '--style',
    'rest',
    '--assets',
    '--state',
    'ALL',
    '--offset',
    '9',
    ...somewhere,
  ]);
  assert.deepEqual(apis.store.asked[0]?.parameters, {
    ...{ app: '', format: 'REST', method: '', state: 'all', search: '', includeAssets: 1, limit: 0, offset: 9 },
    ...{ grade: '', level: '', function: '', label: '', exposure: '', caller: '', audience: '' },
  });
});

test('a table of calls stops at 100 and says so on stderr; scripts get all', async () => {
  const answers = { calls: Array.from({ length: 101 }, () => call) };
  const table = await runCommand(['calls', ...somewhere], { answers, stdoutTerminal: true });
  assert.equal(table.stdout.trimEnd().split('\n').length, 101);
  assert.match(table.stderr, /The first 100 are shown; --limit shows more/);
  const lines = await runCommand(['calls', '--format', 'ndjson', ...somewhere], { answers });
  assert.equal(lines.stdout.trimEnd().split('\n').length, 101);
  assert.equal(lines.stderr, '');
});

test('text from the wire cannot drive the terminal', async () => {
  const evil = { ...call, path: '/\u001b]0;owned\u0007\u202e/x', client: '10.0.0.7\r\nfake' };
  const run = await runCommand(['calls', ...somewhere], {
    answers: { calls: [evil] },
    stdoutTerminal: true,
    columns: 200,
  });
  assert.ok(run.stdout.includes('/\\x1b]0;owned\\x07\\u{202e}/x'));
  assert.equal(run.stdout.trimEnd().split('\n').length, 2);
});

test('names from the configuration stand beside the applications', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'apiris.yaml');
    await writeFile(file, 'applications:\n  - host: trade.example.com\n    name: 交易系统\n');
    const rows = { calls: [call] };
    const run = await runCommand(['calls', '--config', file, ...somewhere], { answers: rows });
    assert.equal(JSON.parse(run.stdout)[0].appName, '交易系统');
  });
});
