/** Copies of the anchor: one that says nothing of the folder proves nothing, and one may be of several appliances. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sealed, verifyAudit } from '../../../deploy/audit/audit.ts';
import { syslogMessage } from '../../../deploy/audit/syslog.ts';
import { type EmbeddedStore, openEmbeddedStore } from '../../../storage/store/embedded.ts';
import { folderOf } from '../replaying.ts';
import { decisionRow } from './sealed-folder.ts';

interface Folder {
  readonly data: string;
  readonly raw: EmbeddedStore;
  readonly lines: readonly string[];
}

async function sealedFolder(t: TestContext): Promise<Folder> {
  const folder = await openedFolder(t);
  t.after(() => folder.raw.close());
  return folder;
}

/** Of another appliance: a process can hold one folder open. */
async function otherFolder(t: TestContext): Promise<Pick<Folder, 'data' | 'lines'>> {
  const { data, raw, lines } = await openedFolder(t);
  await raw.close();
  return { data, lines };
}

async function openedFolder(t: TestContext): Promise<Folder> {
  const data = join(folderOf(t), 'data');
  const raw = await openEmbeddedStore(data);
  const { store } = await sealed(raw, data, {});
  await store.insert('decisions', [decisionRow('d1')]);
  await store.insert('decisions', [decisionRow('d2')]);
  return { data, raw, lines: linesOf(data) };
}

function linesOf(data: string): string[] {
  return readFileSync(join(data, 'audit.anchor'), 'utf8').trimEnd().split('\n');
}

async function problemsWith({ data, raw }: Folder, lines: readonly string[]): Promise<string[]> {
  const anchor = join(data, 'copy');
  writeFileSync(anchor, lines.join('\n'));
  const { problems } = await verifyAudit(raw, { data, anchor });
  return problems.map(({ kind, where, row }) => `${kind} ${where} ${row.replace(anchor, '')}`.trim());
}

const hosted = (line: string) => `Nov 22 16:00:00 ${syslogMessage(JSON.parse(line))}`;

test('a copy that is not there, cannot be read, or is of another store is a break', async (t) => {
  const other = await otherFolder(t);
  const folder = await sealedFolder(t);
  const { data, raw, lines } = folder;
  mkdirSync(join(data, 'folder'));
  for (const [name, kind] of [
    ['nowhere', 'missing'],
    ['folder', 'unreadable'],
  ]) {
    const anchor = join(data, name!);
    const { problems } = await verifyAudit(raw, { data, anchor });
    assert.deepEqual(problems, [{ kind, where: 'copy', number: 0, rows: 0, row: anchor }]);
  }
  assert.deepEqual(await problemsWith(folder, lines), []);
  assert.deepEqual(await problemsWith(folder, ['']), ['foreign copy']);
  assert.deepEqual(await problemsWith(folder, other.lines.map(hosted)), ['foreign copy']);
  assert.equal(
    (await problemsWith(folder, other.lines)).length,
    lines.length,
    'a file that was copied is of its folder',
  );
});

test('a damaged line of a copy is a break, but for one that was written again', async (t) => {
  const folder = await sealedFolder(t);
  const [first, second, ...rest] = folder.lines as [string, string, ...string[]];
  const damaged = second.replace('"hash":"', '"hash":"zz');
  assert.deepEqual(await problemsWith(folder, [first, damaged, ...rest]), ['unreadable copy :2']);
  assert.deepEqual(await problemsWith(folder, [first, second.slice(0, 20), ...rest]), ['unreadable copy :2']);
  for (const torn of [20, 60]) {
    assert.deepEqual(await problemsWith(folder, [first, second.slice(0, torn), second, ...rest]), []);
  }
  assert.deepEqual(await problemsWith(folder, [first, 'Nov 22 sshd: hello', second, ...rest]), []);
  const others = damaged.replace(/"writer":"\w+"/, '"writer":"0123456789abcdef"');
  assert.deepEqual(await problemsWith(folder, [hosted(first), `host ${others}`, hosted(second)]), []);
});

test('lines that were escaped within JSON are read', async (t) => {
  const folder = await sealedFolder(t);
  const escaped = folder.lines.map((message) => JSON.stringify({ message }));
  const slashed = escaped.map((line) =>
    line.replaceAll('/', '\\/').replaceAll('=', '\\u003d').replaceAll('+', '\\u002B'),
  );
  const twice = escaped.map((message) => JSON.stringify({ message }));
  for (const lines of [escaped, slashed, twice]) {
    assert.deepEqual(await problemsWith(folder, lines), []);
    const { anchor } = await verifyAudit(folder.raw, { data: folder.data, anchor: join(folder.data, 'copy') });
    assert.deepEqual([anchor.lines, anchor.damaged], [folder.lines.length, []]);
  }
  const later = { ...JSON.parse(folder.lines.at(-1)!), number: 99 };
  assert.deepEqual(await problemsWith(folder, [...escaped, JSON.stringify({ message: JSON.stringify(later) })]), [
    'truncated seal',
  ]);
});

test('a log host of several appliances: theirs are listed, and a chain of ours that is gone is a break', async (t) => {
  const other = await otherFolder(t);
  const folder = await openedFolder(t);
  const both = [...folder.lines, ...other.lines].map(hosted);
  assert.deepEqual(await problemsWith(folder, both), []);
  const report = await verifyAudit(folder.raw, { data: folder.data, anchor: join(folder.data, 'copy') });
  const { writer } = JSON.parse(other.lines[0]!) as { writer: string };
  assert.deepEqual(report.anchor.others, [{ writer, lines: other.lines.length }]);
  await folder.raw.close();

  // All that was sealed is thrown away, and begun anew with another key.
  const { data, raw, lines } = await sealedFolder(t);
  const anchor = join(data, 'host.log');
  writeFileSync(anchor, [...both, ...lines.map(hosted)].join('\n'));
  const without = await verifyAudit(raw, { data, anchor });
  assert.deepEqual([without.problems, without.anchor.others.length], [[], 2]);
  const pinned = await verifyAudit(raw, { data, anchor, key: join(folder.data, 'audit.pub') });
  assert.deepEqual(
    pinned.problems.map(({ kind, where }) => `${kind} ${where}`),
    [...folder.lines.map(() => 'truncated seal'), 'forged seal'],
  );
});

test('a chain that another names as its forerunner must be there', async (t) => {
  const { data, raw } = await sealedFolder(t);
  rmSync(join(data, 'audit.key'));
  await sealed(raw, data, {});
  assert.deepEqual((await verifyAudit(raw, { data })).problems, []);
  const [first] = linesOf(data);
  const { writer } = JSON.parse(first!) as { writer: string };
  const without = Object.assign(Object.create(raw) as EmbeddedStore, {
    async *stream(...asked: Parameters<EmbeddedStore['stream']>) {
      for await (const row of raw.stream<{ writer?: string }>(...asked)) if (row.writer !== writer) yield row;
    },
  }) as EmbeddedStore;
  const { problems } = await verifyAudit(without, { data });
  assert.ok(problems.some(({ kind, where, row }) => kind === 'missing' && where === 'seal' && row === writer));
});
