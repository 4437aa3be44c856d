/**
 * A person's word on a template: it stays as it is (lock), others are the same API (merge), what fits a pattern is none of
 * it (split). It wins over what is learnt, earlier calls included, until it is taken back; nothing is ever erased.
 */
import { createHash } from 'node:crypto';
import { patternOf } from '../../analyzer/analyzer.ts';
import { type Row, type Store, StoreError } from '../../storage/store/store.ts';
import { CommandFailure, UsageFault } from './faults.ts';
import type { Cell } from './table.ts';
import type { Texts } from './text/en.ts';
import { isoTime } from './time.ts';

export interface TemplateDecisionOptions {
  readonly lock?: boolean;
  readonly split?: string;
  readonly merge?: string;
  readonly takeBack?: string;
  readonly by?: string;
  readonly note?: string;
}

const templateActions = ['lock', 'merge', 'split'] as const;
type Action = (typeof templateActions)[number];

export interface TemplateDecision {
  readonly action: Action | 'take-back';
  /** Ids, or beginnings of such. */
  readonly ids: readonly string[];
  readonly pattern: string;
  readonly takenBack: readonly Action[];
  readonly by: string;
  readonly note: string;
}

interface Part {
  readonly id: string;
  readonly template: string;
  /** Of a merge: the other API that it was part of; '' for that API itself. */
  readonly of?: string;
}

/** As the question `template-words` answers. */
export interface TemplateWordRow {
  readonly api: string;
  readonly action: Action;
  readonly app: string;
  readonly method: string;
  readonly operation: string;
  readonly template: string;
  readonly taken: number | boolean;
  readonly parts: readonly Part[];
  readonly by: string;
  readonly note: string;
  /** Wall clock, µs. */
  readonly ts: number;
}

/** What a decision needs to know of an API. */
export interface DecidedApi {
  readonly id: string;
  readonly app: string;
  readonly method: string;
  readonly operation: string;
  readonly template: string;
}

const longestPattern = 300;

/** The decision that the options make; null where there is none. */
export function readTemplateDecision(options: TemplateDecisionOptions, texts: Texts): TemplateDecision | null {
  const { errors } = texts.templates;
  const { lock, split, merge } = options;
  const takenBack = (options.takeBack ?? '')
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part): part is Action => (templateActions as readonly string[]).includes(part));
  const given = [lock === true, split !== undefined, merge !== undefined, takenBack.length > 0].filter(Boolean).length;
  if (given === 0) return null;
  if (given > 1) throw new UsageFault(errors.one);
  const [by, note] = [options.by?.trim() ?? '', options.note?.trim() ?? ''];
  if (by === '') throw new UsageFault(texts.traits.errors.needs('--by NAME'));
  if (note === '') throw new UsageFault(texts.traits.errors.needs('--note TEXT'));
  const pattern = split?.trim() ?? '';
  if (split !== undefined && (!pattern.startsWith('/') || pattern.length > longestPattern))
    throw new UsageFault(errors.badPattern(split));
  const ids = (merge ?? '')
    .split(',')
    .map((id) => id.trim().toLowerCase())
    .filter((id) => id !== '');
  if (merge !== undefined && (ids.length === 0 || ids.some((id) => !/^[0-9a-f]{4,16}$/.test(id))))
    throw new UsageFault(errors.badIds(merge));
  const action = lock === true ? 'lock' : split !== undefined ? 'split' : merge !== undefined ? 'merge' : 'take-back';
  return { action, ids, pattern, takenBack, by, note };
}

/** Of `--take-back`, what is not said of templates. */
export function withoutTemplateActions(takeBack: string | undefined): string | undefined {
  const rest = (takeBack ?? '')
    .split(',')
    .filter((part) => !(templateActions as readonly string[]).includes(part.trim().toLowerCase()));
  return rest.join('') === '' ? undefined : rest.join(',');
}

/** Stores it. False when what is stored is shown by it only once a running appliance has taken it up. */
export async function storeTemplateDecision(
  store: Store,
  api: DecidedApi,
  decision: TemplateDecision,
  find: (id: string) => Promise<DecidedApi>,
  texts: Texts,
  ts: number,
): Promise<boolean> {
  const { by, note } = decision;
  const value = (action: Action, template: string, parts: readonly Part[], taken = false) =>
    JSON.stringify({
      ...{ action, app: api.app, method: api.method, operation: api.operation, template, parts },
      ...(taken ? { taken } : {}),
    });
  const stored = async (text: string) => {
    const row = { kind: 'api-template', subject: api.id, value: text, by, note, ts };
    const id = createHash('sha256').update(JSON.stringify(row)).digest('hex').slice(0, 16);
    await store.insert('decisions', [{ id, ...row } satisfies Row]);
  };
  switch (decision.action) {
    case 'lock':
      await stored(value('lock', api.template, []));
      return true;
    case 'merge': {
      const others = [];
      for (const id of decision.ids) others.push(await find(id));
      const template = others.reduce((sum, other) => joinedTemplate(sum, api, other, texts), api.template);
      const own = [api, ...others.filter(({ id }) => id !== api.id)];
      const all = await partsOf(
        store,
        own.map(({ id }) => id),
      );
      const named = new Set(own.map(({ id }) => id));
      const moved = all
        .filter((part) => part.api !== api.id && named.has(part.api) && !named.has(part.id))
        .map((part) => ({ ...partOf(part), of: part.api }));
      await stored(value('merge', template, [...own.map(partOf), ...moved]));
      const ids = new Set([...all.map(({ id }) => id), ...others.map(({ id }) => id), api.id]);
      return relabel(
        store,
        [...ids].map((alias) => ({ alias, id: api.id, template })),
        ts,
      );
    }
    case 'split': {
      const parts = await partsOf(store, [api.id]);
      const fits = patternOf(decision.pattern);
      const apart = parts.filter(({ template }) => fits(template));
      if (apart.length === 0) throw new CommandFailure(nothingFits(parts, decision.pattern, texts));
      await stored(value('split', decision.pattern, apart.map(partOf)));
      return relabel(
        store,
        apart.map(({ id, template }) => ({ alias: id, id, template })),
        ts,
      );
    }
    default:
      return takeBack(store, api, decision, stored, value, texts, ts);
  }
}

