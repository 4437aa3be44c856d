/**
 * What an OpenAPI 3.0 or 3.1 description declares: operations, whether they are to go, and the fields they take and give.
 * References within the document are followed; those to other files are not, and then nothing is said of fields there.
 * Bounds: `mostOperations`, `mostFields` and `mostSteps` a side, `mostStepsInAll`, `deepest` levels; hostile documents end
 * there, and nothing is said of the fields of what is beyond.
 */

export interface DeclaredOperation {
  readonly method: string;
  /** With the servers' base path: `/api/v1/users/{id}`. */
  readonly path: string;
  readonly deprecated: boolean;
  /** `query.page`, `body.order.no`; null where the description does not say. */
  readonly request: readonly string[] | null;
  readonly response: readonly string[] | null;
}

export interface DeclaredDocument {
  readonly title: string;
  readonly version: string;
  /** Hosts of the servers it names. */
  readonly hosts: readonly string[];
  readonly operations: readonly DeclaredOperation[];
}

const mostOperations = 5000;
const mostFields = 300;
const deepest = 8;
const mostSteps = 5000;
const mostStepsInAll = 1_000_000;
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

type Plain = Readonly<Record<string, unknown>>;

/** Null when the value is no description of that kind. */
export function declaredIn(document: unknown): DeclaredDocument | null {
  if (!isPlain(document) || !/^3\.[01]/.test(String(document['openapi'] ?? ''))) return null;
  const paths = document['paths'];
  if (!isPlain(paths)) return null;
  const reader = new Reader(document);
  const servers = listOf(document['servers']).filter(isPlain);
  const bases = [...new Set(servers.map(({ url }) => basePath(String(url ?? ''))))];
  const operations: DeclaredOperation[] = [];
  for (const [path, item] of Object.entries(paths)) {
    if (!path.startsWith('/') || !isPlain(item)) continue;
    for (const method of methods) {
      const operation = reader.follow(item[method]);
      if (operation === null) continue;
      for (const base of bases.length === 0 ? [''] : bases) {
        if (operations.length >= mostOperations) break;
        operations.push(reader.operation(method.toUpperCase(), `${base}${path}`, item, operation));
      }
    }
  }
  const info = isPlain(document['info']) ? document['info'] : {};
  const hosts = [...new Set(servers.map(({ url }) => hostOf(String(url ?? ''))))].filter((host) => host !== '');
  return { title: String(info['title'] ?? ''), version: String(info['version'] ?? ''), hosts, operations };
}

class Reader {
  /** Schemas looked at for one side of an operation. */
  #steps = 0;
  #stepsInAll = 0;

  constructor(private readonly document: Plain) {}

  /** The object, or what it refers to; null where there is none. */
  follow(value: unknown): Plain | null {
    let here = value;
    for (let steps = 0; steps < deepest; steps++) {
      if (!isPlain(here)) return null;
      const reference = here['$ref'];
      if (typeof reference !== 'string') return here;
      if (!reference.startsWith('#/')) return null;
      here = reference
        .slice(2)
        .split('/')
        .reduce<unknown>(
          (at, key) => (isPlain(at) ? at[key.replace(/~1/g, '/').replace(/~0/g, '~')] : null),
          this.document,
        );
    }
    return null;
  }

  operation(method: string, path: string, item: Plain, operation: Plain): DeclaredOperation {
    const request: string[] = [];
    for (const each of [...listOf(item['parameters']), ...listOf(operation['parameters'])]) {
      const parameter = this.follow(each);
      if (parameter?.['in'] === 'query' && request.length < mostFields) request.push(`query.${parameter['name']}`);
    }
    const body = this.#fields(this.#schemaOf(this.follow(operation['requestBody'])));
    const responses = isPlain(operation['responses']) ? Object.entries(operation['responses']) : [];
    // Beside others, `default` is what errors look like.
    const named = responses.filter(([status]) => /^2/.test(status));
    const good = named.length > 0 ? named : responses.filter(([status]) => /^default$/i.test(status));
    const given = good.map(([, value]) => this.#answered(this.follow(value)));
    const known = given.flatMap((fields) => fields ?? []);
    const isOpen = known.length === 0 || given.includes(null);
    return {
      ...{ method, path, deprecated: operation['deprecated'] === true },
      request:
        isWithout(body) && operation['requestBody'] !== undefined ? null : [...request, ...(body ?? []).map(inBody)],
      response: isOpen ? null : [...new Set(known)].map(inBody),
    };
  }

  #schemaOf(holder: Plain | null): Plain | null {
    const content = holder?.['content'];
    if (!isPlain(content)) return null;
    const type = Object.keys(content).find((name) => /json|form/i.test(name)) ?? Object.keys(content)[0] ?? '';
    const media = content[type];
    return isPlain(media) ? this.follow(media['schema']) : null;
  }

  /** An answer without content has no fields; one that is described elsewhere may have any. */
  #answered(answer: Plain | null): string[] | null {
    if (answer !== null && answer['content'] === undefined) return [];
    return this.#fields(this.#schemaOf(answer));
  }

  /** Null where the schema leaves its fields open; empty where it has none, as a text. */
  #fields(schema: Plain | null): string[] | null {
    const fields: string[] = [];
    this.#steps = 0;
    return schema !== null && this.#walk(schema, '', 0, fields) ? fields : null;
  }

  /** False where fields may be others than those named. */
  #walk(given: unknown, path: string, depth: number, fields: string[]): boolean {
    const schema = this.follow(given);
    if (++this.#steps > mostSteps || ++this.#stepsInAll > mostStepsInAll) return false;
    if (schema === null || depth > deepest || fields.length >= mostFields) return false;
    let closed = true;
    for (const group of ['allOf', 'oneOf', 'anyOf'])
      for (const each of listOf(schema[group])) closed = this.#walk(each, path, depth + 1, fields) && closed;
    if (schema['items'] !== undefined) closed = this.#walk(schema['items'], `${path}[]`, depth + 1, fields) && closed;
    const properties = schema['properties'];
    if (isPlain(properties)) {
      for (const [name, value] of Object.entries(properties)) {
        const at = path === '' ? name : `${path}.${name}`;
        if (fields.length >= mostFields) return false;
        fields.push(at);
        // What holds something unnamed may hold anything: what is below is then not judged.
        if (!this.#walk(value, at, depth + 1, fields)) fields.push(`${at}.*`);
      }
    } else if (schema['type'] === 'object' || (schema['type'] === undefined && isBare(schema))) return false;
    const more = schema['additionalProperties'];
    return closed && (more === undefined || more === false);
  }
}

function isBare(schema: Plain): boolean {
  return !['allOf', 'oneOf', 'anyOf', 'items', 'enum', 'const'].some((name) => schema[name] !== undefined);
}

function isWithout(fields: readonly string[] | null): boolean {
  return fields === null || fields.length === 0;
}

function inBody(path: string): string {
  return `body.${path}`;
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** `/api/v1` of `https://{host}/api/v1/`. */
function basePath(url: string): string {
  return url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '').replace(/\/+$/, '');
}

function hostOf(url: string): string {
  const host = /^[a-z][a-z\d+.-]*:\/\/([^/]+)/i.exec(url)?.[1]?.toLowerCase() ?? '';
  return host.includes('{') ? '' : host.replace(/:(?:80|443)$/, '');
}
