/**
 * `examples:` of a rule file, and running them: each example is a small stream of events in order and says whether the
 * detection must find something in it. This is how content is tested, and how a rule explains itself.
 *
 *     examples:
 *       - about: twelve wrong passwords in two minutes
 *         found: true
 *         events:
 *           - call: {functions: [login], success: false, account: 'z***#1', passwordHash: 'p{n}'}
 *             repeat: 12
 *             every: 10s
 */
import type { Observation } from '../observation.ts';
import { ClearMatcher } from './clear-matcher.ts';
import type { Examples, RuleSet } from './compile.ts';
import { Detector, type DetectorOptions } from './detector.ts';
import type { CallEvent, ClearExchange } from './event.ts';
import { checkKeys, entryOf, Mistake, type Node, numberOf, type Problem, textOf, timespanOf } from './source.ts';

export interface Example {
  readonly rule: string;
  readonly about: string;
  readonly found: boolean;
  readonly events: readonly ExampleEvent[];
}

export type ExampleEvent =
  | { readonly kind: 'call'; readonly call: CallEvent; readonly clear: ClearExchange | undefined }
  | { readonly kind: 'observation'; readonly observation: Observation };

/** Beginning of every example: 2026-03-04 10:00 at Shanghai, a trading day, µs. */
const start = Date.UTC(2026, 2, 4, 2) * 1000;
const mostEvents = 10_000;

const call: CallEvent = {
  uid: '',
  ts: 0,
  completedTs: 0,
  app: 'trade.example',
  server: '192.0.2.10',
  serverPort: 80,
  client: '198.51.100.7',
  httpVersion: '1.1',
  method: 'GET',
  template: '/',
  operation: '',
  format: 'REST',
  apiId: '0123456789abcdef',
  status: 200,
  requestType: '',
  responseType: 'application/json',
  userAgent: 'Mozilla/5.0',
  requestBytes: 400,
  responseBytes: 1200,
  durationUs: 20_000,
  completeness: 1,
};

const clear: ClearExchange = {
  method: 'GET',
  target: '/',
  host: 'trade.example',
  userAgent: 'Mozilla/5.0',
  referer: '',
  cookie: '',
  requestType: '',
  responseType: 'application/json',
  httpVersion: '1.1',
  status: 200,
  client: '198.51.100.7',
  server: '192.0.2.10',
  serverPort: 80,
  requestBytes: 400,
  responseBytes: 1200,
  durationUs: 20_000,
};

const observation: Observation = {
  v: 1,
  measure: '',
  subject: { kind: 'account', id: 'z***#1' },
  app: 'trade.example',
  apiId: '0123456789abcdef',
  method: 'GET',
  template: '/',
  begin: 0,
  end: 0,
  window: 300e6,
  value: 0,
  numbers: {},
  samples: [],
  clients: ['198.51.100.7'],
  accounts: ['z***#1'],
  completeness: 1,
};

const facts = [
  ...['success', 'account', 'session', 'functions', 'credentialPresent', 'passwordForm', 'passwordHash', 'parts'],
  ...['encrypted', 'weakPassword', 'labelsRequest', 'labelsResponse', 'responseLevel', 'sensitiveKinds', 'persons'],
  ...['records', 'proofs', 'person', 'resultCode'],
  ...[
    'urlSecrets',
    'statement',
    'signals',
    'requestHash',
    'foreignOrigin',
    'cookieFlaws',
    'tokenFlaws',
    'mobileHash',
    'sourcePolicy',
    'register',
    'listed',
    'inside',
    'region',
    'organisation',
    'abroad',
  ],
];

/** Throws Mistake where the text is not sound. */
function parseExamples({ rule, node }: Examples): Example[] {
  if (node.kind !== 'list') throw new Mistake(node.place, 'examples is not a list', 'begin each with "- about:"');
  return node.items.map((item) => {
    checkKeys(item, 'an example', ['about', 'found', 'events']);
    const [about, found, events] = ['about', 'found', 'events'].map((key) => {
      const entry = entryOf(item, key);
      if (entry === undefined) throw new Mistake(item.place, `an example without ${key}`, `write ${key}:`);
      return entry.value;
    });
    if (found.kind !== 'scalar' || typeof found.value !== 'boolean') {
      throw new Mistake(found.place, '"found" is neither true nor false', 'write one of them');
    }
    if (events.kind !== 'list') throw new Mistake(events.place, 'events is not a list', 'begin each with "- call:"');
    return { rule, about: textOf(about, 'about'), found: found.value, events: makeEvents(events.items) };
  });
}

