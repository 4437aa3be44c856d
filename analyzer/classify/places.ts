/** What is known of a place that values come from: its name is read once and the answer kept on its number. */
import type { LeafNode } from '../leaf.ts';
import type { NameReader } from './name-reader.ts';
import type { Profile, Profiles } from './profiles.ts';
import { Habit } from './repeats.ts';

export interface Plan {
  readonly profile: Profile;
  /** The place's path as it may be shown: keys that are values themselves are `*`. */
  readonly path: string;
  /** Place and path in one: `body.data[].mobile`; the place alone for a bare value. */
  readonly full: string;
  /** Items of a list of bare values are nobody's row. */
  readonly alone: boolean;
  readonly habit: Habit;
}

/** Plans kept by path, and keys as shown; dropped together when full, and made anew. */
const mostPlans = 16_384;
const longestPath = 256;

export class Places {
  /** The plan of a bare value. */
  readonly bare: Plan;
  /** Weak: a node holds its whole tree, which is gone when its pool lets it go. */
  readonly #byNode = new WeakMap<LeafNode, Plan>();
  readonly #byPath = new Map<string, Plan>();
  readonly #shown = new Map<string, string>();
  readonly #encoder = new TextEncoder();

  constructor(
    private readonly names: NameReader,
    private readonly profiles: Profiles,
    private readonly isClear: (key: Uint8Array) => boolean,
  ) {
    this.bare = {
      profile: profiles.of(names.read('', ''), false),
      path: '',
      full: 'body',
      alone: false,
      habit: new Habit(),
    };
  }

  plan(node: LeafNode): Plan {
    const known = this.#byNode.get(node);
    if (known !== undefined) return known;
    const key = `${node.place} ${node.path}`;
    let plan = this.#byPath.get(key);
    if (plan === undefined) {
      plan = this.#make(node);
      if (this.#byPath.size >= mostPlans) this.#byPath.clear();
      this.#byPath.set(key, plan);
    }
    this.#byNode.set(node, plan);
    return plan;
  }

  #make(node: LeafNode): Plan {
    const keys = node.path.split('.');
    const name = node.name;
    const parents = keys
      .map((key) => key.replaceAll('[]', ''))
      .filter((key) => key !== '' && !/^(?:\*|\*\*|\{.*\})$/.test(key));
    if (parents.at(-1) === name) parents.pop();
    const profile = this.profiles.of(this.names.read(name, parents.at(-1) ?? ''), false);
    const path = keys
      .map((key) => this.#show(key))
      .join('.')
      .slice(0, longestPath);
    const full = path === '' ? node.place : `${node.place}.${path}`;
    return { profile, path, full, alone: node.path.endsWith('[]'), habit: new Habit() };
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
