/** Field names as words: snake, kebab, camel, UPPER_ABBR, run-together, Chinese. */

const longestName = 80;

/** Lower-case words; a Chinese run is one word; digits are dropped. `bankCardNO2` → bank, card, no. */
export function tokenizeName(name: string): string[] {
  const words = name
    .slice(0, longestName)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replace(/([\u4e00-\u9fff]+)/g, ' $1 ')
    .toLowerCase()
    .match(/[a-z]+|[\u4e00-\u9fff]+/g);
  return words ?? [];
}

export function isChinese(word: string): boolean {
  return word.charCodeAt(0) >= 0x4e00;
}

/**
 * A run-together word as words of `vocabulary` (`loginpwd` → login, pwd), the longest first; the word itself when it
 * can't be taken apart completely. A part of it that happens to be a word proves nothing: `lic` in `duplicate`.
 */
export function takeApart(word: string, vocabulary: ReadonlySet<string>): readonly string[] {
  if (word.length < 5 || word.length > 32 || vocabulary.has(word) || isChinese(word)) return [word];
  const best: (readonly string[] | undefined)[] = [[]];
  for (let end = 1; end <= word.length; end++) {
    for (let begin = Math.max(0, end - 16); begin < end - 1; begin++) {
      const before = best[begin];
      if (before === undefined || (best[end] !== undefined && best[end]!.length <= before.length + 1)) continue;
      const part = word.slice(begin, end);
      if (vocabulary.has(part)) best[end] = [...before, part];
    }
  }
  return best[word.length] ?? [word];
}