function makeEvents(items: readonly Node[]): ExampleEvent[] {
  const events: ExampleEvent[] = [];
  let time = start;
  let n = 0;
  for (const item of items) {
    checkKeys(item, 'an event', ['call', 'exchange', 'observation', 'repeat', 'every', 'after']);
    const [of, clearOf, observed] = ['call', 'exchange', 'observation'].map((key) => entryOf(item, key)?.value);
    const repeat = entryOf(item, 'repeat');
    const every = entryOf(item, 'every');
    const after = entryOf(item, 'after');
    if (after !== undefined) time += timespanOf(after.value, 'after');
    const times = repeat === undefined ? 1 : numberOf(repeat.value, 'repeat');
    const step = every === undefined ? 1e6 : timespanOf(every.value, 'every');
    if (times + events.length > mostEvents) throw new Mistake(item.place, 'too many events', `at most ${mostEvents}`);
    for (let i = 0; i < times; i++) {
      n++;
      if (observed !== undefined) {
        const made = { ...observation, begin: time - 300e6, end: time, samples: [uid(n)] };
        events.push({
          kind: 'observation',
          observation: { ...made, ...plain(observed, Object.keys({ ...observation, parameter: 1, usual: 1 }), n) },
        });
      } else {
        const base = { ...call, uid: uid(n), ts: time, completedTs: time };
        const made = { ...base, ...(of === undefined ? {} : plain(of, [...Object.keys(call), ...facts], n)) };
        const shown = clearOf === undefined ? undefined : { ...clear, ...plain(clearOf, Object.keys(clear), n) };
        events.push({ kind: 'call', call: made, clear: shown });
      }
      time += step;
    }
  }
  return events;
}

function uid(n: number): string {
  return `${n.toString(16).padStart(16, '0')}-1`;
}

/** The node as plain data; `{n}` in a text is the number of the event. */
function plain(node: Node, known: readonly string[], n: number): Record<string, unknown> {
  checkKeys(node, 'an event', known);
  return toPlain(node, n) as Record<string, unknown>;
}

function toPlain(node: Node, n: number): unknown {
  if (node.kind === 'list') return node.items.map((item) => toPlain(item, n));
  if (node.kind === 'mapping')
    return Object.fromEntries(node.entries.map(({ key, value }) => [key, toPlain(value, n)]));
  return typeof node.value === 'string' ? node.value.replaceAll('{n}', String(n)) : node.value;
}

export interface ExampleResult {
  readonly rule: string;
  readonly about: string;
  readonly expected: boolean;
  readonly found: boolean;
}

/** Runs every example of the set against the whole set; only findings of the example's own rule count. */
export function runExamples(
  rules: RuleSet,
  options: DetectorOptions = {},
): { results: ExampleResult[]; problems: Problem[] } {
  const results: ExampleResult[] = [];
  const problems: Problem[] = [];
  const matcher = new ClearMatcher(rules);
  for (const each of rules.examples) {
    try {
      for (const example of parseExamples(each)) {
        const detector = new Detector(rules, options);
        let last = start;
        for (const event of example.events) {
          if (event.kind === 'observation') {
            detector.observe(event.observation);
            last = event.observation.end;
            continue;
          }
          const parts = event.clear === undefined ? event.call.parts : matcher.match(event.clear);
          detector.call(parts === undefined ? event.call : { ...event.call, parts });
          last = event.call.completedTs;
        }
        detector.advance(last + 366 * 86_400e6);
        const found = detector.changed().some((finding) => finding.rule === example.rule && finding.status !== 'fixed');
        results.push({ rule: example.rule, about: example.about, expected: example.found, found });
      }
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      problems.push({ place: error.place, what: error.what, advice: error.advice });
    }
  }
  return { results, problems };
}
