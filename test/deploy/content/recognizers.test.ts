import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Classifier } from '../../../analyzer/analyzer.ts';
import { ConfigError, Problems } from '../../../deploy/config/problems.ts';
import { parseRecognizer, readRecognizers } from '../../../deploy/content/recognizers.ts';

const good = `title: Employee number
title_zh: 工号
level: 2
class: C1
sensitivity: low
patterns: ['E\\d{5}']
context: [emp_no, $serial]
score: {pattern: 20, context: 50}
mask: {head: 1, tail: 1}
canonical: upper
examples:
  found:
    - {field: empNo, value: 'E12345'}
  pass:
    - {field: value, value: 'E12345'}
`;

function problemsOf(text: string): string[] {
  const problems = new Problems();
  parseRecognizer(text, 'employee.yaml', 'employee', { serial: ['seq'] }, problems);
  try {
    problems.throwIfAny();
  } catch (error) {
    if (error instanceof ConfigError) return [...error.problems];
    throw error;
  }
  return [];
}

test('the shipped set is plain data with the labels of the contract', async () => {
  const { set, problems } = await readRecognizers();
  assert.deepEqual(problems, []);
  assert.deepEqual(structuredClone(set), set);
  assert.deepEqual(JSON.parse(JSON.stringify(set)), set);
  const labels = new Set(set.recognizers.map(({ label }) => label));
  const promised =
    'id-card mobile bank-card name email address birth-date passport hk-macao-permit taiwan-permit hk-id tw-id hmt-residence ' +
    'foreign-permanent-resident landline geo uscc plate securities-account unified-account fund-account customer-number ' +
    'futures-account password sms-code token secret-key private-key balance position ip-address mac-address imei';
  for (const label of promised.split(' ')) assert.ok(labels.has(label), label);
  assert.ok(set.reference.bankBins.length > 1500 && set.reference.regions.length > 4000);
});

test('a recognizer becomes plain data, groups of words are taken in', () => {
  const problems = new Problems();
  const recognizer = parseRecognizer(good, 'employee.yaml', 'employee', { serial: ['seq', 'lsh'] }, problems);
  problems.throwIfAny();
  assert.deepEqual(recognizer?.context, ['emp_no', 'seq', 'lsh']);
  assert.equal(recognizer?.label, 'employee');
  assert.equal(recognizer?.score.threshold, 60);
  assert.equal(recognizer?.score.exclude, 50);
});

test('a dictionary of words is found in texts and as values, special characters as they are', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'recognizers-'));
  try {
    const projects = good
      .replace("patterns: ['E\\d{5}']", 'dictionary: [海棠计划, 海棠计划二期, X-7 (core), C++]')
      .replace('pattern: 20', 'pattern: 70')
      .replace("found:\n    - {field: empNo, value: 'E12345'}", "found:\n    - {field: memo, value: '海棠计划'}");
    await writeFile(join(folder, 'project.yaml'), projects);
    const { set, problems } = await readRecognizers([pathToFileURL(`${folder}/`)]);
    assert.deepEqual(problems, []);
    const classifier = new Classifier(set);
    const found = (text: string) => {
      const bytes = new TextEncoder().encode(text);
      const texts: string[] = [];
      const plan = classifier.plan({ place: 'body', path: 'memo', name: 'memo', id: 0 });
      classifier.find(plan, 'text', bytes, 0, bytes.length, false, (index, octets, start, end) => {
        if (classifier.recognizers[index]!.name !== 'project') return;
        texts.push(new TextDecoder().decode(octets.subarray(start, end)));
      });
      return texts;
    };
    assert.deepEqual(found('海棠计划二期'), ['海棠计划二期']);
    assert.deepEqual(found('see X-7 (core) and C++, not Cxx'), ['X-7 (core)', 'C++']);
    assert.deepEqual(found('X-7 core'), []);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('mistakes are told with file, line and what to do', () => {
  assert.deepEqual(problemsOf(good), []);
  const cases: [string, string, RegExp][] = [
    ['title_zh:', 'titel_zh:', /^unknown key "titel_zh" at employee.yaml:2:1; did you mean "title_zh"\?/],
    ['level: 2', 'level: 7', /^level is not a whole number from 1 to 4 at employee.yaml:3:8/],
    ['sensitivity: low', 'sensitivity: lo', /did you mean "low"\?/],
    ["'E\\d{5}'", "'E(\\d{5}'", /^patterns: a group without its \) at character 8 of the pattern at employee.yaml:6/],
    ['$serial', '$serials', /unknown group \$serials at employee.yaml:7.*known are \$serial/],
    ['canonical: upper', 'canonical: uper', /did you mean "upper"\?/],
    ['context: 50', 'contxt: 50', /unknown key "contxt" at employee.yaml:8/],
    ['mask: {head: 1', 'mask: {head: 1.5', /mask.head is not a whole number/],
    ["found:\n    - {field: empNo, value: 'E12345'}\n", '', /no example that must be found/],
    ["patterns: ['E\\d{5}']\n", '', /no patterns, no dictionary and no matcher/],
    ['title: Employee number\n', '', /title is missing/],
  ];
  for (const [from, to, expected] of cases) {
    const told = problemsOf(good.replace(from, to));
    assert.ok(
      told.some((problem) => expected.test(problem)),
      `${to}: ${told.join('\n')}`,
    );
  }
  assert.ok(problemsOf('').length > 0);
  assert.ok(problemsOf('- a\n- b\n').length > 0);
});

test('a folder of the customer adds recognizers and replaces ours; all mistakes of it come together', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'recognizers-'));
  try {
    const url = pathToFileURL(`${folder}/`);
    await writeFile(join(folder, 'employee.yaml'), good);
    await writeFile(join(folder, 'plate.yaml'), good.replace('Employee number', 'Plate of ours'));
    const { set } = await readRecognizers([url]);
    assert.equal(set.recognizers.find(({ name }) => name === 'employee')?.title, 'Employee number');
    assert.deepEqual(
      set.recognizers.filter(({ name }) => name === 'plate').map(({ title }) => title),
      ['Plate of ours'],
    );
    await writeFile(join(folder, 'a.yaml'), good.replace('level: 2', 'level: 0'));
    await writeFile(join(folder, 'plate.yaml'), good.replace('canonical', 'canonicle'));
    const broken = await readRecognizers([url]);
    assert.equal(broken.problems.length, 3);
    assert.match(broken.problems.join('\n'), /at \S+a\.yaml:3.*\nunknown key "canonicle" at \S+plate\.yaml:10/);
    // The rest is in force, ours in the place of a broken one too.
    assert.ok(broken.set.recognizers.some(({ name }) => name === 'employee'));
    assert.ok(!broken.set.recognizers.some(({ name }) => name === 'a'));
    assert.deepEqual(
      broken.set.recognizers.filter(({ name }) => name === 'plate').map(({ title }) => title),
      ['Vehicle plate'],
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
