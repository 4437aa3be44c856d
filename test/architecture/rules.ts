/** The rules, as functions of a tree and the tables. Each violation says where, what, and what to do instead. */
import { edgesOf } from './edges.ts';
import type { Tree } from './tree.ts';

/** A layer: its folder, and the files of it that other layers may import. A path that ends with `/` is a folder. */
export interface Layer {
  readonly name: string;
  readonly contracts: readonly string[];
}

export interface Tables {
  /** From upstream to downstream. */
  readonly layers: readonly Layer[];
  /** Files that put parts together → what beyond contracts they may import. */
  readonly wiring: Readonly<Record<string, readonly string[]>>;
  /** Folders whose files import only one another, beside contracts: the steps inside analyzer. */
  readonly steps: readonly string[];
  /** Files beside the steps that put steps together, which a step may not import. */
  readonly composers: readonly string[];
  /** Package → the one file or folder that imports it. */
  readonly packages: Readonly<Record<string, string>>;
  /** Files that may import a computed address, with the reason. */
  readonly computed: Readonly<Record<string, string>>;
  readonly top: readonly string[];
}

export type Rule = (tree: Tree, tables: Tables) => string[];

function within(path: string, place: string): boolean {
  return place.endsWith('/') ? path.startsWith(place) : path === place;
}

function folderOf(path: string): string {
  return path.split('/', 1)[0];
}

/** Layers point upstream and at contract files; fixtures and test are imported by nobody. */
export const layersPointUpstream: Rule = (tree, { layers, wiring }) => {
  const order = layers.map((layer) => layer.name);
  const told: string[] = [];
  for (const { from, line, to } of edgesOf(tree).files) {
    const [here, there] = [folderOf(from), folderOf(to)];
    if (here === there || here === 'test') continue;
    const at = `${from}:${line} imports ${to}`;
    if (wiring[from]?.some((place) => within(to, place))) continue;
    if (there === 'test' || there === 'fixtures') {
      told.push(`${at}: ${there}/ is imported by nobody; move what is needed to where it belongs`);
    } else if (here === 'fixtures') {
      if (!to.startsWith('deploy/traffic/')) told.push(`${at}: fixtures may import deploy/traffic/ alone`);
    } else if (!order.includes(here) || !order.includes(there)) {
      told.push(`${at}: neither place is a layer; the layers are ${order.join(', ')}`);
    } else if (order.indexOf(there) > order.indexOf(here)) {
      told.push(`${at}: ${there} is downstream of ${here}; let ${there} pass it in, or move the type upstream`);
    } else {
      const { contracts } = layers[order.indexOf(there)];
      if (contracts.some((contract) => within(to, contract))) continue;
      told.push(
        `${at}: not a contract of ${there}; import one of ${contracts.join(', ')}, or wire it in deploy/appliance.ts`,
      );
    }
  }
  return told;
};

/** A step knows the contracts, not the other steps. */
export const stepsStandAlone: Rule = (tree, { steps, composers }) => {
  const told: string[] = [];
  for (const { from, line, to } of edgesOf(tree).files) {
    const step = steps.find((folder) => from.startsWith(folder));
    if (step === undefined || to.startsWith(step)) continue;
    const other = steps.find((folder) => to.startsWith(folder));
    if (other !== undefined || composers.includes(to)) {
      told.push(
        `${from}:${line} imports ${to}: steps do not know each other; let ${composers.join(' or ')} hand it over`,
      );
    }
  }
  return told;
};

/** No file imports itself, however long the way round. */
export const noCircles: Rule = (tree) => {
  const next = new Map<string, string[]>();
  for (const { from, to, kind } of edgesOf(tree).files) {
    if (kind === 'import') next.set(from, [...(next.get(from) ?? []), to]);
  }
  const told: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]) => {
    if (way.includes(path)) {
      const circle = [...way.slice(way.indexOf(path)), path];
      told.push(`${circle.join(' → ')}: a circle; move what both need into a file of its own`);
      return;
    }
    if (done.has(path)) return;
    for (const to of next.get(path) ?? []) visit(to, [...way, path]);
    done.add(path);
  };
  for (const path of [...tree.sources.keys()].sort()) visit(path, []);
  return told;
};

/** Every import is readable here, and leads to a file that is there. */
export const importsAreKnown: Rule = (tree, { computed }) => {
  const told: string[] = [];
  for (const { from, line, specifier } of edgesOf(tree).unknown) {
    if (specifier !== undefined)
      told.push(`${from}:${line} imports ${specifier}: there is no such source; name it with .ts`);
    else if (!(from in computed))
      told.push(`${from}:${line} imports a computed address: write it out, or give the reason in COMPUTED`);
  }
  return told;
};

