/** What is known of a place that values come from: its name is read once and the answer kept on its number. */
import type { LeafNode, LeafPlace } from '../leaf.ts';
import { Meaning, type Meanings, type NameReader } from './name-reader.ts';
import type { Profile, Profiles } from './profiles.ts';
import type { Recognizer } from './recognizer.ts';
import { Habit } from './repeats.ts';
import type { RowRules } from './row-context.ts';

export interface Plan {
  readonly profile: Profile;
  /** The place's path as it may be shown: keys that are values themselves are `*`. */
  readonly path: string;
  /** Place and path in one: `body.data[].mobile`; the place alone for a bare value. */
  readonly full: string;
  /** Items of a list of bare values are nobody's row. */
  readonly alone: boolean;
  /** Whether looking up its texts is worth it, and its short ones. */
  readonly habit: Habit;
  readonly short: Habit;
  /** Values here may wait for what their row says. */
  readonly waits: boolean;
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
  /** Recognizers, by index, that are looked for in some parts of a message only. */
  readonly #bound = new Map<number, readonly LeafPlace[]>();
  readonly #encoder = new TextEncoder();

  constructor(
    private readonly names: NameReader,
    private readonly profiles: Profiles,
    private readonly isClear: (key: Uint8Array) => boolean,
    private readonly rows: RowRules,
    recognizers: readonly Recognizer[],
  ) {
    for (const [index, { places }] of recognizers.entries()) if (places.length > 0) this.#bound.set(index, places);
    this.bare = {
      profile: profiles.of(names.read('', ''), false),
      path: '',
      full: 'body',
      alone: false,
      habit: new Habit(),
      short: new Habit(),
      waits: false,
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
    const profile = this.profiles.of(this.#within(node.place, this.names.read(name, parents.at(-1) ?? '')), false);
    const path = keys
      .map((key) => this.#show(key))
      .join('.')
      .slice(0, longestPath);
    const full = path === '' ? node.place : `${node.place}.${path}`;
    return {
      profile,
      path,
      full,
      alone: node.path.endsWith('[]'),
      habit: new Habit(),
      short: new Habit(),
      waits: this.rows.waitsAt(profile),
    };
  }

  /** What is not looked for in that part of a message counts as spoken against. */
  #within(place: LeafPlace, meanings: Meanings): Meanings {
    for (const [index, places] of this.#bound) if (!places.includes(place)) meanings[index] = Meaning.exclude;
    return meanings;
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
