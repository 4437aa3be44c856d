/** `field|modifier|modifier: values` → checks. Text is compared without case unless `cased` says otherwise. */
import { compileCidr } from './cidr.ts';
import { base64, base64Offsets, utf16, utf16be, utf16le, windash } from './encode.ts';
import { all, type Check, type Expression, some } from './expression.ts';
import { type Field, type FieldValue, keywordFields } from './fields.ts';
import { any, compilePattern, exactText, type Piece, parsePattern, requiredLiteral } from './pattern.ts';
import { compileRegex } from './regex.ts';
import { RegexError } from './regex-syntax.ts';
import { type Entry, Mistake, type Node, type Scalar, suggest } from './source.ts';
import { resolveField } from './taxonomy.ts';

const encodings = ['wide', 'utf16le', 'utf16be', 'utf16', 'base64', 'base64offset', 'windash'];
const placements = ['contains', 'startswith', 'endswith'];
const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
  neq: (a, b) => a !== b,
};
const others = ['all', 're', 'i', 'm', 's', 'cidr', 'exists', 'fieldref', 'cased'];
const known = [...encodings, ...placements, ...Object.keys(comparisons), ...others];
/** Modifiers of Sigma that are not for this engine, and what to do. */
const refused: Readonly<Record<string, string>> = {
  expand: 'placeholders are not filled in here; write the values out',
  minute: 'write the time condition with the calendar of the configuration',
  hour: 'write the time condition with the calendar of the configuration',
  day: 'write the time condition with the calendar of the configuration',
  week: 'write the time condition with the calendar of the configuration',
  month: 'write the time condition with the calendar of the configuration',
  year: 'write the time condition with the calendar of the configuration',
};

/** Values of one field in one rule; more is refused. */
const mostValues = 10_000;

/** One line of a selection: the key names field and modifiers. */
export function compileItem(entry: Entry): Expression {
  const [name, ...modifiers] = entry.key.split('|');
  for (const modifier of modifiers) {
    const why = refused[modifier];
    if (why !== undefined) throw new Mistake(entry.place, `modifier "${modifier}" is not supported`, why);
    if (!known.includes(modifier)) {
      throw new Mistake(entry.place, `unknown modifier "${modifier}"`, suggest(modifier, known));
    }
  }
  const values = valuesOf(entry.value, entry);
  // A key without a field name searches everywhere, as keywords do.
  if (name === '') return compileValues(keywordFields, keywordModifiers(modifiers), entry, values);
  return compileValues([resolveField(name, entry)], modifiers, entry, values);
}

function keywordModifiers(modifiers: readonly string[]): readonly string[] {
  return modifiers.some((modifier) => modifier === 're' || placements.includes(modifier))
    ? modifiers
    : [...modifiers, 'contains'];
}

interface Value {
  readonly value: Scalar;
  readonly node: Node;
}

function valuesOf(node: Node, entry: Entry): Value[] {
  if (node.kind === 'mapping') {
    throw new Mistake(node.place, `"${entry.key}" has a mapping for its value`, 'write a value or a list of values');
  }
  const nodes = node.kind === 'list' ? node.items : [node];
  if (nodes.length === 0) throw new Mistake(node.place, `"${entry.key}" has no value`, 'write at least one');
  if (nodes.length > mostValues) {
    throw new Mistake(node.place, `"${entry.key}" has ${nodes.length} values`, `at most ${mostValues} are accepted`);
  }
  return nodes.map((item) => {
    if (item.kind !== 'scalar') throw new Mistake(item.place, 'a value that is no scalar', 'write one value an item');
    return { value: item.value, node: item };
  });
}

export function compileKeyword(node: Node): Expression {
  const entry: Entry = { key: 'keywords', place: node.place, value: node };
  return compileValues(keywordFields, ['contains'], entry, valuesOf(node, entry));
}

/** Several fields: any of them will do for each value. */
function compileValues(
  within: readonly Field[],
  modifiers: readonly string[],
  entry: Entry,
  values: readonly Value[],
): Expression {
  const has = (modifier: string) => modifiers.includes(modifier);
  const conflict = ['re', 'cidr', 'exists', 'fieldref', ...Object.keys(comparisons)].filter(has);
  if (conflict.length > 1) {
    throw new Mistake(entry.place, `modifiers "${conflict.join('" and "')}" exclude each other`, 'keep one of them');
  }
  if (!has('re') && ['i', 'm', 's'].some(has)) {
    throw new Mistake(entry.place, 'the flags i, m and s belong to "re"', `write ${within[0].name}|re|i`);
  }
  const checks = values.map((value) => {
    const tests = within.flatMap((field) =>
      [compileValue(field, modifiers, value)].flat().map((check): Expression => ({ kind: 'test', field, check })),
    );
    return some(tests);
  });
  return has('all') ? all(checks) : some(checks);
}

