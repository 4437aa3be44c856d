/** Each rule finds what it is there for, and only that. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as rules from './rules.ts';
import { treeOf } from './tree.ts';

const tables: rules.Tables = {
  layers: [
    { name: 'sensor', contracts: ['sensor/transaction.ts', 'sensor/ledger.ts'] },
    { name: 'analyzer', contracts: ['analyzer/call.ts'] },
    { name: 'deploy', contracts: ['deploy/config.ts'] },
  ],
  wiring: { 'deploy/appliance.ts': ['sensor/'] },
  steps: ['analyzer/leaves/', 'analyzer/detect/'],
  composers: ['analyzer/read.ts'],
  packages: { yaml: 'deploy/config/', '@scope/store': 'deploy/store.ts' },
  computed: { 'deploy/worker.ts': 'a reason' },
  top: ['sensor', 'package.json'],
};

/** What a rule says of these files; every file a case imports from is there. */
function verdict(rule: rules.Rule, files: Record<string, string>, top: string[] = []): string[] {
  const base = ['sensor/transaction.ts', 'sensor/flow.ts', 'analyzer/call.ts', 'deploy/config.ts', 'test/made.ts'];
  const texts = new Map(base.map((path) => [path, '']));
  for (const [path, text] of Object.entries(files)) texts.set(path, text);
  return rule(treeOf(texts, top), tables);
}

/** One violation, which says this. */
function refuses(rule: rules.Rule, files: Record<string, string>, says: RegExp): void {
  const told = verdict(rule, files);
  assert.equal(told.length, 1, `${JSON.stringify(files)}: ${told.join('; ')}`);
  assert.match(told[0], says);
}

function accepts(rule: rules.Rule, files: Record<string, string>): void {
  assert.deepEqual(verdict(rule, files), [], JSON.stringify(files));
}

test('layers point upstream, at contracts', () => {
  const rule = rules.layersPointUpstream;
  accepts(rule, { 'analyzer/read.ts': "import type { A } from '../sensor/transaction.ts';" });
  accepts(rule, { 'sensor/http/pair.ts': "import { a } from '../flow.ts';" });
  refuses(rule, { 'sensor/a.ts': "import type { Call } from '../analyzer/call.ts';" }, /^sensor\/a.ts:1 .*downstream/);
  refuses(
    rule,
    { 'analyzer/a.ts': "\nexport * from '../sensor/flow.ts';" },
    /^analyzer\/a.ts:2 .*not a contract of sensor/,
  );
  refuses(rule, { 'deploy/a.ts': "const m = await import('../sensor/flow.ts');" }, /not a contract/);
  refuses(rule, { 'deploy/a.ts': "const m = import.meta.resolve('#root/sensor/flow.ts');" }, /not a contract/);
  refuses(rule, { 'sensor/a.ts': "new URL('../deploy/config.js', import.meta.url)" }, /downstream/);
  accepts(rule, { 'deploy/appliance.ts': "import { a } from '../sensor/flow.ts';" });
});

test('test and fixtures are imported by nobody', () => {
  const rule = rules.layersPointUpstream;
  const files = { 'fixtures/record.ts': '', 'deploy/traffic/mix.ts': '' };
  refuses(rule, { ...files, 'sensor/a.ts': "import '../test/made.ts';" }, /test\/ is imported by nobody/);
  refuses(rule, { ...files, 'deploy/a.ts': "import '../fixtures/record.ts';" }, /fixtures\/ is imported by nobody/);
  accepts(rule, { ...files, 'fixtures/a.ts': "import '../deploy/traffic/mix.ts';" });
  refuses(rule, { ...files, 'fixtures/a.ts': "import '../deploy/config.ts';" }, /deploy\/traffic\/ alone/);
  accepts(rule, { ...files, 'test/a.test.ts': "import '../fixtures/record.ts'; import '../sensor/flow.ts';" });
});

test('steps stand alone', () => {
  const rule = rules.stepsStandAlone;
  const files = { 'analyzer/leaves/json.ts': '', 'analyzer/read.ts': "import './leaves/json.ts';" };
  accepts(rule, { ...files, 'analyzer/detect/a.ts': "import '../call.ts';" });
  refuses(rule, { ...files, 'analyzer/detect/a.ts': "import '../leaves/json.ts';" }, /steps do not know each other/);
  refuses(rule, { ...files, 'analyzer/detect/a.ts': "import '../read.ts';" }, /steps do not know each other/);
});

test('circles are found however long, types included, workers apart', () => {
  const rule = rules.noCircles;
  refuses(rule, { 'sensor/a.ts': "import type { A } from './a.ts';" }, /^sensor\/a.ts → sensor\/a.ts/);
  refuses(
    rule,
    {
      'sensor/a.ts': "import './b.ts';",
      'sensor/b.ts': "export { c } from './c.ts';",
      'sensor/c.ts': "type A = import('./a.ts').A;",
    },
    /^sensor\/a.ts → sensor\/b.ts → sensor\/c.ts → sensor\/a.ts/,
  );
  accepts(rule, {
    'sensor/a.ts': "import './b.ts'; import './c.ts';",
    'sensor/b.ts': "import './c.ts';",
    'sensor/c.ts': '',
  });
  accepts(rule, {
    'sensor/a.ts': "new URL('./b.js', import.meta.url)",
    'sensor/b.ts': "import type { A } from './a.ts';",
  });
});

