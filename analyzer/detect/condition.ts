/** The condition of a detection: and, or, not, parentheses, `1 of x*`, `all of them`. */
import { all, type Expression, some } from './expression.ts';
import { Mistake, type Place, suggest } from './source.ts';

/** Parentheses and negations inside one another; more is refused. */
const deepest = 100;

/** `selections`: the search identifiers by name. */
export function parseCondition(text: string, place: Place, selections: ReadonlyMap<string, Expression>): Expression {
  if (text.includes('|')) {
    throw new Mistake(place, 'a pipe in the condition', 'aggregations are written as a correlation document');
  }
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const is = (word: string) => tokens[at]?.toLowerCase() === word;
  const fail = (what: string, advice: string): never => {
    throw new Mistake(place, what, advice);
  };

  const or = (depth: number): Expression => {
    const items = [and(depth)];
    while (is('or')) {
      at++;
      items.push(and(depth));
    }
    return some(items);
  };
  const and = (depth: number): Expression => {
    const items = [not(depth)];
    while (is('and')) {
      at++;
      items.push(not(depth));
    }
    return all(items);
  };
  const not = (depth: number): Expression => {
    if (depth > deepest) fail(`a condition nested deeper than ${deepest}`, 'write it flatter');
    if (is('not')) {
      at++;
      return { kind: 'not', item: not(depth + 1) };
    }
    return primary(depth);
  };
  const primary = (depth: number): Expression => {
    const token = tokens[at++];
    if (token === undefined) return fail('the condition ends too early', 'name a selection after the last word');
    if (token === '(') {
      const inner = or(depth + 1);
      if (tokens[at++] !== ')') fail('an opening parenthesis without a closing one', 'close it');
      return inner;
    }
    if (token === ')') return fail('a closing parenthesis without an opening one', 'remove it');
    if (is('of') && !selections.has(token)) return quantified(token);
    const found = selections.get(token);
    if (found !== undefined) return found;
    if (/[*?]/.test(token)) return fail(`"${token}" without a number`, `write "1 of ${token}" or "all of ${token}"`);
    return fail(`the condition names "${token}", which is not there`, suggest(token, [...selections.keys()]));
  };
  const quantified = (word: string): Expression => {
    at++;
    const pattern = tokens[at++];
    const quantity = word.toLowerCase();
    if (quantity !== '1' && quantity !== 'any' && quantity !== 'all') {
      return fail(`"${word} of" in the condition`, 'write "1 of" or "all of"');
    }
    if (pattern === undefined) return fail(`"${word} of" of nothing`, 'name selections, or write them');
    const matches = matcherOf(pattern);
    const items = [...selections].filter(([name]) => matches(name)).map(([, item]) => item);
    if (items.length === 0)
      return fail(`"${pattern}" stands for no selection`, suggest(pattern, [...selections.keys()]));
    return quantity === 'all' ? all(items) : some(items);
  };

  const expression = or(0);
  if (at < tokens.length)
    fail(`"${tokens[at]}" where and, or or the end was expected`, 'put and, or between selections');
  return expression;
}

/** Names beginning with an underscore are no part of `them`. */
function matcherOf(pattern: string): (name: string) => boolean {
  if (pattern.toLowerCase() === 'them') return (name) => !name.startsWith('_');
  const parts = pattern.split('*');
  return (name) => {
    if (parts.length === 1) return name === pattern;
    const [first, last] = [parts[0], parts.at(-1)!];
    if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
    let at = first.length;
    for (const part of parts.slice(1, -1)) {
      const found = name.indexOf(part, at);
      if (found < 0 || found + part.length > name.length - last.length) return false;
      at = found + part.length;
    }
    return true;
  };
}
