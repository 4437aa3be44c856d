/** Templates that people wrote down, and which of them an API has: in a register, or in a specification. */

interface Declared {
  /** `*` for any. */
  readonly method: string;
  readonly template: string;
}

export class DeclaredTemplates<T extends Declared> {
  readonly #exact = new Map<string, T>();
  /** By number of segments: only those can fit. */
  readonly #open = new Map<
    number,
    { readonly entry: T; readonly parts: readonly string[]; readonly values: number }[]
  >();

  constructor(entries: Iterable<T>) {
    for (const entry of entries) {
      const bare = bareTemplate(entry.template);
      this.#exact.set(`${entry.method} ${bare}`, entry);
      const parts = bare.split('/');
      const values = parts.filter((part) => part.includes('{}')).length;
      if (values === 0) continue;
      const same = this.#open.get(parts.length);
      if (same === undefined) this.#open.set(parts.length, [{ entry, parts, values }]);
      else same.push({ entry, parts, values });
    }
    for (const same of this.#open.values()) same.sort((a, b) => a.values - b.values);
  }

  /** What is spelt the same; else the one whose parameters the words could be, words before parameters; null for none. */
  of(method: string, template: string): T | null {
    const bare = bareTemplate(template);
    const exact = this.#exact.get(`${method} ${bare}`) ?? this.#exact.get(`* ${bare}`);
    if (exact !== undefined) return exact;
    const own = bare.split('/');
    for (const { entry, parts } of this.#open.get(own.length) ?? []) {
      if (entry.method !== method && entry.method !== '*') continue;
      if (parts.every((part, i) => part === own[i] || part.includes('{}'))) return entry;
    }
    return null;
  }
}

/** Without the names of parameters, which everybody chooses otherwise, and without a slash at the end. */
export function bareTemplate(template: string): string {
  const bare = template.replace(/\{[^{}]*\}/g, '{}');
  return bare.length > 1 && bare.endsWith('/') ? bare.slice(0, -1) : bare;
}
