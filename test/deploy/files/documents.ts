/** The files under deploy/ that other programs read, as they are. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { readDocument } from '../../../deploy/content/plain.ts';

const root = new URL('.', import.meta.resolve('#root/package.json'));

export interface Resource {
  readonly file: string;
  readonly value: { readonly apiVersion: string; readonly kind: string } & Record<string, unknown>;
}

export function textOf(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

export function plainOf(text: string, file: string): Record<string, unknown> {
  const read = readDocument(text, file);
  assert.ok('value' in read, 'problem' in read ? `${file}: ${read.problem.what}` : '');
  return read.value as Record<string, unknown>;
}

/** Every resource of every manifest, the list of them apart. */
export function resources(): Resource[] {
  const folder = 'deploy/kubernetes/';
  return readdirSync(new URL(folder, root))
    .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
    .flatMap((name) =>
      textOf(folder + name)
        .split(/^---$/m)
        .map((text) => ({ file: name, value: plainOf(text, name) as Resource['value'] })),
    );
}

/** What `apiris` is started with, wherever it stands: the arguments behind the program. */
export interface CommandLine {
  readonly file: string;
  readonly argv: readonly string[];
}

export function commandLines(): CommandLine[] {
  const found: CommandLine[] = [];
  for (const { file, value } of resources()) {
    const spec = value['spec'] as { template?: { spec: { containers: { args?: string[] }[] } } } | undefined;
    for (const { args } of spec?.template?.spec.containers ?? [])
      if (args !== undefined) found.push({ file, argv: args });
  }
  const compose = plainOf(textOf('deploy/container/compose.yaml'), 'compose.yaml');
  for (const [name, service] of Object.entries(compose['services'] as Record<string, { command?: string[] }>)) {
    if (service.command !== undefined) found.push({ file: `compose.yaml ${name}`, argv: service.command });
  }
  for (const file of units()) {
    const line = /^ExecStart=\S+ \S+main\.js (.+)$/m.exec(textOf(file));
    assert.ok(line !== null, file);
    found.push({ file, argv: line[1]!.split(' ') });
  }
  return found;
}

export function units(): string[] {
  const folder = 'deploy/systemd/';
  return readdirSync(new URL(folder, root))
    .filter((name) => name.endsWith('.service'))
    .map((name) => folder + name);
}
