/** Does a text read as words, or was it drawn at random? */
import { digit, kindOf, lowerCase, other, upperCase } from './character.ts';
import { isVerb } from './lexicon.ts';

function isVowel(c: number): boolean {
  const lower = c | 0x20;
  return lower === 0x61 || lower === 0x65 || lower === 0x69 || lower === 0x6f || lower === 0x75 || lower === 0x79;
}

/**
 * Letters and digits that read as a name nevertheless: camel words around one short number (`getTop10Funds`,
 * `FundList2024`), or two words around it (`top10funds`).
 */
export function isWordy(text: string): boolean {
  let digits = 0;
  let numbers = 0;
  let words = 0;
  let named = 0;
  let verb = false;
  let run = 0;
  let longestRun = 0;
  let from = 0;
  let before = other;
  for (let i = 0; i <= text.length; i++) {
    const kind = i < text.length ? kindOf(text.charCodeAt(i)) : other;
    if (kind === digit) {
      digits++;
      if (before !== digit) numbers++;
      run = before === digit ? run + 1 : 1;
      if (run > longestRun) longestRun = run;
    }
    if (before === lowerCase || before === upperCase) {
      if (kind !== lowerCase && kind !== before) {
        if (words === 0) verb = (kind === upperCase || i - from >= 5) && isVerb(text.slice(from, i));
        words++;
        if (readsAsWord(text, from, i)) named++;
        from = i;
      }
    } else {
      from = i;
    }
    before = kind;
  }
  if (verb) return digits * 3 <= text.length && longestRun <= 4;
  return numbers === 1 && digits <= 4 && words >= 2 && named === words;
}

/** Three letters or more, a vowel among them. */
function readsAsWord(text: string, from: number, to: number): boolean {
  if (to - from < 3) return false;
  for (let i = from; i < to; i++) if (isVowel(text.charCodeAt(i))) return true;
  return false;
}

/** Few vowels, and more changes between cases and digits than words have. */
export function isUnspeakable(text: string): boolean {
  let switches = 0;
  let vowels = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (isVowel(c)) vowels++;
    if (i > 0 && kindOf(c) !== kindOf(text.charCodeAt(i - 1))) switches++;
  }
  return switches >= 0.4 * text.length && vowels < 0.28 * text.length;
}

function hasBothCases(text: string): boolean {
  let upper = 0;
  let lower = 0;
  for (let i = 0; i < text.length; i++) {
    const kind = kindOf(text.charCodeAt(i));
    if (kind === upperCase) upper++;
    else if (kind === lowerCase) lower++;
  }
  return upper >= 2 && lower >= 2;
}

/** Bits a character below which text is not random: base64url of 16 characters has about 3.6, of 10 about 3.1. */
const randomEntropy = 3.2;
const shortRandomEntropy = 2.8;
const seen = new Uint16Array(128);

/** Base64url of 16 characters or more, with digits. */
export function looksRandom(text: string): boolean {
  let switches = 0;
  let before = other;
  for (let i = 0; i < text.length; i++) {
    const kind = kindOf(text.charCodeAt(i));
    // A capital after a separator, or small letters after a capital, is how words begin.
    const begins = before === other || kind === other || (before === upperCase && kind === lowerCase);
    if (!begins && kind !== before) switches++;
    before = kind;
  }
  return switches >= 0.28 * text.length && hasBothCases(text) && !isWordy(text) && entropy(text) >= randomEntropy;
}

/** Shannon entropy of the characters, bits a character; ASCII text. */
function entropy(text: string): number {
  seen.fill(0);
  for (let i = 0; i < text.length; i++) seen[text.charCodeAt(i) & 0x7f]!++;
  let bits = 0;
  for (const count of seen) {
    if (count > 0) bits -= (count / text.length) * Math.log2(count / text.length);
  }
  return bits;
}

export function isBase64(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (kindOf(c) === other && c !== 0x2d && c !== 0x5f && c !== 0x2b && c !== 0x2f && c !== 0x3d && c !== 0x7e) {
      return false;
    }
  }
  return true;
}

/** True when at most eight small letters, and nothing else, stand before the separator. */
export function wordBefore(text: string, separator: string): boolean {
  const end = text.indexOf(separator);
  if (end < 1 || end > 8) return false;
  for (let i = 0; i < end; i++) if (kindOf(text.charCodeAt(i)) !== lowerCase) return false;
  return true;
}

/** A short prefix and base62 of ten characters or more: `cus_EhXUSnwmvNRdn7`. */
export function hasRandomTail(text: string): boolean {
  if (!wordBefore(text, '_')) return false;
  const tail = text.slice(text.indexOf('_') + 1);
  return (
    tail.length >= 10 &&
    hasBothCases(tail) &&
    isUnspeakable(tail) &&
    !isWordy(tail) &&
    entropy(tail) >= shortRandomEntropy
  );
}
