import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, Problems } from '../../../deploy/config/problems.ts';
import { parseClassification } from '../../../deploy/content/classifications.ts';
import { listLabels } from '../../../deploy/content/labels.ts';

test('every standard speaks of every label, by the level that grades go by', async () => {
  const { labels, problems } = await listLabels({ labels: [] });
  assert.deepEqual(problems, []);
  const classOf = (label: string, standard: string) =>
    labels.find((each) => each.label === label)!.classes.find((each) => each.standard === standard)?.name;
  for (const { label, level } of labels) {
    assert.equal(classOf(label, 'JR/T 0158-2018'), String(level), label);
    assert.equal(classOf(label, 'JR/T 0250-2022'), `7.${level}`, label);
    assert.notEqual(classOf(label, 'GB/T 43697-2024'), undefined, label);
  }
  assert.equal(classOf('password', 'JR/T 0171-2020'), 'C3');
  assert.equal(classOf('password', 'JR/T 0197-2020'), '4');
  assert.equal(classOf('position', 'JR/T 0171-2020'), 'C2');
  assert.equal(classOf('id-card', 'GB/T 35273-2020'), 'sensitive');
  assert.equal(classOf('uscc', 'GB/T 35273-2020'), undefined);
});

const good = `standard: X 1
title: Classes
title_zh: 分类
levels:
  - {name: 1, title: low, title_zh: 低}
  - {name: 2, title: high, title_zh: 高}
labels:
  1: [name]
  2: [mobile]
not_applicable: [uscc]
`;

function problemsOf(text: string): readonly string[] {
  const problems = new Problems();
  const map = parseClassification(text, 'x.yaml', 'x', new Set(['name', 'mobile', 'uscc']), problems);
  try {
    problems.throwIfAny();
    assert.equal(map!.labels.get('mobile'), '2');
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

test('mistakes are told with file and line', () => {
  assert.deepEqual(problemsOf(good), []);
  const cases: [string, string, RegExp][] = [
    ['not_applicable: [uscc]', '', /^nothing is said of uscc at x\.yaml:1/],
    ['[uscc]', '[uscc, name]', /^name is there twice at x\.yaml:10/],
    ['[mobile]', '[mobil]', /mobil is no label at x\.yaml:9/],
    ['  2: [mobile]', '  3: [mobile]', /^labels has the unknown level 3 at x\.yaml:9/],
    ['standard: X 1\n', '', /^standard is missing/],
    ['title_zh: 分类', 'titel_zh: 分类', /^unknown key "titel_zh" at x\.yaml:3:1; did you mean "title_zh"/],
  ];
  for (const [from, to, told] of cases) assert.match(problemsOf(good.replace(from, to)).join('\n'), told);
});
