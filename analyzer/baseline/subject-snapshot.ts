/** A subject as plain data: tuples, and of its counts those that are not 0. */
import { countsSize, figuresSize, type Subject } from './subject.ts';
import type { SubjectTable } from './subject-table.ts';

export type StoredSubject = readonly [
  group: string,
  id: string,
  figures: readonly number[],
  past: readonly number[],
  /** Place and count, in turn. */
  counts: readonly number[],
  left: readonly string[],
  right: readonly string[],
];

export function storedSubject({
  group,
  id,
  figures,
  figuresAt,
  counts,
  at,
  past,
  left,
  right,
}: Subject): StoredSubject {
  const sparse: number[] = [];
  for (let i = 0; i < countsSize; i++) if (counts[at + i] !== 0) sparse.push(i, counts[at + i]!);
  const own = Array.from(figures.subarray(figuresAt, figuresAt + figuresSize));
  return [group, id, own, [...past], sparse, [...left], [...right]];
}

export function restoreSubject(table: SubjectTable, stored: StoredSubject): void {
  const [group, id, figures, past, sparse, left, right] = stored;
  const subject = table.touch(group, id);
  for (let i = 0; i < figuresSize; i++) subject.figures[subject.figuresAt + i] = figures[i] ?? 0;
  for (let i = 0; i < sparse.length; i += 2) subject.counts[subject.at + sparse[i]!] = sparse[i + 1]!;
  subject.past.push(...past);
  subject.left.push(...left);
  subject.right.push(...right);
}
