import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importsOf, tokensOf } from './tokens.ts';

function specifiers(text: string): (string | undefined)[] {
  return importsOf(tokensOf(text)).map(({ specifier }) => specifier);
}

test('every form of import is seen', () => {
  const forms = {
    "import 'a'": 'a',
    "import a from 'a'": 'a',
    'import * as a from "a"': 'a',
    "import a, { type b, c as d } from 'a'": 'a',
    "import type { b } from 'a'": 'a',
    "import {\n  b,\n} from 'a';": 'a',
    "export * from 'a'": 'a',
    "export * as b from 'a'": 'a',
    "export { b, c as d } from 'a'": 'a',
    "export type { b } from 'a'": 'a',
    "export type * from 'a'": 'a',
    "await import('a')": 'a',
    'await import(`a`)': 'a',
    "let b: import('a').B": 'a',
    "createRequire(import.meta.url); require('a')": 'a',
    "import.meta.resolve('a')": 'a',
    "await import(import.meta.resolve('a'))": 'a',
    "new URL('./a', import.meta.url)": './a',
    "new URL('a', import.meta.url)": './a',
    "new URL('a', import.meta.resolve('#root/package.json'))": '#root/a',
    'const t = `${await import("a")}`': 'a',
    'await import(a)': undefined,
  };
  for (const [form, specifier] of Object.entries(forms)) assert.deepEqual(specifiers(form), [specifier], form);
});

test('what only looks like an import is not one', () => {
  for (const text of [
    "// import 'a'",
    "/* import 'a' */",
    `const s = "import 'a'"`,
    "const t = `import 'a' ${b} import 'c'`",
    "const t = `${`${b} import 'a'`} import 'c'`",
    "const r = /import 'a'/",
    "const r = f(/['\"`]/, x) / 2; // import 'a'",
    "export { a }; const from = 'b'",
    "export type A = 'b'",
    "store.import('a')",
    'const here = import.meta.url',
    "new URL('a', base)",
    "import.meta.resolve('#root/rules/a.sql')",
  ]) {
    assert.deepEqual(specifiers(text), [], text);
  }
});

test('lines count from one, over templates and comments', () => {
  const found = importsOf(tokensOf("/*\n*/\nconst t = `\n${a}\n`;\nimport 'b';\n"));
  assert.deepEqual(found, [{ specifier: 'b', kind: 'import', line: 6 }]);
});
