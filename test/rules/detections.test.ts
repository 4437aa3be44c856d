/** The detections that come with the product: sound, complete in both languages, and true to their examples. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileRules } from '../../analyzer/detect/compile.ts';
import { runExamples } from '../../analyzer/detect/examples.ts';
import { describeProblem } from '../../analyzer/detect/source.ts';
import { loadRules, shippedRules } from '../../deploy/content/rules.ts';

const { files, problems } = loadRules([shippedRules()]);
const rules = compileRules(files.flatMap((file) => file.documents));

test('the shipped detections compile', () => {
  assert.deepEqual([...problems, ...rules.problems].map(describeProblem), []);
  assert.deepEqual(rules.idle, []);
  for (const name of [
    ...[
      'plaintext-password',
      'weak-password',
      'shared-password',
      'parameter-traversable',
      'data-traversal',
      'mass-export',
      'brute-force',
    ],
    ...['credential-stuffing', 'unauthenticated-sensitive', 'token-in-url', 'executable-sql'],
  ]) {
    assert.ok(
      files.some(({ file }) => file.endsWith(`${name}.yml`)),
      `${name}.yml`,
    );
  }
});

test('what makes findings says what it means and what to do, in both languages', () => {
  const reporting = [...rules.rules, ...rules.correlations].filter((each) => each.reports);
  assert.ok(reporting.length >= 10);
  for (const { name, form } of reporting) {
    for (const words of [form.titleZh, form.adviceZh]) assert.match(words, /\p{Script=Han}/u, name);
    assert.ok(form.advice.length > 40 && form.scenarios.length > 0 && form.owasp.length > 0, name);
    assert.ok(
      files.some(({ file }) => file.endsWith(`${form.rule}.yml`)),
      `${name} reports as ${form.rule}, which is no file`,
    );
  }
});

test('every detection finds what its examples say, and nothing in the others', () => {
  const { results, problems: unsound } = runExamples(rules);
  assert.deepEqual(unsound.map(describeProblem), []);
  for (const { rule, about, expected, found } of results) assert.equal(found, expected, `${rule}: ${about}`);
  for (const { file } of files) {
    const name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1, -4);
    const own = results.filter(({ rule }) => rule === name);
    assert.ok(own.some(({ expected }) => expected) && own.some(({ expected }) => !expected), `${name}: one of each`);
  }
});

test('every weakness whose end shows in calls says what ends it, and an example shows that it does', () => {
  const weaknesses = [...rules.rules, ...rules.correlations].filter(
    ({ form, reports }) => reports && form.kind === 'weakness',
  );
  // What a session, a login or a caller did shows its flaw; that none does it any more shows in no single call.
  // That a password was changed on every account that has it shows in no call, nor that nobody can call an old version, nor
  // that the key of tokens of which few are tried is another one.
  const open = weaknesses.filter(({ fixed }) => fixed === undefined).map(({ name }) => name);
  assert.deepEqual(open, [
    ...[
      'bare-reset',
      'code-returned',
      'constant-secret',
      'guessable-key',
      'inconsistent-masking',
      'old-version-open',
      'old-version',
    ],
    ...['session-after-logout', 'session-endless', 'session-password', 'session-fixation', 'session-twice'],
    ...[
      'session-predictable',
      'session-short',
      'signature-flaws',
      'single-factor',
      'third-party-data',
      'third-party-url',
      'third-party-unlisted',
      'third-party-redirect',
      'third-party-tls',
      'user-enumeration',
      'shared-password',
    ],
  ]);
  const isFixed = runExamples(rules).results.filter(({ about }) => /since|fixed|for a day/.test(about));
  for (const { form, fixed } of weaknesses) {
    if (fixed !== undefined)
      assert.ok(
        isFixed.some(({ rule, found }) => rule === form.rule && !found),
        form.rule,
      );
  }
});
