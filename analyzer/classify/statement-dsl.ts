/** Whether a value reads as a query of Elasticsearch or MongoDB: objects with the names that only their queries have. */
import { textOf } from './octets.ts';

/** Elasticsearch: a query clause in its place. */
const elasticQuery =
  /["'](?:query|post_filter|filter|must|should)["']\s*:\s*\[?\s*\{\s*["'](?:bool|match(?:_all|_phrase|_phrase_prefix|_none)?|multi_match|terms?|range|query_string|simple_query_string|wildcard|prefix|exists|ids|nested|fuzzy|regexp|script|function_score|constant_score)["']\s*:/;
/** Aggregations: a name, then what is computed. */
const elasticAggregation = /["']agg(?:s|regations)["']\s*:\s*\{\s*["'][^"']{1,64}["']\s*:\s*\{/;
/** MongoDB: an operator as a key. */
const mongoOperator =
  /["']?\$(?:where|ne|eq|gte?|lte?|n?in|n?or|and|not|regex|exists|expr|function|match|group|lookup|project|set|unwind)["']?\s*:/;
/** The shell's form. */
const mongoCall =
  /^db\s*\.\s*(?:runCommand|adminCommand|eval|(?:getCollection\s*\([^)]{0,80}\)|[\w$.-]{1,80})\s*\.\s*(?:find\w*|aggregate|count\w*|distinct|insert\w*|update\w*|replaceOne|delete\w*|remove|drop\w*|mapReduce|save|bulkWrite))\s*\(/;
/** Octets of a DSL text that are looked at. */
const longestDsl = 4096;

/** The value begins with `{` or `[`. */
export function isDsl(bytes: Uint8Array, start: number, end: number): boolean {
  const text = textOf(bytes, start, Math.min(end, start + longestDsl));
  return elasticQuery.test(text) || elasticAggregation.test(text) || mongoOperator.test(text);
}

/** The value begins with the word `db`. */
export function isShellCall(bytes: Uint8Array, start: number, end: number): boolean {
  return mongoCall.test(textOf(bytes, start, Math.min(end, start + 256)));
}
