/**
 * What a field's name says for and against each recognizer. Whole words alone count, and the last word decides: an
 * `order_mobile` is a mobile, a `mobile_type` is a type. Asked once per place; the answers are kept.
 */
import { isChinese, takeApart, tokenizeName } from './field-name.ts';
import type { Recognizer, Reference } from './recognizer.ts';

/** What a name means to one recognizer. */
export const Meaning = { other: 0, neutral: 1, hint: 2, context: 3, exclude: 4 } as const;

/** One `Meaning` per recognizer. */
export type Meanings = Uint8Array;

interface Entry {
  readonly recognizer: number;
  readonly meaning: number;
}

/** Most words that one entry of a list may have. */
const mostWords = 5;

export class NameReader {
  readonly #count: number;
  readonly #entries = new Map<string, Entry[]>();
  readonly #whole = new Map<string, Entry[]>();
  /** By first ideograph. */
  readonly #chinese = new Map<string, { readonly word: string; readonly entry: Entry }[]>();
  /** Every Chinese word that means something: a text without any of them, and without letters, means nothing. */
  readonly chineseWords = new Set<string>();
  /** The longest Latin word of every other entry, none of one letter beside ideographs: a text without any of them inside means nothing either. */
  readonly latinWords = new Set<string>();
  readonly #chineseFacets: readonly string[];
  readonly #facets: ReadonlySet<string>;
  readonly #booleans: ReadonlySet<string>;
  readonly #neutral: ReadonlySet<string>;
  readonly #chineseNeutral: ReadonlySet<string>;
  readonly #trailing: ReadonlySet<string>;
  /** Words that run-together names are taken apart into. */
  readonly #vocabulary = new Set<string>();

  constructor(recognizers: readonly Recognizer[], { words }: Reference) {
    this.#count = recognizers.length;
    const group = (name: string): readonly string[] => words[name] ?? [];
    this.#facets = new Set(group('facet').filter((word) => !isChinese(word)));
    this.#chineseFacets = group('facet').filter(isChinese);
    this.#booleans = new Set(group('boolean'));
    this.#neutral = new Set(group('neutral'));
    this.#chineseNeutral = new Set(group('neutral').filter(isChinese));
    this.#trailing = new Set(group('trailing'));
    for (const word of [...group('modifier'), ...group('facet'), ...group('trailing'), ...group('vocabulary')]) {
      if (word.length >= 2) this.#vocabulary.add(word);
    }
    for (const [recognizer, { context, hint, exclude }] of recognizers.entries()) {
      this.#take(context, { recognizer, meaning: Meaning.context });
      this.#take(hint, { recognizer, meaning: Meaning.hint });
      this.#take(exclude, { recognizer, meaning: Meaning.exclude });
    }
  }

