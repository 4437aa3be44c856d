/** What of a found value may be shown. */
import { textOf } from './octets.ts';
import type { MaskRule } from './recognizer.ts';

const longestShown = 40;

/** Never empty; hides at least half of the characters, and all of them where the rule says so. */
function maskValue(text: string, { head, tail, style }: MaskRule): string {
  if (style === 'hide') return '***';
  if (style === 'email') {
    const at = text.lastIndexOf('@');
    return at < 1 ? '***' : `${[...text][0]}***${text.slice(at).slice(0, longestShown)}`;
  }
  // Characters are counted; only where some take two code units do they have to be told apart.
  const letters = /[\ud800-\udfff]/.test(text) ? [...text] : text;
  const most = Math.floor(letters.length / 2);
  const shownTail = Math.min(tail, most);
  const shownHead = Math.min(head, most - shownTail);
  const hidden = Math.min(letters.length - shownHead - shownTail, longestShown);
  const shown = (part: string | string[]) => (typeof part === 'string' ? part : part.join(''));
  return shown(letters.slice(0, shownHead)) + '*'.repeat(hidden) + shown(letters.slice(letters.length - shownTail));
}

const stars = Array.from({ length: longestShown + 1 }, (_, count) => '*'.repeat(count));

/** The same of octets; of a value in ASCII only what is shown becomes text. */
export function maskOctets(bytes: Uint8Array, start: number, end: number, rule: MaskRule): string {
  if (rule.style === 'hide') return '***';
  if (rule.style === 'keep') {
    let ascii = true;
    for (let i = start; i < end; i++) if (bytes[i]! >= 0x80) ascii = false;
    if (ascii) {
      const most = (end - start) >> 1;
      const tail = Math.min(rule.tail, most);
      const head = Math.min(rule.head, most - tail);
      const hidden = Math.min(end - start - head - tail, longestShown);
      return textOf(bytes, start, start + head) + stars[hidden]! + textOf(bytes, end - tail, end);
    }
  }
  return maskValue(textOf(bytes, start, end), rule);
}

/** The form of a masked value: `#` a digit, `A` a letter, `文` an ideograph, the rest as it is. */
export function maskShape(text: string): string {
  return text
    .slice(0, longestShown)
    .replace(/\d/g, '#')
    .replace(/[A-Za-z]/g, 'A')
    .replace(/[\u4e00-\u9fff]/g, '文');
}
