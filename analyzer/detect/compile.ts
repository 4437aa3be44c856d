/**
 * Documents → a rule set: detections, correlations over them, filters on them. A document with a mistake is left out
 * and told; so is what refers to it. Everything else stays in force.
 */

import { parseCondition } from './condition.ts';
import { type Correlation, parseCorrelation } from './correlation.ts';
import { conditionOf, parseDetection } from './detection.ts';
import { all, type Expression, fieldsOf, knownTo } from './expression.ts';
import { fieldNamed } from './fields.ts';
import { type FindingForm, type Header, parseHeader } from './rule.ts';
import {
  checkKeys,
  type Entry,
  entryOf,
  Mistake,
  type Node,
  numberOf,
  type Problem,
  suggest,
  textOf,
  textsOf,
  timespanOf,
} from './source.ts';
import { sourceOf } from './taxonomy.ts';

/** What shows a weakness fixed. */
interface Proof {
  /** So many events in a row. */
  readonly count: number;
  /** µs since it was seen last, at least; 0: none. */
  readonly quiet: number;
}

/** A rule over single events of judge. */
export interface CompiledRule {
  readonly name: string;
  readonly kind: 'call' | 'observation';
  readonly form: FindingForm;
  readonly expression: Expression;
  /** What shows a weakness fixed, where the rule does not hit; undefined: it stays open. */
  readonly fixed: (Proof & { readonly expression: Expression }) | undefined;
  /** False when it only feeds correlations. */
  readonly reports: boolean;
}

export interface CompiledCorrelation {
  readonly name: string;
  readonly form: FindingForm;
  readonly correlation: Correlation;
  /** What it refers to, in its order: rules and correlations by name; a correlation stands behind those it names. */
  readonly of: readonly string[];
  /** The rule whose hits show a weakness fixed; undefined: it stays open. */
  readonly fixed: (Proof & { readonly rule: string }) | undefined;
  readonly reports: boolean;
}

/** A part that `read` decides, since it looks at text as sent. */
export interface ClearPart {
  readonly name: string;
  readonly expression: Expression;
}

export interface Examples {
  readonly rule: string;
  readonly node: Node;
}

export interface RuleSet {
  readonly rules: readonly CompiledRule[];
  readonly correlations: readonly CompiledCorrelation[];
  readonly parts: readonly ClearPart[];
  readonly examples: readonly Examples[];
  /** Sound documents that are not in force, and why. */
  readonly idle: readonly { readonly name: string; readonly reason: string }[];
  readonly problems: readonly Problem[];
}

interface Draft {
  readonly header: Header;
  readonly kind: 'call' | 'observation';
  readonly condition: Expression;
  readonly selections: ReadonlyMap<string, Expression>;
  readonly detection: ReturnType<typeof parseDetection>;
  readonly fixed: CompiledRule['fixed'] | undefined;
  readonly filters: Expression[];
}

interface CorrelationDraft {
  readonly header: Header;
  readonly correlation: Correlation;
  /** The rule as the file names it. */
  readonly fixed: (Proof & { readonly rule: string; readonly place: Entry['place'] }) | undefined;
}

/** Documents of one set; what is beyond is refused. */
const mostDocuments = 5000;

export function compileRules(documents: readonly Node[]): RuleSet {
  return new Compiler().compile(documents);
}

class Compiler {
  readonly #problems: Problem[] = [];
  readonly #idle: { name: string; reason: string }[] = [];
  readonly #names = new Map<string, Entry['place']>();
  /** By every name that others may use: the document's own name. */
  readonly #aliases = new Map<string, string>();
  readonly #drafts = new Map<string, Draft>();
  readonly #correlations = new Map<string, CorrelationDraft>();
  readonly #examples: Examples[] = [];

