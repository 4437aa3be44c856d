/**
 * Operations behind one address, told by a parameter: the broker's own, and the same ones with their parameter spelt and
 * placed as other houses do. An operation is recovered when its calls, and no others, are one API in the end.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Judge } from '../../../analyzer/judge.ts';
import { Random } from '../../../deploy/traffic/random.ts';
import { type Exchange, read, ts } from '../../analyzer/read-exchange.ts';
import { equipment } from '../../equipment.ts';
import { BrokerCalls, type Operation, placed } from '../broker-calls.ts';
import { datasets } from '../datasets.ts';

/** How a request says what it wants. */
type Spelling = (exchange: Exchange, operation: Operation) => Exchange;

export interface Recovered {
  readonly spelling: string;
  readonly operations: number;
  readonly recovered: number;
  /** APIs of the inventory that hold calls of several operations of which one is graded high. */
  readonly hidden: number;
}

const file = join(datasets, 'cn_broker', 'endpoints.jsonl');
const callsEach = 10;

const asJson =
  (fields: (operation: Operation) => Record<string, unknown>): Spelling =>
  (exchange, operation) => {
    const { requestBody = '' } = exchange;
    let data: unknown = {};
    if (requestBody.startsWith('{')) data = JSON.parse(requestBody);
    const body = JSON.stringify({ ...fields(operation), data });
    const headers = ['Content-Type', 'application/json', 'Content-Length', String(Buffer.byteLength(body))];
    return { ...exchange, request: { ...exchange.request, method: 'POST', target: '/gw', headers }, requestBody: body };
  };

const spellings: Readonly<Record<string, Spelling>> = {
  'as the data set has it': (exchange) => exchange,
  'query action=': (exchange, { operation }) => ({
    ...exchange,
    request: { ...exchange.request, target: `/srv/dispatch.do?action=${operation}&_t=1767500000000` },
  }),
  'form service= and method=': (exchange, { app, operation }) => {
    const body = `service=${app.replace('-', '')}&method=${operation}&page=1`;
    const headers = ['Content-Type', 'application/x-www-form-urlencoded', 'Content-Length', String(body.length)];
    return {
      ...exchange,
      request: { ...exchange.request, method: 'POST', target: '/gateway.do', headers },
      requestBody: body,
    };
  },
  'JSON head.func_no': asJson(({ operation }) => ({ head: { func_no: numberOf(operation), seq: '20260105000017' } })),
  'JSON bizCode': asJson(({ operation }) => ({ version: '1.0', bizCode: `T${numberOf(operation)}` })),
  'JSON-RPC': asJson(({ app, operation }) => ({ jsonrpc: '2.0', id: 7, method: `${app}.${operation}` })),
  'a number behind the path': (exchange, { operation }) => ({
    ...exchange,
    request: { ...exchange.request, target: `/api/${numberOf(operation)}` },
  }),
};

/** Six digits that are the operation's own. */
function numberOf(operation: string): string {
  let hash = 7;
  for (const c of operation) hash = (Math.imul(hash, 31) + c.charCodeAt(0)) >>> 0;
  return String(300_000 + (hash % 600_000));
}

/** Null when the data set is not there. */
export function multiplexed(): Recovered[] | null {
  if (!existsSync(file)) return null;
  const operations = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Operation)
    .filter(({ func }) => func !== 'static');
  return Object.entries(spellings).map(([spelling, spell]) => {
    const own = spelling === 'as the data set has it';
    return recovered(spelling, spell, own ? operations : operations.filter(isCalled), own);
  });
}

/** What a single address could serve: no files, no pages. */
function isCalled({ res, req }: Operation): boolean {
  return !(res[0]?.n ?? '').startsWith('(') && req.every(({ n }) => n !== 'file');
}

function recovered(spelling: string, spell: Spelling, all: readonly Operation[], multiplexedOnly: boolean): Recovered {
  const judge = new Judge({ ...equipment.judge, rules: [] });
  const made = new BrokerCalls(new Random(3));
  const byOperation = new Map<Operation, Set<string>>();
  let index = 0;
  for (let round = 0; round < callsEach; round++) {
    for (const operation of all) {
      const call = placed(read(spell(made.exchange(operation), operation)), operation, ++index);
      const at = ts + index * 60e6;
      judge.apply(Object.assign(call, { ts: at, completedTs: at + 500 }), 's');
      const ids = byOperation.get(operation);
      if (ids === undefined) byOperation.set(operation, new Set([call.apiId]));
      else ids.add(call.apiId);
    }
  }
  judge.settle();
  const aliases = new Map(judge.aliases().map(({ alias, id }) => [alias, id]));
  const holders = new Map<string, Operation[]>();
  const apisOf = new Map<Operation, Set<string>>();
  for (const [operation, ids] of byOperation) {
    const now = new Set([...ids].map((id) => aliases.get(id) ?? id));
    apisOf.set(operation, now);
    for (const id of now) holders.set(id, [...(holders.get(id) ?? []), operation]);
  }
  const asked = multiplexedOnly ? all.filter(({ discriminator }) => discriminator !== null) : all;
  const found = asked.filter((operation) => {
    const [id, ...more] = apisOf.get(operation)!;
    return more.length === 0 && holders.get(id!)!.length === 1;
  });
  const hidden = [...holders.values()].filter(
    (held) => held.length > 1 && held.some(({ grade }) => grade === 'high'),
  ).length;
  return { spelling, operations: asked.length, recovered: found.length, hidden };
}
