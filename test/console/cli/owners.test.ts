import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { appFacts, watchOf } from '../../../console/cli/app-facts.ts';
import { ownerRows, readOwners } from '../../../console/cli/owners.ts';
import { en } from '../../../console/cli/text/en.ts';
import { apps } from './fakes.ts';

const folder = mkdtempSync(join(tmpdir(), 'apiris-owners-'));
after(() => rmSync(folder, { recursive: true }));

function file(text: string | Uint8Array): string {
  const path = join(folder, 'owners.csv');
  writeFileSync(path, text);
  return path;
}

test('owners are read as a spreadsheet writes them', () => {
  const text = '\uFEFFapp,Owner,department\r\nTrade.example.com,"Li, ""Lei""",经纪业务部\r\n\r\noa.example.com,,IT\r\n';
  assert.deepEqual(readOwners(file(text.replace('\uFEFF', '')), en), [
    { app: 'trade.example.com', facts: { owner: 'Li, "Lei"', department: '经纪业务部' } },
    { app: 'oa.example.com', facts: { department: 'IT' } },
  ]);
  assert.equal(readOwners(file(text), en).length, 2, 'with a byte order mark');
});

test('a mistake is told with its line, and nothing is taken in', () => {
  const refused = (text: string | Uint8Array, message: RegExp) =>
    assert.throws(() => readOwners(file(text), en), { message });
  refused('app,boss\na,b\n', /line 1: the column boss is not known; there are app, name, owner/);
  refused('owner\nLi\n', /line 1: there is no column app/);
  refused('app,owner\na.example,Li\nb.example\n', /line 3: there are 1 fields where line 1 names 2/);
  refused('app,owner\n,Li\n', /line 2: the application is missing/);
  refused('app,owner\n', /names no application/);
  refused(Uint8Array.of(0x61, 0xff), /cannot be read/);
  assert.throws(() => readOwners(join(folder, 'none.csv'), en), /ENOENT/);
});

test('each row of decisions has an id of its own, the same each time', () => {
  const owned = [
    { app: 'a', facts: { owner: 'Li' } },
    { app: 'b', facts: { owner: 'Li' } },
  ];
  const rows = ownerRows(owned, 'li.lei', 'CMDB', 5);
  assert.equal(new Set(rows.map(({ id }) => id)).size, 2);
  assert.deepEqual(rows, ownerRows(owned, 'li.lei', 'CMDB', 5));
});

test('what was imported wins over the configuration, and that over the host name', () => {
  const configured = { host: 'uat-trade.example.com', name: 'Trading', owner: 'Han', environment: 'prod' };
  const row = (decided: string) => ({ app: 'uat-trade.example.com', decided });
  assert.deepEqual(appFacts(row(''), undefined), { environment: 'test' });
  assert.deepEqual(appFacts(row(''), configured), { name: 'Trading', owner: 'Han', environment: 'prod' });
  assert.deepEqual(appFacts(row('{"owner":"Li","environment":"test"}'), configured), {
    ...{ name: 'Trading', owner: 'Li', environment: 'test' },
  });
  assert.deepEqual(appFacts(row('{broken'), undefined), { environment: 'test' });
  const environmentOf = (app: string) => appFacts({ app, decided: '' }, undefined).environment;
  for (const app of ['dev.example.com', 'localhost:8080', 'trade-dev2.example.com'])
    assert.equal(environmentOf(app), 'dev');
  for (const app of ['sit1.example.com', 'pre-trade.example.com', 'ceshi.example.com'])
    assert.equal(environmentOf(app), 'test');
  for (const app of ['latest.example.com', 'device.example.com', '10.0.0.1:80'])
    assert.equal(environmentOf(app), undefined);
});

test('who gives out much or many kinds of data is watched', () => {
  const [first, second] = apps;
  assert.deepEqual(watchOf(second!), []);
  assert.deepEqual(watchOf(first!), ['much-data']);
  const given = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((label) => ({ label, count: 1 }));
  assert.deepEqual(watchOf({ ...second!, given }), ['many-kinds']);
  assert.deepEqual(watchOf({ ...second!, given: given.map((each) => ({ ...each, count: 0 })), persons: 4000 }), [
    'many-persons',
  ]);
});
