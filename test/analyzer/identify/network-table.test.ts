/** Nested networks against the plain way: go through all of them and take the longest prefix that fits. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CidrSet } from '../../../analyzer/identify/cidr.ts';
import { NetworkTable } from '../../../analyzer/identify/network-table.ts';
import { seededRandom } from '../../sensor/capture/made-captures.ts';

test('the longest prefix decides, as when all networks are gone through', () => {
  const random = seededRandom(7);
  const roll = (below: number) => Math.floor(random() * below);
  for (const family of [4, 6]) {
    const address = () =>
      family === 4 ? `10.0.${roll(4)}.${roll(256)}` : `2001:db8::${roll(4).toString(16)}:${roll(65536).toString(16)}`;
    const width = family === 4 ? 32 : 128;
    for (let round = 0; round < 40; round++) {
      const blocks = new Map<string, number>();
      for (let i = 0; i < 30; i++) blocks.set(address(), width - roll(20));
      const said = [...blocks].map(([start, length], i) => ({
        cidr: `${start}/${length}`,
        value: `v${i % 7}`,
        length,
      }));
      const table = new NetworkTable(said);
      const sets = said.map((each) => ({ ...each, set: new CidrSet([each.cidr]) }));
      for (let i = 0; i < 200; i++) {
        const at = i < said.length ? said[i]!.cidr.split('/')[0]! : address();
        const fitting = sets.filter(({ set }) => set.has(at));
        const longest = Math.max(...fitting.map(({ length }) => length));
        const found = table.of(at);
        // Two spellings of one block may say different things.
        const right = fitting.filter(({ length }) => length === longest).map(({ value }) => value);
        assert.ok(right.length === 0 ? found === '' : right.includes(found), `${at}: ${found} of ${right.join()}`);
      }
    }
  }
});

test('edges: all addresses, one address, the last address, families apart', () => {
  const table = new NetworkTable([
    { cidr: '0.0.0.0/0', value: 'all' },
    { cidr: '255.255.255.255', value: 'last' },
    { cidr: '10.0.0.0/8', value: 'ten' },
    { cidr: '10.255.255.255/32', value: 'end of ten' },
    { cidr: '::/0', value: 'six' },
    { cidr: 'nonsense', value: 'nothing' },
    { cidr: '10.1.0.0/16', value: 'early' },
    { cidr: '10.1.0.0/16', value: 'later' },
  ]);
  const asked = ['0.0.0.0', '255.255.255.255', '255.255.255.254', '10.0.0.0', '10.255.255.255', '11.0.0.0', '::1'];
  assert.deepEqual(
    [...asked, '10.1.2.3', '::ffff:10.1.2.3', 'x', ''].map((each) => table.of(each)),
    ['all', 'last', 'all', 'ten', 'end of ten', 'all', 'six', 'later', 'later', '', ''],
  );
  assert.equal(new NetworkTable([]).of('10.0.0.1'), '');
});
