/** Content as `rules list` and `rules test` tell of it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { listRules, type RuleRow, testRules } from '../../../deploy/content/checks.ts';
import { shippedRules } from '../../../deploy/content/rules.ts';
import { detection, recognizer } from './written-content.ts';

const shipped = { rules: [], labels: [] };

function folderOf(t: TestContext): { readonly folder: string; write(name: string, text: string): string } {
  const folder = mkdtempSync(join(tmpdir(), 'apiris-checks-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return {
    folder,
    write(name, text) {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    },
  };
}

/** `kind ok`, and of what is wrong its message without the folder. */
function shown(rows: readonly RuleRow[], folder: string): string[] {
  return rows.map(({ kind, ok, message }) => (ok ? `${kind} ok` : `${kind} ${message.replaceAll(`${folder}/`, '')}`));
}

test('all that is shipped is listed with its title in both languages, and passes its examples', async () => {
  const list = await listRules(shipped);
  assert.deepEqual(
    list.filter(({ ok }) => !ok),
    [],
  );
  const traversal = list.find(({ rule }) => rule === 'data-traversal')!;
  assert.match(traversal.file, /rules\/detections\/data-traversal\.yml$/);
  assert.match(traversal.messageZh!, /\p{Script=Han}/u);
  assert.ok(
    list.some(({ rule, kind, messageZh }) => rule === 'mobile' && kind === 'recognizer' && messageZh === '手机号码'),
  );
  const rows = await testRules(shipped);
  assert.deepEqual(
    rows.filter(({ ok }) => !ok),
    [],
  );
  // Every file is held to at least one example of either kind.
  for (const { rule, kind, file } of list) {
    if (kind !== 'recognizer') continue;
    for (const each of ['found', 'pass']) {
      assert.ok(
        rows.some((row) => row.file === file && row.rule === rule && row.kind === each),
        `${rule} ${each}`,
      );
    }
  }
  for (const file of new Set(list.filter(({ kind }) => kind !== 'recognizer').map((row) => row.file))) {
    for (const each of ['found', 'pass'])
      assert.ok(
        rows.some((row) => row.file === file && row.kind === each),
        file,
      );
  }
});

test('one file is tested with all that is in force', async (t) => {
  const file = join(shippedRules(), 'brute-force.yml');
  const rows = await testRules(shipped, file);
  assert.ok(rows.length > 3 && rows.every(({ ok, file: told }) => ok && told.endsWith('brute-force.yml')));
  const { write } = folderOf(t);
  // A correlation over a shipped rule by its name.
  const over = `title: Three failures\nname: ours-failures\ncorrelation:\n  type: event_count\n  rules: [failed-login]
  group-by: [account]\n  timespan: 5m\n  condition: {gte: 3}\nexamples:
  - about: three\n    found: true\n    events:
      - call: {functions: [login], success: false, account: 'z***#1', passwordHash: 'p{n}'}\n        repeat: 3
  - about: one\n    found: false\n    events:
      - call: {functions: [login], success: false, account: 'z***#1', passwordHash: p}\n`;
  const own = await testRules(shipped, write('over.yml', over));
  assert.deepEqual(
    own.map(({ kind, ok }) => [kind, ok]),
    [
      ['found', true],
      ['pass', true],
    ],
  );
});

test('a detection that fails its examples is told with the line of each', async (t) => {
  const { folder, write } = folderOf(t);
  const file = write('wrong.yml', detection('wrong').replace('removal: {method: DELETE}', 'removal: {method: GET}'));
  assert.deepEqual(shown(await testRules(shipped, file), folder), [
    'found wrong.yml:10: this must be found, and is not: a deletion; mend rule or example',
    'pass wrong.yml:14: this must pass, and is found: a question; mend rule or example',
  ]);
  const half = detection('half');
  write('half.yml', half.slice(0, half.indexOf('  - about: a question')));
  write('none.yml', detection('none').slice(0, half.indexOf('examples:')));
  assert.deepEqual(shown(await testRules(shipped, join(folder, 'half.yml')), folder), [
    'found ok',
    'detection half.yml:1: no example that must pass; write one under examples',
  ]);
  assert.deepEqual(shown(await testRules(shipped, join(folder, 'none.yml')), folder), ['detection ok']);
});

test('a broken file is told with line and what to do', async (t) => {
  const { folder, write } = folderOf(t);
  const cases: readonly (readonly [string, RegExp])[] = [
    ['title: [', /^detection file\.yml:1:\d+: not YAML: .*; mend the text$/],
    ['', /^detection file\.yml:1:1: there is no rule in it; write one/],
    [detection('x').replace('condition: removal', 'condition: removals'), /^detection file\.yml:6:\d+: .*removals/],
    [
      detection('x').replace('call: {method: GET}', 'call: {metod: GET}'),
      /^detection file\.yml:17:\d+: unknown key "metod"/,
    ],
    [
      recognizer('E(\\d{5}'),
      /^recognizer patterns: a group without its \) .* at file\.yml:6:\d+; correct the pattern$/,
    ],
    [recognizer('E\\d{5}', 'F'), /^found file\.yml:14: this must be found, and is not: empNo: F12345; mend recognizer/],
  ];
  for (const [text, expected] of cases) {
    const told = shown(await testRules(shipped, write('file.yml', text)), folder).filter((row) => !row.endsWith(' ok'));
    assert.equal(told.length, 1, `${text}\n${told.join('\n')}`);
    assert.match(told[0]!, expected);
  }
  const [row] = await testRules(shipped, join(folder, 'absent.yml'));
  assert.match(row!.message, /absent\.yml:1:1: there are no rules to be read \(ENOENT\); name a folder or a file/);
});

test('a copy of a shipped rule, and a recognizer in the place of ours, are tested as themselves', async (t) => {
  const { folder, write } = folderOf(t);
  const copy = write('data-traversal.yml', detection('data-traversal'));
  assert.deepEqual(shown(await testRules(shipped, copy), folder), ['found ok', 'pass ok']);
  rmSync(copy);
  write('plate.yaml', recognizer('E\\d{5}'));
  assert.deepEqual(shown(await testRules(shipped, folder), folder), ['found ok', 'pass ok']);
  const list = await listRules({ rules: [], labels: [folder] });
  const plates = list.filter(({ rule }) => rule === 'plate').map(({ message }) => message);
  assert.equal(plates.length, 2);
  assert.match(plates[0]!, /^Vehicle plate \(not in force: .*plate\.yaml takes its place\)$/);
  assert.equal(plates[1], 'Employee number');
});

test('what a folder of the operator has wrong is in the list', async (t) => {
  const { folder, write } = folderOf(t);
  write('good.yml', detection('good'));
  write('bad.yml', detection('bad').replace('level: low', 'level: lo'));
  write('old.yml', detection('old').replace('level: low', 'level: low\nstatus: deprecated'));
  const list = await listRules({ rules: [folder], labels: [] });
  const own = list.filter(({ file }) => file.startsWith(folder));
  assert.deepEqual(
    own.map(({ rule, kind, ok }) => [rule, kind, ok]),
    [
      ['good', 'detection', true],
      ['old', 'detection', true],
      ['bad', 'detection', false],
    ],
  );
  assert.equal(own[1]!.message, 'Something was deleted (not in force: its status is deprecated or unsupported)');
  assert.match(own[2]!.message, /bad\.yml:7:8: level "lo" is unknown; did you mean "low"\?$/);
});
