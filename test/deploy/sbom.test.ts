/** The list of what the program is made of: all that is installed with it, nothing else, and no address. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

interface Bom {
  readonly specVersion: string;
  readonly metadata: { readonly component: { readonly version: string } };
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly purl: string;
    readonly scope: string;
    readonly hashes: readonly { readonly content: string }[];
    readonly licenses: readonly object[];
  }[];
}

const read = (file: string): string => readFileSync(new URL(file, import.meta.resolve('#root/package.json')), 'utf8');

test('dist/sbom.cdx.json lists every package of the lock that is no tool of development', () => {
  const text = read('dist/sbom.cdx.json');
  const bom = JSON.parse(text) as Bom;
  const { version, dependencies } = JSON.parse(read('package.json')) as {
    version: string;
    dependencies: Record<string, string>;
  };
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { dev?: boolean; integrity?: string }>;
  };
  assert.deepEqual([bom.specVersion, bom.metadata.component.version], ['1.5', version]);
  const wanted = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);
  assert.equal(bom.components.length, new Set(bom.components.map(({ purl }) => purl)).size);
  assert.ok(bom.components.length > 5 && bom.components.length <= wanted.length);
  for (const [name, exact] of Object.entries(dependencies)) {
    const found = bom.components.find((each) => each.name === name);
    assert.deepEqual([found?.version, found?.scope], [exact, 'required'], name);
  }
  // What is made for other machines stands in the lock by its name alone.
  for (const { name, hashes, licenses } of bom.components.filter(({ scope }) => scope === 'required')) {
    assert.match(hashes[0]!.content, /^[0-9a-f]{128}$/, name);
    assert.equal(licenses.length, 1, name);
  }
  assert.ok(!bom.components.some(({ name }) => name === 'typescript'));
  assert.deepEqual(text.match(/https?:\/\/[^"]+/g), ['http://cyclonedx.org/schema/bom-1.5.schema.json']);
});
