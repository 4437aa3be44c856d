/**
 * How many columns text takes on a terminal (Unicode UAX #11: wide and full-width characters take two, combining marks
 * none; ambiguous ones are counted as one, which is what terminals do outside legacy East Asian modes).
 */

/** First and last code point of each wide block, in order. Whole blocks: a table of single exceptions buys nothing. */
const wideBlocks = [
  0x1100, 0x115f, 0x231a, 0x231b, 0x2329, 0x232a, 0x23e9, 0x23ec, 0x25fd, 0x25fe, 0x2614, 0x2615, 0x2648, 0x2653,
  0x26a1, 0x26a1, 0x2705, 0x2705, 0x270a, 0x270b, 0x2728, 0x2728, 0x274c, 0x274c, 0x2753, 0x2755, 0x2757, 0x2757,
  0x2795, 0x2797, 0x2b1b, 0x2b1c, 0x2b50, 0x2b50, 0x2e80, 0x303e, 0x3041, 0x33ff, 0x3400, 0x4dbf, 0x4e00, 0x9fff,
  0xa000, 0xa4cf, 0xa960, 0xa97f, 0xac00, 0xd7a3, 0xf900, 0xfaff, 0xfe10, 0xfe19, 0xfe30, 0xfe6f, 0xff00, 0xff60,
  0xffe0, 0xffe6, 0x1f004, 0x1f004, 0x1f0cf, 0x1f0cf, 0x1f18e, 0x1f19a, 0x1f200, 0x1f265, 0x1f300, 0x1f64f, 0x1f680,
  0x1f6ff, 0x1f7e0, 0x1f7eb, 0x1f900, 0x1faff, 0x20000, 0x3fffd,
];

const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

function isWide(codePoint: number): boolean {
  if (codePoint < 0x1100) return false;
  for (let i = 0; i < wideBlocks.length; i += 2) {
    if (codePoint < wideBlocks[i]!) return false;
    if (codePoint <= wideBlocks[i + 1]!) return true;
  }
  return false;
}

/** Columns one character takes: 0, 1 or 2. */
function characterWidth(character: string): number {
  const codePoint = character.codePointAt(0)!;
  if (codePoint < 0x300) return 1;
  if (zeroWidth.test(character)) return 0;
  return isWide(codePoint) ? 2 : 1;
}

export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The text when it fits in `width` columns, else its beginning and end around one `…`. Never wider than `width`. */
export function cutMiddle(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (width < 1) return '';
  const characters = [...text];
  const headRoom = Math.ceil((width - 1) / 2);
  let head = 0;
  let used = 0;
  while (head < characters.length) {
    const next = characterWidth(characters[head]!);
    if (used + next > headRoom) break;
    used += next;
    head++;
  }
  let tail = characters.length;
  let tailUsed = 0;
  while (tail > head) {
    const next = characterWidth(characters[tail - 1]!);
    if (used + tailUsed + next > width - 1) break;
    tailUsed += next;
    tail--;
  }
  // A combining mark must not lose the character it belongs to.
  while (tail < characters.length && characterWidth(characters[tail]!) === 0) tail++;
  return `${characters.slice(0, head).join('')}…${characters.slice(tail).join('')}`;
}

/** Brackets that a sentence ends with name what it is about. */
const lastBrackets = / \([^()]+\)$/;

/**
 * A sentence when it fits in `width` columns, else its beginning and one `…`, since two halves of a sentence say less than
 * one; brackets at its end stay if they leave it nearly half of the room. Never wider than `width`.
 */
export function cutSentence(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (width < 1) return '';
  const [last = ''] = lastBrackets.exec(text) ?? [];
  const kept = textWidth(last) <= width * 0.55 ? last : '';
  const room = width - textWidth(kept) - 1;
  let shown = '';
  let used = 0;
  for (const character of text) {
    const next = characterWidth(character);
    if (used + next > room) break;
    shown += character;
    used += next;
  }
  return `${shown.trimEnd()}…${kept}`;
}

/** C0, C1 and DEL move the cursor or the colours; bidirectional controls reorder what is read. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/** Text from the wire made safe to print: control characters become `\xNN` or `\u{NNNN}`, so a terminal obeys none. */
export function printable(text: string): string {
  return text.replace(unsafe, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}
