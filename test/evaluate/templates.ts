/**
 * Endpoint templates on traffic made of the OpenAPI descriptions in ../shared/datasets, through `read` and the whole of
 * judging: one stream a description, a week of packet time long, scored at several counts of requests an operation.
 */
import { Judge } from '../../analyzer/judge.ts';
import { equipment } from '../equipment.ts';
import type { Evaluated, Evaluation, Gate, Table } from './evaluation.ts';
import { multiplexed } from './templates/multiplexed.ts';
import { ExchangeReader } from './templates/reader.ts';
import { Confusion, canonical, meanScore, type Score } from './templates/score.ts';
import { loadGenerator, type MadeExchange, type Specification, specifications } from './templates/traffic.ts';

interface Setting {
  readonly name: string;
  readonly noise: boolean;
  /** Responses of half the operations cannot be read. */
  readonly withheld: boolean;
  /** Requests an operation at which templates are scored. */
  readonly at: readonly number[];
}

const settings: readonly Setting[] = [
  { name: 'clean', noise: false, withheld: false, at: [10, 30] },
  { name: '20 % errors, 10 % optional fields', noise: true, withheld: false, at: [30] },
  { name: 'half of the responses withheld', noise: false, withheld: true, at: [30] },
];
const dayUs = 86_400_000_000;
const weekUs = 7 * dayUs;
/** What is learnt by then of steady traffic should stay. */
const settledUs = 3 * dayUs;
/** Calls of an API whose template must not change any more. */
const settledCalls = 20;

export const templates: Evaluation = {
  name: 'templates',
  about: 'endpoint templates learnt from traffic made of OpenAPI descriptions; --full: 100 requests an operation too',
  run: ({ full, tell }) => evaluateTemplates(specifications(), full ? [100] : [], tell),
};

/** `more`: counts of requests an operation beside the usual ones, of clean traffic. */
export async function evaluateTemplates(
  all: readonly Specification[],
  more: readonly number[],
  tell: (line: string) => void,
): Promise<Evaluated> {
  const absent = all.length === 0 ? ['../shared/datasets/openapi'] : [];
  const tables: Table[] = [];
  const gates: Gate[] = [];
  const means: string[][] = [head('setting')];
  for (const setting of absent.length > 0 ? [] : settings) {
    const { exchanges } = await loadGenerator();
    const at = setting.noise || setting.withheld ? setting.at : [...setting.at, ...more];
    const scores = new Map<number, Score[]>(at.map((count) => [count, []]));
    const rows: string[][] = [head('description')];
    let changed = 0;
    for (const specification of all) {
      const made = exchanges(specification.api, specification.operations * at.at(-1)!, 1, { noise: setting.noise });
      const found = scoresOf(specification, made, at, setting.withheld);
      changed += found.changed;
      for (const [count, score] of found.scores) {
        scores.get(count)!.push(score);
        rows.push(cells(`${specification.name} ${count}`, score));
      }
      tell(`templates, ${setting.name}: ${specification.name}`);
    }
    tables.push({ title: setting.name, rows });
    for (const [count, ofAll] of scores) {
      const title = `${setting.name}, ${count} requests an operation`;
      const mean = meanScore(ofAll);
      means.push(cells(title, mean));
      gates.push({ what: `F1: ${title}`, value: mean.f1, least: leastF1(setting, count) });
      if (setting.withheld || setting.noise) continue;
      gates.push({ what: `over-merge: ${title}`, value: mean.overMerge, most: 0.05 });
      gates.push({ what: `learnt/true, of all: ${title}`, value: totalExplosion(ofAll), most: 1.3 });
    }
    if (!setting.noise && !setting.withheld) {
      const what = `APIs of ${settledCalls} calls whose template changed after day 3`;
      gates.push({ what, value: changed, most: 0 });
    }
  }
  if (means.length > 1) tables.push({ title: 'means over the descriptions', rows: means });
  return withMultiplexed({ tables, gates, absent });
}

