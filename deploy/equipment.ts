/** What `read` and `judge` work with: content, keys and the operator's settings as plain data. */
import type { JudgeOptions, LifecyclePeriods, ReadOptions } from '../analyzer/analyzer.ts';
import { labelLevels, provenLabels } from '../analyzer/analyzer.ts';
import type { Config } from './config.ts';
import type { SharedContent } from './content/analysis.ts';
import type { Keys } from './keys.ts';

const dayUs = 86_400e6;

export interface Equipment {
  readonly read: ReadOptions;
  readonly judge: JudgeOptions;
}

export function equip(
  { trustedProxies, accounts, zone, lifecycle }: Pick<Config, 'trustedProxies' | 'accounts' | 'zone' | 'lifecycle'>,
  { identity, trace }: Keys,
  { recognizers, documents }: SharedContent,
): Equipment {
  return {
    read: {
      keys: { identity, trace },
      recognizers,
      rules: documents,
      trustedProxies,
      accountHeaders: accounts.headers,
      accountFields: accounts.fields,
      loginFunctions: [],
    },
    judge: {
      rules: documents,
      levels: labelLevels(recognizers),
      proven: provenLabels(recognizers),
      zoneOffset: offsetOf(zone),
      periods: periodsOf(lifecycle),
    },
  };
}

/** Days as µs. Who comes back counts as revived for as long as a new one counts as new. */
export function periodsOf(lifecycle: Config['lifecycle']): LifecyclePeriods {
  const fresh = lifecycle.new * dayUs;
  return { new: fresh, inactive: lifecycle.inactive * dayUs, revived: fresh };
}

/** What the zone's standard time is ahead of UTC, µs. Summer time is left out: a day has 24 hours. */
function offsetOf(zone: string): number {
  const at = Date.UTC(2026, 0, 1);
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  const found = /^GMT([+-])(\d{2}):(\d{2})$/.exec(name);
  if (found === null) return 0;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  return (found[1] === '-' ? -1 : 1) * minutes * 60e6;
}
