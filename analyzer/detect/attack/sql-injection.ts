/** Whether a value would change the statement that it is put into: by the row of its tokens, in each context. */
import { tokenTypes } from './sql-tokens.ts';

/** Shapes of rows that no data has. `^s` of a quoted context is what stood before the quote. */
const anywhere: readonly RegExp[] = [
  // union select, also with brackets between
  /U\(*k*\(*E[^n]|U\(*k*\(*En?[,(1opsFc]|Uk*\(*E$/,
  // a second statement
  /;\(*E(?:k[n(]|[!f(]|n[opFk(]|[^;]*[F(])/,
  /;!/,
  // a statement in brackets, or with a list of columns from somewhere
  /\(+E(?:[1s!fv(ok]|n+[,F)(]|n?$)/,
  /E(?:[1v!f(]|o|n,|kn?,)[^;]*F(?:n|k|\()/,
  /^Ek?[nk]+\(|^EFn[(k]|^E!\(/,
  /^E.*F.*[&k].*[pq]/,
  // functions that no value calls
  /[&op(,;)s1]\(*!\(|^!\((?:[1sv!(]|n?\))|!$/,
];
/** Behind a number or a name at the beginning, in a bare context. */
const bare: readonly RegExp[] = [
  /^\(*[1sv]\)*(?:o\(*[1sv]\)*)*&+\(*(?:[1sv]|[fn](?:\(|[pq])|k)\)*(?:[pq]|\(|c|\)|&|U|B)/,
  /^n\)+&+\(*[1sv]\)*[pq]/,
  /^[1v]\)*&+\(*[1sv]\)*$/,
  /^[1svn]\)*[&op]+\(*(?:!|E)/,
  /^[1sv]\)*[&op]+\(*f\(.*[pc]/,
  /^[1sv]\)*c$|^\(+.*\)c$/,
  /^[1sv]\)*[oc;]*B\(?[1sn].*(?:c|[op]|,)|^1\)*Bk?1/,
  /^n?[1sn]\)*;\(*(?:E[knf(1s!]|!)/,
  /^n&[1s]p[1s]/,
];
/** Behind a quote that ends the string the value stands in. */
const quoted: readonly RegExp[] = [
  /^s\)*&+\(*[1snv]\)*(?:p|c|\)|\(|;|&.*[pc])/,
  /^s\)*&+\(*[1snv]\)*q[1sk(]/,
  /^s\)*&+\(*(?:!|f\(|E[^n]|k.*[pqc])/,
  /^s\)*&+\(*1\)*$/,
  /^s\)*;?c$/,
  /^s\)*;\(*(?:E|!)/,
  /^s\)*[op]\(*(?:!|E|f\(|[1s]\)*(?:c|[&p]|q[1s]))/,
  /^s\)*[&]*p\(*s\)*$/,
  /^s\)*B[1nc]/,
  /^s\)*U(?:E|k+E|\()/,
  /^s[,)]+.*c$/,
];
const intoFile = /\binto\s+(?:out|dump)file\b|\bload\s+(?:data|xml)\s+(?:local\s+)?infile\b|\bprocedure\s+analyse\b/i;

const mayBeSql =
  /\d|['"`]|\b(?:union|select|insert|update|delete|drop|exec|declare|waitfor|sleep|benchmark|having|order\s+by)\b/i;

export function isSqlInjection(text: string): boolean {
  if (!mayBeSql.test(text)) return false;
  if (intoFile.test(text)) return true;
  const types = tokenTypes(text, '');
  if (types.length > 1 && (matches(types, anywhere) || matches(types, bare))) return true;
  return (text.includes("'") && breaksOut(text, "'")) || (text.includes('"') && breaksOut(text, '"'));
}

function breaksOut(text: string, quote: "'" | '"'): boolean {
  const types = tokenTypes(text, quote);
  return types.length > 1 && (matches(types, anywhere) || matches(types, quoted));
}

function matches(types: string, shapes: readonly RegExp[]): boolean {
  for (const shape of shapes) if (shape.test(types)) return true;
  return false;
}