  #take(words: readonly string[], entry: Entry): void {
    for (const word of words) {
      const whole = word.startsWith('=');
      const text = whole ? word.slice(1) : word;
      // 沪A is read word by word as names are; a run of ideographs is looked for inside longer runs.
      const isRun = /^[\u4e00-\u9fff]+$/.test(text);
      if (isRun) this.chineseWords.add(text);
      if (!whole && isRun) {
        const list = this.#chinese.get(text[0]!);
        if (list === undefined) this.#chinese.set(text[0]!, [{ word: text, entry }]);
        else list.push({ word: text, entry });
        continue;
      }
      const tokens = tokenizeName(text);
      const latin = tokens.filter((token) => !isChinese(token)).sort((a, b) => b.length - a.length);
      // A letter by itself is in nearly every text: of 沪A the ideograph says whether it may be there.
      const ideographs = tokens.find(isChinese);
      if (ideographs !== undefined && (latin[0]?.length ?? 0) < 2) this.chineseWords.add(ideographs);
      else if (latin.length > 0) this.latinWords.add(latin[0]!);
      const table = whole ? this.#whole : this.#entries;
      append(table, tokens.join('_'), entry);
      // Pinyin initials and other short words are no parts to take names apart with: they are in too many words.
      for (const token of tokens) if (token.length >= 3 && !isChinese(token)) this.#vocabulary.add(token);
    }
  }

  /** `parent` is the name of the object or list around the field; it speaks where the name says nothing. */
  read(name: string, parent: string): Meanings {
    const meanings = new Uint8Array(this.#count);
    const own = this.#words(name);
    const says = own.length > 0 && !own.every((word) => this.#isNeutral(word));
    const words = says ? own : [...this.#words(parent), ...own];
    if (words.length === 0 || words.every((word) => this.#isNeutral(word))) {
      meanings.fill(Meaning.neutral);
      for (const { recognizer, meaning } of this.#whole.get(own.join('_')) ?? []) meanings[recognizer] = meaning;
      return meanings;
    }
    this.#judge(words, meanings);
    return meanings;
  }

  #isNeutral(word: string): boolean {
    return this.#neutral.has(word) || this.#chineseNeutral.has(word) || word.length === 1;
  }

  #words(name: string): string[] {
    return tokenizeName(name).flatMap((word) => takeApart(word, this.#vocabulary));
  }

  #judge(words: readonly string[], meanings: Meanings): void {
    /** End of the winning match per recognizer, in 64ths of a word so that Chinese runs order their characters. */
    const ends = new Int32Array(this.#count).fill(-1);
    const lengths = new Int32Array(this.#count);
    const win = ({ recognizer, meaning }: Entry, end: number, length: number): void => {
      const same = end === ends[recognizer]! && length === lengths[recognizer]! && meaning > meanings[recognizer]!;
      const later = end > ends[recognizer]! || (end === ends[recognizer]! && length > lengths[recognizer]!);
      if (!later && !same) return;
      meanings[recognizer] = meaning;
      ends[recognizer] = end;
      lengths[recognizer] = length;
    };
    let last = words.length;
    while (last > 1 && this.#trailing.has(words[last - 1]!)) last--;
    for (let from = 0; from < words.length; from++) {
      let key = '';
      for (let to = from; to < words.length && to < from + mostWords; to++) {
        key = to === from ? words[to]! : `${key}_${words[to]!}`;
        const end = Math.min(to + 1, last) * 64;
        for (const entry of this.#lookUp(key)) win(entry, end, key.length);
      }
      if (isChinese(words[from]!)) this.#judgeChinese(words[from]!, from, win);
    }
    const whole = words.join('_');
    for (const entry of this.#whole.get(whole) ?? this.#whole.get(words.slice(0, last).join('_')) ?? []) {
      win(entry, words.length * 64 + 1, whole.length);
    }
    this.#applyFacets(words, ends, meanings);
  }

  #lookUp(key: string): readonly Entry[] {
    const found = this.#entries.get(key);
    if (found !== undefined || !key.endsWith('s')) return found ?? [];
    return this.#entries.get(key.slice(0, -1)) ?? [];
  }

  #judgeChinese(run: string, index: number, win: (entry: Entry, end: number, length: number) => void): void {
    for (let at = 0; at < run.length; at++) {
      for (const { word, entry } of this.#chinese.get(run[at]!) ?? []) {
        if (run.startsWith(word, at)) win(entry, index * 64 + Math.min(63, at + word.length), word.length);
      }
    }
  }

  /** `mobile_type`, `has_password`, 手机型号: about the field, not the field. */
  #applyFacets(words: readonly string[], ends: Int32Array, meanings: Meanings): void {
    let facet = this.#booleans.has(words[0]!) ? Number.MAX_SAFE_INTEGER : -1;
    for (const [index, word] of words.entries()) {
      if (this.#facets.has(word)) facet = Math.max(facet, (index + 1) * 64);
      if (!isChinese(word)) continue;
      for (const part of this.#chineseFacets) {
        if (word.endsWith(part)) facet = Math.max(facet, index * 64 + Math.min(63, word.length));
      }
    }
    if (facet < 0) return;
    for (let recognizer = 0; recognizer < meanings.length; recognizer++) {
      const speaks = meanings[recognizer] === Meaning.context || meanings[recognizer] === Meaning.hint;
      if (speaks && ends[recognizer]! < facet) meanings[recognizer] = Meaning.exclude;
    }
  }
}

function append(table: Map<string, Entry[]>, key: string, entry: Entry): void {
  const entries = table.get(key);
  if (entries === undefined) table.set(key, [entry]);
  else entries.push(entry);
}
