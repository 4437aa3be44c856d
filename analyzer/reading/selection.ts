/**
 * Which operation a request selects by a parameter: a function number, `action=`, `{"service":…,"method":…}`. Behind one
 * address a whole back office may stand, and each value is an API of its own.
 *
 * Told by the parameter's name and by how its value is spelt, so the first call counts and shards agree. Whether the
 * parameter decides anything is found out in judge (learn/selectors.ts): values of one that does not become one API.
 * Values travel as the operation's name, so only plain words and function numbers of up to eight digits are taken, and
 * none in which anything was found that is somebody's.
 */
import { isOperationValue, type SelectorKind, selectorKind, selectsAlone } from '../discover/selector.ts';
import type { LeafKind, LeafNode } from '../leaf.ts';

const longestValue = 64;
/** Places beyond are looked at each time. */
const mostPlaces = 4096;
const unknownKind = 255;
const ranks: readonly SelectorKind[] = ['none', 'function', 'action', 'service'];

export class Selection {
  /** Rank of each place by its number in the tree; places are few, and their names are looked at once. */
  #kinds = new Uint8Array(64).fill(unknownKind);
  readonly #values = ['', '', '', ''];
  readonly #places = ['', '', '', ''];
  /** By rank: named by more than a letter. */
  readonly #alone = [false, false, false, false];
  #any = false;

  /** The next request begins. */
  begin(): void {
    if (!this.#any) return;
    this.#values.fill('');
    this.#any = false;
  }

  leaf(node: LeafNode, kind: LeafKind, bytes: Uint8Array, start: number, end: number): void {
    const { id } = node;
    const known = id < this.#kinds.length ? this.#kinds[id]! : unknownKind;
    const rank = known === unknownKind ? this.#tell(node) : known;
    if (rank === 0 || kind === 'literal' || end - start > longestValue || end === start) return;
    const isAlone = selectsAlone(node.name);
    if (this.#values[rank] !== '' && (this.#alone[rank] || !isAlone)) return;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
    if (!isOperationValue(text, ranks[rank]!)) return;
    this.#values[rank] = text;
    this.#places[rank] = `${node.place}.${node.path}`;
    this.#alone[rank] = isAlone;
    this.#any = true;
  }

  #tell(node: LeafNode): number {
    const rank = ranks.indexOf(selectorKind(node.place, node.path, node.name));
    if (node.id >= this.#kinds.length && node.id < mostPlaces) {
      const grown = new Uint8Array(Math.max(node.id + 1, 2 * this.#kinds.length)).fill(unknownKind);
      grown.set(this.#kinds);
      this.#kinds = grown;
    }
    if (node.id < this.#kinds.length) this.#kinds[node.id] = rank;
    return rank;
  }

  /** `300100`, `trade.query`, `order.cancel` of a service and its action; empty when nothing is selected. */
  get operation(): string {
    if (!this.#any) return '';
    const [, number, action, service] = this.#values;
    if (number !== '') return number!;
    if (action === '' || service === '') return this.#alone[action === '' ? 3 : 2] ? `${action}${service}` : '';
    return `${service}.${action}`;
  }

  /** `query.funcNo`, `body.service+body.action`: where it stood. */
  get places(): string {
    const [, number, action, service] = this.#values;
    if (number !== '') return this.#places[1]!;
    if (action === '' || service === '') return action === '' ? this.#places[3]! : this.#places[2]!;
    return `${this.#places[3]}+${this.#places[2]}`;
  }
}
