/** Names of people in Chinese running text, behind the words that announce them: 户名杨芳, 姓名：李娜, 尊敬的王伟先生. */
import { isTypicalName } from './chinese.ts';
import { isChinese } from './field-name.ts';
import type { Hit } from './hit.ts';
import { textOf } from './octets.ts';
import type { Tables } from './tables.ts';
import { WordIndex } from './word-index.ts';

const longestText = 16 * 1024;

export class NameInText {
  readonly #pattern: RegExp | undefined;
  readonly #words: WordIndex;

  /** `words` announce a name; only Chinese ones count here. */
  constructor(
    private readonly recognizer: number,
    words: readonly string[],
    private readonly tables: Tables,
  ) {
    const announced = words.filter(isChinese).sort((a, b) => b.length - a.length);
    this.#words = new WordIndex(announced);
    this.#pattern =
      recognizer < 0 || announced.length === 0
        ? undefined
        : new RegExp(
            `(?:${announced.join('|')})(?:[:： 　]|为|是){0,3}([\\u4e00-\\u9fff]{2,4}?)(?=[^\\u4e00-\\u9fff]|先生|女士|您|$)`,
            'g',
          );
  }

  find(bytes: Uint8Array, start: number, end: number, hit: Hit): void {
    const stop = Math.min(end, start + longestText);
    if (this.#pattern === undefined || !this.#words.occursIn(bytes, start, stop)) return;
    const text = textOf(bytes, start, stop);
    for (const match of text.matchAll(this.#pattern)) {
      const name = match[1]!;
      const from = start + Buffer.byteLength(text.slice(0, match.index + match[0].length - name.length));
      const to = from + Buffer.byteLength(name);
      if (isTypicalName(bytes, from, to, this.tables)) hit(this.recognizer, bytes, from, to, false, 70);
    }
  }
}
