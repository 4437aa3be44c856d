/** Rule sets out of YAML text, and events with sensible rest. */
import assert from 'node:assert/strict';
import { compileRules, type RuleSet } from '../../../analyzer/detect/compile.ts';
import type { CallEvent, ClearExchange } from '../../../analyzer/detect/event.ts';
import { describeProblem } from '../../../analyzer/detect/source.ts';
import { parseContent } from '../../../deploy/content/documents.ts';

/** Sound rules alone: any problem fails the test. */
export function rulesOf(...texts: string[]): RuleSet {
  const rules = compileText(...texts);
  assert.deepEqual(rules.problems.map(describeProblem), []);
  return rules;
}

export function compileText(...texts: string[]): RuleSet {
  const documents = texts.flatMap((text, i) => {
    const read = parseContent(text, `rule${i}.yml`);
    assert.deepEqual(read.problems, []);
    return read.documents;
  });
  return compileRules(documents);
}

let next = 0;

export function callOf(call: Partial<CallEvent> = {}): CallEvent {
  const time = call.completedTs ?? call.ts ?? 1_700_000_000_000_000;
  return {
    uid: `${(next++).toString(16).padStart(16, '0')}-1`,
    ts: time,
    completedTs: time,
    app: 'app.example',
    server: '192.0.2.1',
    serverPort: 80,
    client: '198.51.100.1',
    httpVersion: '1.1',
    method: 'GET',
    template: '/a',
    operation: '',
    format: 'REST',
    apiId: 'aaaaaaaaaaaaaaaa',
    status: 200,
    requestType: '',
    responseType: 'application/json',
    userAgent: 'test',
    requestBytes: 100,
    responseBytes: 200,
    durationUs: 1000,
    completeness: 1,
    ...call,
  };
}

export function clearOf(exchange: Partial<ClearExchange> = {}): ClearExchange {
  return {
    method: 'GET',
    target: '/',
    host: 'app.example',
    userAgent: 'test',
    referer: '',
    cookie: '',
    requestType: '',
    responseType: '',
    httpVersion: '1.1',
    status: 200,
    client: '198.51.100.1',
    server: '192.0.2.1',
    serverPort: 80,
    requestBytes: 100,
    responseBytes: 200,
    durationUs: 1000,
    ...exchange,
  };
}

/** A generator of the same numbers on every run (xorshift). */
export function randomOf(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
