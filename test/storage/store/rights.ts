/** The rights that a statement needs on ClickHouse, as GRANT names them; and those that deploy/clickhouse.md gives. */
import { readFileSync } from 'node:fs';

const ALTERATIONS: Readonly<Record<string, string>> = {
  'ADD COLUMN': 'ALTER ADD COLUMN on apiris.*',
  'ADD INDEX': 'ALTER ADD INDEX on apiris.*',
  'COMMENT COLUMN': 'ALTER COMMENT COLUMN on apiris.*',
  // https://clickhouse.com/docs/sql-reference/statements/grant: ALTER DROP PARTITION is another name of it.
  'DROP PARTITION': 'ALTER DELETE on apiris.*',
};

/** Throws for a kind of statement that it does not know. */
export function rightsOf(statement: string): string[] {
  const text = statement
    .replace(/--[^\n]*/g, '')
    .replace(/'(?:[^'\\]|\\.|'')*'/g, "''")
    .trim();
  const asked = [...text.matchAll(/\bsystem\.(\w+)/g)].map(([, table]) => `SELECT on system.${table}`);
  const own = (...rights: readonly string[]) => [...rights.map((right) => `${right} on apiris.*`), ...asked];
  if (/^(?:SELECT|WITH)\b/.test(text)) return own('SELECT');
  if (/^INSERT INTO\b/.test(text)) return own('INSERT');
  if (/^CREATE TABLE\b/.test(text)) return own('CREATE TABLE');
  if (/^CREATE OR REPLACE VIEW\b/.test(text)) return own('CREATE VIEW', 'DROP VIEW', 'SELECT');
  if (/^CREATE MATERIALIZED VIEW\b/.test(text)) return own('CREATE VIEW', 'SELECT', 'INSERT');
  const changes = /^ALTER TABLE `?\w+`?([\s\S]*)$/.exec(text)?.[1];
  if (changes === undefined) throw new Error(`a kind of statement without known rights: ${text.slice(0, 80)}`);
  const actions = [...changes.matchAll(/(?:^|,)\s*([A-Z]+) ([A-Z]+)\b/g)].map(([, verb, what]) => `${verb} ${what}`);
  return actions.map((action) => {
    const right = ALTERATIONS[action];
    if (right === undefined) throw new Error(`an alteration without known rights: ${action}`);
    return right;
  });
}

/** `RIGHT on PLACE`, by user. */
export function grantedRights(): ReadonlyMap<string, ReadonlySet<string>> {
  const page = readFileSync(new URL('deploy/clickhouse.md', import.meta.resolve('#root/package.json')), 'utf8');
  const granted = new Map<string, Set<string>>();
  for (const [, rights, place, user] of page.matchAll(/^ {4}GRANT ([A-Z ,]+?)\s+ON (\S+) TO (\w+);$/gm)) {
    const all = granted.get(user!) ?? new Set();
    for (const right of rights!.split(',')) all.add(`${right.trim()} on ${place}`);
    granted.set(user!, all);
  }
  return granted;
}
