/**
 * A group's way through a topic. Offsets are committed for what was acknowledged, a second later at most and when it
 * closes; after a crash the rest comes again. A consumer that Kafka gave up on joins again by itself.
 */
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { Lane, type LaneOptions } from './lane.ts';

/** How long Kafka waits for a member that says nothing before others take over, ms. */
const SESSION_MS = 10_000;
const COMMIT_EVERY_MS = 1000;
/** Between two attempts to come back to a broker that is away, ms. */
const RETURN_MS = 1000;

export interface SubscriptionOptions {
  /** With prefix. */
  readonly topic: string;
  readonly group: string;
  readonly handle: (partition: number, offset: number, message: KafkaMessage, acknowledge: () => void) => Promise<void>;
  readonly attempts: number;
  readonly backoff: number;
  /** Where to begin, by partition, in place of what was committed; partitions it does not name begin with the oldest. */
  readonly from?: ReadonlyMap<number, number>;
  readonly mayPass: (error: unknown) => boolean;
  readonly onAcknowledged: () => void;
  readonly onFailure: (error: unknown) => void;
  /** A message failed for good. */
  readonly onRefused: (partition: number, offset: number, attempts: number, error: unknown) => void;
}

export class KafkaSubscription {
  readonly #lanes = new Map<number, Lane<KafkaMessage>>();
  readonly #committed = new Map<number, number>();
  /** Offset behind the last message that the broker has told of, by partition. */
  readonly #ends = new Map<number, number>();
  #consumer: Consumer | undefined;
  #timer: NodeJS.Timeout | undefined;
  #committing: Promise<void> = Promise.resolve();
  #isClosed = false;
  /** All attempts to join. */
  #started: Promise<unknown>;

  constructor(
    private readonly kafka: Kafka,
    private readonly options: SubscriptionOptions,
    after: Promise<void>,
  ) {
    this.#started = after.then(() => this.#start()).catch((error) => this.options.onFailure(error));
  }

  /** Every message of the partition before was acknowledged; 0 as long as none is known. */
  position(partition: number): number {
    return Math.max(0, this.#lanes.get(partition)?.done ?? 0, this.#committed.get(partition) ?? 0);
  }

  /** Messages that are there and not acknowledged, as of the last fetch of each partition. */
  get behind(): number {
    let behind = 0;
    for (const [partition, end] of this.#ends) behind += Math.max(0, end - this.position(partition));
    return behind;
  }

  async #start(): Promise<void> {
    if (this.#isClosed) return;
    const { topic, group } = this.options;
    const consumer = this.kafka.consumer({
      groupId: group,
      sessionTimeout: SESSION_MS,
      rebalanceTimeout: SESSION_MS,
      heartbeatInterval: SESSION_MS / 5,
      maxWaitTimeInMs: 200,
      maxBytesPerPartition: 4 << 20,
      maxBytes: 32 << 20,
      allowAutoTopicCreation: false,
      retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 2000, restartOnFailure: async () => false },
    });
    this.#consumer = consumer;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) =>
      this.#seek(consumer, payload.memberAssignment[topic] ?? []),
    );
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      this.#started = Promise.all([this.#started, this.#return(consumer, payload.error)]);
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async (batch) => this.#take(consumer, batch),
    });
    if (!this.#isClosed) this.#timer ??= setInterval(() => void this.#commit().catch(() => {}), COMMIT_EVERY_MS);
  }

  /** A member that joined goes on behind what it has received, whatever was committed. */
  #seek(consumer: Consumer, partitions: readonly number[]): void {
    const { topic, from } = this.options;
    for (const partition of partitions) {
      const received = this.#lanes.get(partition)?.received ?? -1;
      const offset = received >= 0 ? received : from === undefined ? -1 : (from.get(partition) ?? 0);
      if (offset >= 0) consumer.seek({ topic, partition, offset: String(offset) });
    }
  }

  /** The consumer gave up: a new one begins where it was. */
  async #return(consumer: Consumer, error: unknown): Promise<void> {
    if (this.#isClosed || this.#consumer !== consumer) return;
    if (!this.options.mayPass(error)) return this.options.onFailure(error);
    await consumer.disconnect().catch(() => {});
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, RETURN_MS));
      if (this.#isClosed) return;
      try {
        return await this.#start();
      } catch (again) {
        await this.#consumer?.disconnect().catch(() => {});
        if (!this.options.mayPass(again)) return this.options.onFailure(again);
      }
    }
  }

  #take(consumer: Consumer, { batch, resolveOffset, isStale }: EachBatchPayload): Promise<void> {
    const lane = this.#lane(batch.partition);
    this.#ends.set(batch.partition, Number(batch.highWatermark));
    for (const message of batch.messages) {
      if (isStale() || this.#isClosed || this.#consumer !== consumer) break;
      lane.push(Number(message.offset), message);
      resolveOffset(message.offset);
    }
    return Promise.resolve();
  }

  #lane(partition: number): Lane<KafkaMessage> {
    let lane = this.#lanes.get(partition);
    if (lane === undefined) this.#lanes.set(partition, (lane = new Lane(this.#laneOptions(partition))));
    return lane;
  }

  #laneOptions(partition: number): LaneOptions<KafkaMessage> {
    const { topic, attempts, backoff, onAcknowledged, onRefused, handle } = this.options;
    const which = [{ topic, partitions: [partition] }];
    return {
      ...{ attempts, backoff, acknowledged: onAcknowledged },
      pause: () => this.#consumer?.pause(which),
      resume: () => {
        if (!this.#isClosed) this.#consumer?.resume(which);
      },
      handle: (message, acknowledge) => handle(partition, Number(message.offset), message, acknowledge),
      fail: (offset, times, error) => onRefused(partition, offset, times, error),
    };
  }

  /** Tells Kafka what was acknowledged. */
  #commit(): Promise<void> {
    this.#committing = this.#committing.catch(() => {}).then(() => this.#commitNow());
    return this.#committing;
  }

  async #commitNow(): Promise<void> {
    const { topic } = this.options;
    const offsets: { topic: string; partition: number; offset: string }[] = [];
    for (const [partition, { done }] of this.#lanes) {
      if (done > (this.#committed.get(partition) ?? 0)) offsets.push({ topic, partition, offset: String(done) });
    }
    if (offsets.length === 0) return;
    await this.#consumer?.commitOffsets(offsets);
    for (const { partition, offset } of offsets) this.#committed.set(partition, Number(offset));
  }

  /** Stops after the messages in hand, commits, and leaves the group. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await Promise.all([...this.#lanes.values()].map((lane) => lane.close()));
    // Who is joining just now leaves once it has joined.
    await this.#started;
    // A commit that fails costs that some messages come again.
    await this.#commit().catch(() => {});
    await this.#consumer?.disconnect().catch(() => {});
  }
}
