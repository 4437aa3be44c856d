/** What of a found value may be shown. */
import type { MaskRule } from './recognizer.ts';

const longestShown = 40;

/** Never empty; hides at least half of the characters, and all of them where the rule says so. */
export function maskValue(text: string, { head, tail, style }: MaskRule): string {
  if (style === 'hide') return '***';
  if (style === 'email') {
    const at = text.lastIndexOf('@');
    return at < 1 ? '***' : `${[...text][0]}***${text.slice(at).slice(0, longestShown)}`;
  }
  const letters = [...text];
  const most = Math.floor(letters.length / 2);
  const shownTail = Math.min(tail, most);
  const shownHead = Math.min(head, most - shownTail);
  const hidden = Math.min(letters.length - shownHead - shownTail, longestShown);
  return letters.slice(0, shownHead).join('') + '*'.repeat(hidden) + letters.slice(letters.length - shownTail).join('');
}

/** The form of a masked value: `#` a digit, `A` a letter, `文` an ideograph, the rest as it is. */
export function maskShape(text: string): string {
  return text
    .slice(0, longestShown)
    .replace(/\d/g, '#')
    .replace(/[A-Za-z]/g, 'A')
    .replace(/[\u4e00-\u9fff]/g, '文');
}
