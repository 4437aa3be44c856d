/** What was read, as the store remembers it. */
import type { Damage } from '../../sensor/capture/packet.ts';
import type { SourceRow } from './rows.ts';

export interface ReadSource extends Omit<SourceRow, 'damage'> {
  readonly damage: readonly Damage[];
}

/** The damage of a source. Text that is not a list of damage, which a foreign hand may have left, counts as damage too. */
export function damageOf(row: SourceRow): Damage[] {
  if (row.damage === '') return [];
  try {
    const damage: unknown = JSON.parse(row.damage);
    if (Array.isArray(damage)) return damage as Damage[];
  } catch {
    // Told below.
  }
  return [{ input: row.name, offset: 0, reason: row.damage }];
}

/** True when reading began and did not end: the process was stopped or killed. */
export function isUnfinished(source: { readonly state: string }): boolean {
  return source.state === 'reading';
}
