/** A bus between machines that is a file: what one process publishes another reads, in the form Kafka carries it in. */
import { appendFileSync, readFileSync } from 'node:fs';
import type {
  BusCounters,
  DistributedBus,
  FollowingHandler,
  Subscription,
  TopicName,
} from '../../../storage/bus/bus.ts';
import { codecs } from '../../../storage/bus/kafka/codecs.ts';

interface Line {
  readonly topic: TopicName;
  readonly partition: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

export function recorded(file: string): { readonly topic: TopicName; readonly partition: number; value: unknown }[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((text) => {
    const { topic, partition, key, value, headers } = JSON.parse(text) as Line;
    const octets = value === null ? null : Buffer.from(value, 'base64');
    return { topic, partition, value: codecs[topic].decode({ key, value: octets, headers }) };
  });
}

export class RecordedBus implements DistributedBus {
  readonly notices = [];
  readonly failed = new Promise<never>(() => {});
  /** Resolves when all that was recorded has been handed to whoever follows. */
  readonly delivered: Promise<void>;
  #deliver!: () => void;
  #published = 0;

  constructor(
    private readonly file: string,
    /** Whoever publishes is held up until it resolves. */
    private readonly released: Promise<void> = Promise.resolve(),
  ) {
    this.delivered = new Promise((resolve) => (this.#deliver = resolve));
  }

  get counters(): BusCounters {
    const sent = this.#published;
    return { published: sent, sent, spooled: 0, failures: 0, waits: 0, poisoned: 0, behind: 0, isAway: false };
  }

  async publish<T>(topic: TopicName, partition: number, value: T): Promise<void> {
    await this.released;
    if (topic !== 'apiris.calls.v1') return;
    const { key, value: octets, headers } = codecs[topic].encode(value);
    const line = {
      topic,
      partition,
      key,
      value: octets === null ? null : Buffer.from(octets).toString('base64'),
      headers,
    };
    appendFileSync(this.file, `${JSON.stringify(line)}\n`);
    this.#published++;
  }

  follow<T>(topic: TopicName, _group: string, handler: FollowingHandler<T>): Subscription {
    const hand = async () => {
      const offsets = new Map<number, number>();
      for (const { partition, value } of recorded(this.file)) {
        const offset = offsets.get(partition) ?? 0;
        offsets.set(partition, offset + 1);
        await handler({ topic, partition, offset, value: value as T }, () => {});
      }
      this.#deliver();
    };
    void hand();
    return { close: async () => {} };
  }

  subscribe(): Subscription {
    throw new Error('nobody subscribes here');
  }

  async drain(): Promise<void> {}
  async flush(): Promise<void> {}
  async close(): Promise<void> {}
  async end(): Promise<void> {}
}
