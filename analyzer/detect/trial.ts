/**
 * Rules tried over calls that are stored: the same engine on a memory of its own, which keeps nothing. A stored call has
 * less than judge saw of it; a rule that looks at what is not kept is refused by the names of those fields, since it
 * would quietly find less than it does when it is in force.
 *
 * Bound: `mostFindings` are held; of what is found beyond them only the number is told.
 */
import { type Finding, levels } from '../finding.ts';
import type { CompiledCorrelation, CompiledRule, RuleSet } from './compile.ts';
import { Detector } from './detector.ts';
import type { CallEvent, LabelCount } from './event.ts';
import { fieldsOf } from './expression.ts';

/** A call as the store has it, in the words of rules. */
export type StoredCall = Pick<
  Required<CallEvent>,
  | ('uid' | 'ts' | 'completedTs' | 'app' | 'server' | 'serverPort' | 'client' | 'httpVersion' | 'method' | 'template')
  | ('operation' | 'format' | 'apiId' | 'status' | 'requestType' | 'responseType' | 'userAgent' | 'requestBytes')
  | ('responseBytes' | 'durationUs' | 'completeness' | 'sampling' | 'functions' | 'labelsRequest' | 'labelsResponse')
  | ('persons' | 'resultCode')
> & { readonly success: boolean | null; readonly account: string | undefined; readonly session: string | undefined };

/** Fields of rules that a stored call has. */
const stored: ReadonlySet<string> = new Set([
  ...['method', 'status', 'host', 'userAgent', 'client', 'server', 'serverPort', 'httpVersion', 'requestType'],
  ...['responseType', 'requestBytes', 'responseBytes', 'durationUs', 'app', 'apiId', 'template', 'operation', 'format'],
  ...['completeness', 'success', 'account', 'session', 'function', 'labels.request', 'labels.response', 'resultCode'],
  ...['labels.response.clear', 'labels.request.count', 'labels.response.count', 'labels.response.level', 'persons'],
  'labels.response.kinds',
]);

/** A rule that can't be tried: the fields it needs that are not stored, sorted. */
export interface RefusedRule {
  readonly rule: string;
  readonly fields: readonly string[];
}

export interface TrialOptions {
  /** What local time is ahead of UTC, µs. */
  readonly zoneOffset: number;
  /** JR/T 0158 level by label, 1…4. */
  readonly levels: ReadonlyMap<string, number>;
  readonly mostFindings?: number;
}

/** Calls between two times that findings are taken out of the engine, so that ended ones don't gather in it. */
const callsAtOnce = 16_384;
/** JR/T 0158: data whose leak harms whom it is about. */
const sensitive = 3;

export class Trial {
  readonly refused: readonly RefusedRule[];
  /** Names of the rules that are tried and make findings of their own, as findings carry them. */
  readonly tried: readonly string[];
  calls = 0;
  readonly #detector: Detector;
  readonly #found = new Map<string, Finding>();
  readonly #mostFindings: number;
  #beyond = 0;

  /** `wanted`: names of the documents that are to be tried; of the others those count that they refer to. */
  constructor(
    rules: RuleSet,
    wanted: ReadonlySet<string>,
    private readonly options: TrialOptions,
  ) {
    const { refused, set } = triable(rules, wanted);
    this.refused = refused;
    const reporting = [...set.rules, ...set.correlations].filter(({ reports }) => reports);
    this.tried = [...new Set(reporting.map(({ form }) => form.rule))];
    this.#mostFindings = options.mostFindings ?? 100_000;
    this.#detector = new Detector(set, { zoneOffset: options.zoneOffset, mostFindings: this.#mostFindings });
  }

  /** Calls come in their order: by completion, then uid. */
  call(call: StoredCall): void {
    const labels = call.labelsResponse;
    this.#detector.call({ ...call, responseLevel: this.#levelOf(labels), sensitiveKinds: this.#kindsOf(labels) });
    if (++this.calls % callsAtOnce === 0) this.#take();
  }