/** Several checks: forms of one value, of which any will do. */
function compileValue(field: Field, modifiers: readonly string[], { value, node }: Value): Check | Check[] {
  const has = (modifier: string) => modifiers.includes(modifier);
  const comparison = modifiers.find((modifier) => modifier in comparisons);
  if (comparison !== undefined) return compare(comparison, value, node);
  if (has('exists')) {
    if (typeof value !== 'boolean') throw new Mistake(node.place, '"exists" takes true or false', 'write one of them');
    return { on: 'value', match: (found) => isAbsent(found) !== value };
  }
  if (has('re')) return compileRe(modifiers, value, node);
  if (has('cidr')) {
    const match = typeof value === 'string' ? compileCidr(value) : undefined;
    if (match === undefined)
      throw new Mistake(node.place, `${value} is no network`, 'write it as 10.0.0.0/8 or fc00::/7');
    return { on: 'cased', match };
  }
  if (has('fieldref')) return compileReference(modifiers, value, node);
  if (value === null) return { on: 'value', match: isAbsent, exact: '' };
  if (typeof value === 'boolean' || (typeof value !== 'string' && !placements.some(has) && !encodings.some(has))) {
    const text = String(value);
    return { on: 'value', match: (found) => equals(found, text), exact: text };
  }
  return textChecks(field, modifiers, String(value), node);
}

function equals(found: FieldValue, text: string): boolean {
  if (found === undefined || found === null) return false;
  return typeof found === 'object' ? found.includes(text) : String(found) === text;
}

function isAbsent(value: FieldValue): boolean {
  return value === undefined || value === null || value === '' || (typeof value === 'object' && value.length === 0);
}

function compare(modifier: string, value: Scalar, node: Node): Check {
  const bound = typeof value === 'number' ? value : Number.NaN;
  if (modifier === 'neq' && typeof value === 'string') {
    const text = value.toLowerCase();
    return { on: 'value', match: (found) => String(found ?? '').toLowerCase() !== text };
  }
  if (Number.isNaN(bound)) throw new Mistake(node.place, `"${modifier}" takes a number`, 'write digits without quotes');
  const holds = comparisons[modifier];
  return {
    on: 'value',
    match: (found) => {
      if (typeof found === 'number') return holds(found, bound);
      return typeof found === 'string' && found !== '' && holds(Number(found), bound);
    },
  };
}

function compileRe(modifiers: readonly string[], value: Scalar, node: Node): Check {
  if (typeof value !== 'string') throw new Mistake(node.place, '"re" takes a text', 'put the expression in quotes');
  const flags = { i: modifiers.includes('i'), m: modifiers.includes('m'), s: modifiers.includes('s') };
  try {
    const { match, literals } = compileRegex(value, flags);
    return { on: 'cased', match, ...(literals === undefined ? {} : { literals }) };
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    throw new Mistake(node.place, `the expression has ${error.message}`, 'only what runs in linear time is accepted');
  }
}

function compileReference(modifiers: readonly string[], value: Scalar, node: Node): Check {
  const entry: Entry = { key: String(value), place: node.place, value: node };
  const other = resolveField(String(value), entry);
  const placement = modifiers.find((modifier) => placements.includes(modifier));
  const match =
    placement === 'contains'
      ? (a: string, b: string) => b !== '' && a.includes(b)
      : placement === 'startswith'
        ? (a: string, b: string) => b !== '' && a.startsWith(b)
        : placement === 'endswith'
          ? (a: string, b: string) => b !== '' && a.endsWith(b)
          : (a: string, b: string) => a !== '' && a === b;
  return { on: 'pair', other, match };
}

function textChecks(field: Field, modifiers: readonly string[], value: string, node: Node): Check[] {
  let forms: Piece[][] = [parsePattern(value)];
  let octets = false;
  const literal = (pieces: readonly Piece[], modifier: string) => {
    const text = exactText(pieces);
    if (text !== undefined) return text;
    throw new Mistake(node.place, `"${modifier}" of a value with a wildcard`, 'escape it: \\* or \\?');
  };
  for (const modifier of modifiers) {
    if (modifier === 'windash') forms = forms.flatMap(windash);
    else if (modifier === 'base64') forms = forms.map((form) => [base64(literal(form, modifier), octets)]);
    else if (modifier === 'base64offset') {
      forms = forms.flatMap((form) => base64Offsets(literal(form, modifier), octets).map((text) => [text]));
    } else if (encodings.includes(modifier)) {
      const encode = modifier === 'utf16be' ? utf16be : modifier === 'utf16' ? utf16 : utf16le;
      forms = forms.map((form) => [encode(literal(form, modifier))]);
      octets = true;
    } else if (placements.includes(modifier)) {
      forms = forms.map((form) => [
        ...(modifier === 'startswith' || form[0] === any ? [] : [any]),
        ...form,
        ...(modifier === 'endswith' || form.at(-1) === any ? [] : [any]),
      ]);
    }
  }
  const cased = modifiers.includes('cased');
  return forms.map((form) => textCheck(field, form, cased));
}

function textCheck(field: Field, form: readonly Piece[], cased: boolean): Check {
  const fold = (pieces: readonly Piece[]) =>
    pieces.map((piece): Piece => (typeof piece === 'string' ? piece.toLowerCase() : piece));
  const folded = fold(form);
  // Numbers in quotes are common in rules; the field decides.
  if (exactText(form) === '' && field.type === 'text') return { on: 'value', match: isAbsent, exact: '' };
  const exact = exactText(folded);
  const needed = exact === undefined ? { literals: [requiredLiteral(folded)] } : { exact };
  return { on: cased ? 'cased' : 'folded', match: compilePattern(cased ? form : folded), ...needed };
}
