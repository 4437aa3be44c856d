/** The keys of `disk`: how little room on the volume of the data folder is told, and how little makes old data go. */
import type { Node } from './document.ts';
import type { Problems } from './problems.ts';

/** Free room: a share of the volume (`15 %`) or a size (`20 GiB`). */
export interface DiskConfig {
  /** Below it people are told. */
  readonly warn: string;
  /** Below it the oldest of little worth goes; `0 %` for never. */
  readonly drop: string;
}

export function diskDefaults(): DiskConfig {
  return { warn: '15 %', drop: '5 %' };
}

export const DISK_KEYS = Object.keys(diskDefaults()) as (keyof DiskConfig)[];

const SHARE = /^(\d{1,2}(?:\.\d)?) ?%$/;
const SIZE = /^(\d{1,9}) ?(MiB|GiB|TiB)$/;
const FACTOR: Readonly<Record<string, number>> = { MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** Octets of a volume that has `size` of them. */
export function octetsOf(mark: string, size: number): number {
  const share = SHARE.exec(mark);
  if (share !== null) return (Number(share[1]) / 100) * size;
  const [, many, unit] = SIZE.exec(mark)!;
  return Number(many) * FACTOR[unit!]!;
}

function readMark(node: Node, path: string, problems: Problems): string | undefined {
  const text = node.kind === 'scalar' ? String(node.value).trim() : '';
  if (SHARE.test(text) || SIZE.test(text)) return text;
  problems.add(`${path} is no room on a disk`, node.place, 'write a share such as 15 % or a size such as 20 GiB');
  return undefined;
}

export function diskReaders(
  problems: Problems,
): (readonly [keyof DiskConfig, (node: Node, path: string) => string | undefined])[] {
  return DISK_KEYS.map((key) => [key, (node, path) => readMark(node, path, problems)]);
}
