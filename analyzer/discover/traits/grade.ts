/**
 * How sensitive an API is: high, medium, low, none. By the data it gives out and takes in, by what it is for, and by how
 * much comes at once (`../../../rules/recognizers` has the sensitivity of each kind of data).
 */

import { wordSet } from '../function-words.ts';
import type { Counts } from './counts.ts';
import { accountKeys, contacts, type Data, onlyLooksUp, personalFiles, type Sensitivities, secrets } from './data.ts';
import { type Described, type Judgement, judged, sureness, wordIn } from './judgement.ts';

const grades = ['none', 'low', 'medium', 'high'] as const;
const [none, low, medium, high] = [0, 1, 2, 3];

/** The least that an API of this function is: what goes through it, seen or not. */
const floors: Readonly<Record<string, number>> = {
  login: high,
  register: high,
  'password-reset': high,
  export: high,
  // In brackets, lest it read as an import.
  ['import']: high,
  upload: high,
  'database-query': high,
  order: medium,
  payment: medium,
  'sms-code': medium,
  'sms-verify': medium,
  download: medium,
  debug: medium,
  config: low,
  logout: low,
  create: low,
  update: low,
  delete: low,
};
/** Persons in one reply at which what is limited one by one is a register of customers. */
const many = 50;
/** What describes an interface, not the data in it. */
const documentation = wordSet('apidocs swagger swaggerui swaggerresources knife doc docs redoc graphiql');

export function gradeOf(api: Described, counts: Counts, data: Data, sensitivities: Sensitivities): Judgement {
  const { functions, words, method } = api;
  let grade = none;
  const clauses: string[] = [];
  let surest = 0.55;
  const raise = (to: number, clause: string, confidence: number) => {
    if (to < grade || to === none) return;
    if (to > grade) clauses.length = 0;
    grade = to;
    surest = Math.max(clauses.length === 0 ? 0 : surest, confidence);
    clauses.push(clause);
  };
  const looksUp = onlyLooksUp(functions, method);
  for (const [to, labels] of byGrade(data.given, (label) => ofGiven(label, data.given, sensitivities))) {
    raise(to, `gives ${labels.join()}`, 0.95);
  }
  for (const [to, labels] of byGrade(data.givenMasked, (label) => ofGiven(label, [], sensitivities) - 1)) {
    raise(to, `masked ${labels.join()}`, 0.9);
  }
  for (const [to, labels] of byGrade(data.sent, (label) => ofSent(label, looksUp, sensitivities))) {
    raise(to, `takes ${labels.join()}`, 0.9);
  }
  const keys = data.sent.filter((label) => accountKeys.has(label));
  if (looksUp && keys.length > 0 && counts.listed * 2 > counts.successes) raise(high, `rows ${keys.join()}`, 0.8);
  if (grade === medium && counts.persons >= many) raise(high, `persons ${counts.persons}`, 0.85);
  for (const name of functions) {
    const floor = floors[name];
    if (floor === undefined) continue;
    raise(name === 'debug' && wordIn(words, documentation) !== '' ? low : floor, `function ${name}`, 0.75);
    if ((name === 'order' || name === 'payment') && data.sent.some((label) => accountKeys.has(label))) {
      raise(high, `function ${name}`, 0.9);
    }
    if (name === 'download') {
      const word = wordIn(words, personalFiles);
      if (word !== '') raise(high, `word ${word}`, 0.7);
    }
  }
  if (clauses.length === 0) clauses.push('nothing');
  return judged(grades[grade]!, clauses.join('; '), surest * sureness(counts.successes));
}

/** Labels by what each alone makes of an API, most first. */
function byGrade(labels: readonly string[], gradeOfLabel: (label: string) => number): [number, string[]][] {
  const groups = new Map<number, string[]>();
  for (const label of labels) {
    const grade = gradeOfLabel(label);
    groups.set(grade, [...(groups.get(grade) ?? []), label]);
  }
  return [...groups].sort(([a], [b]) => b - a);
}

function ofGiven(label: string, together: readonly string[], sensitivities: Sensitivities): number {
  if (secrets.has(label)) return high;
  if (contacts.has(label)) {
    if (sensitivities.get(label) === 'low') return low;
    // Name and telephone are what fraud begins with.
    const isReached = together.includes('name') && (together.includes('mobile') || together.includes('address'));
    return isReached && (label === 'name' || label === 'mobile' || label === 'address') ? high : medium;
  }
  return sensitivityOf(label, sensitivities);
}

function ofSent(label: string, looksUp: boolean, sensitivities: Sensitivities): number {
  if (secrets.has(label)) return high;
  const grade = contacts.has(label)
    ? Math.min(medium, sensitivityOf(label, sensitivities))
    : sensitivityOf(label, sensitivities);
  // What is asked by was known to the caller.
  return looksUp ? grade - 1 : grade;
}

function sensitivityOf(label: string, sensitivities: Sensitivities): number {
  const sensitivity = sensitivities.get(label) ?? 'medium';
  return sensitivity === 'high' ? high : sensitivity === 'medium' ? medium : low;
}
