/** What is usual of a subject is read out of judge's memory as it is stored: of that subject, and by what judging does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Judge } from '../../analyzer/judge.ts';
import { type JudgeSnapshot, judgeVersion } from '../../analyzer/judge-snapshot.ts';
import { Rates } from '../../analyzer/observe/rates.ts';
import { type LearntSubject, readLearnt } from '../../deploy/baselines.ts';
import { equip } from '../../deploy/equipment.ts';
import { packJson } from '../../deploy/packed-json.ts';
import { hearPeople } from '../../deploy/template-words.ts';
import { openEmbeddedStore } from '../../storage/store/embedded.ts';
import { keys } from '../equipment.ts';
import { config, folderOf } from './replaying.ts';

const t0 = Date.UTC(2026, 2, 1, 16) * 1000; // midnight at Shanghai
const second = 1e6;
const day = 86_400 * second;
const nobody = { recognizers: { recognizers: [], tables: {} }, documents: [] } as unknown as Parameters<
  typeof equip
>[2];

function taught(): JudgeSnapshot {
  const judge = new Judge({ ...equip(config, keys, nobody).judge }).snapshot();
  const rates = new Rates(8 * 3600 * second);
  const rest = { app: 'a.example', apiId: 'a'.repeat(16), method: 'GET', template: '/x', functions: ['query'] };
  for (let d = 0; d < 10; d++)
    for (let i = 0; i < 150; i++)
      for (const account of ['z***#1111111111', 'w***#2222222222']) {
        const time = t0 + d * day + i * 12 * second;
        rates.take({ ...rest, time, uid: `u${time}`, client: '198.51.100.7', account, completeness: 1 });
      }
  const measures = judge.measures;
  return { ...judge, measures: { ...measures, watches: { ...measures.watches, rates: rates.snapshot() } } };
}

test('what is usual comes from the memory that is stored, of the subject that was asked for alone', async (t) => {
  const store = await openEmbeddedStore(folderOf(t));
  try {
    const ask = (subject: Partial<LearntSubject>) =>
      readLearnt(store, config, { ids: [], suffix: '', isApp: false, ...subject });
    assert.deepEqual(await ask({ ids: ['x'] }), { state: 'empty', learnt: [] });
    const judge = taught();
    const save = (version: number, v: number) =>
      store.insert('snapshots', [{ name: 'judge', version, payload: JSON.stringify({ judge: { ...judge, v } }) }]);
    await save(1, judgeVersion - 1);
    assert.equal((await ask({ ids: ['198.51.100.7'] })).state, 'other-version');
    await save(2, judgeVersion);
    const { learnt } = await ask({ suffix: '#1111111111' });
    assert.deepEqual([...new Set(learnt.map(({ id }) => id))], ['z***#1111111111']);
    const minute = learnt.find(({ measure, window }) => measure === 'rate-account' && window === 60 * second)!;
    assert.deepEqual(minute, {
      ...{ measure: 'rate-account', quantity: 'calls', app: 'a.example', id: 'z***#1111111111', window: 60 * second },
      ...{ since: t0, isLearnt: true, median: 5, highShare: 0.999, high: 5, threshold: 100, last: 5 },
      lessons: [
        { what: 'days', has: 9, needs: 3 },
        { what: 'windows', has: 299, needs: 20 },
      ],
    });
    // The day under way is not over.
    const whole = learnt.find(({ measure, window }) => measure === 'rate-account' && window === day)!;
    assert.deepEqual([whole.lessons[1], whole.last], [{ what: 'windows', has: 9, needs: 3 }, 150]);
    const client = (await ask({ ids: ['198.51.100.7'] })).learnt;
    assert.deepEqual([...new Set(client.map(({ measure }) => measure))], ['rate-client']);
    const app = (await ask({ ids: ['a.example'], isApp: true })).learnt;
    assert.deepEqual([...new Set(app.map(({ measure, id }) => `${measure} ${id}`))], ['rate-function query']);
    const api = (await ask({ ids: ['a'.repeat(16)] })).learnt;
    assert.equal(api.find(({ window }) => window === day)!.median, 383);
    assert.deepEqual((await ask({ ids: ['203.0.113.1'] })).learnt, []);

    // While calls of an earlier time are judged, what is usual stands aside.
    const { measures } = judge;
    const { predictability, flaws, ahead: _, ...windows } = measures;
    const empty = new Judge({ ...equip(config, keys, nobody).judge }).snapshot().measures;
    const earlier = { ...judge, measures: { ...empty, predictability, flaws, ahead: windows } };
    const payload = await packJson({ judge: earlier, sources: [], contents: ['a'] });
    await store.insert('snapshots', [{ name: 'judge', version: 3, payload }]);
    assert.deepEqual((await ask({ suffix: '#1111111111' })).learnt, learnt);

    // What people say of it reaches judge, the last word on each subject.
    const say = (ts: number, action: string, id: string) => {
      const value = JSON.stringify({ kind: 'account', id, action });
      return store.insert('decisions', [
        { id: `d${ts}`, kind: 'baseline', subject: id, value, by: 'li', note: 'why', ts },
      ]);
    };
    await say(1, 'freeze', '1111111111');
    await say(2, 'relearn', '1111111111');
    await say(3, 'freeze', '2222222222');
    assert.deepEqual(
      (await store.ask('baseline-words')).map(({ id, action, relearnt }) => [id, action, relearnt]),
      [
        ['1111111111', 'relearn', 2],
        ['2222222222', 'freeze', 0],
      ],
    );
    const again = new Judge({ ...equip(config, keys, nobody).judge });
    again.restore(JSON.parse(JSON.stringify(judge)));
    await hearPeople(again, store);
    const daysOf = (account: string) => {
      const { old, young } = again.snapshot().measures.watches.rates.account;
      return [...old, ...young].find(([, name]) => name === account)![2].rate[0];
    };
    assert.deepEqual([daysOf('z***#1111111111'), daysOf('w***#2222222222')], [0, 10]);
    assert.deepEqual(again.snapshot().teaching, [['account 1111111111', 2]]);
  } finally {
    await store.close();
  }
});
