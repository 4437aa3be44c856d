/**
 * What the register of a house says against a call: its API was retired before, or is not in it. Nothing is said of
 * applications of which the register names no API.
 */
import { BoundedCache } from '../bounded-cache.ts';
import type { ApiCall } from '../call.ts';
import { DeclaredTemplates } from '../discover/declared-templates.ts';

export interface RegisterEntry {
  readonly app: string;
  /** `*` for any. */
  readonly method: string;
  readonly template: string;
  readonly state: 'approved' | 'retired';
  /** First moment of its retirement, µs; 0 where nobody said when. */
  readonly retired: number;
}

/** Provisional APIs that are remembered; others are looked up again. */
const mostKnown = 16_384;

export class Register {
  #apps = new Map<string, DeclaredTemplates<RegisterEntry>>();
  #known = new BoundedCache<RegisterEntry | null>(mostKnown);
  #text = '[]';

  /** All of it; what was said before counts no longer. */
  hear(entries: readonly RegisterEntry[]): void {
    const text = JSON.stringify(entries);
    if (text === this.#text) return;
    this.#text = text;
    const byApp = new Map<string, RegisterEntry[]>();
    for (const entry of entries) byApp.set(entry.app, [...(byApp.get(entry.app) ?? []), entry]);
    this.#apps = new Map([...byApp].map(([app, of]) => [app, new DeclaredTemplates(of)]));
    this.#known = new BoundedCache(mostKnown);
  }

  /** `retired`, `unregistered`; undefined where nothing speaks against it. */
  of({
    app,
    apiId,
    method,
    template,
    format,
    ts,
  }: Pick<ApiCall, 'app' | 'apiId' | 'method' | 'template' | 'format' | 'ts'>): string | undefined {
    const registered = this.#apps.size === 0 ? undefined : this.#apps.get(app);
    if (registered === undefined || method === '') return undefined;
    let entry = this.#known.get(apiId);
    if (entry === undefined) {
      entry = registered.of(method, template);
      this.#known.set(apiId, entry);
    }
    // Pages and static files are no interfaces that anybody registers.
    if (entry === null) return format === 'web' || format === 'asset' ? undefined : 'unregistered';
    return entry.state === 'retired' && ts >= entry.retired ? 'retired' : undefined;
  }
}
