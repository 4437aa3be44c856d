/** The thirty shared captures known by name, each with what is true of it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { unpackCaptures } from './captures.ts';
import { pass } from './passage.ts';
import { truths } from './truths.ts';
import { truthsInPart } from './truths-in-part.ts';

/** Octets of each body to keep: more than any of the thirty has. */
const maxBody = 1 << 20;

test('the captures known by name', async (t) => {
  const captures = unpackCaptures(t);
  if (captures === null) return;
  const named = captures.rows.filter((row) => row.id !== '');
  assert.deepEqual(named.map((row) => row.id).sort(), Object.keys({ ...truths, ...truthsInPart }).sort());
  for (const { id, path } of named) {
    const truth = (truths[id] ?? truthsInPart[id])!;
    await t.test(`${id} ${path}: ${truth.says}`, () => {
      const passage = pass(join(captures.folder, path), maxBody);
      assert.deepEqual(passage.imbalances, []);
      truth.check(passage, captures.folder);
    });
  }
  t.diagnostic(`${Object.keys(truths).length} read in full, ${Object.keys(truthsInPart).length} in part or not yet`);
});
