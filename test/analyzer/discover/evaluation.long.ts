import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inferTemplate } from '../../../analyzer/discover/template.ts';

interface Request {
  readonly m: string;
  readonly url: string;
  readonly tpl: string;
}
interface Api {
  readonly endpoints: readonly unknown[];
}

/** Requests an operation on average: what the published comparison used. */
const requestsPerOperation = 30;

const shapeOf = (template: string): string =>
  template
    .replace(/\{[^{}]*\}/g, '{}')
    .replace(/\/+/g, '/')
    .replace(/(.)\/$/, '$1');

/** The generator runs as a program of its own: it is no part of this project. */
function requestsOf(generator: URL, api: string, count: number): Request[] {
  const seed = '1';
  const text = execFileSync(process.execPath, [fileURLToPath(generator), api, String(count), seed], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Request);
}

test('strong classes on the traffic of known APIs', (t) => {
  const folder = new URL('../shared/datasets/openapi/', import.meta.resolve('#root/package.json'));
  const generator = new URL('gen_traffic.mjs', folder);
  if (!existsSync(generator)) {
    t.diagnostic('absent: ../shared/datasets/openapi/gen_traffic.mjs, nothing was evaluated');
    return;
  }
  let f1Sum = 0;
  let overMergeSum = 0;
  let predicted = 0;
  let truth = 0;
  const files = readdirSync(new URL('dev/', folder))
    .filter((name) => name.endsWith('.json'))
    .sort();
  for (const file of files) {
    const path = fileURLToPath(new URL(`dev/${file}`, folder));
    const api = JSON.parse(readFileSync(path, 'utf8')) as Api;
    const groups = new Map<string, Set<string>>();
    const templates = new Set<string>();
    for (const request of requestsOf(generator, path, api.endpoints.length * requestsPerOperation)) {
      const expected = `${request.m} ${shapeOf(request.tpl)}`;
      const found = `${request.m} ${shapeOf(inferTemplate(request.url).template)}`;
      templates.add(expected);
      const group = groups.get(found);
      if (group === undefined) groups.set(found, new Set([expected]));
      else group.add(expected);
    }
    let hits = 0;
    const merged = new Set<string>();
    for (const [found, group] of groups) {
      if (templates.has(found)) hits++;
      if (group.size > 1) for (const one of group) merged.add(one);
    }
    f1Sum += (2 * hits) / (groups.size + templates.size);
    overMergeSum += merged.size / templates.size;
    predicted += groups.size;
    truth += templates.size;
  }
  const f1 = f1Sum / files.length;
  const overMerge = overMergeSum / files.length;
  t.diagnostic(
    `${files.length} APIs: template F1 ${f1.toFixed(3)}, over-merge ${overMerge.toFixed(4)}, predicted/true ${(predicted / truth).toFixed(2)}`,
  );
  assert.ok(overMerge <= 0.02, `over-merge ${overMerge}`);
  assert.ok(f1 >= 0.48, `F1 ${f1}`);
});