  compile(documents: readonly Node[]): RuleSet {
    const filters: Node[] = [];
    for (const document of documents.slice(0, mostDocuments)) {
      this.#attempt(() => {
        if (document.kind !== 'mapping') {
          throw new Mistake(document.place, 'the document is not a mapping', 'write title: and what follows');
        }
        if (entryOf(document, 'filter') !== undefined) filters.push(document);
        else if (entryOf(document, 'correlation') !== undefined) this.#takeCorrelation(document);
        else this.#takeRule(document);
      });
    }
    if (documents.length > mostDocuments) {
      const place = documents[mostDocuments].place;
      this.#problems.push({ place, what: `more than ${mostDocuments} rules`, advice: 'the rest is not in force' });
    }
    for (const filter of filters) this.#attempt(() => this.#takeFilter(filter));
    return this.#assemble();
  }

  #attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      this.#problems.push({ place: error.place, what: error.what, advice: error.advice });
      return undefined;
    }
  }

  #register(header: Header): void {
    for (const alias of header.aliases) {
      const before = this.#names.get(alias);
      if (before !== undefined) {
        const where = `${before.file}:${before.line}`;
        throw new Mistake(header.place, `the name or id "${alias}" is taken by ${where}`, 'give it a name of its own');
      }
    }
    for (const alias of header.aliases) {
      this.#names.set(alias, header.place);
      this.#aliases.set(alias, header.name);
    }
    if (header.examples !== undefined) this.#examples.push({ rule: header.form.rule, node: header.examples });
  }

  #takeRule(document: Node): void {
    const logsource = entryOf(document, 'logsource');
    const body = entryOf(document, 'detection');
    if (logsource === undefined) throw new Mistake(document.place, 'the rule has no logsource', 'write logsource:');
    if (body === undefined) {
      throw new Mistake(document.place, 'neither detection, correlation nor filter', 'write detection:');
    }
    const source = sourceOf(logsource.value);
    const header = parseHeader(document, ['logsource', 'detection', 'fixed'], (kind) => keyFor(source.kind, kind));
    if (source.kind === 'none') {
      this.#idle.push({ name: header.name, reason: source.reason });
      return;
    }
    const odd = header.form.key.find((name) => fieldNamed(name)?.[source.kind] === undefined);
    if (odd !== undefined)
      throw new Mistake(document.place, `key "${odd}" is not known of ${source.kind}s`, 'name another');
    const detection = parseDetection(body.value, body.place);
    const condition = conditionOf(detection);
    const fixed = this.#fixedOf(entryOf(document, 'fixed'), detection.selections, header);
    this.#register(header);
    if (!header.inForce) {
      this.#idle.push({ name: header.name, reason: 'its status is deprecated or unsupported' });
      return;
    }
    const { selections } = detection;
    const draft: Draft = { header, kind: source.kind, condition, selections, detection, fixed, filters: [] };
    this.#drafts.set(header.name, draft);
  }

  #fixedOf(entry: Entry | undefined, selections: Draft['selections'], header: Header): CompiledRule['fixed'] {
    if (entry === undefined) return undefined;
    const { node, count, quiet } = proofOf(entry, 'condition', header);
    return { expression: parseCondition(textOf(node, 'condition'), node.place, selections), count, quiet };
  }

  #takeCorrelation(document: Node): void {
    const entry = entryOf(document, 'correlation')!;
    const correlation = parseCorrelation(entry);
    const header = parseHeader(document, ['correlation', 'fixed'], () => correlation.groupBy);
    const odd = header.form.key.find((name) => !correlation.groupBy.includes(name));
    if (odd !== undefined) throw new Mistake(document.place, `key "${odd}" is not in group-by`, 'group by it as well');
    const shown = entryOf(document, 'fixed');
    const proof = shown === undefined ? undefined : proofOf(shown, 'rule', header);
    const fixed = proof && { ...proof, rule: textOf(proof.node, 'rule'), place: proof.node.place };
    this.#register(header);
    if (header.inForce) this.#correlations.set(header.name, { header, correlation, fixed });
    else this.#idle.push({ name: header.name, reason: 'its status is deprecated or unsupported' });
  }

  #takeFilter(document: Node): void {
    parseHeader(document, ['filter', 'logsource'], () => []);
    const { value, place } = entryOf(document, 'filter')!;
    const rules = entryOf(value, 'rules');
    if (value.kind !== 'mapping' || rules === undefined) {
      throw new Mistake(place, 'the filter names no rules', 'write rules: with names, or rules: any');
    }
    const body: Node = { ...value, entries: value.entries.filter(({ key }) => key !== 'rules') };
    const expression = conditionOf(parseDetection(body, place));
    const logsource = entryOf(document, 'logsource');
    const source = logsource === undefined ? undefined : sourceOf(logsource.value);
    const names = textsOf(rules.value, 'rules');
    const every = names.length === 1 && names[0] === 'any';
    const known = [...this.#aliases.keys()];
    for (const name of every ? this.#drafts.keys() : names) {
      const draft = this.#drafts.get(this.#aliases.get(name) ?? '');
      if (draft !== undefined && (source === undefined || source.kind === draft.kind)) draft.filters.push(expression);
      else if (draft === undefined && !this.#aliases.has(name)) {
        throw new Mistake(rules.place, `the filter names "${name}", which is not there`, suggest(name, known));
      }
    }
  }

  #assemble(): RuleSet {
    const correlations = this.#resolve();
    const silent = new Set<string>();
    for (const { correlation, of } of correlations) if (!correlation.generate) for (const name of of) silent.add(name);
    for (const { fixed } of correlations) if (fixed !== undefined) silent.add(fixed.rule);
    const rules: CompiledRule[] = [];
    const parts: ClearPart[] = [];
    for (const draft of this.#drafts.values()) {
      this.#attempt(() => {
        const { header, kind } = draft;
        const made = this.#split(draft);
        for (const expression of draft.fixed === undefined ? [] : [draft.fixed.expression]) {
          if (!knownTo(expression, kind)) throw new Mistake(header.place, 'fixed looks at text as sent', 'use facts');
        }
        parts.push(...made.parts);
        rules.push({
          name: header.name,
          kind,
          form: header.form,
          expression: made.expression,
          fixed: draft.fixed,
          reports: header.reports ?? !silent.has(header.name),
        });
      });
    }
    return {
      rules,
      correlations: correlations.map(({ name, form, correlation, of, fixed }) => ({
        name,
        form,
        correlation,
        of,
        fixed,
        reports: this.#correlations.get(name)!.header.reports ?? !silent.has(name),
      })),
      parts,
      examples: this.#examples,
      idle: this.#idle,
      problems: this.#problems,
    };
  }

  /**
   * What looks at text as sent is decided by `read`: the whole rule where `read` knows all its fields, else selection
   * by selection. Judge then asks whether the part has hit.
   */
  #split(draft: Draft): { expression: Expression; parts: ClearPart[] } {
    const { header, kind, detection, filters } = draft;
    const whole = all([draft.condition, ...filters]);
    if (knownTo(whole, kind)) return { expression: whole, parts: [] };
    const clearable = kind === 'call';
    if (clearable && knownTo(whole, 'clear')) {
      return { expression: partOf(header.name), parts: [{ name: header.name, expression: whole }] };
    }
    const parts: ClearPart[] = [];
    const place = (name: string, expression: Expression): Expression => {
      if (knownTo(expression, kind)) return expression;
      if (clearable && knownTo(expression, 'clear')) {
        parts.push({ name, expression });
        return partOf(name);
      }
      const odd = [...fieldsOf(expression)].filter((field) => field[kind] === undefined).map((field) => field.name);
      throw new Mistake(
        header.place,
        clearable
          ? `a selection mixes text as sent (${odd.join(', ')}) with what is known only later`
          : `${odd.join(', ')} is not known of ${kind}s`,
        clearable ? 'put those fields into a selection of their own' : 'see the table of fields',
      );
    };
    const selections = new Map(
      [...detection.selections].map(([name, item]) => [name, place(`${header.name}/${name}`, item)]),
    );
    const filtered = filters.map((filter, i) => place(`${header.name}/filter${i}`, filter));
    return { expression: all([conditionOf(detection, selections), ...filtered]), parts };
  }

  /** Correlations with what they refer to, behind all of it; those that can't be are told. */
  #resolve(): Omit<CompiledCorrelation, 'reports'>[] {
    const done: Omit<CompiledCorrelation, 'reports'>[] = [];
    const state = new Map<string, 'open' | 'sound' | 'broken'>();
    const visit = (name: string): boolean => {
      if (this.#drafts.has(name)) return true;
      const draft = this.#correlations.get(name);
      if (draft === undefined) return false;
      const before = state.get(name);
      if (before === 'open')
        throw new Mistake(draft.header.place, 'the correlation refers to itself', 'break the circle');
      if (before !== undefined) return before === 'sound';
      state.set(name, 'open');
      const of = this.#attempt(() =>
        draft.correlation.rules.map((rule) => {
          const target = this.#aliases.get(rule.name);
          if (target !== undefined && visit(target)) return target;
          const known = [...this.#aliases.keys()];
          const advice = target === undefined ? suggest(rule.name, known) : 'mend that document first';
          throw new Mistake(rule.place, `the correlation names "${rule.name}", which is not in force`, advice);
        }),
      );
      const made = of && this.#attempt(() => this.#completed(name, draft, of));
      state.set(name, made === undefined ? 'broken' : 'sound');
      if (made !== undefined) done.push(made);
      return made !== undefined;
    };
    for (const name of this.#correlations.keys()) this.#attempt(() => visit(name));
    return done;
  }

  #completed(name: string, draft: CorrelationDraft, of: readonly string[]): Omit<CompiledCorrelation, 'reports'> {
    this.#checkGroups(draft, of);
    return { name, form: draft.header.form, correlation: draft.correlation, of, fixed: this.#proofRule(draft) };
  }

  /** The rule that shows a correlation's weakness fixed: over single events that have the fields of its key. */
  #proofRule({ fixed, header }: CorrelationDraft): CompiledCorrelation['fixed'] {
    if (fixed === undefined) return undefined;
    const { place, count, quiet } = fixed;
    const rule = this.#aliases.get(fixed.rule) ?? '';
    const draft = this.#drafts.get(rule);
    if (draft === undefined) {
      const what = `fixed names "${fixed.rule}", which is no rule in force`;
      throw new Mistake(place, what, suggest(fixed.rule, [...this.#drafts.keys()]));
    }
    const odd = header.form.key.find((name) => fieldNamed(name)?.[draft.kind] === undefined);
    if (odd !== undefined) throw new Mistake(place, `key "${odd}" is not known of ${draft.kind}s`, 'name another rule');
    return { rule, count, quiet };
  }

  /** Group and value fields have to be known of the events that the named rules are about. */
  #checkGroups({ header, correlation }: CorrelationDraft, of: readonly string[]): void {
    for (const [i, name] of of.entries()) {
      const kind = this.#drafts.get(name)?.kind;
      if (kind === undefined) continue;
      for (const field of [...correlation.groupBy, ...correlation.fields]) {
        const alias = correlation.aliases.get(field);
        const real = alias === undefined ? field : (alias.get(correlation.rules[i].name) ?? alias.get(name));
        if (real === undefined) {
          throw new Mistake(header.place, `alias "${field}" says nothing of "${correlation.rules[i].name}"`, 'add it');
        }
        if (fieldNamed(real)?.[kind] === undefined) {
          throw new Mistake(header.place, `${real} is not known of ${kind}s in judge`, 'see the table of fields');
        }
      }
    }
  }
}

/** `key`: under which name the entry says what shows the weakness fixed. */
function proofOf(entry: Entry, key: 'condition' | 'rule', header: Header): Proof & { readonly node: Node } {
  checkKeys(entry.value, 'fixed', [key, 'count', 'quiet']);
  const node = entryOf(entry.value, key)?.value;
  const count = entryOf(entry.value, 'count');
  const quiet = entryOf(entry.value, 'quiet');
  if (node === undefined || count === undefined || header.form.kind !== 'weakness') {
    throw new Mistake(entry.place, `fixed needs a weakness, a ${key} and a count`, 'write kind: weakness');
  }
  const rests = quiet === undefined ? 0 : timespanOf(quiet.value, 'quiet');
  return { node, count: numberOf(count.value, 'count'), quiet: rests };
}

/** What tells one finding from another where a rule does not say. */
function keyFor(source: string, kind: string): readonly string[] {
  if (source === 'observation') return ['app', 'apiId', 'parameter', 'subject.kind', 'subject.id'];
  return kind === 'weakness' ? ['app', 'apiId'] : ['app', 'apiId', 'client', 'account'];
}

function partOf(name: string): Expression {
  const field = fieldNamed('parts')!;
  const match = (found: unknown) => Array.isArray(found) && found.includes(name);
  return { kind: 'test', field, check: { on: 'value', match, exact: name.toLowerCase() } };
}
