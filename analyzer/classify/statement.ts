/**
 * Whether a value reads as a database query that would run: a keyword at its beginning is not enough, the grammar
 * behind it has to fit, since "select a product from the list" is no query. For values that begin otherwise it costs
 * one look at their first octet.
 */
import { isDsl, isShellCall } from './statement-dsl.ts';
import {
  afterTable,
  columns,
  condition,
  isAt,
  isSign,
  isWord,
  tokens,
  took,
  tookBrackets,
  tookName,
  tookSign,
} from './statement-grammar.ts';

export type StatementKind = '' | 'select' | 'insert' | 'update' | 'delete' | 'call' | 'show' | 'dsl';

/** First octets of anything that may be a query: letters of the keywords in both cases, brackets, comments. */
const begins = new Uint8Array(256);
for (const letter of 'sSiIuUdDcCeEwW({[/-#;') begins[letter.charCodeAt(0)] = 1;
/** Shortest query: `call a()`. */
const leastText = 8;

export function statementKind(bytes: Uint8Array, start: number, end: number): StatementKind {
  let at = start;
  while (at < end && bytes[at]! <= 0x20) at++;
  if (end - at < leastText) return '';
  const first = bytes[at]!;
  if (begins[first] === 0) return '';
  if ((first === 0x7b || first === 0x5b) && isDsl(bytes, at, end)) return 'dsl';
  tokens.begin(bytes, at, end);
  // The escape of JDBC and ODBC: {call name(?)}, {? = call name(?)}.
  if (first === 0x7b) return isEscapedCall() ? 'call' : '';
  while (tokens.sign === 0x28 || tokens.sign === 0x3b) tokens.next();
  switch (tokens.word) {
    case 'select':
      return select() ? 'select' : '';
    case 'with':
      return common() ? 'select' : '';
    case 'insert':
      return insert() ? 'insert' : '';
    case 'update':
      return update() ? 'update' : '';
    case 'delete':
      return remove() ? 'delete' : '';
    case 'call':
    case 'exec':
    case 'execute':
      return call() ? 'call' : '';
    case 'show':
      return show() ? 'show' : '';
    case 'db':
      return isShellCall(bytes, at, end) ? 'dsl' : '';
    default:
      return '';
  }
}

function select(): boolean {
  let uniform = tokens.isUniform;
  tokens.next();
  let strong = false;
  while (isWord('distinct') || isWord('all') || isWord('sql_calc_found_rows')) tokens.next();
  if (took('top')) {
    strong = true;
    if (isSign('(') ? !tookBrackets() : !isAt('number')) return false;
    if (isAt('number')) tokens.next();
  }
  const list = columns();
  if (list === 0) return false;
  if (list === 2) strong = true;
  if (!isWord('from')) return list === 3;
  uniform &&= tokens.isUniform;
  tokens.next();
  if (isSign('(')) {
    tokens.next();
    return isSign('(') || isWord('select') || isWord('with') || strong;
  }
  const table = tookName();
  if (table === 0) return false;
  if (tookSign('(')) return true;
  const tail = afterTable();
  return tail === 2 || (tail === 1 && (strong || table === 2 || uniform));
}

/** `with name as (select …`. */
function common(): boolean {
  tokens.next();
  if (isWord('recursive')) tokens.next();
  if (tookName() === 0) return false;
  if (isSign('(') && !tookBrackets()) return false;
  if (!took('as') || !tookSign('(')) return false;
  return /^(?:select|with|insert|update|delete|values)$/.test(tokens.word) || isSign('(');
}

function insert(): boolean {
  tokens.next();
  while (/^(?:ignore|low_priority|high_priority|delayed|overwrite|all)$/.test(tokens.word)) tokens.next();
  if (!took('into')) return false;
  took('table');
  if (tookName() === 0) return false;
  if (isSign('(') && !tookBrackets()) return false;
  if (took('values') || took('value')) return isSign('(');
  if (took('set')) return tookName() > 0 && tookSign('=');
  if (took('default')) return isWord('values');
  return isWord('select') || isWord('with') || isSign('(');
}

function update(): boolean {
  tokens.next();
  while (/^(?:ignore|only|low_priority)$/.test(tokens.word)) tokens.next();
  if (tookName() === 0) return false;
  // Aliases, further tables and joins.
  for (let i = 0; i < 60 && !isAt('end') && !isWord('set'); i++) tokens.next();
  if (!took('set')) return false;
  if (isAt('variable')) tokens.next();
  else if (tookName() === 0) return false;
  return isSign('=');
}

function remove(): boolean {
  let uniform = tokens.isUniform;
  tokens.next();
  if (!isWord('from')) return false;
  uniform &&= tokens.isUniform;
  tokens.next();
  const table = tookName();
  if (table === 0) return false;
  const tail = afterTable();
  return tail === 2 || (tail === 1 && (table === 2 || uniform));
}

function isEscapedCall(): boolean {
  tokens.next();
  if (isAt('variable')) tokens.next();
  if (isSign('=')) tokens.next();
  return isWord('call') && call();
}

/** `call name(…)`, `exec sp_name 'a', @b`. */
function call(): boolean {
  const isExec = !isWord('call');
  tokens.next();
  if (isExec && isWord('immediate')) {
    tokens.next();
    return isAt('quoted') || isAt('variable');
  }
  if (isExec && isSign('(')) {
    tokens.next();
    return isAt('quoted') || isAt('variable');
  }
  const name = tookName();
  if (name === 0) return false;
  if (isSign('(') && (tokens.adjacent || name === 2)) return args();
  if (!isExec || name !== 2) return false;
  return isAt('end') || isAt('quoted') || isAt('variable') || isAt('number');
}

/** One token an argument, or a call; then the end. */
function args(): boolean {
  tokens.next();
  while (!isSign(')')) {
    if (isSign('-')) tokens.next();
    if (isAt('end') || isAt('sign')) return false;
    tokens.next();
    if (isSign('(') && !tookBrackets()) return false;
    if (isSign(',')) tokens.next();
    else if (!isSign(')')) return false;
  }
  tokens.next();
  return isAt('end') || isSign(';') || isSign('}');
}

function show(): boolean {
  tokens.next();
  let scoped = false;
  while (/^(?:full|extended|global|session)$/.test(tokens.word)) {
    scoped = true;
    tokens.next();
  }
  const what = tokens.word;
  tokens.next();
  switch (what) {
    case 'tables':
    case 'databases':
    case 'schemas':
    case 'processlist':
    case 'variables':
    case 'grants':
    case 'engines':
      return isShowEnd();
    case 'status':
      return (scoped || isWord('like')) && isShowEnd();
    case 'columns':
    case 'fields':
    case 'index':
    case 'indexes':
    case 'keys':
      return (took('from') || took('in')) && tookName() > 0 && isShowEnd();
    case 'create':
      return (
        /^(?:table|database|schema|view|procedure|function)$/.test(tokens.word) &&
        tokens.next() !== 'end' &&
        tookName() > 0
      );
    default:
      return false;
  }
}

function isShowEnd(): boolean {
  if (isAt('end') || isSign(';')) return true;
  if (took('like')) return isAt('quoted') || isAt('variable');
  if (took('where')) return condition();
  return (took('from') || took('in') || took('for')) && tookName() > 0;
}
