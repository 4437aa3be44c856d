/** A list of words as patterns: product names, project code names, whatever only the operator knows. */

/** Characters of one pattern; the language of patterns takes 2,000. */
const longestPattern = 1800;
/** What means something in the language of patterns. */
const special = /[\\[\](){}|?*+.^$-]/g;

/** The longer word first, since the first that fits may be the beginning of another. */
export function dictionaryPatterns(words: readonly string[]): string[] {
  const patterns: string[] = [];
  let parts: string[] = [];
  let length = 0;
  const close = () => {
    if (parts.length > 0) patterns.push(`(?:${parts.join('|')})`);
    parts = [];
    length = 0;
  };
  for (const word of [...new Set(words)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1))) {
    const part = word.replace(special, '\\$&');
    if (length + part.length + 1 > longestPattern) close();
    parts.push(part);
    length += part.length + 1;
  }
  close();
  return patterns;
}
