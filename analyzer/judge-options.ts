/** What `judge` works with: content, and what the operator has set, as plain data. */
import type { Node } from './detect/source.ts';
import type { LifecyclePeriods } from './discover/lifecycle.ts';
import type { CalendarOptions } from './judging/calendar.ts';
import type { CallerPolicyOptions } from './judging/caller-policy.ts';
import type { LabelOptions } from './judging/labels.ts';
import type { KnownNetwork } from './judging/networks.ts';
import type { PartnerOptions } from './judging/partners.ts';
import type { PlaceOptions } from './judging/places.ts';
import type { SourcePolicyOptions } from './judging/source-policy.ts';
import type { WorkingHours } from './judging/working-hours.ts';
import type { RateLimit } from './observe/rate-limits.ts';

export interface JudgeOptions extends LabelOptions {
  /** How sensitive a label is, as its recognizers say; medium when absent. */
  readonly sensitivities: ReadonlyMap<string, 'high' | 'medium' | 'low'>;
  /** Documents of the rules; those with mistakes are left out. */
  readonly rules: readonly Node[];
  /** What local time is ahead of UTC, µs: days begin at local midnight. */
  readonly zoneOffset: number;
  /** When an API is new, inactive or revived; `usualPeriods` when absent. */
  readonly periods?: LifecyclePeriods;
  /** Where calls may come from; anywhere when absent. */
  readonly sources?: SourcePolicyOptions;
  /** Persons an account may be given in a day, by application. */
  readonly limits?: ReadonlyMap<string, number>;
  /** When staff are at work; `usualHours` when absent. */
  readonly hours?: WorkingHours;
  /** Which days are for work; the weekdays of `hours` when absent. */
  readonly calendar?: Omit<CalendarOptions, 'weekdays'>;
  /** Calls in a time that the operator allows; none when absent. */
  readonly rateLimits?: readonly RateLimit[];
  /** Blocked callers and old versions; none when absent. */
  readonly callers?: CallerPolicyOptions;
  /** Where networks are and whose; nobody knows when absent. */
  readonly places?: PlaceOptions;
  /** Networks (CIDR) that are the house's own beside private addresses. */
  readonly internalNetworks?: readonly string[];
  /** Other houses that ours may hand personal data to; nobody knows when absent. */
  readonly partners?: PartnerOptions;
  /** Clients that do on purpose what is told of others. */
  readonly knownClients?: readonly KnownNetwork[];
}
