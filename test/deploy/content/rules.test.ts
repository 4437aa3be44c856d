import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { compileRules } from '../../../analyzer/detect/compile.ts';
import { describeProblem } from '../../../analyzer/detect/source.ts';
import { loadRules } from '../../../deploy/content/rules.ts';

const sound = (name: string) =>
  `title: ${name}\nname: ${name}\nlogsource:\n  category: webserver\ndetection:\n  s:\n    cs-method: GET\n  condition: s\n`;

test('a broken file is told with its place; the others stay in force', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'apiris-rules-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string | Uint8Array) => writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, 'below'));
  write('below/a.yml', sound('a'));
  write('two.yaml', `${sound('b')}---\n${sound('c')}`);
  write('half.yml', `${sound('d')}---\ntitle: e\nlogsource: [\n`);
  write('field.yml', sound('f').replace('cs-method', 'cs-metod'));
  write('key.yml', `${sound('g')}levle: high\n`);
  write('twice.yml', `${sound('h')}name: h\n`);
  write('again.yml', sound('a'));
  write('anchor.yml', sound('i').replace('GET', '&x GET'));
  write('alias.yml', `${sound('j')}---\n${sound('k').replace('GET', '*x')}`);
  write('latin.yml', Uint8Array.from([0x74, 0xff, 0xfe]));
  write('empty.yml', '');
  write('words.yml', 'just words');
  write('notes.txt', 'not a rule');
  const { files, problems } = loadRules([folder, join(folder, 'missing')]);
  const rules = compileRules(files.flatMap((file) => file.documents));
  assert.deepEqual(rules.rules.map((rule) => rule.name).sort(), ['a', 'b', 'c', 'd', 'j']);
  const told = [...problems, ...rules.problems].map(describeProblem).map((line) => line.replaceAll(`${folder}/`, ''));
  for (const expected of [
    /^half\.yml:\d+:\d+: not YAML: .*; mend/,
    /^field\.yml:7:5: unknown field "cs-metod"; did you mean "cs-method"\?$/,
    /^key\.yml:9:1: unknown key "levle"; did you mean "level"\?$/,
    /^twice\.yml:9:1: a key that was given before; mend/,
    /^below\/a\.yml:1:1: the name or id "a" is taken by again\.yml:1; give/,
    /^anchor\.yml:7:\d+: anchor &x; remove it/,
    /^alias\.yml:\d+:\d+: .*x/,
    /^latin\.yml:1:1: the file can't be read \(not UTF-8\)/,
    /^words\.yml:1:1: the document is not a mapping; write title/,
    /^missing:1:1: there are no rules to be read \(ENOENT\)/,
  ]) {
    assert.ok(
      told.some((line) => expected.test(line)),
      `${expected}\n${told.join('\n')}`,
    );
  }
});

test('a folder is read in one order', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'apiris-rules-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const name of ['c', 'a', 'b']) writeFileSync(join(folder, `${name}.yml`), sound(name));
  assert.deepEqual(
    loadRules([folder]).files.map(({ file }) => file.slice(-5)),
    ['a.yml', 'b.yml', 'c.yml'],
  );
});

test('hostile YAML costs little and is told', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'apiris-rules-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'deep.yml'), `a: ${'['.repeat(100_000)}`);
  writeFileSync(
    join(folder, 'nested.yml'),
    `${sound('n').replace('condition: s', `condition: ${'('.repeat(5000)}s${')'.repeat(5000)}`)}`,
  );
  writeFileSync(join(folder, 'large.yml'), `# ${'x'.repeat(5 * 2 ** 20)}`);
  const { files, problems } = loadRules([folder]);
  const rules = compileRules(files.flatMap((file) => file.documents));
  const told = [...problems, ...rules.problems].map(describeProblem).join('\n');
  assert.match(told, /deep\.yml:\d+:\d+: /);
  assert.match(told, /nested\.yml:\d+:\d+: a condition nested deeper than 100/);
  assert.match(told, /large\.yml:1:1: the file is larger than 4 MiB/);
  assert.equal(rules.rules.length, 0);
});
