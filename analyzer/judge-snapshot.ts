/** What judge has learnt, as data that JSON can hold: what a restart goes on from. */
import type { Profiles } from './baseline/profiles.ts';
import type { DetectorSnapshot } from './detect/detector.ts';
import type { FallbackPagesSnapshot } from './discover/fallback-pages.ts';
import type { FunctionsSnapshot } from './discover/functions.ts';
import type { InventorySnapshot } from './discover/inventory.ts';
import type { TemplatesSnapshot } from './discover/learn/templates.ts';
import type { SchemasSnapshot } from './discover/schemas.ts';
import type { SuccessSnapshot } from './discover/success.ts';
import type { TraitsSnapshot } from './discover/traits/traits.ts';
import type { BindingSnapshot } from './identify/binding.ts';
import type { Cursor } from './judging/cursor.ts';
import type { Labels } from './judging/labels.ts';
import type { MeasuresSnapshot } from './judging/measures.ts';
import type { TeachingSnapshot } from './teaching.ts';

/** Shape of the snapshot; one of another version begins anew but for what it has in common (`takeUp`). */
export const judgeVersion = 27;

/** All of judge's memory. */
export interface JudgeSnapshot {
  readonly v: typeof judgeVersion;
  readonly cursors: Readonly<Record<string, Cursor>>;
  readonly success: SuccessSnapshot;
  readonly binding: BindingSnapshot;
  readonly functions: FunctionsSnapshot;
  readonly traits: TraitsSnapshot;
  readonly labels: ReturnType<Labels['snapshot']>;
  readonly inventory: InventorySnapshot;
  readonly templates: TemplatesSnapshot;
  readonly schemas: SchemasSnapshot;
  /** Absent in memories of before such pages were told. */
  readonly pages?: FallbackPagesSnapshot;
  readonly profiles: ReturnType<Profiles['snapshot']>;
  readonly measures: MeasuresSnapshot;
  readonly detector: DetectorSnapshot;
  readonly shown: readonly string[];
  readonly teaching: TeachingSnapshot;
}