/** Operations behind one address, beside. */
function withMultiplexed({ tables, gates, absent }: Evaluated): Evaluated {
  const found = multiplexed();
  if (found === null) return { tables, gates, absent: [...absent, '../shared/datasets/cn_broker'] };
  const rows = found.map(({ spelling, operations, recovered }) => [spelling, `${recovered}/${operations}`]);
  const shares = found.map(({ recovered, operations }) => recovered / operations);
  return {
    tables: [...tables, { title: 'operations behind one address', rows: [['spelling', 'recovered'], ...rows] }],
    gates: [
      ...gates,
      { what: 'operations behind one address, least share recovered', value: Math.min(...shares), least: 0.95 },
      { what: 'sensitive operations merged with another', value: sumOf(found.map(({ hidden }) => hidden)), most: 0 },
    ],
    absent,
  };
}

function totalExplosion(scores: readonly Score[]): number {
  return sumOf(scores.map(({ explosion, truth }) => explosion * truth)) / sumOf(scores.map(({ truth }) => truth));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function leastF1({ noise, withheld }: Setting, count: number): number {
  if (withheld) return 0.65;
  return noise ? 0.78 : count < 30 ? 0.8 : 0.85;
}

interface Found {
  readonly scores: ReadonlyMap<number, Score>;
  /** APIs that were called often by the end of day 3 and are others now. */
  readonly changed: number;
}

function scoresOf(
  { name, operations }: Specification,
  made: Iterable<MadeExchange>,
  at: readonly number[],
  withheld: boolean,
): Found {
  // Nothing is looked for: rules take half of the time and teach no template.
  const judge = new Judge({ ...equipment.judge, rules: [] });
  const reader = new ExchangeReader(`${name.toLowerCase()}`, Math.floor(weekUs / (operations * at.at(-1)!)));
  /** Requests by true template, and by the provisional id they came under. */
  const requests = new Map<string, Map<string, number>>();
  const scores = new Map<number, Score>();
  let read = 0;
  let begin = 0;
  let settled: string[] | null = null;
  for (const exchange of made) {
    const call = reader.read(withheld && isHidden(exchange) ? { ...exchange, responseBody: '' } : exchange);
    if (read === 0) begin = call.ts;
    if (settled === null && call.ts > begin + settledUs) {
      const often = judge.apis().filter(({ successes }) => successes >= settledCalls);
      settled = often.map(({ id }) => id);
    }
    judge.apply(call, 'made');
    if (exchange.ok) {
      const truth = canonical(exchange.template);
      const byId = requests.get(truth) ?? new Map<string, number>();
      requests.set(truth, byId.set(call.apiId, (byId.get(call.apiId) ?? 0) + 1));
    }
    read++;
    const count = read / operations;
    if (at.includes(count)) scores.set(count, scoreNow(judge, requests));
  }
  const known = new Set(judge.apis().map(({ id }) => id));
  return { scores, changed: (settled ?? []).filter((id) => !known.has(id)).length };
}

function scoreNow(judge: Judge, requests: ReadonlyMap<string, ReadonlyMap<string, number>>): Score {
  judge.settle();
  const learnt = new Map(judge.apis().map(({ id, template }) => [id, canonical(template)]));
  for (const { alias, template } of judge.aliases()) learnt.set(alias, canonical(template));
  const confusion = new Confusion();
  for (const [truth, byId] of requests)
    for (const [id, count] of byId) confusion.add(truth, learnt.get(id) ?? `unknown ${id}`, count);
  return confusion.score();
}

/** Half of the operations, by their names. */
function isHidden({ method, template }: MadeExchange): boolean {
  let hash = 0;
  for (const character of `${method} ${template}`) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0;
  return (hash & 0x10000) !== 0;
}

function head(first: string): string[] {
  return [first, 'templates', 'precision', 'recall', 'F1', 'over-merge', 'over-split', 'learnt/true'];
}

function cells(first: string, score: Score): string[] {
  const { truth, precision, recall, f1, overMerge, overSplit, explosion } = score;
  const figures = [precision, recall, f1, overMerge, overSplit, explosion].map((figure) => figure.toFixed(3));
  return [first, String(truth), ...figures];
}
