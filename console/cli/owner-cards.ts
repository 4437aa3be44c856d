/** Who answers for the applications that a trace leads to: as the configuration or `apiris import owners` says. */
import type { Config } from '../../deploy/config.ts';
import type { Store } from '../../storage/store/store.ts';
import { type AppFacts, appFacts } from './app-facts.ts';
import { appNames } from './app-names.ts';
import { type PartRow, partsOf } from './subject-rows.ts';
import { section } from './summary.ts';
import { type Cell, renderTable } from './table.ts';
import type { Texts } from './text/en.ts';

export interface OwnerCard extends AppFacts {
  readonly app: string;
}

/** Of the applications among the parts that anybody answers for. */
export async function askOwners(store: Store, parts: readonly PartRow[], config: Config): Promise<OwnerCard[]> {
  const apps = partsOf(parts, 'app').map(({ key }) => key);
  if (apps.length === 0) return [];
  const rows = await store.ask<{ app: string; decided: string }>('app-owners', { apps });
  const decided = new Map(rows.map((row) => [row.app, row.decided]));
  const names = appNames(config);
  return apps
    .map((app) => ({ app, ...appFacts({ app, decided: decided.get(app) ?? '' }, names.configured(app)) }))
    .filter(({ owner, department, name }) => owner !== undefined || department !== undefined || name !== undefined);
}

export function renderOwners(owners: readonly OwnerCard[], texts: Texts, width: number): string {
  if (owners.length === 0) return '';
  const { cards } = texts.leak;
  const { none } = texts.cells;
  const columns = [texts.columns.app, cards.name, cards.owner, cards.department].map((header) => ({ header, min: 10 }));
  const rows = owners.map(({ app, name, owner, department }): Cell[] => [
    ...[app, name ?? none, owner ?? none, department ?? none],
  ]);
  return `\n${section(cards.owners, renderTable(columns, rows, width))}`;
}
