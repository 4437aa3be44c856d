/**
 * What each API does, by evidence: the words of its path and operation (path-functions.ts), and what its calls show:
 * logins, files that are handed out or taken in, database statements that it runs, rows in replies.
 *
 * Bounds: 200,000 APIs. Those that come beyond are told by their words alone, and so are APIs that never succeeded;
 * they are not remembered (`refused` counts the calls of the former).
 */

import { BoundedCache, ownCopy } from '../bounded-cache.ts';
import type { ApiFormat, AskedFact } from '../call.ts';
import { fieldFunction, meaningOf } from './field-functions.ts';
import { type FunctionName, pathFunctions } from './path-functions.ts';

/** What one call shows of its API's functions. */
export interface Use {
  readonly apiId: string;
  readonly method: string;
  readonly template: string;
  readonly operation: string;
  readonly format: ApiFormat;
  /** Media types in lower case, without parameters; empty when absent. */
  readonly requestType: string;
  readonly responseType: string;
  /** The response is a file to keep: Content-Disposition says so, or its media type is a document's. */
  readonly attachment: boolean;
  /** The exchange was recognised as a login, as a logout. */
  readonly login: boolean;
  readonly logout: boolean;
  /** Rows of the response's longest list. */
  readonly records: number;
  /** Kind of database statement in the request; empty when there is none. */
  readonly statement: string;
  /** The response handed out a token in its body, and the request came with no credential but in its own. */
  readonly token: boolean;
  /** The request carried a picture of a person or a document. */
  readonly picture: boolean;
  /** The response told of persons or accounts. */
  readonly personal: boolean;
  readonly asked: readonly AskedFact[];
  /** Null when no response was seen. */
  readonly success: boolean | null;
}

type Reason = readonly [name: FunctionName, reason: string];

/** Calls that showed something, each counted no further than it takes to believe it, but rows. */
interface Seen {
  logins: number;
  logouts: number;
  /** Files handed out: sheets of data, and others. */
  sheets: number;
  files: number;
  /** Files taken in. */
  parts: number;
  statements: number;
  /** Successes, and those of them that had rows; both until the first are `manySuccesses`. */
  successes: number;
  rows: number;
  /** Tokens handed out, pictures taken in, and replies that told of persons, the latter until `manySuccesses`. */
  tokens: number;
  pictures: number;
  personal: number;
  /** What the names of the fields that were asked for say (field-functions.ts), and how many there were at most. */
  asked: number;
  fields: number;
}

interface Entry {
  readonly method: string;
  /** The path's words were read for a page of HTML or an asset. */
  isPage: boolean;
  path: readonly Reason[];
  readonly seen: Seen;
  /** Derived from the others. */
  all: readonly Reason[];
  names: readonly FunctionName[];
}

type Stored = readonly [id: string, method: string, isPage: boolean, path: readonly Reason[], seen: readonly number[]];

export interface FunctionsSnapshot {
  readonly v: 1;
  /** By id. */
  readonly apis: readonly Stored[];
  readonly refused: number;
}

/** One success is enough to believe what the exchange itself was; three calls without one are, too. */
const believed = 3;
const manySuccesses = 20;
/** Successes with rows, at least half of all, that show an API without a telling word to be a query. */
const leastRows = 3;
/** Fields of a request that are looked at for what it does. */
const mostFields = 16;
/** They come with a code or a password as logins do, and are none. */
const entrances: readonly FunctionName[] = ['sms-code', 'sms-verify', 'register', 'password-reset'];
const generic: ReadonlySet<FunctionName> = new Set(['query', 'create', 'update', 'delete']);
/** What a body may come with that makes it a file: anything but what callers write. */
const writtenTypes =
  /^(?:|text\/.*|application\/(?:.*json|.*xml|x-www-form-urlencoded|graphql|.*grpc.*|.*protobuf|.*hessian))$/;
const sheetTypes =
  /^(?:text\/(?:csv|tab-separated-values)|application\/(?:csv|.*excel|.*spreadsheet.*|x-xlsx?|.*ms-excel.*))$/;

export class Functions {
  readonly #most: number;
  readonly #apis = new Map<string, Entry>();
  readonly #byWords = new BoundedCache<Entry>(2048);
  /** Successful calls of APIs that found no room. */
  refused = 0;

  constructor(most = 200_000) {
    this.#most = most;
  }

  /** The functions of the call's API, sorted, this call included. */
  observe(call: Use): readonly FunctionName[] {
    let entry = this.#apis.get(call.apiId);
    if (entry === undefined) {
      if (call.method === '') return none;
      // Logins that fail tell of a login too, but whoever tries paths must not fill the half that successes need.
      const mayEnter = call.success === true || (call.login && this.#apis.size < this.#most / 2);
      if (!mayEnter) return this.#unknown(call).names;
      if (this.#apis.size >= this.#most) {
        this.refused++;
        return this.#unknown(call).names;
      }
      entry = read(call);
      this.#apis.set(ownCopy(call.apiId), entry);
    } else if (entry.isPage && !isPage(call.format)) {
      entry.isPage = false;
      entry.path = wordsOf(call);
      derive(entry);
    }
    if (see(entry.seen, call)) derive(entry);
    return entry.names;
  }

  #unknown(call: Use): Entry {
    const key = `${call.apiId} ${call.format}`;
    let entry = this.#byWords.get(key);
    if (entry === undefined) this.#byWords.set(key, (entry = read(call)));
    return entry;
  }

  /** Functions of an API that has succeeded, sorted; empty for others. */
  of(apiId: string): readonly FunctionName[] {
    return this.#apis.get(apiId)?.names ?? none;
  }

