/**
 * The topics as they should be: made when absent, looked at when there. A topic of another number of partitions is
 * refused, since keys would come to other partitions; other settings are an administrator's choice and only told.
 */
import type { Admin, ConfigResourceTypes } from 'kafkajs';
import { BusError } from '../bus.ts';

export interface TopicSpec {
  readonly name: string;
  /** Fixed for the life of the topic: growing it is a migration (deploy/README.md). */
  readonly partitions: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** Partitions of the calls: as many as readers can ever share, and few enough for one to merge. */
const CALL_PARTITIONS = 64;
/** The protocol's number for a topic among what has settings. */
const TOPIC = 2 as ConfigResourceTypes.TOPIC;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const DEAD_TOPIC = 'apiris.dead.v1';

/** Producers compress (gzip); the broker keeps what they sent. */
const compression = { 'compression.type': 'producer', 'max.message.bytes': String(16 << 20) };

export const topicSpecs: readonly TopicSpec[] = [
  {
    name: 'apiris.calls.v1',
    partitions: CALL_PARTITIONS,
    // Long enough for an analyzer to be away over a long holiday.
    settings: { ...compression, 'cleanup.policy': 'delete', 'retention.ms': String(7 * DAY_MS) },
  },
  {
    name: 'apiris.findings.v1',
    partitions: 8,
    // The last word on each finding stays.
    settings: { ...compression, 'cleanup.policy': 'compact' },
  },
  {
    name: DEAD_TOPIC,
    partitions: 1,
    settings: { ...compression, 'cleanup.policy': 'delete', 'retention.ms': String(30 * DAY_MS) },
  },
];

/** Makes what is absent. Answers what differs from what it should be, a sentence each. Throws BusError. */
export async function ensureTopics(admin: Admin, specs: readonly TopicSpec[], prefix: string): Promise<string[]> {
  const present = new Set(await admin.listTopics());
  const missing = specs.filter(({ name }) => !present.has(prefix + name));
  if (missing.length > 0) {
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map(({ name, partitions, settings }) => ({
        topic: prefix + name,
        numPartitions: partitions,
        replicationFactor: -1,
        configEntries: Object.entries(settings).map(([key, value]) => ({ name: key, value })),
      })),
    });
  }
  const { topics } = await admin.fetchTopicMetadata({ topics: specs.map(({ name }) => prefix + name) });
  for (const { name, partitions } of specs) {
    const found = topics.find((topic) => topic.name === prefix + name)?.partitions.length ?? 0;
    if (found === partitions) continue;
    throw new BusError(
      'mismatch',
      `The topic ${prefix}${name} has ${found} partitions and should have ${partitions}: keys would come to other ` +
        'partitions. Remove it so that it is made anew, or take another bus.prefix.',
    );
  }
  return differences(admin, specs, prefix);
}

async function differences(admin: Admin, specs: readonly TopicSpec[], prefix: string): Promise<string[]> {
  const told: string[] = [];
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: specs.map(({ name, settings }) => ({
      type: TOPIC,
      name: prefix + name,
      configNames: Object.keys(settings),
    })),
  });
  for (const { name, settings } of specs) {
    const entries = resources.find(({ resourceName }) => resourceName === prefix + name)?.configEntries ?? [];
    for (const { configName, configValue } of entries) {
      const wanted = settings[configName];
      if (wanted === undefined || wanted === configValue) continue;
      told.push(`The topic ${prefix}${name} has ${configName}=${configValue}; ${wanted} is what it is made with.`);
    }
  }
  return told;
}
