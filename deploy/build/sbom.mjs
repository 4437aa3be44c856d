/**
 * What the program is made of, as CycloneDX 1.5 (ECMA-424): dist/sbom.cdx.json, from package-lock.json alone. The same lock
 * gives the same octets: it has no time, no random number, and no address of a registry.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'dist/sbom.cdx.json';

export function writeSbom(root) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(join(root, FILE), `${JSON.stringify(sbomOf(manifest, packages), null, 2)}\n`);
}

function sbomOf(manifest, packages) {
  const components = new Map();
  for (const [path, entry] of Object.entries(packages)) {
    if (path === '' || entry.dev || entry.link) continue;
    const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const purl = `pkg:npm/${name.replace('@', '%40')}@${entry.version}`;
    components.set(purl, {
      type: 'library',
      'bom-ref': purl,
      name,
      version: entry.version,
      scope: entry.optional ? 'optional' : 'required',
      purl,
      ...hashes(entry.integrity),
      ...licence(entry.license),
    });
  }
  const { name, version, description, license } = manifest;
  const purl = `pkg:npm/${name}@${version}`;
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      component: { type: 'application', 'bom-ref': purl, name, version, description, purl, ...licence(license) },
    },
    components: [...components.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1)),
  };
}

/** npm's integrity (Subresource Integrity) as the digits that CycloneDX has. */
function hashes(integrity) {
  const found = /^sha512-([A-Za-z0-9+/=]+)$/.exec(integrity ?? '');
  if (found === null) return {};
  return { hashes: [{ alg: 'SHA-512', content: Buffer.from(found[1], 'base64').toString('hex') }] };
}

/** One name of SPDX is an id; several are an expression. */
function licence(license) {
  if (typeof license !== 'string') return {};
  return { licenses: [/[ (]/.test(license) ? { expression: license } : { license: { id: license } }] };
}
