/**
 * What is usual of a subject, out of judge's memory: the entries that the measures keep of it are given back to measures
 * of the same kind, which say what they judge by. Nothing is worked out a second time.
 */
import type { Learnt } from '../learnt.ts';
import { LabelCounts } from '../observe/label-counts.ts';
import { PersonVolume } from '../observe/persons.ts';
import { Rates } from '../observe/rates.ts';
import { ResponseSize } from '../observe/response-size.ts';
import { Service } from '../observe/service.ts';
import { TrafficDrop } from '../observe/traffic-drop.ts';
import { Calendar, type CalendarOptions } from './calendar.ts';

/** Where in judge's memory entries of subjects are. */
const learntParts = [
  ...(['rates.client', 'rates.account', 'rates.api', 'rates.function', 'service', 'drops', 'labels.apis'] as const),
  ...(['labels.accounts', 'sizes', 'persons', 'offHours', 'exported', 'abroad'] as const),
] as const;
type LearntPart = (typeof learntParts)[number];

/** One entry as the snapshot has it. */
export interface LearntEntry {
  readonly part: LearntPart;
  readonly entry: unknown;
}

export interface LearntOptions {
  /** What local time is ahead of UTC, µs. */
  readonly zoneOffset: number;
  /** Persons an account may be given in a day, by application. */
  readonly limits: ReadonlyMap<string, number>;
  /** Local hours since 1970 that are under way; -1: none. */
  readonly hour: number;
  readonly calendar: CalendarOptions;
  /** Applications among the subjects. */
  readonly apps: ReadonlySet<string>;
}

/**
 * From how many persons on the shipped rules tell of a volume: once so many windows are known, from `times` the 95th
 * percentile on and never below `floor`; before that from `unlearned` on. A test holds these against the rules.
 */
const volumes = {
  persons: { windows: 5, times: 2, floor: 500, unlearned: 500 },
  'off-hours': { windows: 3, times: 3, floor: 20, unlearned: 20 },
  'exported-persons': { windows: 5, times: 3, floor: 100, unlearned: 500 },
  'persons-abroad': { windows: 0, times: 0, floor: 10, unlearned: 10 },
} as const;

const day = 86_400e6;

export function learntFrom(entries: readonly LearntEntry[], options: LearntOptions): Learnt[] {
  const of = <E>(part: LearntPart) => entries.filter((each) => each.part === part).map(({ entry }) => entry as E);
  const table = (part: LearntPart) => ({ old: [], young: of<never>(part), evicted: 0 });
  const { zoneOffset, apps, hour } = options;
  const calendar = new Calendar(options.calendar);
  const rates = new Rates(zoneOffset);
  rates.restore({
    ...{ client: table('rates.client'), account: table('rates.account') },
    ...{ api: table('rates.api'), function: table('rates.function') },
  });
  const sizes = new ResponseSize();
  sizes.restore({ apis: table('sizes') });
  const labels = new LabelCounts(new Map(), zoneOffset);
  labels.restore({ names: [], apis: table('labels.apis'), accounts: table('labels.accounts') });
  const service = new Service();
  service.restore({ served: table('service') });
  const drops = new TrafficDrop(zoneOffset, (each) => calendar.isFree(each));
  drops.restore({ hour, last: 0, isTorn: false, apps: of<never>('drops') });
  return [
    ...rates.learnt(),
    ...volumesFrom('persons', table('persons'), options),
    ...volumesFrom('exported-persons', table('exported'), options),
    ...volumesFrom('off-hours', table('offHours'), options),
    ...volumesFrom('persons-abroad', table('abroad'), options),
    ...sizes.learnt(),
    ...labels.learnt(),
    ...service.learnt(apps),
    ...drops.learnt(),
  ];
}

function volumesFrom(
  measure: keyof typeof volumes,
  subjects: Parameters<PersonVolume['restore']>[0]['subjects'],
  { zoneOffset, limits }: LearntOptions,
): Iterable<Learnt> {
  const { windows, times, floor, unlearned } = volumes[measure];
  const volume = new PersonVolume({ measure, window: day, zoneOffset, least: floor });
  volume.restore({ ...volume.snapshot(), subjects });
  return volume.learnt((app, known, p95) => {
    const set = measure === 'persons' ? limits.get(app) : undefined;
    // A limit that somebody set holds whatever is usual.
    if (set !== undefined) return { threshold: set - 1, lessons: [], isLearnt: true };
    const isLearnt = known >= windows;
    const from = isLearnt ? Math.max(floor, times * p95) : unlearned;
    return { threshold: from - 1, lessons: [{ what: 'days', has: known, needs: windows }], isLearnt };
  });
}
