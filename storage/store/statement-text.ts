/**
 * The text of a statement, written anew from its parts: comments are gone, names are quoted one way, and what the
 * engine might read otherwise than it is read here is refused. So what was judged is what is carried out.
 */

export interface Statement {
  /** What goes to the engine. */
  readonly sql: string;
  /** Names and words in lower case, quoted or not, in their order. */
  readonly names: readonly string[];
  /** Those of them that a parenthesis follows. */
  readonly called: readonly string[];
}

const SPACE = /[ \t\r\n\f\v]+/y;
const COMMENT = /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y;
/** Escapes and doubled quotes as the engine has them. */
const TEXT = /'(?:[^'\\]|\\[\s\S]|'')*'/y;
/** A name with an escape may be any other name. */
const QUOTED = /`([^`"\\]*)`|"([^`"\\]*)"/y;
const WORD = /[A-Za-z0-9_]+/y;
/** Neither a quote, nor what begins a heredoc or another kind of comment. */
const SIGN = /[!%&()*+,\-./:<=>?@[\]^{|}~]/y;

/** A sentence where the text is not plain. */
export function readStatement(text: string): Statement | string {
  const names: string[] = [];
  const called: string[] = [];
  let sql = '';
  /** The last part was a name. */
  let isNamed = false;
  for (let at = 0; at < text.length; ) {
    const take = (pattern: RegExp): RegExpExecArray | null => {
      pattern.lastIndex = at;
      const found = pattern.exec(text);
      if (found !== null) at = pattern.lastIndex;
      return found;
    };
    if (take(SPACE) ?? take(COMMENT)) {
      sql += ' ';
      continue;
    }
    const name = take(QUOTED);
    const word = name === null ? take(WORD) : null;
    if (name !== null || word !== null) {
      const plain = name === null ? word![0] : (name[1] ?? name[2]!);
      names.push(plain.toLowerCase());
      sql += name === null ? plain : `\`${plain}\``;
      isNamed = true;
      continue;
    }
    const part = take(TEXT) ?? take(SIGN);
    if (part === null)
      return `the character ${JSON.stringify(text[at])} at ${at + 1} is not read here: quote names plainly, and texts in ''.`;
    if (part[0] === '(' && isNamed) called.push(names.at(-1)!);
    sql += part[0];
    isNamed = false;
  }
  return { sql: sql.trim(), names, called };
}
