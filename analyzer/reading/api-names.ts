/**
 * The name of an API as one text, which the pools of trees go by, and its identity. Most exchanges are of an API that
 * was met before: the same text is then given out again, since looking up a new one costs a walk over it.
 */
import { ownCopy } from '../bounded-cache.ts';
import { apiIdOf } from '../discover/api-id.ts';
import { RepeatCache } from '../repeat-cache.ts';

/** Templates remembered, and characters of the longest. */
const mostTemplates = 4096;
const longestTemplate = 512;
/** APIs of one template, and operations of one API; more are worked out each time. */
const mostOfTemplate = 16;
const mostOperations = 64;

export class ApiName {
  readonly key: string;
  #ids: Map<string, string> | null = null;

  constructor(
    readonly app: string,
    readonly method: string,
    readonly template: string,
  ) {
    this.key = `${app} ${method} ${template}`;
  }

  /** Identity of the API, or of one operation behind it. */
  id(operation: string): string {
    const ids = (this.#ids ??= new Map());
    const known = ids.get(operation);
    if (known !== undefined) return known;
    const id = apiIdOf(this.app, this.method, this.template, operation);
    if (ids.size < mostOperations) ids.set(ownCopy(operation), id);
    return id;
  }
}

export class ApiNames {
  readonly #byTemplate = new RepeatCache<ApiName[]>(mostTemplates, longestTemplate);

  of(app: string, method: string, template: string): ApiName {
    const known = this.#byTemplate.get(template) ?? this.#byTemplate.make(template, noNames);
    for (let i = 0; i < known.length; i++) {
      const name = known[i]!;
      if (name.method === method && name.app === app) return name;
    }
    const name = new ApiName(ownCopy(app), ownCopy(method), ownCopy(template));
    if (known.length < mostOfTemplate) known.push(name);
    return name;
  }
}

function noNames(): ApiName[] {
  return [];
}
