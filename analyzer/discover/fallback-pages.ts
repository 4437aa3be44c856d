/**
 * Pages that answer whatever is asked: an application that says with 200 that there is nothing (soft 404), or one whose
 * page finds its own way from there (single-page applications). Each path would be an API of its own: ten thousand of a
 * scan. They are one, `GET /**`.
 *
 * Such a page is told by its size: so many templates of one application have answered with a page of just so many octets,
 * and with nothing else. Templates that answer with other pages too are themselves, and show that page when a session is
 * over, say.
 *
 * What was asked stays on the call for rules (`askedTemplate`): who scans is seen by it, whatever answers.
 *
 * Bounds: `mostApps` applications, of each `mostFaces` templates, `mostSizes` sizes and `mostKnown` pages; the first met is
 * forgotten first (`evicted`).
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
/** Of pages that are known; an application has one or two. */
const mostKnown = 64;
/** Of a template that answers in more than one way. */
const several = -1;

export const fallbackTemplate = '/**';
export const fallbackReason = 'same-page';

interface App {
  /** Octets of the page by provisional id; `several` when they differ. */
  readonly faces: Map<string, number>;
  /** Templates by size, until they are many. */
  readonly alike: Map<number, string[]>;
  /** Sizes of pages that answer whatever is asked; the values say nothing. */
  readonly known: Map<number, true>;
}

type StoredApp = readonly [
  app: string,
  faces: readonly (readonly [string, number])[],
  alike: readonly (readonly [number, readonly string[]])[],
  known: readonly number[],
];

/** First met first. */
export type FallbackPagesSnapshot = readonly StoredApp[];

type Renamed = { -readonly [K in 'apiId' | 'template' | 'templateReason' | 'asked']: ApiCall[K] };

const nothing: readonly never[] = Object.freeze([]);

export class FallbackPages {
  readonly #apps = new Map<string, App>();
  /** Of any kind, forgotten for want of room. */
  evicted = 0;

  /** `isDecided`: people said what the template is. It wins for ever. */
  constructor(private readonly isDecided: (call: ApiCall) => boolean = () => false) {}

  /**
   * A call that such a page answered becomes one of `GET /**`. Answers the provisional ids of those before it, once they
   * are many enough to tell; null for nearly all calls.
   */
  take(call: ApiCall): readonly string[] | null {
    if (call.format !== 'web' || call.method !== 'GET' || call.status !== 200 || call.completeness !== 1) return null;
    if (call.responseType !== 'text/html' || call.envelope !== null || call.responseBytes < leastBytes) return null;
    if (this.isDecided(call)) return null;
    const app = this.#apps.get(call.app) ?? this.#begin(call.app);
    const { apiId, responseBytes } = call;
    const face = app.faces.get(apiId);
    if (face !== undefined && face !== responseBytes) {
      this.#differ(app, apiId, face);
      return null;
    }
    if (app.known.has(responseBytes)) {
      rename(call);
      return null;
    }
    return face === undefined ? this.#meet(app, call) : null;
  }

  /** A template that answers with another page than before is itself. */
  #differ({ faces, alike }: App, apiId: string, face: number): void {
    if (face === several) return;
    faces.set(apiId, several);
    const ids = alike.get(face);
    const at = ids === undefined ? -1 : ids.indexOf(apiId);
    if (at >= 0) ids!.splice(at, 1);
  }

  #meet(app: App, call: ApiCall): readonly string[] | null {
    const { responseBytes } = call;
    const id = ownCopy(call.apiId);
    this.#keep(app.faces, id, responseBytes, mostFaces);
    let alike = app.alike.get(responseBytes);
    if (alike === undefined) this.#keep(app.alike, responseBytes, (alike = []), mostSizes);
    // One whose face was forgotten may be met again.
    if (!alike.includes(id)) alike.push(id);
    if (alike.length < manyTemplates) return null;
    app.alike.delete(responseBytes);
    this.#keep(app.known, responseBytes, true, mostKnown);
    rename(call);
    return alike;
  }

  #begin(name: string): App {
    const app: App = { faces: new Map(), alike: new Map(), known: new Map() };
    this.#keep(this.#apps, ownCopy(name), app, mostApps);
    return app;
  }

  /** The first one goes when there is no room. */
  #keep<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
    if (map.size >= most) {
      map.delete(map.keys().next().value!);
      this.evicted++;
    }
    map.set(key, value);
  }

  snapshot(): FallbackPagesSnapshot {
    return [...this.#apps].map(([name, { faces, alike, known }]): StoredApp => {
      return [name, [...faces], [...alike].map(([size, ids]) => [size, [...ids]] as const), [...known.keys()]];
    });
  }

  restore(snapshot: FallbackPagesSnapshot): void {
    this.#apps.clear();
    for (const [name, faces, alike, known] of snapshot) {
      const sizes = new Map(alike.map(([size, ids]): [number, string[]] => [size, [...ids]]));
      this.#apps.set(name, { faces: new Map(faces), alike: sizes, known: new Map(known.map((size) => [size, true])) });
    }
  }
}

export function fallbackId(app: string): string {
  return apiIdOf(app, 'GET', fallbackTemplate, '');
}

function rename(call: ApiCall): void {
  const renamed: Renamed = call;
  renamed.apiId = fallbackId(call.app);
  renamed.template = fallbackTemplate;
  renamed.templateReason = fallbackReason;
  // Whatever was chosen, nothing of it was given.
  renamed.asked = nothing;
}
