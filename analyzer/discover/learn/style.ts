/** How an application spells its own words: snake_case, kebab-case, camelCase, PascalCase. Given names rarely follow it. */
import { anyValue, type Node } from './trie.ts';
import { nameLikeness } from './words.ts';

type Style = 'snake' | 'kebab' | 'camel' | 'pascal' | 'plain';

const deepest = 6;
/** Words from which on a style is one. */
const leastWords = 5;

export class OwnStyle {
  readonly #words = new Map<Style, number>();
  #all = 0;

  constructor(root: Node) {
    this.#learn(root, 0);
  }

  /** From words with values below them, and those that read as the interface's own. */
  #learn(node: Node, depth: number): void {
    for (const [word, child] of node.children) {
      if (!word.includes(anyValue) && (child.children.has(anyValue) || nameLikeness(word, true) < -0.5)) {
        const style = styleOf(word);
        if (style !== 'plain') {
          this.#words.set(style, (this.#words.get(style) ?? 0) + 1);
          this.#all++;
        }
      }
      if (depth < deepest) this.#learn(child, depth + 1);
    }
  }

  /** What the spelling adds to how much a word reads like a given name. */
  strangeness(word: string): number {
    if (this.#all < leastWords) return 0;
    const style = styleOf(word);
    if (style === 'plain') return this.#share('pascal') > 0.6 ? 0.4 : 0;
    const share = this.#share(style);
    return share < 0.1 ? 0.5 : share > 0.5 ? -0.2 : 0;
  }

  #share(style: Style): number {
    return (this.#words.get(style) ?? 0) / this.#all;
  }
}

function styleOf(text: string): Style {
  if (/^[A-Z][a-z]/.test(text)) return 'pascal';
  if (/^[a-z]+[A-Z]/.test(text)) return 'camel';
  if (text.includes('_')) return 'snake';
  return text.includes('-') ? 'kebab' : 'plain';
}
