/**
 * Which API a provisional API has become. `read` names APIs by what spelling tells; here behaviour tells the rest, an
 * application at a time (app-templates.ts). Only successful calls teach.
 *
 * Bounds: `mostApps` applications and `mostIds` provisional ids; those beyond stay what they are (`refused`).
 */
import { ownCopy } from '../../bounded-cache.ts';
import type { ApiCall } from '../../call.ts';
import { AppTemplates, type AppTemplatesSnapshot } from './app-templates.ts';
import { type Known, templateOf } from './known.ts';
import type { TemplateWord } from './words-of-people.ts';

const mostApps = 4096;
const mostIds = 400_000;
/** Parts of an API that are asked what is known of them. */
const mostParts = 16;

/** An id that another took the place of. */
export interface Alias {
  readonly alias: string;
  readonly id: string;
  readonly template: string;
  readonly reason: string;
}

/** APIs that have become one. */
export interface Merged {
  readonly id: string;
  readonly template: string;
  readonly operation: string;
  readonly reason: string;
  /** Ids that were APIs of their own until now, or became part of such earlier. */
  readonly from: readonly string[];
}

/** A part that people separated from an API. */
export interface Separated {
  readonly id: string;
  readonly template: string;
  readonly whole: string;
}

export interface TemplatesSnapshot {
  readonly apps: readonly AppTemplatesSnapshot[];
  /** Aliases that were not asked for yet. */
  readonly changed: readonly string[];
}

/** Shape of the reply, 0 for none, and its entries a line each, where whoever read the call tells them. */
interface Shaped {
  readonly shape?: number;
  readonly shapeEntries?: string;
}

type Taught = Pick<
  ApiCall,
  'ts' | 'app' | 'apiId' | 'method' | 'operation' | 'template' | 'templateReason' | 'format' | 'given'
>;

export class Templates {
  readonly #apps = new Map<string, AppTemplates>();
  readonly #byId = new Map<string, Known>();
  readonly #changed = new Set<Known>();
  /** Parts that people separated, and their templates: told once as aliases of themselves. */
  readonly #separated = new Map<string, string>();
  #words: ReadonlyMap<string, readonly TemplateWord[]> = new Map();
  #refused = 0;

  constructor(
    private readonly merged: (merged: Merged) => void,
    private readonly separated: (part: Separated) => void = () => {},
  ) {}

  /** Id of the API that a provisional one belongs to. */
  idOf(provisional: string): string {
    const known = this.#resolve(provisional);
    return known === undefined ? provisional : known.ids[known.ids.length - 1]!;
  }

  /** Provisional ids that are part of an API, some of them if there are many. */
  partsOf(id: string): readonly string[] {
    const known = this.#resolve(id);
    return known === undefined ? [id] : known.ids.slice(-mostParts);
  }

