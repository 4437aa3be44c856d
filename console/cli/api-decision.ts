/** A person's word on what kind of API one is. It wins over the engine until it is taken back; nothing is ever erased. */
import { createHash } from 'node:crypto';
import type { Row, Store } from '../../storage/store/store.ts';
import { UsageFault } from './faults.ts';
import type { Texts } from './text/en.ts';

const functionNames = [
  ...['login', 'logout', 'register', 'sms-code', 'sms-verify', 'password-reset', 'export', 'import', 'upload'],
  ...['download', 'query', 'create', 'update', 'delete', 'order', 'payment', 'quote', 'database-query', 'debug'],
  'config',
];

const styles = ['REST', 'SOAP', 'GraphQL', 'gRPC', 'JSON-RPC', 'form', 'web', 'asset'];

/** Characters of a name. */
const longestName = 120;

/** What can be decided: the option, the trait, and what it may be. Several values are parted by commas where `many`. */
const decidable = [
  { option: 'name', trait: 'name', choices: null, many: false },
  { option: 'function', trait: 'functions', choices: functionNames, many: true },
  { option: 'style', trait: 'format', choices: styles, many: false },
  { option: 'grade', trait: 'grade', choices: ['high', 'medium', 'low', 'none'], many: false },
  { option: 'level', trait: 'level', choices: ['S0', 'S1', 'S2', 'S3'], many: false },
  { option: 'exposure', trait: 'exposure', choices: ['exposing', 'collecting', 'none'], many: true },
  { option: 'caller', trait: 'caller', choices: ['human', 'service'], many: false },
  { option: 'audience', trait: 'audience', choices: ['toB', 'toC', 'toG', 'internal'], many: false },
  { option: 'access', trait: 'access', choices: ['read', 'write', 'read-write'], many: false },
] as const;

type DecidableOption = (typeof decidable)[number]['option'];

export type ApiDecisionOptions = { readonly [K in DecidableOption]?: string } & {
  readonly takeBack?: string;
  readonly by?: string;
  readonly note?: string;
};

export const apiDecisionOptions: readonly DecidableOption[] = decidable.map(({ option }): DecidableOption => option);

export interface ApiDecision {
  /** Trait and value; an empty value takes back what was said. */
  readonly traits: readonly (readonly [trait: string, value: string])[];
  readonly by: string;
  readonly note: string;
}

/** The decisions that the options make; null where there is none. Half a decision is refused before anything is opened. */
export function readApiDecision(options: ApiDecisionOptions, texts: Texts): ApiDecision | null {
  const { errors } = texts.traits;
  const traits: (readonly [string, string])[] = [];
  for (const { option, trait, choices, many } of decidable) {
    const given = options[option];
    if (given === undefined) continue;
    if (choices === null) {
      const name = given.trim();
      if (name === '' || name.length > longestName) throw new UsageFault(errors.badName(String(longestName)));
      traits.push([trait, name]);
      continue;
    }
    const parts = many ? given.split(',').map((part) => part.trim()) : [given];
    const values = parts.map((part) => {
      const found = choices.find((each) => each.toLowerCase() === part.toLowerCase());
      if (found !== undefined) return found;
      throw new UsageFault(texts.errors.badChoice(`--${option}`, part, choices.join(', ')));
    });
    traits.push([trait, [...new Set(values)].join(',')]);
  }
  for (const part of (options.takeBack ?? '').split(',').filter((text) => text.trim() !== '')) {
    const named = part.trim().toLowerCase();
    const found = decidable.find(({ option, trait }) => option === named || trait === named);
    if (found === undefined) throw new UsageFault(errors.badTrait(part.trim(), apiDecisionOptions.join(', ')));
    traits.push([found.trait, '']);
  }
  const [by, note] = [options.by?.trim() ?? '', options.note?.trim() ?? ''];
  if (traits.length === 0) return null;
  if (by === '') throw new UsageFault(errors.needs('--by NAME'));
  if (note === '') throw new UsageFault(errors.needs('--note TEXT'));
  return { traits, by, note };
}

export async function storeApiDecision(store: Store, api: string, decision: ApiDecision, ts: number): Promise<void> {
  const { traits, by, note } = decision;
  const rows = traits.map(([trait, value]): Row => {
    const row = { kind: 'api-trait', subject: api, value: JSON.stringify({ trait, value }), by, note, ts };
    return { id: createHash('sha256').update(JSON.stringify(row)).digest('hex').slice(0, 16), ...row };
  });
  await store.insert('decisions', rows);
}
