/** What `read` and `judge` work with: content, keys and the operator's settings as plain data. */
import type { JudgeOptions, LifecyclePeriods, ReadOptions } from '../analyzer/analyzer.ts';
import {
  classifiedLabels,
  KeyedHash,
  labelLevels,
  labelSensitivities,
  normalizeAccount,
  provenLabels,
} from '../analyzer/analyzer.ts';
import { accountHash, appIdHash } from './config/blocked-names.ts';
import { loadCalendar } from './config/calendar.ts';
import { instantOf, offsetAt } from './config/instants.ts';
import { minutesOf } from './config/policy.ts';
import { timeOf } from './config/rates.ts';
import type { Config } from './config.ts';
import type { SharedContent } from './content/analysis.ts';
import type { Keys } from './keys.ts';

const dayUs = 86_400e6;

export interface Equipment {
  readonly read: ReadOptions;
  readonly judge: JudgeOptions;
}

export function equip(
  config: Config,
  { identity, trace }: Keys,
  { recognizers, documents, protos }: SharedContent,
): Equipment {
  const { trustedProxies, accounts, zone, lifecycle, workingHours } = config;
  return {
    read: {
      keys: { identity, trace },
      recognizers,
      rules: documents,
      trustedProxies,
      accountHeaders: accounts.headers,
      accountFields: accounts.fields,
      ...(protos === undefined ? {} : { protos }),
      sampling: config.sampling,
    },
    judge: {
      rules: documents,
      levels: labelLevels(recognizers),
      proven: provenLabels(recognizers),
      sensitivities: labelSensitivities(recognizers),
      zoneOffset: offsetOf(zone),
      periods: periodsOf(lifecycle),
      sources: { blocked: config.blockedSources, allowed: config.allowedSources },
      hours: {
        from: minutesOf(workingHours.from),
        to: minutesOf(workingHours.to),
        days: workingHours.days.map((day) => day - 1),
      },
      limits: new Map(config.volumeLimits.map(({ app, max }) => [app, max])),
      rateLimits: config.rateLimits.map((limit, i) => ({ ...limit, every: timeOf(limit.every)!, rule: i + 1 })),
      callers: callersOf(config, new KeyedHash(identity)),
      places: placeOptions(config),
      calendar: loadCalendar(config.calendar),
      internalNetworks: config.internalNetworks,
      knownClients: config.knownClients,
      partners: { hosts: config.partners, labels: classifiedLabels(recognizers) },
    },
  };
}

/** Lists of callers with hashes in place of clear names. */
function callersOf({ blocked, clientVersions, zone }: Config, hash: KeyedHash): NonNullable<JudgeOptions['callers']> {
  const of = (kind: Config['blocked'][number]['kind']) => blocked.filter((each) => each.kind === kind);
  const timed = ({ from, until }: Config['blocked'][number]) => ({
    ...(from === undefined ? {} : { from: instantOf(from, zone, 'from') }),
    ...(until === undefined ? {} : { until: instantOf(until, zone, 'until') }),
  });
  return {
    networks: of('cidr').map((each) => ({ ...timed(each), cidr: each.value })),
    accounts: of('account').map((each) => ({ ...timed(each), hash: accountHash(each.value, hash) })),
    keys: of('appId').map((each) => ({
      ...timed(each),
      hashes: [appIdHash(each.value, hash), hash.hexOfText(normalizeAccount(each.value))],
    })),
    userAgents: of('userAgent').map((each) => ({ ...timed(each), part: each.value.toLowerCase() })),
    versions: clientVersions,
  };
}

/** What the configuration says of networks. */
export function placeOptions({ regions, organisations, homeRegion }: Config): NonNullable<JudgeOptions['places']> {
  return { regions, organisations, home: homeRegion };
}

/** Days as µs. Who comes back counts as revived for as long as a new one counts as new. */
export function periodsOf(lifecycle: Config['lifecycle']): LifecyclePeriods {
  const fresh = lifecycle.new * dayUs;
  return { new: fresh, inactive: lifecycle.inactive * dayUs, revived: fresh };
}

/** The year whose clock tells a zone's standard time: one for all, so that a capture is judged alike whenever it is read. */
const clockYear = 2026;

/** Days that clocks show a time in a year, at least, for it to be the standard one: Ramadan has 30, the shortest winter 120. */
const fewestDays = 60;

/**
 * What the zone's standard time is ahead of UTC, µs. It parts the days and the hours of the day that judging counts in;
 * summer time is left out, since a day has 24 hours there. Standard time is the one furthest behind that the clocks of a
 * year show for some while: winter's, in the south July's, but not that of a few weeks (Morocco in Ramadan).
 */
export function offsetOf(zone: string): number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  const days = new Map<number, number>();
  for (let at = Date.UTC(clockYear, 0, 1, 12); at < Date.UTC(clockYear + 1, 0, 1); at += 86_400e3) {
    const offset = offsetAt(format, at);
    days.set(offset, (days.get(offset) ?? 0) + 1);
  }
  return Math.min(...[...days].flatMap(([offset, count]) => (count >= fewestDays ? [offset] : [])));
}
