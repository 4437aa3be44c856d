/** What is known of a place that values come from: its name is read once and the answer kept on its number. */
import type { LeafNode } from '../leaf.ts';
import type { Meanings, NameReader } from './name-reader.ts';

export interface Plan {
  readonly node: LeafNode;
  readonly meanings: Meanings;
  /** 1 per recognizer that can reach its threshold here by a match inside the value. */
  readonly anywhere: Uint8Array;
  /** Recognizers of whole values that can reach their threshold here. */
  readonly whole: readonly number[];
  /** Octets of the shortest value that anything can be found in here. */
  readonly least: number;
  /** The same for a JSON number. */
  readonly leastNumber: number;
  /** The place's path as it may be shown: keys that are values themselves are `*`. */
  readonly path: string;
}

/** What the meanings of a name leave possible. */
export type Reachable = Pick<Plan, 'anywhere' | 'whole' | 'least' | 'leastNumber'>;

/** Plans kept over all trees; dropped together when full, and made anew. */
const mostPlans = 16_384;
const longestPath = 256;

export class Places {
  /** The plan of a bare value. */
  readonly bare: Plan;
  #byNumber: (Plan | undefined)[] = [];
  readonly #byPath = new Map<string, Plan>();
  readonly #shown = new Map<string, string>();
  readonly #encoder = new TextEncoder();

  constructor(
    private readonly names: NameReader,
    private readonly reachable: (meanings: Meanings) => Reachable,
    private readonly isClear: (key: Uint8Array) => boolean,
  ) {
    const node: LeafNode = { place: 'body', path: '', name: '', id: 0 };
    const meanings = names.read('', '');
    this.bare = { node, meanings, path: '', ...reachable(meanings) };
  }

  plan(node: LeafNode): Plan {
    const known = this.#byNumber[node.id];
    if (known !== undefined && known.node === node) return known;
    const key = `${node.place} ${node.path}`;
    const kept = this.#byPath.get(key);
    const plan: Plan = kept === undefined ? this.#make(node) : { ...kept, node };
    if (kept === undefined) {
      if (this.#byPath.size >= mostPlans) {
        this.#byPath.clear();
        this.#byNumber = [];
      }
      this.#byPath.set(key, plan);
    }
    if (node.id < mostPlans) this.#byNumber[node.id] = plan;
    return plan;
  }

  #make(node: LeafNode): Plan {
    const keys = node.path.split('.');
    const name = node.name;
    const parents = keys
      .map((key) => key.replaceAll('[]', ''))
      .filter((key) => key !== '' && !/^(?:\*|\*\*|\{.*\})$/.test(key));
    if (parents.at(-1) === name) parents.pop();
    const meanings = this.names.read(name, parents.at(-1) ?? '');
    const path = keys.map((key) => this.#show(key)).join('.');
    return { node, meanings, path: path.slice(0, longestPath), ...this.reachable(meanings) };
  }

  /** A key may be a value: `{"13812345678": {…}}`. */
  #show(key: string): string {
    if (key === '**') return key;
    let shown = this.#shown.get(key);
    if (shown === undefined) {
      const bytes = this.#encoder.encode(key);
      const clear = /\d{6}|\d{4}.*\d{4}|[@*]|\p{Cc}/u.test(key) || key.length > 64 || this.isClear(bytes);
      shown = clear ? (key.endsWith('[]') ? '*[]' : '*') : key;
      if (this.#shown.size >= mostPlans) this.#shown.clear();
      this.#shown.set(key, shown);
    }
    return shown;
  }
}
