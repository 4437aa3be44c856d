/** What is usual of a subject, for people and scripts. */
import type { Learnt, Lesson } from '../../analyzer/analyzer.ts';
import { known } from './known.ts';
import { section } from './summary.ts';
import { type Cell, type Column, groupThousands, renderTable } from './table.ts';
import type { Texts } from './text/en.ts';
import { isoTime, zonedTime } from './time.ts';
import { humanDuration, humanShare } from './units.ts';
import { right } from './views.ts';

const seconds = 1e6;

export function learntJson(each: Learnt): Record<string, unknown> {
  const { measure, quantity, app, id, window, slot, since, lessons, isLearnt, median } = each;
  const { highShare, high, threshold, last } = each;
  return {
    ...{ measure, quantity },
    ...known('app', app),
    ...(measure === 'rate-function' ? { function: id } : {}),
    ...(isOfApi(each) ? { apiId: id } : {}),
    windowSeconds: window / seconds,
    ...(slot === undefined ? {} : { slot }),
    ...(since === undefined || since === 0 ? {} : { since: isoTime(since) }),
    ...{ learnt: isLearnt, lessons },
    ...(median === undefined ? {} : { median }),
    ...(high === undefined ? {} : { high, highShare }),
    ...{ threshold, toldWhen: each.isLow === true ? 'below' : 'above', last },
  };
}

/** As rows: what is learnt first, then by measure. */
export function renderLearnt(all: readonly Learnt[], texts: Texts, zone: string, width: number): string {
  const say = texts.baseline;
  const parts = new Set(all.filter(isOfApi).map(({ id }) => id));
  const apps = new Set(all.map(({ app }) => app).filter((app) => app !== ''));
  const columns: Column[] = [
    { header: say.columns.what, min: 20, weight: 2 },
    ...(apps.size > 1 || parts.size > 1 ? [{ header: say.columns.of, min: 8 }] : []),
    { header: say.columns.state },
    ...[say.columns.median, say.columns.high, say.columns.told, say.columns.last].map(right),
  ];
  const rows = all.map((each): Cell[] => {
    const figure = (value: number | undefined) => (value === undefined ? texts.cells.none : amount(each, value));
    const of = apps.size > 1 ? [each.app] : parts.size > 1 ? [isOfApi(each) ? each.id.slice(0, 8) : ''] : [];
    const told = each.isLow === true ? `< ${figure(each.threshold)}` : `> ${figure(each.threshold)}`;
    return [
      whatOf(each, texts),
      ...of,
      each.isLearnt ? say.learnt : lackingOf(each.lessons, texts),
      ...[figure(each.median), figure(each.high), told, figure(each.last)],
    ];
  });
  const begun = all.map(({ since = 0 }) => since).filter((since) => since > 0);
  const since = begun.length === 0 ? '' : say.since(zonedTime(Math.min(...begun), zone).slice(0, 16));
  return section(
    `${say.title}${since}`,
    `${renderTable(columns, rows, width)}\n${say.legend.new}\n${say.legend.told}\n`,
  );
}

function isOfApi({ measure, app, id }: Learnt): boolean {
  return measure === 'rate-api' || (app === '' && /^[0-9a-f]{16}$/.test(id));
}

function whatOf({ measure, window, id, slot }: Learnt, texts: Texts): string {
  const { measures, spans, slots } = texts.baseline;
  const named = (measures as Readonly<Record<string, string>>)[measure] ?? measure;
  const span = (spans as Readonly<Record<string, string>>)[String(window / seconds)];
  const long = span === undefined ? named : `${named} ${span}`;
  const what = slot === undefined ? long : `${long}, ${slots[slot]}`;
  return measure === 'rate-function' ? `${id}: ${what}` : what;
}

/** What is missing until it counts as usual. */
function lackingOf(lessons: readonly Lesson[], texts: Texts): string {
  const say = texts.baseline;
  const lacking = lessons.filter(({ has, needs }) => has < needs);
  const missing = lacking.map(({ what, has, needs }) => say.lessons[what](groupThousands(Math.ceil(needs - has))));
  return missing.length === 0 ? say.tooLittle : say.lacking(missing.join(', '));
}

function amount({ quantity }: Learnt, value: number): string {
  if (quantity === 'failures') return humanShare(Math.min(1, value));
  return quantity === 'milliseconds' ? humanDuration(value * 1000) : groupThousands(Math.round(value));
}