test('imports are readable and lead somewhere', () => {
  const rule = rules.importsAreKnown;
  accepts(rule, { 'sensor/a.ts': "import './flow.ts'; import 'node:fs'; import.meta.resolve('#root/package.json');" });
  refuses(rule, { 'sensor/a.ts': "import './flaw.ts';" }, /there is no such source/);
  refuses(rule, { 'sensor/a.ts': 'const m = await import(name);' }, /computed address/);
  refuses(rule, { 'sensor/a.ts': 'const m = require(`./${name}`);' }, /computed address/);
  accepts(rule, { 'deploy/worker.ts': 'const m = await import(name);' });
});

test('one package, one place', () => {
  const rule = rules.onePackageOnePlace;
  const manifest = '{"dependencies":{"yaml":"1","@scope/store":"1"}}';
  const used = { 'deploy/config/read.ts': "import 'yaml';", 'deploy/store.ts': "import a from '@scope/store/web';" };
  const files = { 'package.json': manifest, ...used };
  accepts(rule, files);
  refuses(rule, { ...files, 'sensor/a.ts': "import { parse } from 'yaml';" }, /only deploy\/config\/ does/);
  refuses(rule, { ...files, 'sensor/a.ts': "const a = require('left-pad');" }, /give it its one place/);
  refuses(
    rule,
    { ...files, 'package.json': manifest.replace('}', ',"unused":"1"}') },
    /depends on unused, which nothing/,
  );
  refuses(
    rule,
    { ...files, 'deploy/store.ts': '', 'package.json': manifest.replace('dep', 'devDep') },
    /PACKAGES has @scope/,
  );
});

test('names, lengths and the top level', () => {
  refuses(rules.noDefaultExports, { 'sensor/a.ts': '\nexport default class {}' }, /^sensor\/a.ts:2/);
  refuses(rules.noDefaultExports, { 'sensor/a.ts': 'const a = 1;\nexport { a as default };' }, /^sensor\/a.ts:2/);
  accepts(rules.noDefaultExports, { 'sensor/a.ts': "export { default as parser } from 'x'; // export default" });
  refuses(rules.namesSaySomething, { 'sensor/index.ts': '' }, /no barrels/);
  refuses(rules.namesSaySomething, { 'sensor/utils/text.ts': '' }, /says nothing/);
  accepts(rules.namesSaySomething, { 'sensor/common-name.ts': '', 'sensor/reindex.ts': '' });
  refuses(rules.filesAreShort, { 'sensor/a.ts': '\n'.repeat(401) }, /has 401 lines/);
  accepts(rules.filesAreShort, { 'sensor/a.ts': '\n'.repeat(400) });
  assert.match(verdict(rules.topLevelIsFixed, {}, ['sensor', 'lib'])[0], /^lib: not one of/);
  assert.deepEqual(verdict(rules.topLevelIsFixed, {}, ['sensor', 'package.json']), []);
});

test('the clock is found below deploy', () => {
  const rule = rules.packetTimeIsTheClock;
  for (const use of [
    'Date.now()',
    'new Date()',
    'new Date',
    'Date()',
    'performance.now()',
    'process.hrtime.bigint()',
  ]) {
    refuses(rule, { 'storage/a.ts': `const now = ${use};` }, /take packet time/);
    refuses(rule, { 'storage/a.ts': `const now = \`\${${use}}\`;` }, /take packet time/);
    accepts(rule, { 'deploy/a.ts': `const now = ${use};` });
    accepts(rule, { 'sensor/a.ts': `// ${use}\nconst text = '${use}';` });
  }
  accepts(rule, { 'sensor/a.ts': 'const at = new Date(packet.ts / 1000); const d: Date = at;' });
});

test('machine paths, leftovers, registries', () => {
  const mount = '/WORK/main'.toLowerCase();
  refuses(rules.noMachinePaths, { 'README.md': `see\n${mount}` }, /^README.md:2 has/);
  refuses(rules.noMachinePaths, { 'a.yaml': `folder: "${'/HOME'.toLowerCase()}/li/x"` }, /^a.yaml:1/);
  accepts(rules.noMachinePaths, { 'README.md': `https://h.example${mount} and ./frame${mount}` });
  refuses(rules.nothingLeftUndone, { 'sensor/a.ts': `// ${'todo'.toUpperCase()} later` }, /leaves something undone/);
  refuses(rules.nothingLeftUndone, { 'test/a.test.ts': `test.${'skip'}('a', () => {});` }, /skips or singles out/);
  refuses(rules.nothingLeftUndone, { 'test/a.test.ts': `test('a', { ${'only'}: true }, f);` }, /skips or singles out/);
  accepts(rules.nothingLeftUndone, { 'sensor/a.ts': 'stream.skip(4); const hacked = 1;' });
  refuses(rules.lockNamesNoRegistry, { 'package-lock.json': '{"resolved": "x"}' }, /one registry/);
});