async function takeBack(
  store: Store,
  api: DecidedApi,
  { takenBack }: TemplateDecision,
  stored: (text: string) => Promise<void>,
  value: (action: Action, template: string, parts: readonly Part[], taken: boolean) => string,
  texts: Texts,
  ts: number,
): Promise<boolean> {
  const words = (await store.ask<TemplateWordRow>('template-words', { api: '' })).filter(standing);
  let shown = true;
  for (const action of takenBack) {
    // What was separated is spoken of under the API it was separated from, and under its own id.
    const mine = words.filter(
      (word) => word.action === action && (word.api === api.id || word.parts.some(({ id }) => id === api.id)),
    );
    if (mine.length === 0) throw new CommandFailure(texts.templates.errors.nothingToTakeBack(action));
    for (const { template, parts } of mine) {
      await stored(value(action, template, parts, true));
      // What people separated may be learnt to be the same again; until then it stays apart.
      if (action !== 'merge') continue;
      const templates = new Map(parts.map((part) => [part.id, part.template]));
      const rows = parts.map(({ id, template: own, of = '' }) =>
        of === '' ? { alias: id, id, template: own } : { alias: id, id: of, template: templates.get(of) ?? own },
      );
      shown = (await relabel(store, rows, ts)) && shown;
    }
  }
  return shown;
}

function standing({ taken }: Pick<TemplateWordRow, 'taken'>): boolean {
  return Number(taken) !== 1;
}

function partOf({ id, template }: Part): Part {
  return { id, template };
}

function partsOf(store: Store, ids: readonly string[]): Promise<(Part & { readonly api: string })[]> {
  return store.ask<Part & { readonly api: string }>('api-parts', { ids: ids.join(',') });
}

/** `/users/{userCode}` of `/users/li` and `/users/wang`; of paths of different lengths the API's own. */
function joinedTemplate(template: string, api: DecidedApi, other: DecidedApi, texts: Texts): string {
  const { errors } = texts.templates;
  if (other.app !== api.app) throw new CommandFailure(errors.otherApp(other.id, other.app, api.app));
  if (other.method !== api.method || other.operation !== api.operation)
    throw new CommandFailure(errors.otherKind(other.id));
  const [own, its] = [template.split('/'), other.template.split('/')];
  if (own.length !== its.length) throw new CommandFailure(errors.otherLength(other.id, other.template));
  let named = own.filter((segment) => segment.includes('{')).length;
  return own
    .map((segment, i) => {
      if (segment.includes('{') || segment === its[i]) return segment;
      named++;
      return named === 1 ? '{name}' : `{name${named}}`;
    })
    .join('/');
}

function nothingFits(parts: readonly Part[], pattern: string, texts: Texts): string {
  const { errors } = texts.templates;
  if (parts.length === 0) return errors.noParts;
  const some = parts.slice(0, 8).map(({ template }) => template);
  return errors.nothingFits(pattern, some.join(', '));
}

/** Calls of before count as the API that they are now. A running appliance does so itself, and lets nobody else. */
async function relabel(
  store: Store,
  aliases: readonly { readonly alias: string; readonly id: string; readonly template: string }[],
  ts: number,
): Promise<boolean> {
  try {
    await store.insert(
      'apiAliases',
      aliases.map((alias) => ({ ...alias, reason: 'person', version: ts })),
    );
    return true;
  } catch (error) {
    if (error instanceof StoreError) return false;
    throw error;
  }
}

export function templateWordsJson(words: readonly TemplateWordRow[]): Record<string, unknown> {
  const said = words.filter(standing);
  if (said.length === 0) return {};
  const lock = said.find(({ action }) => action !== 'split');
  return {
    ...(lock === undefined ? {} : { lockedBy: lock.by }),
    templateDecisions: said.map(({ action, template, by, note, ts }) => ({
      action,
      template,
      by,
      note,
      ts: isoTime(ts),
    })),
  };
}

export function templateWordPairs(words: readonly TemplateWordRow[], texts: Texts): (readonly [string, Cell])[] {
  const { titles } = texts.templates;
  return words
    .filter(standing)
    .map(({ action, template, by, note }) => [titles[action], `${template}; ${by}: ${note}`] as const);
}
