/** People's words on templates, and what earlier calls count as by them. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Row, Store } from '../../../storage/store/store.ts';
import type { OpenedStore } from './opened-store.ts';
import { apiRow, callRow } from './rows.ts';

export function templateContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name}: what people said of templates`, () => {
    const [whole, part] = ['a'.repeat(16), 'b'.repeat(16)];
    let opened: OpenedStore;
    let store: Store;
    let said = 0;
    const say = (value: object, subject = whole) =>
      store.insert('decisions', [
        {
          id: `t${++said}`,
          kind: 'api-template',
          subject,
          value: JSON.stringify(value),
          by: 'li',
          note: 'n',
          ts: said,
        },
      ]);
    const alias = (id: string, template: string): Promise<void> =>
      store.insert('apiAliases', [{ alias: part, id, template, reason: 'person', version: ++said }]);
    const shown = async () => (await store.ask('apis', {})).map(({ id, template, calls }) => [id, template, calls]);
    before(async () => {
      opened = await open();
      store = opened.store;
      const calls: Row[] = [whole, part].map((apiId, i) => ({ ...callRow(7 + i), apiId, app: 'x' }));
      await store.insert('calls', calls);
      await store.insert('apis', [
        apiRow(calls[0]!, { id: whole, template: '/users/{userId}' }),
        apiRow(calls[1]!, { id: part, template: '/users/search' }),
      ]);
    });
    after(() => opened.dispose());

    it('shows a part that was separated as an API of its own, with its earlier calls', async () => {
      await alias(whole, '/users/{userId}');
      assert.deepEqual(await shown(), [[whole, '/users/{userId}', 2]]);
      assert.deepEqual(await store.ask('api-parts', { ids: whole }), [
        { id: part, api: whole, template: '/users/search' },
      ]);
      await alias(part, '/users/search');
      assert.deepEqual(
        (await shown()).sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)),
        [
          [whole, '/users/{userId}', 1],
          [part, '/users/search', 1],
        ],
      );
      assert.deepEqual(await store.ask('api-parts', { ids: whole }), []);
    });

    it('answers the last word on each template, what was taken back too', async () => {
      const word = { action: 'lock', app: 'x', method: 'GET', operation: '', template: '/users/{userId}', parts: [] };
      await say(word);
      await say({ ...word, action: 'split', template: '/users/s*', parts: [{ id: part, template: '/users/search' }] });
      const moved = { id: 'c'.repeat(16), template: '/users/raven', of: part };
      await say({ ...word, action: 'merge', parts: [{ id: part, template: '/users/search' }, moved] });
      await say({ ...word, taken: true });
      const words = await store.ask('template-words', { api: whole });
      assert.deepEqual(
        words.map(({ action, taken, parts }) => [action, Number(taken), parts]),
        [
          ['split', 0, [{ id: part, template: '/users/search', of: '' }]],
          ['merge', 0, [{ id: part, template: '/users/search', of: '' }, moved]],
          ['lock', 1, []],
        ],
      );
      assert.deepEqual(await store.ask('template-words', { api: part }), []);
    });

    it('answers the last specification of an application, and the last word of the register on each API', async () => {
      const declare = (kind: string, value: object) =>
        store.insert('decisions', [
          { id: `t${++said}`, kind, subject: 'x', value: JSON.stringify(value), by: 'li', note: 'n', ts: said },
        ]);
      await declare('app-specification', { operations: [1] });
      await declare('app-specification', { operations: [2] });
      assert.deepEqual(await store.ask('specifications', { app: 'x' }), [
        { app: 'x', specification: '{"operations":[2]}' },
      ]);
      assert.deepEqual(await store.ask('specifications', { app: 'y' }), []);
      const entry = { method: 'GET', template: '/a', state: 'approved', retired: 0, day: '' };
      await declare('api-register', entry);
      await declare('api-register', { ...entry, state: 'retired', retired: 7, day: '2026-01-31' });
      assert.deepEqual(await store.ask('register'), [
        { app: 'x', ...entry, state: 'retired', retired: 7, day: '2026-01-31' },
      ]);
    });
  });
}