/** One package, one place: replacing a package then means editing one place. */
export const onePackageOnePlace: Rule = (tree, { packages }) => {
  const told: string[] = [];
  const imported = new Set<string>();
  for (const { from, line, name } of edgesOf(tree).packages) {
    imported.add(name);
    const place = packages[name];
    if (place === undefined) told.push(`${from}:${line} imports ${name}: give it its one place in PACKAGES`);
    else if (!within(from, place))
      told.push(`${from}:${line} imports ${name}: only ${place} does; use what that exports`);
  }
  const manifest = JSON.parse(tree.texts.get('package.json') ?? '{}') as Record<
    string,
    Record<string, string> | undefined
  >;
  const declared = Object.keys({ ...manifest['dependencies'], ...manifest['optionalDependencies'] });
  for (const name of declared) {
    if (!imported.has(name)) told.push(`package.json depends on ${name}, which nothing imports: remove it`);
  }
  for (const name of Object.keys(packages)) {
    const known = declared.includes(name) || name in (manifest['devDependencies'] ?? {});
    if (!known) told.push(`PACKAGES has ${name}, which package.json has not: remove it`);
    else if (!declared.includes(name) && !imported.has(name))
      told.push(`PACKAGES has ${name}, which nothing imports: remove it`);
  }
  return told;
};

export const noDefaultExports: Rule = (tree) =>
  [...tree.sources.values()].flatMap(({ path, defaultExports }) =>
    defaultExports.map((line) => `${path}:${line} has a default export: give it a name, the same everywhere`),
  );

const BARREL = /(^|\/)index\.[cm]?[jt]s$/;
const VAGUE = /(^|\/)(utils?|helpers?|common|misc|shared)(\/|\.[cm]?[jt]s$)/;

export const namesSaySomething: Rule = (tree) =>
  [...tree.sources.keys()].flatMap((path) => {
    if (BARREL.test(path)) return [`${path}: no barrels; import the file that has it`];
    if (VAGUE.test(path)) return [`${path}: the name says nothing; name it after what it is about`];
    return [];
  });

export const topLevelIsFixed: Rule = (tree, { top }) =>
  tree.top
    .filter((name) => !top.includes(name))
    .map((name) => `${name}: not one of the top-level entries; put it into the folder it belongs to`);

const MOST_LINES = 400;

export const filesAreShort: Rule = (tree) =>
  [...tree.sources.values()]
    .filter(({ lines }) => lines > MOST_LINES)
    .map(({ path, lines }) => `${path} has ${lines} lines, at most ${MOST_LINES}: it is more than one thing, split it`);

/** Folders that have no clock but packet time. */
const CLOCKLESS = /^(sensor|analyzer|storage)\//;

export const packetTimeIsTheClock: Rule = (tree) =>
  [...tree.sources.values()].flatMap(({ path, clockUses }) =>
    CLOCKLESS.test(path)
      ? clockUses.map(
          ({ what, line }) => `${path}:${line} uses ${what}: take packet time, or have deploy/ pass the time in`,
        )
      : [],
  );

/** Written in the other case, so that this file does not have what it looks for. */
const MOUNTS = ['WORK', 'ROOT', 'FARM'].join('|').toLowerCase();
const MACHINE_PATH = new RegExp(
  `(?<![\\w.)}/-])/(?:(?:${MOUNTS})/|(?:home|Users)/[a-z]\\w*/)|\\.${'LIBRARY'.toLowerCase()}\\b`,
);

export const noMachinePaths: Rule = (tree) => {
  const told: string[] = [];
  for (const [path, text] of tree.texts) {
    for (const [index, line] of text.split('\n').entries()) {
      const found = MACHINE_PATH.exec(line);
      if (found)
        told.push(`${path}:${index + 1} has ${found[0]}: a path of one machine; name it relative to the project`);
    }
  }
  return told;
};

const LEFT = new RegExp(`\\b(?:${['todo', 'fixme', 'xxx', 'hack'].join('|').toUpperCase()})\\b`);
const SKIPPED = /\b(?:test|it|describe|t)\.(?:skip|only|todo)\s*\(|\{\s*(?:skip|only|todo):\s*(?:true|['"`])/;

export const nothingLeftUndone: Rule = (tree) => {
  const told: string[] = [];
  for (const [path, text] of tree.texts) {
    if (!/\.([cm]?[jt]s|sql|ya?ml|ksy)$/.test(path)) continue;
    for (const [index, line] of text.split('\n').entries()) {
      if (LEFT.test(line)) told.push(`${path}:${index + 1} leaves something undone: do it, or write it into an issue`);
      if (SKIPPED.test(line)) told.push(`${path}:${index + 1} skips or singles out a test: run it, or remove it`);
    }
  }
  return told;
};

export const lockNamesNoRegistry: Rule = (tree) =>
  tree.texts.get('package-lock.json')?.includes('"resolved"')
    ? ['package-lock.json records "resolved" addresses of one registry: run npm install with the .npmrc of the project']
    : [];
