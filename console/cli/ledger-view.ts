/** The ledger for people: per stage what came in, went on, was skipped and was lost, and whether that adds up. */
import type { LedgerEntry } from '../../sensor/ledger.ts';
import { C, imbalances, stages } from '../../sensor/ledger.ts';
import type { Cell, Column } from './table.ts';
import { groupThousands, renderTable } from './table.ts';
import type { Texts } from './text/en.ts';
import { humanShare } from './units.ts';

/** One stage's balance. `in` = `out` + `skipped` + `lost` when it adds up; with `waiting` where the sensor is running. */
export interface StageBalance {
  readonly stage: string;
  readonly unit: string;
  readonly in: number;
  readonly out: number;
  readonly skipped: number;
  readonly lost: number;
  /** Absent when nothing is under way. */
  readonly waiting?: number;
  readonly balanced: boolean;
}

export interface WeirdCount {
  readonly name: string;
  readonly count: number;
}

/** Counters by name, summed over sources; names that this version does not know are passed over. */
export function countsOf(entries: readonly Pick<LedgerEntry, 'name' | 'value'>[]): Float64Array {
  const counts = new Float64Array(Object.keys(C).length);
  for (const { name, value } of entries) {
    const index = (C as Readonly<Record<string, number | undefined>>)[name];
    if (index !== undefined) counts[index]! += value;
  }
  return counts;
}

export function stageBalances(entries: readonly LedgerEntry[]): StageBalance[] {
  return stages.map((stage) => {
    const own = entries.filter((entry) => entry.stage === stage);
    const sum = (kind: LedgerEntry['kind']) =>
      own.reduce((total, entry) => total + (entry.kind === kind ? entry.value : 0), 0);
    const [came, out, skipped, lost, waiting] = [sum('in'), sum('out'), sum('skipped'), sum('lost'), sum('waiting')];
    const unit = own.find((entry) => entry.kind === 'in')?.unit ?? '';
    const balanced = came === out + skipped + lost + waiting;
    return { stage, unit, in: came, out, skipped, lost, ...(waiting > 0 ? { waiting } : {}), balanced };
  });
}

/** What does not add up, between stages too; empty when all does. */
export function ledgerProblems(entries: readonly LedgerEntry[]): string[] {
  return imbalances(countsOf(entries));
}

export function renderBalances(balances: readonly StageBalance[], texts: Texts, width: number): string {
  const { columns, cells, ledger } = texts;
  const shown: Column[] = [
    { header: columns.stage },
    { header: columns.unit },
    { header: columns.in, align: 'right' },
    { header: `→ ${columns.out}`, align: 'right' },
    { header: columns.skipped, align: 'right' },
    { header: columns.lost, align: 'right' },
    { header: columns.balance },
  ];
  const rows = balances.map((each): Cell[] => [
    name(ledger.stages, each.stage),
    name(ledger.units, each.unit),
    each.in,
    each.out,
    each.skipped,
    each.lost,
    each.balanced ? `✓ ${cells.yes}` : `✗ ${cells.no}`,
  ]);
  return renderTable(shown, rows, width);
}

/** Every counter that explains why something did not go on, and the notes beside; '' when there is none. */
export function renderDetails(entries: readonly LedgerEntry[], texts: Texts, width: number): string {
  const { columns, ledger } = texts;
  const rows = detailsOf(entries).map(({ entry, share }): Cell[] => [
    name(ledger.stages, entry.stage),
    name(ledger.counters, entry.name),
    entry.value,
    name(ledger.units, entry.unit),
    share === null ? '' : humanShare(share),
    name(ledger.kinds, entry.kind),
  ]);
  if (rows.length === 0) return '';
  const shown: Column[] = [
    { header: columns.stage },
    { header: columns.what, min: 24, prose: true },
    { header: columns.count, align: 'right' },
    { header: columns.unit },
    { header: columns.share, align: 'right' },
    { header: columns.kind },
  ];
  return renderTable(shown, rows, width);
}

/** Non-zero `skipped` and `lost` with their share of what came into their stage, then the notes. */
function detailsOf(entries: readonly LedgerEntry[]): { entry: LedgerEntry; share: number | null }[] {
  const came = new Map<string, number>();
  for (const entry of entries) {
    if (entry.kind === 'in') came.set(entry.stage, (came.get(entry.stage) ?? 0) + entry.value);
  }
  // The store answers by name; people read along the pipeline.
  const order: readonly string[] = stages;
  const inOrder = [...entries].sort((a, b) => order.indexOf(a.stage) - order.indexOf(b.stage));
  const of = (kind: LedgerEntry['kind']) =>
    inOrder
      .filter((entry) => entry.kind === kind && entry.value !== 0)
      .map((entry) => ({ entry, share: kind === 'note' ? null : shareOf(entry.value, came.get(entry.stage) ?? 0) }));
  return [...of('lost'), ...of('skipped'), ...of('waiting'), ...of('note')];
}

export function shareOf(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

export function renderWeird(weird: readonly WeirdCount[], texts: Texts, width: number): string {
  const { columns, ledger } = texts;
  const shown: Column[] = [
    { header: columns.weird },
    { header: columns.count, align: 'right' },
    { header: columns.meaning, min: 24, prose: true },
  ];
  const rows = weird.map((each): Cell[] => [each.name, each.count, name(ledger.weird, each.name, '')]);
  return renderTable(shown, rows, width);
}

/** The word for a name of the pipeline; the name itself where there is none. */
export function name(words: Readonly<Record<string, string>>, key: string, otherwise = key): string {
  return words[key] ?? otherwise;
}

/** `12,345 packets` */
export function amount(entry: Pick<LedgerEntry, 'value' | 'unit'>, texts: Texts): string {
  return `${groupThousands(entry.value)} ${name(texts.ledger.units, entry.unit)}`;
}
