/**
 * The tables for a cluster, made from the statements for one server, so that `tables/*.sql` stays their only description.
 *
 * What grows with the traffic (`SPREAD`) is spread over the shards by a column of its key, so that rows which replace each
 * other lie together: `calls_local` on each replica, `calls` in front of it. All else is small, and whole on every server:
 * so views and questions join it where they are asked, as they do on one server.
 *
 * Shards, replicas and the cluster's name are macros of the servers: {shard}, {replica}.
 */

/** Table → what its rows are spread by. */
const SPREAD: ReadonlyMap<string, string> = new Map([
  ['calls', 'flow'],
  ['values', 'hash'],
]);

export function localTable(table: string): string {
  return `${table}_local`;
}

const CREATE = /^(CREATE TABLE IF NOT EXISTS) `?(\w+)`?([\s\S]*?)\nENGINE = (\w+)(?:\(([^)]*)\))?([\s\S]*)$/;
const ALTER = /^(ALTER TABLE) `?(\w+)`?([\s\S]*)$/;
const VIEW = /^(CREATE OR REPLACE VIEW|CREATE MATERIALIZED VIEW IF NOT EXISTS) `?(\w+)`?([\s\S]*)$/;
/** Comments before a statement. */
const COMMENTS = /^(?:\s*--[^\n]*\n)*/;
/** What only a table with parts has, within an ALTER. */
const OF_PARTS = /^ADD (?:INDEX|PROJECTION)\b|^MODIFY SETTING\b/;

/** Answers the statements that take a statement's place. */
export function onCluster(cluster: string): (statement: string) => readonly string[] {
  if (!/^[\w.-]+$/.test(cluster)) throw new Error(`"${cluster}" is no name of a cluster`);
  const on = `ON CLUSTER \`${cluster}\``;
  return (statement) => {
    const text = statement.replace(COMMENTS, '');
    const view = VIEW.exec(text);
    if (view !== null) return [`${view[1]} \`${view[2]}\` ${on}${view[3]}`];
    const alter = ALTER.exec(text);
    if (alter !== null) return altered(alter, on);
    const create = CREATE.exec(text);
    if (create === null) throw new Error(`a statement that has no form for a cluster: ${text.slice(0, 60)}`);
    const [, head, table, columns, engine, version = '', rest] = create;
    // Keeps nothing, so there is nothing to replicate.
    if (engine === 'Null') return [`${head} \`${table}\` ${on}${columns}\nENGINE = Null${rest}`];
    const key = SPREAD.get(table!);
    // A path without the shard: all servers are replicas of one table.
    const path =
      key === undefined ? `/clickhouse/apiris/{database}/${table}` : `/clickhouse/apiris/{database}/{shard}/${table}`;
    const replica = key === undefined ? '{shard}-{replica}' : '{replica}';
    const args = [`'${path}'`, `'${replica}'`, ...(version === '' ? [] : [version])].join(', ');
    const name = key === undefined ? table! : localTable(table!);
    const own = `${head} \`${name}\` ${on}${columns}\nENGINE = Replicated${engine}(${args})${rest}`;
    if (key === undefined) return [own];
    const front = `Distributed(\`${cluster}\`, currentDatabase(), \`${name}\`, \`${key}\`)`;
    return [own, `${head} \`${table}\` ${on} AS \`${name}\`\nENGINE = ${front}`];
  };
}

function altered([, head, table, changes]: readonly string[], on: string): string[] {
  if (!SPREAD.has(table!)) return [`${head} \`${table}\` ${on}${changes}`];
  const own = `${head} \`${localTable(table!)}\` ${on}${changes}`;
  // The table in front has the same columns, and nothing that parts have.
  const columns = partsOf(changes!).filter((part) => !OF_PARTS.test(part));
  return columns.length === 0 ? [own] : [own, `${head} \`${table}\` ${on}\n    ${columns.join(',\n    ')}`];
}

/** The changes of an ALTER, one by one: commas within parentheses divide nothing. */
function partsOf(changes: string): string[] {
  const plain = changes.replace(/--[^\n]*/g, '');
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < plain.length; at++) {
    const sign = plain[at];
    if (sign === '(') depth++;
    else if (sign === ')') depth--;
    else if (sign === ',' && depth === 0) {
      parts.push(plain.slice(from, at).trim());
      from = at + 1;
    }
  }
  return [...parts, plain.slice(from).trim()].filter((part) => part !== '');
}
