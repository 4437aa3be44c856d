/**
 * What a source file says, without its comments and strings' insides: imports, default exports, looks at the clock.
 * Works on the compiler's own token scanner, so text inside strings, templates and comments cannot be mistaken for code.
 */
import { SyntaxKind } from 'typescript/unstable/ast';
import { createScanner } from 'typescript/unstable/ast/scanner';

export interface Token {
  readonly kind: SyntaxKind;
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

export interface Import {
  /** What stands between the quotes; undefined where it is computed. */
  readonly specifier: string | undefined;
  /** `url` names a file to be loaded or run elsewhere (a worker's entry): a dependency, but no module edge. */
  readonly kind: 'import' | 'url';
  readonly line: number;
}

const ENDS_EXPRESSION: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.Identifier,
  SyntaxKind.PrivateIdentifier,
  SyntaxKind.NumericLiteral,
  SyntaxKind.BigIntLiteral,
  SyntaxKind.StringLiteral,
  SyntaxKind.NoSubstitutionTemplateLiteral,
  SyntaxKind.TemplateTail,
  SyntaxKind.RegularExpressionLiteral,
  SyntaxKind.CloseParenToken,
  SyntaxKind.CloseBracketToken,
  SyntaxKind.ThisKeyword,
  SyntaxKind.SuperKeyword,
  SyntaxKind.NullKeyword,
  SyntaxKind.TrueKeyword,
  SyntaxKind.FalseKeyword,
]);

export function tokensOf(text: string): Token[] {
  const scanner = createScanner(true, undefined, text);
  const tokens: Token[] = [];
  /** One entry an open brace: true when it was opened by `${`. */
  const inTemplate: boolean[] = [];
  let line = 1;
  let counted = 0;
  for (;;) {
    let kind = scanner.scan();
    if (kind === SyntaxKind.EndOfFile) return tokens;
    const previous = tokens.at(-1);
    // The scanner cannot know whether a slash divides or begins a regex, nor where a template goes on.
    if (kind === SyntaxKind.SlashToken || kind === SyntaxKind.SlashEqualsToken) {
      if (!previous || !ENDS_EXPRESSION.has(previous.kind)) kind = scanner.reScanSlashToken();
    } else if (kind === SyntaxKind.OpenBraceToken) inTemplate.push(false);
    else if (kind === SyntaxKind.CloseBraceToken && inTemplate.pop()) kind = scanner.reScanTemplateToken(false);
    if (kind === SyntaxKind.TemplateHead || kind === SyntaxKind.TemplateMiddle) inTemplate.push(true);
    const start = scanner.getTokenStart();
    for (; counted < start; counted++) if (text.charCodeAt(counted) === 10) line++;
    tokens.push({ kind, text: scanner.getTokenText(), line });
  }
}

/** The value of a string literal; undefined for any other token. Escapes do not occur in specifiers. */
function literal(token: Token | undefined): string | undefined {
  if (token === undefined) return undefined;
  const quoted = token.kind === SyntaxKind.StringLiteral || token.kind === SyntaxKind.NoSubstitutionTemplateLiteral;
  return quoted ? token.text.slice(1, -1) : undefined;
}

/** True when the tokens from `at` on are these texts. */
function follows(tokens: readonly Token[], at: number, ...texts: readonly string[]): boolean {
  return texts.every((text, index) => tokens[at + index]?.text === text);
}

export function importsOf(tokens: readonly Token[]): Import[] {
  const imports: Import[] = [];
  const add = (kind: Import['kind'], specifier: string | undefined, line: number) =>
    imports.push({ specifier, kind, line });
  for (let at = 0; at < tokens.length; at++) {
    const { text, line } = tokens[at];
    const member = at > 0 && (tokens[at - 1].text === '.' || tokens[at - 1].text === '?.');
    if (member) continue;
    if (text === 'import' && follows(tokens, at + 1, '.', 'meta', '.', 'resolve', '(')) {
      const named = literal(tokens[at + 6]);
      // A package-root address of something that is not code (SQL, rules, package.json) is no import.
      if (named === undefined || !named.startsWith('#root/') || /\.[cm]?[jt]s$/.test(named)) add('url', named, line);
    } else if (text === 'import' && tokens[at + 1]?.text === '(') {
      // `import(import.meta.resolve('x'))` is told by the inner one.
      if (!follows(tokens, at + 2, 'import', '.', 'meta', '.', 'resolve')) add('import', literal(tokens[at + 2]), line);
    } else if (text === 'import' && tokens[at + 1]?.text !== '.') {
      add('import', fromOf(tokens, at + 1), line);
    } else if (text === 'export') {
      const clause = at + (tokens[at + 1]?.text === 'type' ? 2 : 1);
      if (tokens[clause]?.text === '*') add('import', fromOf(tokens, clause), line);
      else if (tokens[clause]?.text === '{') {
        let close = clause;
        while (close < tokens.length && tokens[close].text !== '}') close++;
        if (tokens[close + 1]?.text === 'from') add('import', literal(tokens[close + 2]), line);
      }
    } else if (text === 'require' && tokens[at + 1]?.text === '(') {
      add('import', literal(tokens[at + 2]), line);
    } else if (text === 'new' && follows(tokens, at + 1, 'URL', '(')) {
      const named = literal(tokens[at + 3]);
      if (named !== undefined && follows(tokens, at + 4, ',', 'import', '.', 'meta')) {
        // Relative to this file or to the package root; either way an address needs no dot in front.
        if (tokens[at + 9]?.text === 'url') add('url', named.startsWith('.') ? named : `./${named}`, line);
        else if (literal(tokens[at + 11]) === '#root/package.json') add('url', `#root/${named}`, line);
      }
    }
  }
  return imports;
}

/** The specifier of an import or export-from clause that begins at `at`. */
function fromOf(tokens: readonly Token[], at: number): string | undefined {
  for (let index = at; index < tokens.length && tokens[index].text !== ';'; index++) {
    const value = literal(tokens[index]);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Lines of `export default` and `export { x as default }`. */
export function defaultExportsOf(tokens: readonly Token[]): number[] {
  const lines: number[] = [];
  for (const [at, { text, line }] of tokens.entries()) {
    if (text !== 'export') continue;
    if (tokens[at + 1]?.text === 'default') lines.push(line);
    if (tokens[at + 1]?.text !== '{') continue;
    for (let inner = at + 2; inner < tokens.length && tokens[inner].text !== '}'; inner++) {
      if (tokens[inner].text === 'default' && tokens[inner + 1]?.text !== 'as') lines.push(tokens[inner].line);
    }
  }
  return lines;
}

/** Where the machine's clock is looked at: `Date.now`, `Date()`, `new Date` without argument, `performance`, `process.hrtime`. */
export function clockUsesOf(tokens: readonly Token[]): { what: string; line: number }[] {
  const uses: { what: string; line: number }[] = [];
  for (const [at, { text, line }] of tokens.entries()) {
    const before = tokens[at - 1]?.text;
    const add = (what: string) => uses.push({ what, line });
    if (text === 'Date' && before !== '.') {
      const called = tokens[at + 1]?.text === '(';
      if (follows(tokens, at + 1, '.', 'now')) add('Date.now');
      else if (before === 'new' && (!called || tokens[at + 2]?.text === ')')) add('new Date()');
      else if (before !== 'new' && called) add('Date()');
    } else if (text === 'performance' && tokens[at + 1]?.text === '.') add('performance');
    else if (text === 'process' && follows(tokens, at + 1, '.', 'hrtime')) add('process.hrtime');
  }
  return uses;
}
