/** Names of fields as words: `fundAccount`, `fund_account`, `FUND-ACCOUNT` are the same two. */

const longestName = 64;

/** Lower-case words of a name; digits at a word's end stay with it. */
export function wordsOf(name: string): string[] {
  const text = name.length > longestName ? name.slice(0, longestName) : name;
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9\u0080-\uffff]+/)
    .filter((word) => word !== '');
}

/** A name that may leave `read`: at most 64 characters, runs of four digits or more hidden, no random tails. */
export function shownName(name: string): string {
  const text = name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name;
  if (!/[0-9]/.test(text)) return text.includes('@') ? '***' : text;
  if (text.includes('@') || /[0-9a-f]{16}/i.test(text)) return '***';
  return text.replace(/\d{4,}/g, '***');
}