  /** Why, by function: in fixed words and the words of path or operation that told it. */
  reasonsOf(apiId: string): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#apis.get(apiId)?.all ?? none);
  }

  snapshot(): FunctionsSnapshot {
    const apis = [...this.#apis]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, { method, isPage, path, seen }]): Stored => [id, method, isPage, path, Object.values(seen)]);
    return { v: 1, apis, refused: this.refused };
  }

  /** Replaces all state. APIs beyond the bound are not taken in. */
  restore(snapshot: FunctionsSnapshot): void {
    this.#apis.clear();
    for (const [id, method, isPage, path, counts] of snapshot.apis.slice(0, this.#most)) {
      const seen = newSeen();
      for (const [i, name] of (Object.keys(seen) as (keyof Seen)[]).entries()) seen[name] = counts[i] ?? 0;
      const words = path.map(([name, reason]): Reason => [name, reason]);
      const entry: Entry = { method, isPage, path: words, seen, all: none, names: none };
      derive(entry);
      this.#apis.set(id, entry);
    }
    this.refused = snapshot.refused;
  }
}

const none: readonly never[] = [];

/** The order of its fields is that of the snapshot. */
function newSeen(): Seen {
  return {
    logins: 0,
    logouts: 0,
    sheets: 0,
    files: 0,
    parts: 0,
    statements: 0,
    successes: 0,
    rows: 0,
    tokens: 0,
    pictures: 0,
    personal: 0,
    asked: 0,
    fields: 0,
  };
}

function isPage(format: ApiFormat): boolean {
  return format === 'web' || format === 'asset';
}

function read(call: Use): Entry {
  const words = wordsOf(call);
  const { method, format } = call;
  const entry: Entry = { method, isPage: isPage(format), path: words, seen: newSeen(), all: none, names: none };
  derive(entry);
  return entry;
}

function wordsOf({ method, template, operation, format }: Use): readonly Reason[] {
  return [...pathFunctions(method, template, operation, format)];
}

/** True when by now it is believed, and was not before. */
function add(seen: Seen, what: keyof Seen, by: number): boolean {
  if (seen[what] >= believed) return false;
  seen[what] += by;
  return seen[what] >= believed;
}

/** Counts what the call shows; true when it may tell something new. */
function see(seen: Seen, call: Use): boolean {
  const { success } = call;
  let isNew = false;
  if (call.login && add(seen, 'logins', success === true ? believed : 1)) isNew = true;
  if (call.logout && add(seen, 'logouts', success === true ? believed : 1)) isNew = true;
  if (success !== true) return isNew;
  if (call.attachment && add(seen, sheetTypes.test(call.responseType) ? 'sheets' : 'files', believed)) isNew = true;
  if (seen.parts < believed && (call.method === 'POST' || call.method === 'PUT') && !isWritten(call.requestType)) {
    if (add(seen, 'parts', believed)) isNew = true;
  }
  if (call.statement !== '' && add(seen, 'statements', 1)) isNew = true;
  if (call.token && add(seen, 'tokens', believed)) isNew = true;
  if (call.picture && add(seen, 'pictures', believed)) isNew = true;
  if (seen.successes < manySuccesses) {
    seen.successes++;
    if (call.records > 0) seen.rows++;
    if (call.personal) seen.personal++;
    isNew ||= seen.rows >= leastRows || seen.successes === leastRows;
    for (let i = 0; i < call.asked.length && i < mostFields; i++) {
      const before = seen.asked;
      seen.asked |= meaningOf(call.asked[i]!.parameter);
      isNew ||= before !== seen.asked;
    }
    if (call.asked.length > seen.fields) seen.fields = Math.min(mostFields, call.asked.length);
  }
  return isNew;
}

/** What neither words nor behaviour told: by rows in replies, and by the names of fields. */
function addByFields({ seen, method }: Entry, found: Map<FunctionName, string>): void {
  const isTold = [...found].some(([, reason]) => !reason.startsWith('method '));
  if (isTold || seen.successes < leastRows) return;
  const isListed = seen.rows >= leastRows && 2 * seen.rows >= seen.successes;
  const answers = isListed || 2 * seen.personal >= seen.successes;
  const told = fieldFunction({ method, asked: seen.asked, fields: seen.fields, answers });
  if (told !== null) {
    found.clear();
    found.set(...told);
  } else if (found.size === 0 && answers) {
    found.set('query', isListed ? 'rows in replies' : 'personal data in replies');
  }
}

function isWritten(requestType: string): boolean {
  if (requestType === 'application/json' || requestType === 'application/x-www-form-urlencoded') return true;
  return writtenTypes.test(requestType);
}

function derive(entry: Entry): void {
  const { path, seen } = entry;
  const found = new Map<FunctionName, string>(path);
  const add = (name: FunctionName, count: number, reason: string) => {
    if (count >= believed && !found.has(name)) found.set(name, reason);
  };
  const isPlain = path.every(([name]) => generic.has(name) || name === 'import');
  if (!entrances.some((name) => found.has(name))) {
    add('login', seen.logins, 'logins seen');
    if (!found.has('login') && isPlain) add('login', seen.tokens, 'tokens handed out');
  }
  add('logout', seen.logouts, 'logouts seen');
  add('export', seen.sheets, 'sheets of data handed out');
  if (!found.has('export')) add('download', seen.files, 'files handed out');
  if (isPlain) {
    add('upload', seen.parts, 'files taken in');
    if (!found.has('upload')) add('upload', seen.pictures, 'pictures taken in');
  }
  const isSpecific = [...found.keys()].some((name) => !generic.has(name));
  // What the method alone says is said better by what was seen.
  if (isSpecific) for (const name of generic) found.delete(name);
  add('database-query', seen.statements, 'database statements taken in');
  addByFields(entry, found);
  entry.all = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  entry.names = entry.all.map(([name]) => name);
}
