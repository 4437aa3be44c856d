/** `queries/*.sql`: one question a file, named by it. */
import { readdirSync, readFileSync } from 'node:fs';
import type { BoundValues } from './connections.ts';
import { type Parameters, StoreError } from './store.ts';

export interface Question {
  readonly name: string;
  readonly sql: string;
  /** Declared parameters and what one that is not given stands for: '' or 0, which filters nothing. */
  readonly defaults: ReadonlyMap<string, string | number | readonly string[]>;
}

const placeholder = /\{(\w+):([A-Za-z0-9()]+)\}/g;

export function readQuestions(folder: URL): Map<string, Question> {
  const questions = new Map<string, Question>();
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.sql')) continue;
    const name = file.slice(0, -'.sql'.length);
    const sql = readFileSync(new URL(file, folder), 'utf8').trim().replace(/;$/, '');
    const defaults = new Map<string, string | number | readonly string[]>();
    for (const [, parameter, type] of sql.matchAll(placeholder)) {
      defaults.set(parameter!, type === 'String' ? '' : type!.startsWith('Array') ? [] : 0);
    }
    questions.set(name, { name, sql, defaults });
  }
  return questions;
}

/** Every declared parameter with its value. A name the question does not know is a mistake of the caller. */
export function bind(question: Question, parameters: Parameters): BoundValues {
  const values: BoundValues = {};
  for (const [name, value] of question.defaults) values[name] = value;
  for (const [name, value] of Object.entries(parameters)) {
    if (!question.defaults.has(name)) {
      const known = [...question.defaults.keys()].join(', ') || 'none';
      throw new StoreError('failed', `Question '${question.name}' has no parameter '${name}' (it has: ${known}).`);
    }
    if (value !== null) values[name] = typeof value === 'boolean' ? Number(value) : value;
  }
  return values;
}
