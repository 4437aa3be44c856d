/** Whatever is done to a sealed store by somebody without the key is named. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AuditReport } from '../../../deploy/audit/audit.ts';
import { folderOf } from '../replaying.ts';
import { blockRows, fill, rowsABlock, tampered, verified } from './sealed-folder.ts';

const now = 'SETTINGS mutations_sync = 2';
const uid = (n: number) => String(blockRows(1)[n]!['uid']);
const isRow = (n: number) => {
  const [flow, depth] = uid(n).split('-');
  return `flow = reinterpretAsUInt64(reverse(unhex('${flow}'))) AND depth = ${depth}`;
};

interface Case {
  readonly name: string;
  readonly statements?: readonly string[];
  readonly anchor?: (text: string) => string;
  readonly first: Partial<AuditReport['problems'][number]>;
  /** The row as it is named. */
  readonly row?: RegExp;
}

const cases: readonly Case[] = [
  {
    name: 'a flipped cell of a call',
    statements: [`ALTER TABLE calls UPDATE account = 'nobody' WHERE ${isRow(7)} ${now}`],
    first: { kind: 'altered', where: 'calls', rows: 1 },
    row: new RegExp(`^${uid(7)} `),
  },
  {
    name: 'a call moved in time',
    statements: [
      'CREATE TABLE moved AS calls',
      `INSERT INTO moved SELECT * REPLACE (ts + 1 AS ts) FROM calls WHERE ${isRow(9)}`,
      `ALTER TABLE calls DELETE WHERE ${isRow(9)} ${now}`,
      'INSERT INTO calls SELECT * FROM moved',
    ],
    first: { kind: 'altered', where: 'calls', rows: 1 },
    row: new RegExp(`^${uid(9)} `),
  },
  {
    name: 'a deleted call',
    statements: [`ALTER TABLE calls DELETE WHERE ${isRow(50)} ${now}`],
    first: { kind: 'missing', where: 'calls', rows: 1 },
  },
  {
    name: 'a whole block deleted',
    statements: [`ALTER TABLE calls DELETE WHERE block = (SELECT min(block) + 1 FROM calls) ${now}`],
    first: { kind: 'missing', where: 'calls', rows: rowsABlock },
  },
  {
    name: 'a call inserted into a block',
    statements: [
      'CREATE TABLE made AS calls',
      `INSERT INTO made SELECT * REPLACE (depth + 77 AS depth) FROM (SELECT * FROM calls WHERE ${isRow(3)})`,
      'INSERT INTO calls SELECT * FROM made',
    ],
    first: { kind: 'inserted', where: 'calls', rows: 1 },
    row: new RegExp(`^${uid(3).split('-')[0]}-`),
  },
  {
    name: 'a call that takes the place of another',
    statements: [
      'CREATE TABLE made AS calls',
      `INSERT INTO made SELECT * REPLACE (404 AS status) FROM calls WHERE ${isRow(3)}`,
      'INSERT INTO calls SELECT * FROM made',
    ],
    first: { kind: 'altered', where: 'calls', rows: 1 },
    row: new RegExp(`^${uid(3)} `),
  },
  {
    name: 'calls of two blocks that changed places',
    statements: [
      `ALTER TABLE calls UPDATE block = multiIf(ts < 1715050800000000, block + 1, block - 1)
        WHERE block < (SELECT max(block) FROM calls) AND app = 'trade3.example.com' ${now}`,
    ],
    first: { where: 'calls' },
  },
  {
    name: 'a finding made milder',
    statements: [`ALTER TABLE findings UPDATE level = 'low' WHERE id = 'f1' ${now}`],
    first: { kind: 'altered', where: 'findings', row: 'f1' },
  },
  {
    name: 'a finding taken back to its earlier version',
    statements: [
      'CREATE TABLE old AS findings',
      "INSERT INTO old SELECT * REPLACE (version - 5 AS version) FROM findings FINAL WHERE id = 'f1'",
      `ALTER TABLE findings DELETE WHERE id = 'f1' ${now}`,
      'INSERT INTO findings SELECT * FROM old',
    ],
    first: { kind: 'missing', where: 'findings', row: 'f1' },
  },
  {
    name: 'a deleted finding',
    statements: [`ALTER TABLE findings DELETE WHERE id = 'f2' ${now}`],
    first: { kind: 'missing', where: 'findings', row: 'f2' },
  },
  {
    name: "another's name under a decision",
    statements: [`ALTER TABLE decisions UPDATE note = 'never' WHERE id = 'd1' ${now}`],
    first: { kind: 'altered', where: 'decisions', row: 'd1' },
  },
  {
    name: 'a decision of long ago, written today',
    statements: [
      "INSERT INTO decisions (id, kind, subject, value, by, note, ts) VALUES ('d9', 'finding-status', 'f2', '{}', 'li.lei', 'x', 5)",
    ],
    first: { kind: 'inserted', where: 'decisions', row: 'd9' },
  },
  {
    name: 'a seal altered',
    statements: [`ALTER TABLE seals UPDATE rows = rows + 1 WHERE number = 3 ${now}`],
    first: { kind: 'altered', where: 'seal', number: 3 },
  },
  {
    name: 'a seal taken out',
    statements: [`ALTER TABLE seals DELETE WHERE number = 3 ${now}`],
    first: { kind: 'missing', where: 'seal', number: 3 },
  },
  {
    name: 'the end of the chain and of the rows cut off',
    statements: [
      `ALTER TABLE seals DELETE WHERE number >= 4 ${now}`,
      `ALTER TABLE calls DELETE WHERE block = (SELECT max(block) FROM calls) ${now}`,
    ],
    first: { kind: 'truncated', where: 'seal', number: 4 },
  },
  {
    name: 'two seals that changed places',
    statements: [
      'CREATE TABLE swapped AS seals',
      'INSERT INTO swapped SELECT * REPLACE (5 - number AS number) FROM seals WHERE number IN (2, 3)',
      `ALTER TABLE seals DELETE WHERE number IN (2, 3) ${now}`,
      'INSERT INTO seals SELECT * FROM swapped',
    ],
    first: { kind: 'reordered', where: 'seal', number: 2 },
  },
  {
    name: 'an anchor cut short',
    anchor: (text) => `${text.split('\n').slice(0, 4).join('\n')}\n`,
    first: { kind: 'truncated', where: 'anchor', number: 4 },
  },
  {
    name: 'an anchor line altered',
    anchor: (text) =>
      text.replace(/("number":2,.*"hash":")(.)/, (_, before, digit) => before + (digit === 'a' ? 'b' : 'a')),
    first: { kind: 'altered', where: 'anchor', number: 2 },
  },
];

test('every change behind the back of the log is named, the first one first', async (t) => {
  const folder = folderOf(t);
  const data = join(folder, 'sealed');
  await fill(data);
  const sound = await tampered(data, join(folder, 'sound'), []);
  assert.deepEqual(sound.problems, []);
  assert.equal(sound.calls.sealed, 3 * rowsABlock);
  assert.deepEqual(
    [sound.calls.unsealed, sound.findings, sound.decisions.unsealed],
    [0, { sealed: 2, unsealed: 0 }, 0],
  );
  for (const [index, { name, statements = [], anchor, first, row }] of cases.entries()) {
    const copy = join(folder, `case-${index}`);
    await t.test(name, async () => {
      let report = await tampered(data, copy, statements);
      if (anchor !== undefined) {
        const path = join(copy, 'audit.anchor');
        writeFileSync(path, anchor(readFileSync(path, 'utf8')));
        report = await verified(copy);
      }
      const [problem] = report.problems;
      assert.ok(problem, 'it is found');
      assert.deepEqual({ ...problem, ...first }, problem, JSON.stringify(report.problems));
      if (row !== undefined) assert.match(problem.row, row);
    });
  }
});
