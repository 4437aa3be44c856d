/** Fields that somebody sets though nobody sends them: told a day later, and not where others come to send them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AssignedFields, type WrittenCall } from '../../../analyzer/observe/assigned-fields.ts';
import { steps, told } from './steps.ts';

const t0 = 1_772_589_600_000_000;
const second = 1e6;
const range = (n: number) => Array.from({ length: n }, (_, i) => i);
let uids = 0;
const where = (time: number, client = '198.51.100.1') => ({
  ...{ app: 'a.example', apiId: 'a'.repeat(16), method: 'POST', template: '/x', client, account: undefined },
  ...{ completedTs: t0 + time, uid: `u${uids++}`, completeness: 1, sampling: 1 },
});

test('a field that nobody sends: a role in a profile, and not a name, a filter, a form of the first days', () => {
  const observations = (calls: readonly WrittenCall[]) =>
    told(
      steps(
        () => new AssignedFields(),
        (m, c) => m.take(c),
        // A day later it is known who else sent it.
        [...calls, write(86_400 + 300, 'name:text')],
      ),
    );
  const run = (calls: readonly WrittenCall[]) => observations(calls).map(({ parameter, value }) => [parameter, value]);
  const shape = (entries: string) => ({
    shape: entries === '' ? 0 : [...entries].reduce((n, c) => (n * 31 + c.charCodeAt(0)) % 1e9, 7),
    shapeEntries: entries,
  });
  const read = {
    ...where(0),
    method: 'GET',
    sent: shape(''),
    given: shape('data.name:text\ndata.role_id:text'),
    functions: ['query'],
  };
  const write = (i: number, entries: string, functions = ['update']): WrittenCall => ({
    ...where(i * second, `198.51.100.${i % 7}`),
    ...{ sent: shape(entries), given: shape(''), functions },
  });
  const usual = range(150).map((i) => write(i, i % 2 ? 'name:text' : 'name:text\nnick:text'));
  assert.deepEqual(run([read, ...usual, write(200, 'name:text\nroleId:number')]), [['body.roleid', 150]]);
  assert.deepEqual(run([read, ...usual, write(200, 'name:text\nmiddleName:text')]), []);
  assert.deepEqual(run([...usual, write(200, 'name:text\nroleId:number')]), []);
  assert.deepEqual(run([read, ...usual.slice(0, 20), write(200, 'name:text\nroleId:number')]), []);
  assert.deepEqual(run([read, ...usual, write(200, 'name:text\nroleId:number', ['query'])]), []);
  // It is told of by whom it was sent, not by whose write came a day later.
  const role = write(200, 'name:text\nroleId:number');
  assert.deepEqual(
    observations([read, ...usual, role]).map(({ clients, samples, end }) => [clients, samples, end]),
    [[[role.client], [role.uid], role.completedTs]],
  );
  // What many clients send from then on is a new release, what one sends again and again is not.
  const again = range(30).map((i) => write(201 + i, 'name:text\nroleId:number'));
  assert.deepEqual(run([read, ...usual, role, ...again]), []);
  const alone = again.map((call) => ({ ...call, client: role.client }));
  assert.deepEqual(run([read, ...usual, role, ...alone]), [['body.roleid', 150]]);
  // Settings are written too; a thousand writes are as good as a day.
  assert.deepEqual(
    run([read, ...usual.map((call) => ({ ...call, functions: ['config'] })), { ...role, functions: ['config'] }]),
    [['body.roleid', 150]],
  );
  const busy = new AssignedFields();
  for (const call of [read, ...usual, role]) busy.take(call);
  assert.equal(range(1000).filter((i) => busy.take(write(300 + i * 0.01, 'name:text')) !== undefined).length, 1);
  // Odd writes first do not hide it; of answers without end the first forms are known.
  const odd = range(70).map((i) => write(151 + i * 0.1, `name:text\nfield${i}:text`));
  assert.deepEqual(run([read, ...usual, ...odd, write(200, 'name:text\nroleId:number')]), [['body.roleid', 220]]);
  const measure = new AssignedFields();
  const answer = (i: number, name: string): WrittenCall => ({
    ...read,
    given: { shape: i + 1, shapeEntries: `m.k${i}:text\nm.${name}:text` },
  });
  for (const i of range(2100)) measure.take(answer(i, 'text'));
  assert.equal(measure.evicted, 100);
  measure.take(answer(5000, 'roleId'));
  for (const call of usual) measure.take(call);
  assert.equal(measure.take(write(200, 'name:text\nroleId:number')), undefined);
});
