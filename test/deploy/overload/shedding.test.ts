/** Overload on a wire of its own: a shard that is held up, real packets, and what is left unread meanwhile. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ShedChange } from '../../../deploy/overload/steps.ts';
import type { CounterName } from '../../../sensor/ledger.ts';
import { openWire } from '../../network.ts';
import { folderOf, mixIn } from '../replaying.ts';

interface Told {
  readonly calls: number;
  readonly whole: number;
  readonly shed: number;
  readonly logins: number;
  readonly wholeLogins: number;
  readonly changes: readonly ShedChange[];
  readonly imbalances: readonly string[];
  readonly ledger: Readonly<Record<CounterName, number>>;
}

test('a shard that is held up sheds by steps, never logins, counts it all, and ends it', async (t) => {
  const wire = openWire(t);
  if (wire === null) return;
  const mix = mixIn(folderOf(t), { exchanges: 16_000, concurrency: 200 });
  const child = wire.program(fileURLToPath(new URL('./slow-run.js', import.meta.url)));
  let [out, problems] = ['', ''];
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (problems += text));
  const until = async (word: string) => {
    for (let tries = 0; tries < 600 && !out.includes(word) && child.exitCode === null; tries++) await wait(100);
    assert.ok(out.includes(word), `${word}: ${problems}`);
  };
  await until('reading');
  await wire.send(mix, 20_000);
  await until('calm');
  child.kill('SIGTERM');
  await once(child, 'close');
  const told = JSON.parse(out.trim().split('\n').at(-1)!) as Told;
  const { changes, ledger } = told;
  assert.deepEqual(
    changes.slice(0, 4).map(({ from, step }) => [from, step]),
    [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
    ],
  );
  assert.equal(changes.at(-1)!.step, 0, 'it ends');
  for (const [i, { ts, step }] of changes.entries()) {
    assert.ok(i === 0 || ts >= changes[i - 1]!.ts);
    assert.ok(step >= 0 && step <= 4);
  }
  assert.equal(ledger.shedSteps, changes.length);
  assert.ok(told.shed > 100, `${told.shed} calls with something left unread`);
  assert.ok(told.logins > 50 && told.wholeLogins === told.logins, `${told.wholeLogins} of ${told.logins} logins`);
  assert.ok(ledger.shedBytes > 0 && ledger.bodiesShed >= told.shed);
  assert.equal(told.calls, ledger.exchangesEmitted, 'each exchange is a call all the same');
  if (ledger.segmentsDropped + ledger.droppedByKernel === 0) assert.equal(told.calls, 16_000);
  assert.deepEqual(told.imbalances, []);
});
