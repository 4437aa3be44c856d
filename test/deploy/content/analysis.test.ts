/** Content in force for a run: ours, the operator's, and what of it is left out. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Classifier } from '../../../analyzer/classify/classifier.ts';
import { compileRules } from '../../../analyzer/detect/compile.ts';
import { loadAnalysis } from '../../../deploy/content/analysis.ts';
import { detection, recognizer } from './written-content.ts';

function folderOf(t: TestContext): (name: string, text: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'apiris-content-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return (name, text) => {
    writeFileSync(join(folder, name), text);
    return folder;
  };
}

test('what is shared crosses threads, and compiles to the same there', async () => {
  const { recognizers, documents, rules } = await loadAnalysis({ rules: [], labels: [] });
  const shared = { recognizers, documents };
  const copy = structuredClone(shared);
  assert.deepEqual(copy, shared);
  const compiled = compileRules(copy.documents);
  const names = (set: typeof rules) =>
    [set.rules, set.correlations, set.parts].map((list) => list.map(({ name }) => name));
  assert.deepEqual(names(compiled), names(rules));
  assert.ok(rules.rules.length > 5);
  assert.ok(new Classifier(copy.recognizers).recognizers.length > 30);
});

test('folders of the operator add; what is broken is told with file and line, the rest is in force', async (t) => {
  const write = folderOf(t);
  write('good.yml', detection('ours-good'));
  write('bad.yml', detection('ours-bad').replace('method: DELETE', 'methd: DELETE'));
  write('cut.yml', 'title: [');
  const rulesFolder = write('again.yml', detection('data-traversal'));
  const labelsOf = folderOf(t);
  labelsOf('employee.yaml', recognizer('E\\d{5}'));
  const labels = labelsOf('broken.yaml', recognizer('E(\\d{5}'));
  const { rules, recognizers, problems } = await loadAnalysis({
    rules: [rulesFolder, join(rulesFolder, 'absent')],
    labels: [labels],
  });
  assert.ok(rules.rules.some(({ name }) => name === 'ours-good'));
  assert.ok(recognizers.recognizers.some(({ name }) => name === 'employee'));
  const told = problems.map((problem) => problem.replaceAll(`${rulesFolder}/`, '').replaceAll(`${labels}/`, ''));
  for (const expected of [
    /^bad\.yml:5:\d+: unknown field "methd"; did you mean "method"\?$/,
    /^cut\.yml:1:\d+: not YAML: .*; mend the text$/,
    /^again\.yml:1:1: the name or id "data-traversal" is taken by .*data-traversal\.yml:\d+; give it a name of its own$/,
    /^absent:1:1: there are no rules to be read \(ENOENT\); name a folder/,
    /^patterns: a group without its \) .* at broken\.yaml:6:/,
  ]) {
    assert.ok(
      told.some((line) => expected.test(line)),
      `${expected}\n${told.join('\n')}`,
    );
  }
});

test('recognizers that are too large together are left out one by one', async (t) => {
  const write = folderOf(t);
  // Many ways to say little: a large machine that is made small in no time.
  const large = (letter: string) => recognizer(`(?:${Array(70).fill(letter).join('|')}){250}`);
  write('a.yaml', large('A'));
  write('b.yaml', large('B'));
  const labels = write('c.yaml', recognizer('C\\d{5}'));
  const { recognizers, problems } = await loadAnalysis({ rules: [], labels: [labels] });
  const names = recognizers.recognizers.map(({ name }) => name);
  assert.deepEqual(
    ['a', 'b', 'c', 'mobile'].map((name) => names.includes(name)),
    [true, false, true, true],
  );
  const told = problems.filter((problem) => problem.includes(labels)).map((line) => line.replace(`${labels}/`, ''));
  assert.equal(told.length, 1, problems.join('\n'));
  assert.match(told[0]!, /^b\.yaml:1:1: the patterns are too large together with those before; write fewer/);
});