  /** The worst first, then the latest. `beyond`: findings that there was no room for. */
  end(): { readonly findings: readonly Finding[]; readonly beyond: number } {
    this.#take();
    const findings = [...this.#found.values()].sort(
      (a, b) => levels.indexOf(b.level) - levels.indexOf(a.level) || b.lastSeen - a.lastSeen || (a.id < b.id ? -1 : 1),
    );
    return { findings, beyond: this.#beyond + this.#detector.evicted.findings };
  }

  #take(): void {
    for (const finding of this.#detector.changed()) {
      if (this.#found.size < this.#mostFindings || this.#found.has(finding.id)) this.#found.set(finding.id, finding);
      else this.#beyond++;
    }
  }

  /** As judge says it of a call: highest level of labels with clear values. */
  #levelOf(labels: readonly LabelCount[]): number {
    return Math.max(0, ...labels.filter(isClear).map(({ label }) => this.options.levels.get(label) ?? 0));
  }

  #kindsOf(labels: readonly LabelCount[]): number {
    return labels.filter((each) => isClear(each) && (this.options.levels.get(each.label) ?? 0) >= sensitive).length;
  }
}

function isClear({ count, masked = 0 }: LabelCount): boolean {
  return count > masked;
}

function triable(
  rules: RuleSet,
  wanted: ReadonlySet<string>,
): { readonly refused: readonly RefusedRule[]; readonly set: RuleSet } {
  const single = new Map(rules.rules.map((rule) => [rule.name, rule]));
  const several = new Map(rules.correlations.map((each) => [each.name, each]));
  const refused: RefusedRule[] = [];
  const needed = new Set<string>();
  for (const name of wanted) {
    const all = [...reachedFrom(name, several)];
    if (!single.has(name) && !several.has(name)) continue;
    const lacking = new Set<string>();
    for (const each of all) {
      const rule = single.get(each);
      const correlation = several.get(each);
      if (rule !== undefined) for (const field of fieldsOfRule(rule, rules)) lacking.add(field);
      if (correlation !== undefined) for (const field of fieldsOfCorrelation(correlation)) lacking.add(field);
    }
    const fields = [...lacking].filter((field) => !isStored(field)).sort();
    if (fields.length > 0) refused.push({ rule: name, fields });
    else for (const each of all) needed.add(each);
  }
  const own = <R extends { readonly name: string; readonly reports: boolean }>(of: readonly R[]): R[] =>
    of
      .filter(({ name }) => needed.has(name))
      .map((each) => ({ ...each, reports: each.reports && wanted.has(each.name) }));
  return { refused, set: { ...rules, rules: own(rules.rules), correlations: own(rules.correlations), parts: [] } };
}

/** The document and all that it refers to. */
function reachedFrom(
  name: string,
  correlations: ReadonlyMap<string, CompiledCorrelation>,
  into = new Set<string>(),
): Set<string> {
  if (into.has(name)) return into;
  into.add(name);
  const correlation = correlations.get(name);
  for (const each of correlation?.of ?? []) reachedFrom(each, correlations, into);
  if (correlation?.fixed !== undefined) reachedFrom(correlation.fixed.rule, correlations, into);
  return into;
}

function isStored(field: string): boolean {
  return stored.has(field) || /^labels\.(?:request|response)\./.test(field);
}

/** Of a rule that `read` decides in part, what those parts look at. */
function fieldsOfRule({ name, kind, form, expression, fixed }: CompiledRule, { parts }: RuleSet): Set<string> {
  // A measurement was made of calls, and none is kept.
  if (kind === 'observation') return new Set(['measure', ...namesIn(expression)]);
  const names = new Set([
    ...namesIn(expression),
    ...form.key,
    ...(fixed === undefined ? [] : namesIn(fixed.expression)),
  ]);
  const own = parts.filter((part) => part.name === name || part.name.startsWith(`${name}/`));
  if (own.length > 0) names.delete('parts');
  for (const part of own) for (const each of namesIn(part.expression)) names.add(each);
  return names;
}

function namesIn(expression: CompiledRule['expression']): string[] {
  return [...fieldsOf(expression)].map(({ name }) => name);
}

function fieldsOfCorrelation({ correlation }: CompiledCorrelation): string[] {
  const { aliases, groupBy, fields } = correlation;
  return [...groupBy, ...fields].flatMap((name) => [...(aliases.get(name)?.values() ?? [name])]);
}
