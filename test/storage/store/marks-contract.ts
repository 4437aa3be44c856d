/** What people said of fields is answered, and shows in what is stored. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Row, Store } from '../../../storage/store/store.ts';
import type { OpenedStore } from './opened-store.ts';
import { callRow } from './rows.ts';

const label = (name: string): Row => ({ label: name, count: 2, distinct: 2, sample: '***', masked: 0 });

export function marksContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name}: fields that hold no such data`, () => {
    const api = 'a'.repeat(16);
    const call: Row = {
      ...callRow(7),
      apiId: api,
      labelsRequest: [label('mobile')],
      labelsResponse: [label('mobile'), label('name')],
    };
    const other: Row = { ...callRow(8), apiId: 'b'.repeat(16), labelsRequest: [], labelsResponse: [label('mobile')] };
    let opened: OpenedStore;
    let store: Store;
    let said = 0;
    const say = (value: object) =>
      store.insert('decisions', [
        {
          id: `d${++said}`,
          kind: 'api-field',
          subject: api,
          value: JSON.stringify(value),
          by: 'li',
          note: 'n',
          ts: said,
        },
      ]);
    const labels = async (apiId: string, side: 'labelsRequest' | 'labelsResponse') => {
      const [row] = await store.ask('calls', { apiId });
      return (row![side] as { label: string }[]).map((each) => each.label);
    };
    before(async () => {
      opened = await open();
      store = opened.store;
      await store.insert('calls', [call, other]);
    });
    after(() => opened.dispose());

    it('leaves the label out of earlier calls where the mark says so, and only there', async () => {
      await say({ direction: 'response', field: 'data[].seq', label: 'mobile', marked: true, history: true });
      assert.deepEqual(await labels(api, 'labelsResponse'), ['name']);
      assert.deepEqual(await labels(api, 'labelsRequest'), ['mobile']);
      assert.deepEqual(await labels('b'.repeat(16), 'labelsResponse'), ['mobile']);
      const [mark] = await store.ask('field-marks', { api });
      assert.deepEqual(
        [mark!.direction, mark!.field, mark!.label, mark!.by],
        ['response', 'data[].seq', 'mobile', 'li'],
      );
      assert.deepEqual(await store.ask('field-marks', { api: 'b'.repeat(16) }), []);
    });

    it('keeps it where the mark speaks of calls to come alone', async () => {
      await say({ direction: '', field: 'id', label: 'mobile', marked: true, history: false });
      assert.deepEqual(await labels(api, 'labelsRequest'), ['mobile']);
      assert.equal((await store.ask('field-marks')).length, 2);
    });

    it('brings it back when the mark is taken back, and takes all with one for every label', async () => {
      await say({ direction: 'response', field: 'data[].seq', label: 'mobile', marked: false, history: false });
      assert.deepEqual(await labels(api, 'labelsResponse'), ['mobile', 'name']);
      await say({ direction: '', field: '*', label: '', marked: true, history: true });
      assert.deepEqual(await labels(api, 'labelsResponse'), []);
    });
  });
}
