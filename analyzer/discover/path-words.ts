/** A path and an operation as words, segment by segment, without what stands for a parameter. */
import { chinese, pinyin } from './function-words.ts';
import { extensionKind, extensionStart } from './lexicon.ts';

/** One word, in English, and as it was written. */
export interface Word {
  readonly text: string;
  readonly shown: string;
}

export interface PathWords {
  /** Segments that hold any word, at most 16; those of the operation are the last. */
  readonly segments: readonly (readonly Word[])[];
  /** Extension of a document at the path's end (`csv`), in lower case; else empty. */
  readonly document: string;
  /** The path's last segment is a parameter, or holds one. */
  readonly endsOpen: boolean;
}

const mostSegments = 16;
const longestText = 512;

export function pathWords(template: string, operation: string): PathWords {
  const segments: Word[][] = [];
  let document = '';
  let endsOpen = false;
  for (const segment of template.slice(0, longestText).split('/')) {
    if (segment === '') continue;
    const semicolon = segment.indexOf(';');
    const bare = semicolon < 0 ? segment : segment.slice(0, semicolon);
    const dot = extensionStart(bare);
    const extension = dot < 0 ? '' : bare.slice(dot + 1).toLowerCase();
    document = extension !== '' && extensionKind(extension) === 'document' ? extension : '';
    endsOpen = bare.includes('{');
    const stem = dot < 0 ? bare : bare.slice(0, dot);
    addWords(segments, endsOpen ? stem.replace(/\{[^{}]*\}/g, ' ') : stem);
  }
  for (const part of operation.slice(0, longestText).split(/[/.#:]/)) addWords(segments, part);
  return { segments: segments.slice(-mostSegments), document, endsOpen };
}

/** A name's words in English: `entrust_amount`, `wtsl`, `委托数量`. */
export function wordsOf(name: string): string[] {
  const segments: Word[][] = [];
  addWords(segments, name.slice(0, longestText));
  return segments.flat().map(({ text }) => text);
}

function addWords(segments: Word[][], segment: string): void {
  const words: Word[] = [];
  for (const shown of split(segment)) {
    const word = shown.toLowerCase();
    if (word.charCodeAt(0) > 0x2e80) words.push(...chineseWords(word));
    else words.push(...englishOf(word).map((text) => ({ text, shown: word })));
  }
  if (words.length > 0) segments.push(words);
}

/** At camel humps, separators, and where scripts meet; a number at a word's end goes. */
function split(text: string): string[] {
  const parted = /[A-Z]/.test(text)
    ? text.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    : text;
  return parted
    .replace(/([\u2e80-\u9fff]+)/g, ' $1 ')
    .split(/[^A-Za-z0-9\u2e80-\u9fff]+/)
    .map((word) => word.replace(/(?<=[A-Za-z]{2})\d+$/, ''))
    .filter((word) => word !== '' && !/^v?\d+$/i.test(word));
}

function englishOf(word: string): string[] {
  const known = pinyin.get(word);
  if (known !== undefined) return known.split(' ');
  // Initials of a Chinese name with what is done at the end: `khcx` asks for customers, `khxg` changes them.
  const initials = /^[b-df-hj-np-tv-z]{2,5}(cx|xg)$/.exec(word);
  if (initials !== null) return [initials[1] === 'cx' ? 'query' : 'update'];
  return [word];
}

function chineseWords(text: string): Word[] {
  const words: Word[] = [];
  for (let i = 0; i < text.length; ) {
    const found = chinese.find(([written]) => text.startsWith(written, i));
    if (found === undefined) {
      i++;
      continue;
    }
    const [shown, english] = found;
    for (const word of english.split(' ')) words.push({ text: word, shown });
    i += shown.length;
  }
  // Nothing known: still a word, so that it is not taken for nothing.
  return words.length > 0 ? words : [{ text, shown: text }];
}
