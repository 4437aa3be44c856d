/** Parts of the grammar of queries that several statements share, read from one row of tokens. */
import { StatementTokens, type TokenKind } from './statement-tokens.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Words of sentences that name no column and no table. */
const prose = words(
  'a an and any are as at by each every for from here him her his how if in into is it its me my no not of on one only or our ' +
    'so some such that the their them then there these they this those to us we what when where which who with you your',
);
const insideColumns = words('as case when then else end and or not is null like in between over div mod interval into');
const clauses = words(
  'where join inner left right full cross natural order group limit having union intersect except minus for with offset ' +
    'fetch partition using returning window set values on straight_join lateral tablesample',
);
const operators = words('like in is between not regexp rlike ilike similar exists');

/** The statement being read; one at a time. */
export const tokens = new StatementTokens();

// Asked by functions: what one step of a grammar saw, the next has moved on from.
export function isWord(word: string): boolean {
  return tokens.word === word;
}

export function isSign(sign: string): boolean {
  return tokens.sign === sign.charCodeAt(0);
}

export function isAt(kind: TokenKind): boolean {
  return tokens.kind === kind;
}

/** Reads `word`; false when another token stands there. */
export function took(word: string): boolean {
  if (!isWord(word)) return false;
  tokens.next();
  return true;
}

export function tookSign(sign: string): boolean {
  if (!isSign(sign)) return false;
  tokens.next();
  return true;
}

/** Past what a bracket encloses; the bracket is the token at hand. False when it stays open. */
export function tookBrackets(): boolean {
  let depth = 0;
  do {
    if (isSign('(')) depth++;
    else if (isSign(')')) depth--;
    else if (isAt('end')) return false;
    tokens.next();
  } while (depth > 0);
  return true;
}

/** A name a table may have: 0 none, 1 a bare word, 2 one with parts, quotes or an underscore. */
export function tookName(): 0 | 1 | 2 {
  let strength: 0 | 1 | 2 = 0;
  let article = false;
  for (;;) {
    if (isAt('quoted') || isAt('variable')) strength = 2;
    else if (!isAt('word') || clauses.has(tokens.word)) return 0;
    else if (tokens.isTechnical) strength = 2;
    else if (strength === 0) {
      article = tokens.word === 'a' || tokens.word === 'an';
      if (!article && prose.has(tokens.word)) return 0;
      strength = 1;
    }
    tokens.next();
    // A table may be called a: then no plain word stands behind it.
    if (article && isAt('word') && !clauses.has(tokens.word) && !isWord('as')) return 0;
    article = false;
    if (!isSign('.') || !tokens.adjacent) return strength;
    tokens.next();
    if (!tokens.adjacent) return 0;
    strength = 2;
  }
}

/**
 * The list up to `from` or the end. 0: none or prose. 1: one bare word. 2: what only a query has. 3: a call or a
 * system variable, which needs no table.
 */
export function columns(): 0 | 1 | 2 | 3 {
  let strength: 0 | 1 | 2 = 0;
  let alone = true;
  /** The latest token was a bare word: another one behind it is a sentence. */
  let bare = false;
  let called = false;
  for (;;) {
    const { kind, word, sign } = tokens;
    if (kind === 'end' || sign === 0x3b || word === 'from') break;
    if (kind === 'word') {
      if (insideColumns.has(word)) {
        if (strength === 0 && word !== 'case' && word !== 'not' && word !== 'null' && word !== 'interval') return 0;
        strength = 2;
      } else {
        if (bare) return 0;
        const isProse = strength < 2 && prose.has(word);
        if (tokens.isTechnical) strength = 2;
        else if (strength === 0) strength = 1;
        tokens.next();
        if (isProse && !isSign('.') && !isSign(',')) return 0;
        bare = true;
        continue;
      }
      bare = false;
      tokens.next();
      continue;
    }
    if (sign === 0x28) {
      called ||= bare && tokens.adjacent;
      strength = 2;
      bare = false;
      if (!tookBrackets()) return 0;
      continue;
    }
    if (sign === 0x2e) {
      if (!tokens.adjacent || !bare) return 0;
      tokens.next();
      if (!tokens.adjacent) return 0;
      strength = 2;
      bare = false;
      // What follows the point is the column; a word behind it is its name in the result.
      if (isAt('word') || isAt('quoted') || isSign('*')) tokens.next();
      else return 0;
      continue;
    }
    if (sign !== 0 && !'*,+-/%|=<>!&^~'.includes(String.fromCharCode(sign))) return 0;
    if (sign === 0x2c) alone = false;
    if (kind === 'variable') called = true;
    strength = 2;
    bare = false;
    tokens.next();
  }
  if (isWord('from')) return strength;
  return called && alone ? 3 : 0;
}

/** Behind a table's name. 0: no query goes on so. 1: the end. 2: a clause that is whole. */
export function afterTable(): 0 | 1 | 2 {
  if (took('as')) {
    if (tookName() === 0) return 0;
  } else if (isAt('word') && !clauses.has(tokens.word)) {
    // An alias, where something follows it that shows it is one.
    if (prose.has(tokens.word)) return 0;
    tokens.next();
    if (isAt('end')) return 0;
  } else if (isAt('quoted')) tokens.next();
  if (isAt('end')) return 1;
  if (isSign(')') || isSign(';')) return 2;
  if (tookSign(',')) return tookName() === 0 ? 0 : afterTable();
  const clause = tokens.word;
  if (!clauses.has(clause)) return 0;
  tokens.next();
  switch (clause) {
    case 'where':
    case 'having':
      return condition() ? 2 : 0;
    case 'order':
    case 'group':
    case 'partition':
      return isWord('by') || isSign('(') ? 2 : 0;
    case 'limit':
    case 'offset':
    case 'fetch':
      return isAt('number') || isAt('variable') || /^(?:first|next|all)$/.test(tokens.word) ? 2 : 0;
    case 'left':
    case 'right':
    case 'full':
    case 'cross':
    case 'inner':
    case 'natural':
      return /^(?:join|outer|inner|left|right|semi|anti)$/.test(tokens.word) ? 2 : 0;
    case 'join':
    case 'straight_join':
      return isSign('(') || tookName() > 0 ? 2 : 0;
    case 'union':
    case 'intersect':
    case 'except':
    case 'minus':
      if (isWord('all') || isWord('distinct')) tokens.next();
      return isSign('(') || isWord('select') ? 2 : 0;
    case 'for':
      return /^(?:update|share|xml|json)$/.test(tokens.word) ? 2 : 0;
    case 'with':
      return isSign('(') || /^(?:nolock|ur|cs|rs|rr|ties)$/.test(tokens.word) ? 2 : 0;
    default:
      return isSign('(') ? 2 : 0;
  }
}

/** An operand and an operator, or what stands for both. */
export function condition(): boolean {
  if (isSign('(') || isWord('not') || isWord('exists')) return true;
  const constant = isAt('number') || isAt('variable');
  if (constant || isAt('quoted')) tokens.next();
  if (!constant || isSign('.')) {
    while (isSign('.')) tokens.next();
    if (isAt('word') && operators.has(tokens.word)) return true;
    if (isAt('word') && tookName() === 0) return false;
    if (isSign('(') && !tookBrackets()) return false;
  }
  if (constant && isAt('end')) return true;
  return '=<>!~+-*/%&|'.includes(String.fromCharCode(tokens.sign || 0x20)) || operators.has(tokens.word);
}
