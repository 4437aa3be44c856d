/**
 * Two texts as one name, each pair joined once: a text that was just joined has to be laid out, and read letter by
 * letter, wherever it is looked up. Bound: 16,384 pairs; beyond it all are forgotten, which only costs joining.
 */
import { laidOut } from '../bounded-cache.ts';

const mostNames = 16_384;

export class JoinedNames {
  readonly #groups = new Map<string, Map<string, string>>();
  #size = 0;

  constructor(private readonly join: (group: string, id: string) => string = byLine) {}

  of(group: string, id: string): string {
    const known = this.#groups.get(group)?.get(id);
    if (known !== undefined) return known;
    if (this.#size >= mostNames) {
      this.#groups.clear();
      this.#size = 0;
    }
    const name = laidOut(this.join(group, id));
    const members = this.#groups.get(group);
    if (members === undefined) this.#groups.set(group, new Map([[id, name]]));
    else members.set(id, name);
    this.#size++;
    return name;
  }
}

function byLine(group: string, id: string): string {
  return `${group}\n${id}`;
}

export function byBlank(group: string, id: string): string {
  return `${group} ${id}`;
}
