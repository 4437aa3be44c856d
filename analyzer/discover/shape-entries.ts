/** Places met in a body as the entries of its shape: what holds them stands beside them, and maps are recognised. */

const shapeTypes = ['string', 'number', 'null', 'boolean', 'array', 'object'] as const;

export interface ShapePlace {
  /** `data.rows[].name`, as it may be shown. */
  readonly path: string;
  /** Of `shapeTypes`, a bit each. */
  readonly types: number;
}

/**
 * Members of one kind from which on an object is a map of things by their names. They must be objects or arrays: records
 * of a hundred fields that are all texts are common, and no maps.
 */
const leastOfMap = 24;
const containers = (1 << 4) | (1 << 5);

interface Branch {
  /** Types met, a bit each. */
  types: number;
  members: Map<string, Branch> | null;
}

/** Sorted. The root is told only where it is an array. */
export function shapeEntries(places: readonly ShapePlace[]): string[] {
  const root: Branch = { types: 0, members: null };
  for (const { path, types } of places) grow(root, path).types |= types;
  collapse(root);
  const entries: string[] = [];
  tell(root, '', entries);
  return entries.sort();
}

/** The branch of a path: `rows[][]` holds items in items. */
function grow(root: Branch, path: string): Branch {
  let at = root;
  for (const key of path === '' ? [] : path.split('.')) {
    let end = key.length;
    while (end >= 2 && key.endsWith('[]', end)) end -= 2;
    if (end > 0) at = member(at, key.slice(0, end));
    for (let i = end; i < key.length; i += 2) at = member(at, '[]');
  }
  return at;
}

function member(of: Branch, key: string): Branch {
  of.types |= key === '[]' ? 1 << 4 : 1 << 5;
  of.members ??= new Map();
  const known = of.members.get(key);
  if (known !== undefined) return known;
  const made: Branch = { types: 0, members: null };
  of.members.set(key, made);
  return made;
}

/** Inner ones first. Paths have at most as many keys as `pathLength` characters, 256 as they are shown. */
function collapse(branch: Branch): void {
  const { members } = branch;
  if (members === null) return;
  for (const each of members.values()) collapse(each);
  if (members.size < leastOfMap) return;
  const all = [...members].filter(([key]) => key !== '[]' && key !== '{key}');
  if (!all.every(([, { types }]) => (types & containers) !== 0)) return;
  const whole: Branch = { types: 0, members: null };
  for (const [key, each] of all) {
    join(whole, each);
    members.delete(key);
  }
  members.set('*', whole);
}

function join(into: Branch, from: Branch): void {
  into.types |= from.types;
  if (from.members === null) return;
  into.members ??= new Map();
  for (const [key, each] of from.members) {
    const known = into.members.get(key);
    if (known === undefined) into.members.set(key, each);
    else join(known, each);
  }
}

function tell(branch: Branch, path: string, entries: string[]): void {
  for (let type = 0; type < shapeTypes.length; type++) {
    if ((branch.types & (1 << type)) === 0) continue;
    // That a body is an object says nothing, and neither does a lone value.
    if (path !== '' || type === 4) entries.push(`${path}:${shapeTypes[type]}`);
  }
  if (branch.members === null) return;
  for (const [key, each] of branch.members) {
    tell(each, key === '[]' ? `${path}[]` : path === '' ? key : `${path}.${key}`, entries);
  }
}
