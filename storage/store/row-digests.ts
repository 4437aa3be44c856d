/**
 * Hashes of stored rows, made by the engine where the rows lie: SHA-256 over every column in a defined order and form, so
 * that the same rows give the same hash however they were merged. What no two different rows share: each text, list and
 * null comes with its length or mark.
 *
 * A form names the columns and their types. Sealed rows are hashed in the form they were sealed in, whatever columns the
 * table has got since.
 */
import { tupleElements } from './column-type.ts';
import type { BlockDigest, FormColumn, NamedCall, RowDigest, RowDigests } from './digests.ts';
import { StoreError } from './store.ts';

type Ask = <T>(sql: string, values: Record<string, number | readonly string[]>) => Promise<T[]>;

const monthOf = "toYYYYMM(fromUnixTimestamp64Micro(ts, 'UTC'))";

export function rowDigests(ask: Ask): RowDigests {
  return {
    async formOf(table) {
      const columns = await ask<FormColumn>(
        `SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = '${table}'
          AND default_kind IN ('', 'DEFAULT') AND name != 'block' ORDER BY name`,
        {},
      );
      return columns.map(({ name, type }) => ({ name, type: plainType(type) }));
    },

    blocks: (form, { from, to, month = 0, final = false, checks = false }) =>
      ask<BlockDigest>(
        `SELECT block, month, length(sorted) AS rows, keys, lower(hex(SHA256(arrayStringConcat(arrayMap(e -> e.5, sorted))))) AS digest,
          ${checks ? 'base64Encode(arrayStringConcat(arrayMap(e -> substring(e.5, 1, 4), sorted)))' : "''"} AS checks, firstTs, lastTs
        FROM (
          SELECT block, ${monthOf} AS month, min(ts) AS firstTs, max(ts) AS lastTs,
            ${checks ? 'uniqExact(app, ts, flow, depth)' : 'count()'} AS keys,
            arraySort(groupArray((toString(app), ts, flow, depth, ${rowHash(form)}))) AS sorted
          FROM calls ${final ? 'FINAL' : ''}
          WHERE block >= {from:UInt64} AND block <= {to:UInt64} AND ({month:UInt32} = 0 OR ${monthOf} = {month:UInt32})
          GROUP BY block, month
        ) ORDER BY block, month`,
        { from, to, month },
      ),

    calls: (form, block, month) =>
      ask<NamedCall>(
        `SELECT concat(leftPad(lower(hex(flow)), 16, '0'), '-', toString(depth)) AS uid, ts, toString(app) AS app,
          lower(hex(substring(${rowHash(form)}, 1, 4))) AS check
        FROM calls FINAL WHERE block = {block:UInt64} AND ${monthOf} = {month:UInt32} ORDER BY app, ts, flow, depth`,
        { block, month },
      ),

    rows: (table, form, { ids = [], since = 0 }) => {
      const version = table === 'decisions' ? 'ts' : 'version';
      return ask<RowDigest>(
        `SELECT id, ${version} AS version, lower(hex(${rowHash(form)})) AS hash FROM \`${table}\` FINAL
        WHERE (id IN {ids:Array(String)} OR empty({ids:Array(String)})) AND ${version} >= {since:Int64} ORDER BY version, id`,
        { ids, since },
      );
    },
  };
}

/** How a column is kept makes no difference to what it says. */
function plainType(type: string): string {
  return type.replace(/LowCardinality\(((?:[^()]|\([^()]*\))*)\)/g, '$1');
}

function rowHash(form: readonly FormColumn[]): string {
  return `SHA256(concat(${form.flatMap(({ name, type }) => pieces(type, quoted(name))).join(', ')}))`;
}

/** Forms come out of the store: what is no plain name or type goes into no statement. */
function quoted(name: string): string {
  if (!/^\w{1,64}$/.test(name)) throw new StoreError('failed', `A sealed form names a column «${name}».`);
  return `\`${name}\``;
}

/** A value as texts of which no other value has the same. */
function pieces(type: string, value: string): string[] {
  if (isNumber(type)) return [`reinterpretAsFixedString(${value})`];
  if (type === 'String') return [lengthOf(value), value];
  const elements = tupleElements(type);
  if (elements !== null) return elements.flatMap((each) => pieces(each.type, `${value}.${quoted(each.name)}`));
  const inner = /^Nullable\((.*)\)$/s.exec(type)?.[1];
  if (inner !== undefined) {
    const zero = isNumber(inner) ? '0' : "''";
    return [`reinterpretAsFixedString(isNull(${value}))`, ...pieces(inner, `ifNull(${value}, ${zero})`)];
  }
  const item = /^Array\((.*)\)$/s.exec(type)?.[1];
  if (item === undefined) throw new StoreError('failed', `A sealed form has a column of type «${type}».`);
  const fields = tupleElements(item) ?? null;
  const lists =
    fields === null ? items(item, value) : fields.flatMap((each) => items(each.type, `${value}.${quoted(each.name)}`));
  return [lengthOf(value), ...lists];
}

/** The items of a list, all of them in one text. */
function items(type: string, list: string): string[] {
  if (isNumber(type)) return [`arrayStringConcat(arrayMap(e -> reinterpretAsFixedString(e), ${list}))`];
  if (type === 'String')
    return [`arrayStringConcat(arrayMap(e -> ${lengthOf('e')}, ${list}))`, `arrayStringConcat(${list})`];
  // Lists in lists: the engine's own text of them, which quotes what it must.
  return [lengthOf(`toString(${list})`), `toString(${list})`];
}

function lengthOf(value: string): string {
  return `reinterpretAsFixedString(toUInt32(length(${value})))`;
}

function isNumber(type: string): boolean {
  return /^(U?Int|Float)(8|16|32|64)$/.test(type);
}
