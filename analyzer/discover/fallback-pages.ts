/**
 * Pages that answer whatever is asked: an application that says with 200 that there is nothing (soft 404), or one whose
 * page finds its own way from there (single-page applications). Each path would be an API of its own: ten thousand of a
 * scan. They are one, `GET /**`.
 *
 * Such a page is told by its size: so many templates of one application have answered with a page of just so many octets,
 * and with nothing else. Templates that answer with other pages too are themselves, and show that page when a session is
 * over, say.
 *
 * Bounds: `mostApps` applications, `mostFaces` templates and `mostSizes` sizes of each; the first met is forgotten first.
 */
import { ownCopy } from '../bounded-cache.ts';
import type { ApiCall } from '../call.ts';
import { apiIdOf } from './api-id.ts';

/** Different templates that answer alike. */
const manyTemplates = 12;
/** Shorter pages are short answers: `<p>ok</p>`. */
const leastBytes = 128;
const mostApps = 1024;
const mostFaces = 4096;
const mostSizes = 32;
/** Of a template that answers in more than one way. */
const several = -1;

export const fallbackTemplate = '/**';
export const fallbackReason = 'same-page';

interface App {
  /** Octets of the page by provisional id; `several` when they differ. */
  readonly faces: Map<string, number>;
  /** Templates by size, until they are many. */
  readonly alike: Map<number, string[]>;
  /** Sizes of pages that answer whatever is asked. */
  readonly known: Set<number>;
}

type StoredApp = readonly [
  app: string,
  faces: readonly (readonly [string, number])[],
  alike: readonly (readonly [number, readonly string[]])[],
  known: readonly number[],
];

/** First met first. */
export type FallbackPagesSnapshot = readonly StoredApp[];

type Renamed = { -readonly [K in 'apiId' | 'template' | 'templateReason']: ApiCall[K] };

export class FallbackPages {
  readonly #apps = new Map<string, App>();

  /**
   * A call that such a page answered becomes one of `GET /**`. Answers the provisional ids of those before it, once they
   * are many enough to tell; null for nearly all calls.
   */
  take(call: ApiCall): readonly string[] | null {
    if (call.format !== 'web' || call.method !== 'GET' || call.status !== 200 || call.completeness !== 1) return null;
    if (call.responseType !== 'text/html' || call.envelope !== null || call.responseBytes < leastBytes) return null;
    const app = this.#apps.get(call.app) ?? this.#begin(call.app);
    const { apiId, responseBytes } = call;
    const face = app.faces.get(apiId);
    if (face === responseBytes || face === several) return rename(app, call, face);
    if (face !== undefined) {
      app.faces.set(apiId, several);
      const alike = app.alike.get(face);
      const at = alike === undefined ? -1 : alike.indexOf(apiId);
      if (at >= 0) alike!.splice(at, 1);
      return null;
    }
    if (app.known.has(responseBytes)) return rename(app, call, responseBytes);
    const own = ownCopy(apiId);
    keep(app.faces, own, responseBytes, mostFaces);
    let alike = app.alike.get(responseBytes);
    if (alike === undefined) keep(app.alike, responseBytes, (alike = []), mostSizes);
    alike.push(own);
    if (alike.length < manyTemplates) return null;
    app.alike.delete(responseBytes);
    app.known.add(responseBytes);
    rename(app, call, responseBytes);
    return alike;
  }

  #begin(name: string): App {
    const app: App = { faces: new Map(), alike: new Map(), known: new Set() };
    keep(this.#apps, ownCopy(name), app, mostApps);
    return app;
  }

  snapshot(): FallbackPagesSnapshot {
    return [...this.#apps].map(([name, { faces, alike, known }]): StoredApp => {
      return [name, [...faces], [...alike].map(([size, ids]) => [size, [...ids]] as const), [...known]];
    });
  }

  restore(snapshot: FallbackPagesSnapshot): void {
    this.#apps.clear();
    for (const [name, faces, alike, known] of snapshot) {
      const sizes = new Map(alike.map(([size, ids]): [number, string[]] => [size, [...ids]]));
      this.#apps.set(name, { faces: new Map(faces), alike: sizes, known: new Set(known) });
    }
  }
}

export function fallbackId(app: string): string {
  return apiIdOf(app, 'GET', fallbackTemplate, '');
}

function rename({ known }: App, call: ApiCall, face: number): null {
  if (face === several || !known.has(call.responseBytes)) return null;
  const renamed: Renamed = call;
  renamed.apiId = fallbackId(call.app);
  renamed.template = fallbackTemplate;
  renamed.templateReason = fallbackReason;
  return null;
}

/** The first one goes when there is no room. */
function keep<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
  if (map.size >= most) for (const first of map.keys()) if (map.delete(first)) break;
  map.set(key, value);
}
