/**
 * Format, functions, exposure, grade and level of a broker's operations: many calls of each, made of its own fields, through
 * `read` and the whole of judging. The data set's names are put into ours by one table.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiCall } from '../../analyzer/call.ts';
import { Judge, type JudgedApi } from '../../analyzer/judge.ts';
import { Random } from '../../deploy/traffic/random.ts';
import { read, ts } from '../analyzer/read-exchange.ts';
import { equipment } from '../equipment.ts';
import { BrokerCalls, type Operation, placed } from './broker-calls.ts';
import { datasets } from './datasets.ts';
import type { Evaluated, Evaluation } from './evaluation.ts';

/** The data set's function → ours that mean the same; the first one is what it is called in ours. */
const functionNames: Readonly<Record<string, readonly string[]>> = {
  login: ['login'],
  logout: ['logout'],
  register: ['register'],
  sms_send: ['sms-code'],
  sms_verify: ['sms-verify'],
  password_reset: ['password-reset'],
  password_set: ['update', 'password-reset'],
  token: ['login'],
  query: ['query'],
  trade: ['order', 'payment'],
  quote: ['quote'],
  submit: ['create', 'update'],
  update: ['update'],
  upload: ['upload', 'import'],
  download: ['download'],
  export: ['export'],
  db_query: ['database-query'],
  debug: ['debug'],
  config: ['config'],
  // An answer about the service itself: nothing of ours but a query.
  health: ['query'],
  static: [],
};
const exposures = { expose: 'exposing', collect: 'collecting', none: 'none' } as const;
const grades = ['none', 'low', 'medium', 'high'];
const callsEach = 30;

interface Told {
  readonly operation: Operation;
  readonly api: JudgedApi | null;
}

export const functions: Evaluation = {
  name: 'functions',
  about: 'format, functions, exposure, grade and level of a broker’s operations',
  run({ full }): Evaluated {
    const file = join(datasets, 'cn_broker', 'endpoints.jsonl');
    if (!existsSync(file)) return { tables: [], gates: [], absent: [file] };
    const operations = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Operation);
    return scored(toldOf(operations, full ? 10 * callsEach : callsEach));
  },
};

/** What is thought of each operation after `count` calls of it, the calls of all taking turns. */
function toldOf(operations: readonly Operation[], count: number): Told[] {
  const judge = new Judge(equipment.judge);
  const made = new BrokerCalls(new Random(1));
  const calls = new Map<Operation, ApiCall>();
  let index = 0;
  for (let round = 0; round < count; round++) {
    for (const operation of operations) {
      const call = placed(read(made.exchange(operation)), operation, ++index);
      const at = ts + index * 1e6;
      calls.set(operation, judge.apply(Object.assign(call, { ts: at, completedTs: at + 500 }), 's') ?? call);
    }
  }
  const apis = new Map(judge.apis().map((api) => [api.id, api]));
  return operations.map((operation) => ({ operation, api: apis.get(calls.get(operation)!.apiId) ?? null }));
}

function traitOf({ api }: Told, name: string): string {
  return api?.traits.find((trait) => trait.name === name)?.value ?? '';
}

/** The format the exchange was made in. */
function formatOf({ style, method, func, res, req }: Operation): string {
  if (func === 'static') return 'asset';
  if (res[0]?.n === '(html)') return 'web';
  const isForm = style === 'do' || style === 'funcno' || req.some(({ n }) => n === 'file');
  return method !== 'GET' && isForm ? 'form' : 'REST';
}

function scored(all: readonly Told[]): Evaluated {
  const rows: string[][] = [['operation', 'what', 'asked', 'told']];
  const shares = new Map<string, [right: number, of: number]>();
  const score = (what: string, { operation }: Told, expected: string, told: string, isRight: boolean) => {
    const [right, of] = shares.get(what) ?? [0, 0];
    shares.set(what, [right + Number(isRight), of + 1]);
    if (!isRight) rows.push([`${operation.app} ${operation.operation}`, what, expected, told]);
  };
  for (const one of all) {
    const { operation, api } = one;
    const format = formatOf(operation);
    score('format', one, format, api?.format ?? '', api?.format === format);
    if (operation.func === 'static') continue;
    const expected = functionNames[operation.func] ?? [operation.func];
    const told = (api?.functions ?? []).map(({ name }) => name);
    const isFunction = told.some((name) => expected.includes(name)) && told.length <= 2;
    score('functions', one, expected.join(), told.join(), isFunction);
    const [exposure = ''] = traitOf(one, 'exposure').split(',');
    const wanted = exposures[operation.data_exposure];
    score('exposure', one, wanted, traitOf(one, 'exposure'), exposure === wanted);
    const grade = traitOf(one, 'grade');
    const distance = Math.abs(grades.indexOf(grade) - grades.indexOf(operation.grade));
    score('grade', one, operation.grade, grade, distance === 0);
    score('grade within one step', one, operation.grade, grade, distance <= 1 && grade !== '');
    score('level', one, operation.jr_level ?? '', traitOf(one, 'level'), traitOf(one, 'level') === operation.jr_level);
    score('caller', one, operation.caller, traitOf(one, 'caller'), traitOf(one, 'caller') === operation.caller);
  }
  const shareOf = (what: string) => {
    const [right, of] = shares.get(what) ?? [0, 0];
    return right / of;
  };
  const figures = [...shares].map(([what, [right, of]]) => [what, `${right}/${of}`, (right / of).toFixed(3)]);
  return {
    tables: [
      { title: 'what was told otherwise', rows },
      { title: 'right', rows: [['what', 'operations', 'share'], ...figures] },
    ],
    gates: [
      { what: 'format', value: shareOf('format'), least: 0.99 },
      { what: 'functions', value: shareOf('functions'), least: 0.95 },
      { what: 'exposure', value: shareOf('exposure'), least: 0.95 },
      { what: 'grade', value: shareOf('grade'), least: 0.9 },
      { what: 'grade within one step', value: shareOf('grade within one step'), least: 1 },
    ],
    absent: [],
  };
}
