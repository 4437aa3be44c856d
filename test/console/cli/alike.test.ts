/** Lists for people show some of many findings that are alike. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommand, somewhere } from './fakes.ts';
import { finding } from './finding-fakes.ts';

test('of findings that differ by who alone a list for people shows some, and says how many more there are', async () => {
  const weak = Array.from({ length: 12 }, (_, n) => ({
    ...finding,
    id: `aa${n}`.padEnd(16, '0'),
    account: `z***#${n}`,
  }));
  const findings = [...weak, { ...finding, id: 'bb'.padEnd(16, '0'), apiId: 'f'.repeat(16) }];
  const rows = (text: string) => text.trimEnd().split('\n').length - 1;
  const table = await runCommand(['findings', ...somewhere], { answers: { findings }, stdoutTerminal: true });
  assert.equal(rows(table.stdout), 6);
  assert.match(table.stdout, /\nbb000000 /, 'another API is no more of the same');
  assert.match(
    table.stderr,
    /^7 more like it are left out: «Customer data read one by one».*; --rule data-traversal --api /,
  );
  for (const asked of [
    ['--rule', 'data-traversal'],
    ['--limit', '50'],
    ['--format', 'csv'],
  ]) {
    const whole = await runCommand(['findings', ...asked, ...somewhere], {
      answers: { findings },
      stdoutTerminal: true,
    });
    assert.deepEqual([rows(whole.stdout), whole.stderr], [13, ''], asked.join(' '));
  }
});
