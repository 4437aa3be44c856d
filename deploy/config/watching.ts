/** The keys that say what is much, who is not wanted, and which days and places are usual. */
import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import type { KeyedHash, KnownNetwork } from '../../analyzer/analyzer.ts';
import { readNetworks, readPartners } from './analysis.ts';
import { shownBlocked } from './blocked-names.ts';
import { loadCalendar, readCalendar } from './calendar.ts';
import { type BlockedCaller, type ClientVersionConfig, readBlocked, readClientVersions } from './callers.ts';
import type { Node } from './document.ts';
import { readText } from './fields.ts';
import { readKnownClients } from './networks.ts';
import { type OrganisationConfig, type RegionConfig, readOrganisations, readRegions } from './places.ts';
import type { Problems } from './problems.ts';
import { type RateLimitConfig, readRateLimits } from './rates.ts';

export interface WatchingConfig {
  /** How often somebody may call; empty when nothing is said. */
  readonly rateLimits: readonly RateLimitConfig[];
  /** Callers whose calls are told of, by network, account, app id or User-Agent, some for a time. */
  readonly blocked: readonly BlockedCaller[];
  /** Oldest versions of programs that may be used. */
  readonly clientVersions: readonly ClientVersionConfig[];
  /** Where networks are; empty when no table is given. */
  readonly regions: readonly RegionConfig[];
  /** Whose networks are; empty when no table is given. */
  readonly organisations: readonly OrganisationConfig[];
  /** Country (ISO 3166-1) that is not abroad. */
  readonly homeRegion: string;
  /** File of free and worked days; empty: the one that is shipped. A relative one in the file: to the file's folder. */
  readonly calendar: string;
  /** Networks that are the house's own beside private addresses. */
  readonly internalNetworks: readonly string[];
  /** Clients that do on purpose what is told of others: health checks, scanners, nightly jobs. */
  readonly knownClients: readonly KnownNetwork[];
  /** Hosts and networks of other houses that personal data may be handed to; empty: nobody keeps a register. */
  readonly partners: readonly string[];
}

export const WATCHING_KEYS = [
  ...(['rateLimits', 'blocked', 'clientVersions', 'regions', 'organisations', 'homeRegion'] as const),
  ...(['calendar', 'internalNetworks', 'knownClients', 'partners'] as const),
] as const;
type Key = (typeof WATCHING_KEYS)[number];

export function watchingDefaults(): WatchingConfig {
  const places = {
    regions: [],
    organisations: [],
    homeRegion: 'CN',
    internalNetworks: [],
    knownClients: [],
    partners: [],
  };
  return { rateLimits: [], blocked: [], clientVersions: [], calendar: '', ...places };
}

type Read = (node: Node, path: string) => WatchingConfig[Key] | undefined;

export function watchingReaders(problems: Problems): readonly (readonly [Key, Read])[] {
  return [
    ['rateLimits', (node, path) => readRateLimits(node, path, problems)],
    ['blocked', (node, path) => readBlocked(node, path, problems)],
    ['clientVersions', (node, path) => readClientVersions(node, path, problems)],
    ['regions', (node, path) => readRegions(node, path, problems)],
    ['organisations', (node, path) => readOrganisations(node, path, problems)],
    ['homeRegion', (node, path) => readText(node, path, problems, 2)?.toUpperCase()],
    ['calendar', (node, path) => readCalendarName(node, path, problems)],
    ['internalNetworks', (node, path) => readNetworks(node, path, problems)],
    ['knownClients', (node, path) => readKnownClients(node, path, problems)],
    ['partners', (node, path) => readPartners(node, path, problems)],
  ];
}

function readCalendarName(node: Node, path: string, problems: Problems): string | undefined {
  const name = readText(node, path, problems);
  if (name === undefined) return undefined;
  const file = resolve(dirname(node.place.file), name);
  readCalendar(file, problems);
  return file;
}

const mostShown = 100;

/** As it is shown; with the identity key as it is recorded in a log that stays, where every change must be seen. */
export function shownWatching(config: WatchingConfig, key: Key, identity?: KeyedHash): unknown {
  if (key === 'blocked') return config.blocked.map((each) => shownBlocked(each, identity));
  const value = config[key];
  // A table may have a million lines.
  if ((key === 'regions' || key === 'organisations') && value.length > mostShown)
    return `${value.length} networks, ${digestOf(value)}`;
  if (key === 'calendar' && identity !== undefined && value !== '')
    return `${value}, ${digestOf(loadCalendar(config.calendar))}`;
  return value;
}

function digestOf(value: unknown): string {
  return `sha256 ${createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)}`;
}