  #resolve(id: string): Known | undefined {
    let known = this.#byId.get(id);
    if (known === undefined || known.into === null) return known;
    while (known.into !== null) known = known.into;
    this.#byId.set(id, known);
    return known;
  }

  /** What people said of templates, all of it; it holds from now on, whatever is learnt. */
  decide(words: readonly TemplateWord[]): void {
    const byApp = new Map<string, TemplateWord[]>();
    for (const word of words) byApp.set(word.app, [...(byApp.get(word.app) ?? []), word]);
    for (const name of this.#words.keys()) if (!byApp.has(name)) byApp.set(name, []);
    this.#words = byApp;
    for (const [name, ofApp] of byApp) {
      const app = this.#apps.get(name);
      if (app === undefined) continue;
      for (const word of ofApp) {
        if (word.action === 'merge' && !word.taken) this.#join(app, word);
        if ((word.action === 'split') !== word.taken) this.#separate(app, word);
      }
      for (const whole of app.decide(ofApp)) this.#tell(whole);
    }
  }

  /** Whether people said what a call's template is. */
  isDecided(call: Pick<ApiCall, 'app' | 'method' | 'operation' | 'template'>): boolean {
    return this.#apps.get(call.app)?.isDecided(call) === true;
  }

  #join(app: AppTemplates, { api, parts, template }: TemplateWord): void {
    const whole = this.#resolve(api);
    if (whole === undefined) return;
    const others = new Set<Known>();
    for (const { id } of parts) {
      const known = this.#resolve(id);
      if (known !== undefined && known !== whole && known.app === whole.app) others.add(known);
    }
    if (others.size === 0 && templateOf(whole) === template) return;
    app.join(whole, [...others], template);
    this.#tell(whole);
  }

  /**
   * These provisional APIs are one page, which answers whatever is asked (fallback-pages.ts). What has become part of an
   * API with others stays there.
   */
  fall(name: string, ids: readonly string[]): void {
    const app = this.#apps.get(name);
    if (app === undefined) return;
    const pages = new Set<Known>();
    for (const id of ids) {
      const known = this.#resolve(id);
      // What was learnt has an id of its own, behind those it is made of.
      if (known?.ids.every((each, i) => ids.includes(each) || (i > 0 && i === known.ids.length - 1))) pages.add(known);
    }
    const whole = app.fall([...pages]);
    if (whole === null) return;
    this.#byId.set(whole.ids[whole.ids.length - 1]!, whole);
    this.#tell(whole);
  }

  #separate(app: AppTemplates, { action, api, parts }: TemplateWord): void {
    if (action === 'lock') return;
    for (const { id, template, of = '' } of parts) {
      const whole = this.#resolve(id);
      if (whole === undefined || of !== '') continue;
      if (whole.ids[whole.ids.length - 1] === id) {
        if (app.rename(whole, template)) this.#tell(whole);
        continue;
      }
      const part = app.separate(whole, id, template);
      if (part === null) continue;
      this.#byId.set(id, part);
      this.#separated.set(id, template);
      this.separated({ id, template, whole: whole.ids[whole.ids.length - 1]! });
    }
    this.#giveBack(api, parts);
  }

  /** What was part of the others before they were put together with `api` is part of them again. */
  #giveBack(api: string, parts: TemplateWord['parts']): void {
    const from = this.#resolve(api);
    const grown = new Set<Known>();
    for (const { id, of = '' } of parts) {
      const to = of === '' ? undefined : this.#resolve(of);
      if (to === undefined || from === undefined || to === from || this.#resolve(id) !== from) continue;
      const at = from.ids.indexOf(id);
      if (at < 0 || at === from.ids.length - 1) continue;
      from.ids.splice(at, 1);
      to.ids.unshift(id);
      this.#byId.set(id, to);
      grown.add(to);
    }
    for (const whole of grown) this.#tell(whole);
  }

  /** Learns from a successful call. */
  observe(call: Taught): void {
    if (call.format === 'asset' || call.method === '' || call.template.charCodeAt(0) !== 0x2f) return;
    const app = this.#apps.get(call.app) ?? this.#begin(call.app);
    if (app === undefined) return;
    const known = this.#resolve(call.apiId) ?? this.#meet(app, call);
    if (known === undefined) return;
    const { shape = 0, shapeEntries = '' } = call.given as ApiCall['given'] & Shaped;
    if (app.count(known, call.ts, shape, shapeEntries)) this.#infer(app);
  }

  #begin(name: string): AppTemplates | undefined {
    if (this.#apps.size >= mostApps) {
      this.#refused++;
      return undefined;
    }
    const app = new AppTemplates(ownCopy(name));
    app.decide(this.#words.get(name) ?? []);
    this.#apps.set(app.app, app);
    return app;
  }

  #meet(app: AppTemplates, call: Taught): Known | undefined {
    const { method, operation, template, templateReason, apiId } = call;
    if (this.#byId.size >= mostIds) {
      this.#refused++;
      return undefined;
    }
    const known = app.meet(
      ownCopy(method),
      ownCopy(operation),
      ownCopy(template),
      ownCopy(templateReason),
      ownCopy(apiId),
    );
    if (known === null) return undefined;
    this.#byId.set(ownCopy(apiId), known);
    return known;
  }

  #infer(app: AppTemplates): void {
    for (const whole of app.infer()) this.#tell(whole);
  }

  #tell(whole: Known): void {
    this.#changed.add(whole);
    const id = whole.ids[whole.ids.length - 1]!;
    const { operation, reason } = whole;
    this.merged({ id, template: templateOf(whole), operation, reason, from: whole.ids.slice(0, -1) });
  }

  /** A stream has ended: what came since inference ran last is taken into account. */
  settle(): void {
    for (const app of this.#apps.values()) if (app.isBehind) this.#infer(app);
  }

  get refused(): number {
    let sum = this.#refused;
    for (const app of this.#apps.values()) sum += app.refused;
    return sum;
  }

  /** Ids that became others since the last time, or of all times. */
  changedAliases(): Alias[] {
    const own = [...this.#separated].map(([id, template]) => ({ alias: id, id, template, reason: 'person' }));
    const aliases = [...aliasesOf(this.#changed), ...own].sort((a, b) => (a.alias < b.alias ? -1 : 1));
    this.#changed.clear();
    this.#separated.clear();
    return aliases;
  }

  aliases(): Alias[] {
    const all: Known[] = [];
    for (const app of this.#apps.values()) for (const known of app.all()) all.push(known);
    return aliasesOf(all);
  }

  snapshot(): TemplatesSnapshot {
    return {
      apps: [...this.#apps.values()].map((app) => app.snapshot()).sort((a, b) => (a.app < b.app ? -1 : 1)),
      changed: [...this.#changed].map(({ ids }) => ids[ids.length - 1]!).sort(),
    };
  }

  restore(snapshot: TemplatesSnapshot): void {
    this.#apps.clear();
    this.#byId.clear();
    this.#changed.clear();
    for (const one of snapshot.apps) {
      const app = AppTemplates.restored(one);
      this.#apps.set(app.app, app);
      for (const known of app.all()) for (const id of known.ids) this.#byId.set(id, known);
    }
    for (const id of snapshot.changed) {
      const known = this.#byId.get(id);
      if (known !== undefined) this.#changed.add(known);
    }
  }
}

function aliasesOf(all: Iterable<Known>): Alias[] {
  const aliases: Alias[] = [];
  for (const known of all) {
    const { ids, reason } = known;
    const id = ids[ids.length - 1]!;
    const template = templateOf(known);
    for (let i = 0; i < ids.length - 1; i++) aliases.push({ alias: ids[i]!, id, template, reason });
  }
  return aliases.sort((a, b) => (a.alias < b.alias ? -1 : 1));
}
