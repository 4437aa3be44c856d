/**
 * What was seen of an application as an OpenAPI 3.1 document. APIs that share a path and method (SOAP actions, functions
 * behind one address) are one operation to OpenAPI: each is told under `x-apiris-operations`, and nothing is made up.
 */
import type { SchemaView } from '../../../analyzer/analyzer.ts';
import { isoTime } from '../time.ts';
import { type Json, jsonSchema, memberSchemas } from './json-schema.ts';

type JsonObject = { [name: string]: Json };

/** How often an API answered with a status, and in which media types. */
export interface AnswerRow {
  readonly apiId: string;
  /** 0 when no response was seen. */
  readonly status: number;
  readonly requestType: string;
  readonly responseType: string;
  readonly calls: number;
}

export interface SeenApi {
  readonly id: string;
  readonly method: string;
  readonly template: string;
  readonly operation: string;
  readonly format: string;
  readonly lifecycle: string;
  readonly functions: readonly string[];
  readonly labelsRequest: readonly { readonly label: string }[];
  readonly labelsResponse: readonly { readonly label: string }[];
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly schema: SchemaView;
  readonly answers: readonly AnswerRow[];
}

/** Methods that a path item has a field for. */
const methods = new Set(['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE']);
const mediaType = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/;

export function openApiDocument(app: string, apis: readonly SeenApi[]): JsonObject {
  const paths: JsonObject = {};
  const others: Json[] = [];
  const byPath = new Map<string, SeenApi[]>();
  for (const api of apis) {
    if (!methods.has(api.method) || !api.template.startsWith('/')) {
      others.push({ method: api.method, template: api.template, ...marks(api) });
      continue;
    }
    // Templates that differ in the names of their parameters alone are one path.
    const key = api.template.replace(/\{[^{}]*\}/g, '{}');
    byPath.set(key, [...(byPath.get(key) ?? []), api]);
  }
  for (const same of byPath.values()) {
    const { path, parameters } = namedPath(same[0]!.template);
    const item: JsonObject = {};
    if (parameters.length > 0) {
      item['parameters'] = parameters.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
    }
    for (const method of [...new Set(same.map((api) => api.method))]) {
      item[method.toLowerCase()] = operationOf(same.filter((api) => api.method === method));
    }
    paths[path] = item;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: app,
      version: 'observed',
      description: 'Learnt from traffic by apiris: what was seen, not what was declared.',
    },
    servers: [{ url: `//${app}` }],
    paths,
    ...(others.length > 0 ? { 'x-apiris-other-apis': others } : {}),
  };
}

/** Names of parameters, each once. */
function namedPath(template: string): { path: string; parameters: string[] } {
  const parameters: string[] = [];
  const path = template.replace(/\{([^{}]*)\}/g, (_, given: string) => {
    const plain = given.replace(/[^\w.-]/g, '') || 'value';
    let name = plain;
    for (let i = 2; parameters.includes(name); i++) name = `${plain}${i}`;
    parameters.push(name);
    return `\0${name}\x01`;
  });
  // A brace that is no parameter's is part of the path, and must not look like one.
  const plain = path.replaceAll('{', '%7B').replaceAll('}', '%7D').replaceAll('\0', '{').replaceAll('\x01', '}');
  return { path: plain, parameters };
}

function operationOf(same: readonly SeenApi[]): JsonObject {
  const [api] = same;
  if (same.length === 1 && api !== undefined) return { operationId: api.id, ...described(api), ...marks(api) };
  // Which of them a call is for stands in its content: OpenAPI has no word for it.
  const answers = same.flatMap((each) => each.answers);
  return {
    responses: responsesOf(answers, null),
    'x-apiris-operations': same.map((each) => ({ name: each.operation, ...marks(each), ...described(each) })),
  };
}

function described({ schema, answers }: SeenApi): JsonObject {
  const parameters = memberSchemas(schema.request.filter((field) => field.in === 'query')).map(
    ({ name, field, schema: type }) => ({
      name,
      in: 'query',
      required: field.required,
      ...(field.types.includes('object') ? { style: 'deepObject', explode: true } : {}),
      schema: type,
    }),
  );
  const body = schema.request.filter((field) => field.in === 'body');
  const types = mediaTypes(answers.map(({ requestType, calls }) => [requestType, calls]));
  return {
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body.length > 0
      ? { requestBody: { content: Object.fromEntries(types.map((type) => [type, { schema: jsonSchema(body) }])) } }
      : {}),
    responses: responsesOf(answers, schema),
  };
}

/** Success with what it holds; of errors only that they came. */
function responsesOf(answers: readonly AnswerRow[], schema: SchemaView | null): JsonObject {
  const responses: JsonObject = {};
  const statuses = [...new Set(answers.map(({ status }) => status))].filter((status) => status >= 100 && status < 600);
  for (const status of statuses.sort((a, b) => a - b)) {
    const of = answers.filter((answer) => answer.status === status);
    const calls = of.reduce((sum, each) => sum + each.calls, 0);
    const holds = schema !== null && status >= 200 && status < 300 && schema.response.length > 0;
    const types = holds ? mediaTypes(of.map(({ responseType, calls: n }) => [responseType, n])) : [];
    responses[String(status)] = {
      description: `seen in ${calls} calls`,
      ...(holds
        ? { content: Object.fromEntries(types.map((type) => [type, { schema: jsonSchema(schema.response) }])) }
        : {}),
    };
  }
  return Object.keys(responses).length > 0 ? responses : { default: { description: 'no response was seen' } };
}

/** Those that were told, the most frequent first; any where none was. */
function mediaTypes(told: readonly (readonly [string, number])[]): string[] {
  const calls = new Map<string, number>();
  for (const [type, count] of told) if (mediaType.test(type)) calls.set(type, (calls.get(type) ?? 0) + count);
  const sorted = [...calls].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([type]) => type);
  return sorted.length > 0 ? sorted : ['*/*'];
}

function marks(api: SeenApi): JsonObject {
  const labels = (list: SeenApi['labelsRequest']) => list.map(({ label }) => label);
  return {
    'x-apiris-id': api.id,
    'x-apiris-format': api.format,
    'x-apiris-state': api.lifecycle,
    ...(api.functions.length > 0 ? { 'x-apiris-functions': api.functions } : {}),
    'x-apiris-labels': { request: labels(api.labelsRequest), response: labels(api.labelsResponse) },
    'x-apiris-first-seen': isoTime(api.firstSeen),
    'x-apiris-last-seen': isoTime(api.lastSeen),
  };
}
