/** Names of people in Chinese running text, behind the words that announce them: 户名杨芳, 姓名：李娜, 尊敬的王伟先生. */
import { isTypicalName } from './chinese.ts';
import { isChinese } from './field-name.ts';
import type { Hit } from './hit.ts';
import { textOf } from './octets.ts';
import type { Tables } from './tables.ts';

const longestText = 16 * 1024;

export class NameInText {
  readonly #pattern: RegExp | undefined;

  /** `words` announce a name; only Chinese ones count here. */
  constructor(
    private readonly recognizer: number,
    words: readonly string[],
    private readonly tables: Tables,
  ) {
    const announced = words.filter(isChinese).sort((a, b) => b.length - a.length);
    this.#pattern =
      recognizer < 0 || announced.length === 0
        ? undefined
        : new RegExp(
            `(?:${announced.join('|')})(?:[:： 　]|为|是){0,3}([\\u4e00-\\u9fff]{2,4}?)(?=[^\\u4e00-\\u9fff]|先生|女士|您|$)`,
            'g',
          );
  }

  find(bytes: Uint8Array, start: number, end: number, hit: Hit): void {
    if (this.#pattern === undefined) return;
    const text = textOf(bytes, start, Math.min(end, start + longestText));
    for (const match of text.matchAll(this.#pattern)) {
      const name = match[1]!;
      if (!isTypicalName(name, this.tables)) continue;
      const from = start + Buffer.byteLength(text.slice(0, match.index + match[0].length - name.length));
      hit(this.recognizer, bytes, from, from + Buffer.byteLength(name), false, 70);
    }
  }
}
