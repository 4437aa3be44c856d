/**
 * What people said of templates. It wins for ever: an API that is locked or was put together keeps its template and takes
 * in whatever has it, and what was separated is never put together again, however alike it looks.
 */
import { anyValue } from './trie.ts';

export interface TemplatePart {
  readonly id: string;
  readonly template: string;
  /** What it was part of before a merge took that in; '' and absent: it was an API of its own. */
  readonly of?: string;
}

export interface TemplateWord {
  readonly action: 'lock' | 'merge' | 'split';
  /** It was taken back. */
  readonly taken: boolean;
  /** The API's id of now. */
  readonly api: string;
  readonly app: string;
  readonly method: string;
  readonly operation: string;
  /** Of `split` a pattern in which `*` stands for any run within a segment. */
  readonly template: string;
  /** Of `merge`: what became part of it; of `split`: what was separated. */
  readonly parts: readonly TemplatePart[];
}

interface Named {
  readonly method: string;
  readonly operation: string;
}

/** The words on one application's templates that stand. */
export class TemplateWords {
  readonly #kept: (Named & { readonly bare: readonly string[] })[] = [];
  readonly #apart: (Named & { readonly fits: (path: string) => boolean })[] = [];

  constructor(words: readonly TemplateWord[]) {
    for (const { action, taken, method, operation, template } of words) {
      if (taken) continue;
      if (action === 'split') this.#apart.push({ method, operation, fits: patternOf(template) });
      else this.#kept.push({ method, operation, bare: bareOf(template) });
    }
  }

  /** The template that people gave to what has these segments; null where they said nothing. Words before parameters. */
  keptFor({ method, operation }: Named, bare: readonly string[]): readonly string[] | null {
    let best: readonly string[] | null = null;
    for (const one of this.#kept) {
      if (one.method !== method || one.operation !== operation || one.bare.length !== bare.length) continue;
      if (!one.bare.every((segment, i) => segment === anyValue || segment === bare[i])) continue;
      if (best === null || parametersIn(one.bare) < parametersIn(best)) best = one.bare;
    }
    return best;
  }

  speakOf(named: Named, template: string): boolean {
    if (this.#kept.length === 0 && this.#apart.length === 0) return false;
    const bare = bareOf(template);
    return this.isApart(named, bare) || this.keptFor(named, bare) !== null;
  }

  isApart({ method, operation }: Named, bare: readonly string[]): boolean {
    return this.#apart.some(
      (one) => one.method === method && one.operation === operation && one.fits(`/${bare.join('/')}`),
    );
  }
}

function parametersIn(bare: readonly string[]): number {
  return bare.filter((segment) => segment === anyValue).length;
}

function bareOf(template: string): string[] {
  if (template === '/') return [];
  return template
    .slice(1)
    .split('/')
    .map((segment) => segment.replace(/\{[^{}]*\}/g, anyValue));
}

/** A pattern as people write it: `/users/search`, `/users/s*`. In time of its length by the path's. */
export function patternOf(pattern: string): (path: string) => boolean {
  const wanted = bareOf(pattern);
  return (path) => {
    const given = bareOf(path);
    return given.length === wanted.length && wanted.every((segment, i) => fits(segment, given[i]!));
  };
}

/** The last `*` alone takes more when what follows does not fit: an earlier one could not do better. */
function fits(pattern: string, text: string): boolean {
  let p = 0;
  let star = -1;
  let from = 0;
  for (let t = 0; t < text.length; ) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p++;
      from = t;
    } else if (p < pattern.length && pattern[p] === text[t]) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++from;
    } else return false;
  }
  while (p < pattern.length && pattern[p] === '*') p++;
  return p === pattern.length;
}
