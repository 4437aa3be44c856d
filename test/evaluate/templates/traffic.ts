/** Exchanges with known templates, made of the descriptions in ../shared/datasets/openapi by the generator there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { datasets } from '../datasets.ts';

const folder = join(datasets, 'openapi');

export interface Specification {
  readonly name: string;
  /** As the generator takes it. */
  readonly api: unknown;
  readonly operations: number;
}

/** As the generator gives it. */
export interface MadeExchange {
  readonly method: string;
  readonly url: string;
  readonly template: string;
  readonly status: number;
  readonly ok: boolean;
  readonly contentType: string;
  readonly requestBody?: string;
  readonly responseBody?: string;
}

interface Generator {
  exchanges(api: unknown, count: number, seed: number, options: { noise: boolean }): Iterable<MadeExchange>;
}

/** By name; empty when the descriptions are not there. */
export function specifications(): Specification[] {
  const dev = join(folder, 'dev');
  if (!existsSync(join(folder, 'gen_exchanges.mjs')) || !existsSync(dev)) return [];
  return readdirSync(dev)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const api = JSON.parse(readFileSync(join(dev, file), 'utf8')) as { endpoints: unknown[] };
      return { name: file.slice(0, -'.json'.length), api, operations: api.endpoints.length };
    });
}

export async function loadGenerator(): Promise<Generator> {
  return (await import(pathToFileURL(join(folder, 'gen_exchanges.mjs')).href)) as Generator;
}
