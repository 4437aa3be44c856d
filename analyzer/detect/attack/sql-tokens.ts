/**
 * SQL in a nutshell: a value as a row of token types, one letter each, read as if it stood bare in a statement, or
 * inside its quotes. What an injection is shows in the row (sql-injection.ts), not in single words.
 *
 *   1 number   s string   n name   v variable   f function with arguments   ! function that no application passes in
 *   E statement's first word   U union   F from, into   B order by and the like   & and, or   c comment
 *   p = < >   q like, in, is   o another operator   k another keyword   ( ) , ;
 */

/** Tokens that are looked at. */
const mostTokens = 64;

const words = new Map<string, string>();
const add = (type: string, text: string): void => {
  for (const word of text.split(' ')) words.set(word, type);
};
add(
  'E',
  'select insert update delete drop create alter truncate exec execute declare merge replace shutdown grant revoke',
);
add('U', 'union except intersect minus');
add('F', 'from into where');
add('&', 'and or xor not div mod');
add('q', 'like rlike regexp similar glob in is between sounds escape collate isnull notnull');
add(
  'k',
  'all distinct distinctrow as on using join inner left right outer table database schema values set null true false',
);
add('k', 'case when then else end exists any some top by asc desc convert binary begin if while interval');
add('B', 'having order group');
const dangerous = new Set(
  (
    'sleep benchmark pg_sleep waitfor extractvalue updatexml load_file xp_cmdshell xp_dirtree sp_executesql sp_password ' +
    'utl_inaddr utl_http dbms_pipe dbms_lock ctxsys gtid_subset st_latfromgeohash name_const polygon geometrycollection multipoint ' +
    'multipolygon linestring multilinestring load_extension randomblob group_concat concat_ws charindex make_set'
  ).split(' '),
);

/** The same when they are called with nothing. */
const asking = new Set(
  'current_user session_user system_user database version user schema row_count last_insert_id'.split(' '),
);

const space = /[\s\u00a0\0]/;

/** `quote`: '' for bare, else the text begins inside quotes of that kind. */
export function tokenTypes(text: string, quote: '' | "'" | '"' | '`'): string {
  let out = '';
  let i = 0;
  if (quote !== '') {
    const end = endOfString(text, 0, quote);
    // It never leaves the quotes.
    if (end >= text.length) return 's';
    out = 's';
    i = end + 1;
  }
  while (i < text.length && out.length < mostTokens) {
    const c = text[i]!;
    if (space.test(c)) {
      i++;
      continue;
    }
    if (c === "'" || c === '"' || c === '`') {
      const end = endOfString(text, i + 1, c);
      // In MySQL two strings in a row are one.
      if (!out.endsWith('s')) out += c === '`' ? 'n' : 's';
      i = end + 1;
    } else if (c === '#' || (c === '-' && text[i + 1] === '-')) {
      const line = text.indexOf('\n', i);
      if (line < 0) {
        // `7" #2` is a size and a number.
        return c === '#' && out.length < 3 && /^#\s*\S/.test(text.slice(i)) ? `${out}o` : `${out}c`;
      }
      i = line + 1;
    } else if (c === '/' && text[i + 1] === '*') {
      const end = text.indexOf('*/', i + 2);
      if (text[i + 2] === '!') {
        // A conditional comment of MySQL is no comment.
        i += 3;
        while (i < text.length && text[i]! >= '0' && text[i]! <= '9') i++;
      } else if (end < 0) return `${out}c`;
      else i = end + 2;
    } else if (c === '*' && text[i + 1] === '/') i += 2;
    else if (c === '(' || c === ')' || c === ',' || c === ';') {
      out += c;
      i++;
    } else if (c === '@') {
      i++;
      while (i < text.length && /[@\w$]/.test(text[i]!)) i++;
      out += 'v';
    } else if ((c >= '0' && c <= '9') || (c === '.' && /\d/.test(text[i + 1] ?? ''))) {
      const end = matchEnd(/(?:0x[0-9a-f]+|0b[01]+|\d*\.?\d+(?:e[-+]?\d+)?)/iy, text, i);
      i = Math.max(end, i + 1);
      // 70S and 24-7 are no numbers of SQL, and neither is a name that begins with one.
      if (
        /[a-z_\u0080-\uffff]/i.test(text[i] ?? '') &&
        !/^(?:union|or|and|from|having|order|where|limit)\b/i.test(text.slice(i, i + 8))
      ) {
        i = matchEnd(/[\w$\u0080-\uffff]+/y, text, i);
        out += 'n';
      } else out += '1';
    } else if (/[\w$\u0080-\uffff]/.test(c)) {
      const end = matchEnd(/[\w$\u0080-\uffff.]+/y, text, i);
      out += typeOf(text, i, end);
      i = end;
    } else if (c === '&' && text[i + 1] === '&') {
      out += '&';
      i += 2;
    } else if (c === '|' && text[i + 1] === '|') {
      out += '&';
      i += 2;
    } else {
      let end = i + 1;
      while (end < text.length && /[=<>!]/.test(text[end]!)) end++;
      // Signs in front of an operand, and several operators in a row, count once.
      const isUnary = /[-+~!]/.test(c) && end === i + 1 && (out === '' || /[opq&(,;kEUFB]$/.test(out));
      const type = /[=<>]/.test(text.slice(i, end)) ? 'p' : 'o';
      if (!isUnary && !/[op]$/.test(out)) out += type;
      i = end;
    }
  }
  return out;
}

function typeOf(text: string, start: number, end: number): string {
  const word = text.slice(start, end).toLowerCase();
  let next = end;
  while (next < text.length && space.test(text[next]!)) next++;
  const isCalled = text[next] === '(';
  const known = words.get(word);
  if (known === 'B' && (word === 'order' || word === 'group')) {
    return /^\s+by\b/i.test(text.slice(end, end + 16)) ? 'B' : 'n';
  }
  if (word === 'by' || word === 'waitfor') return word === 'by' ? 'k' : '!';
  if (known !== undefined) return known;
  if (!isCalled) return 'n';
  if (asking.has(word) && /^\(\s*\)/.test(text.slice(next, next + 8))) return '!';
  return dangerous.has(word.slice(word.lastIndexOf('.') + 1)) ||
    dangerous.has(word.slice(0, Math.max(0, word.indexOf('.'))))
    ? '!'
    : 'f';
}

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at + 1;
}

/** Of the quote that ends a string; the text's length when none does. Doubled and escaped ones do not. */
function endOfString(text: string, from: number, quote: string): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === quote) {
      if (text[i + 1] !== quote) return i;
      i++;
    }
  }
  return text.length;
}
