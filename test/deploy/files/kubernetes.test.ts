/**
 * Manifests against the types of Kubernetes' own interface: a name that is not there, or a value of another kind, does not
 * compile. And what the types cannot say: no rights that are not needed, no image that changes under its name.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../../deploy/config.ts';
import { plainOf, type Resource, resources, textOf } from './documents.ts';

const root = fileURLToPath(new URL('.', import.meta.resolve('#root/package.json')));
const MODULES: Readonly<Record<string, string>> = {
  v1: 'core/v1',
  'apps/v1': 'apps/v1',
  'networking.k8s.io/v1': 'networking/v1',
};

/** What the compiler says, by file. */
function compile(all: readonly Resource['value'][]): Map<number, string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'apiris-types-'));
  try {
    for (const [index, value] of all.entries()) {
      const module = MODULES[value.apiVersion];
      assert.ok(module !== undefined, `${value.apiVersion} ${value.kind}`);
      const text = `import type { ${value.kind} } from 'kubernetes-types/${module}';\nexport const made: ${value.kind} = `;
      writeFileSync(join(folder, `made-${index}.ts`), `${text}${JSON.stringify(value, null, 2)};\n`);
    }
    const options = { noEmit: true, strict: true, module: 'nodenext', types: [], skipLibCheck: true };
    const paths = { 'kubernetes-types/*': [join(root, 'node_modules/kubernetes-types/*')] };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...options, paths }, include: ['*.ts'] }),
    );
    const { stdout } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
      cwd: folder,
      encoding: 'utf8',
    });
    const told = new Map<number, string[]>();
    for (const line of stdout.split('\n').filter((each) => each.includes('error'))) {
      const index = Number(/made-(\d+)\.ts/.exec(line)?.[1] ?? -1);
      told.set(index, [...(told.get(index) ?? []), line]);
    }
    return told;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const all = resources();

function named(kind: string): Record<string, unknown> {
  return all.find(({ value }) => value.kind === kind)!.value;
}

interface PodSpec {
  readonly hostNetwork?: boolean;
  readonly automountServiceAccountToken?: boolean;
  readonly containers: readonly {
    readonly image: string;
    readonly resources: { readonly limits: { readonly memory?: string } };
    readonly securityContext: {
      readonly runAsNonRoot?: boolean;
      readonly readOnlyRootFilesystem?: boolean;
      readonly allowPrivilegeEscalation?: boolean;
      readonly capabilities: { readonly drop: readonly string[]; readonly add?: readonly string[] };
    };
  }[];
}

function podOf(kind: string): PodSpec {
  return (named(kind)['spec'] as { template: { spec: PodSpec } }).template.spec;
}

test('manifests are what Kubernetes takes, and a mistake in one is found', () => {
  assert.ok(all.length >= 8);
  /** The resource with the first of `from` in its text replaced. */
  const wrong = (kind: string, from: string, to: string): Resource['value'] => {
    const text = JSON.stringify(named(kind));
    assert.ok(text.includes(from), from);
    return JSON.parse(text.replace(from, to)) as Resource['value'];
  };
  const mistakes = [
    wrong('Deployment', '"replicas":1', '"replicas":"1"'),
    wrong('Deployment', '"livenessProbe"', '"livenessprobe"'),
    wrong('DaemonSet', '"selector"', '"selectors"'),
    wrong('NetworkPolicy', '"podSelector"', '"podselector"'),
  ];
  const told = compile([...all.map(({ value }) => value), ...mistakes]);
  for (const index of all.keys()) assert.deepEqual(told.get(index) ?? [], [], all[index]!.file);
  for (const index of mistakes.keys()) assert.ok(told.has(all.length + index), `mistake ${index} was not found`);
  assert.ok(!told.has(-1), told.get(-1)?.join('\n'));
});

test('no more rights than capturing takes', () => {
  for (const kind of ['DaemonSet', 'Deployment']) {
    const pod = podOf(kind);
    assert.equal(pod.automountServiceAccountToken, false);
    const [container, ...more] = pod.containers;
    assert.deepEqual(more, []);
    const { runAsNonRoot, readOnlyRootFilesystem, capabilities } = container!.securityContext;
    assert.deepEqual([runAsNonRoot, readOnlyRootFilesystem, capabilities.drop], [true, true, ['ALL']]);
    assert.match(container!.image, /:\d+\.\d+\.\d+$/, 'an image of one version');
    assert.ok(container!.resources.limits.memory !== undefined);
  }
  const [sensor, analyzer] = [podOf('DaemonSet'), podOf('Deployment')];
  assert.deepEqual(sensor.containers[0]!.securityContext.capabilities.add, ['NET_RAW']);
  assert.equal(sensor.hostNetwork, true);
  assert.equal(analyzer.containers[0]!.securityContext.capabilities.add, undefined);
  assert.equal(analyzer.containers[0]!.securityContext.allowPrivilegeEscalation, false);
  assert.equal(analyzer.hostNetwork, undefined);
});

test('every resource is in the list, and the configuration in it is one', () => {
  const listed = plainOf(textOf('deploy/kubernetes/kustomization.yaml'), 'kustomization.yaml')['resources'];
  assert.deepEqual([...(listed as string[])].sort(), [...new Set(all.map(({ file }) => file))].sort());
  const folder = mkdtempSync(join(tmpdir(), 'apiris-config-'));
  try {
    const file = join(folder, 'apiris.yaml');
    const data = named('ConfigMap')['data'] as Record<string, string>;
    writeFileSync(file, data['apiris.yaml']!);
    const { bus, store } = loadConfig(file, {});
    assert.deepEqual(
      [bus.mechanism, bus.tls, store.url],
      ['scram-sha-512', true, 'https://clickhouse.clickhouse.svc:8443'],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
