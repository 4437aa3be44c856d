/**
 * The bus over Kafka. A partition is held by the brokers for as long as its topic keeps it, so a publisher does not wait
 * for slow readers, only while its own outbox is full. Writing is idempotent and acknowledged by all replicas; what the
 * outbox sends once more after a lost acknowledgement arrives twice, and whoever reads calls knows them by their numbers.
 */
import { type Admin, CompressionTypes, type Kafka, type KafkaMessage, type Producer } from 'kafkajs';
import {
  type BusCounters,
  BusError,
  type DistributedBus,
  type FollowingHandler,
  type Handler,
  Poison,
  type Subscription,
  type TopicName,
} from '../bus.ts';
import type { BusAddress } from './address.ts';
import { openClient } from './client.ts';
import type { Codec, Encoded } from './codec.ts';
import { Outbox } from './outbox.ts';
import { busError, mayPass } from './problems.ts';
import { type KafkaRecord, Spool } from './spool.ts';
import { KafkaSubscription } from './subscription.ts';
import { DEAD_TOPIC, ensureTopics, type TopicSpec, topicSpecs } from './topics.ts';

export interface KafkaBusOptions {
  readonly address: BusAddress;
  /** Names this process to the brokers. */
  readonly client: string;
  readonly codecs: Readonly<Record<TopicName, Codec>>;
  readonly topics?: readonly TopicSpec[];
  /** Where messages wait on disk while the broker is away; in memory alone when absent. `limit`: octets. */
  readonly spool?: { readonly folder: string; readonly limit: number };
  /** Told of each message that is put to the dead letters. */
  readonly onPoison?: (what: string) => void;
  /** Times a message is given to a handler before the bus stops. */
  readonly attempts?: number;
  /** Pause before the second attempt, ms; doubles with each further one. */
  readonly backoff?: number;
}

export class KafkaBus implements DistributedBus {
  readonly failed: Promise<never>;
  readonly notices: string[] = [];
  readonly #kafka: Kafka;
  readonly #outbox: Outbox;
  #producer: Producer | null = null;
  /** The topics were looked at. */
  #isPrepared = false;
  readonly #groups = new Map<string, { subscription: KafkaSubscription | null; closing: Promise<void> }>();
  /** Offset behind the last message published, by topic and partition. */
  readonly #ends = new Map<string, { topic: TopicName; partition: number; end: number }>();
  #watchers: (() => void)[] = [];
  #failure: Error | null = null;
  #tellFailure!: (error: Error) => void;
  #poisoned = 0;
  #isClosed = false;

  private constructor(private readonly options: KafkaBusOptions) {
    const { address, client, spool } = options;
    this.failed = new Promise<never>((_, reject) => (this.#tellFailure = reject));
    this.failed.catch(() => {});
    this.#kafka = openClient(address, client);
    this.#outbox = new Outbox({
      send: (records) => this.#send(records),
      mayPass,
      spool: spool === undefined ? null : new Spool(spool.folder, spool.limit),
      onFailure: (error) => this.#fail(busError(error, address, 'takes no messages')),
    });
  }

  /**
   * Opens it and sees that the topics are as they should be. Throws BusError. `patient`: a broker that is away is no
   * error, where messages can wait for it.
   */
  static async open(options: KafkaBusOptions, { patient = false } = {}): Promise<KafkaBus> {
    const bus = new KafkaBus(options);
    try {
      await bus.#prepare();
    } catch (error) {
      const told = busError(error, options.address);
      if (!patient || told.code !== 'unreachable') {
        await bus.#outbox.close().catch(() => {});
        throw told;
      }
      bus.notices.push(told.message);
    }
    return bus;
  }

  async #prepare(): Promise<void> {
    const { address, topics = topicSpecs } = this.options;
    const admin: Admin = this.#kafka.admin();
    try {
      await admin.connect();
      this.notices.push(...(await ensureTopics(admin, topics, address.prefix)));
      this.#isPrepared = true;
    } finally {
      await admin.disconnect().catch(() => {});
    }
  }

  get counters(): BusCounters {
    let behind = 0;
    for (const { subscription } of this.#groups.values()) behind += subscription?.behind ?? 0;
    return { ...this.#outbox.counters, poisoned: this.#poisoned, behind, isAway: this.#outbox.isAway };
  }

  flush(): Promise<void> {
    return this.#outbox.flush();
  }

  async #send(records: readonly KafkaRecord[]): Promise<void> {
    const { prefix } = this.options.address;
    const producer = (this.#producer ??= await this.#connect());
    const byTopic = new Map<string, KafkaRecord[]>();
    for (const record of records) {
      const list = byTopic.get(record.topic);
      if (list === undefined) byTopic.set(record.topic, [record]);
      else list.push(record);
    }
    try {
      const taken = await producer.sendBatch({
        acks: -1,
        compression: CompressionTypes.GZIP,
        topicMessages: [...byTopic].map(([topic, list]) => ({
          topic: prefix + topic,
          messages: list.map(({ partition, key, value, headers }) => ({
            ...{ partition, key, headers },
            value: value === null ? null : Buffer.from(value.buffer, value.byteOffset, value.length),
          })),
        })),
      });
      for (const { topicName, partition, baseOffset } of taken) {
        const topic = topicName.slice(prefix.length) as TopicName;
        const count = records.filter((record) => record.topic === topic && record.partition === partition).length;
        this.#ends.set(`${topic} ${partition}`, { topic, partition, end: Number(baseOffset) + count });
      }
    } catch (error) {
      // An idempotent producer that failed has lost count of its numbers: the next attempt is a new one's.
      this.#producer = null;
      await producer.disconnect().catch(() => {});
      throw mayPass(error) ? error : busError(error, this.options.address, 'takes no messages');
    }
  }

  async #connect(): Promise<Producer> {
    const producer = this.#kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
    try {
      // A broker that was away when this bus was opened has not been asked for its topics.
      if (!this.#isPrepared) await this.#prepare();
      await producer.connect();
    } catch (error) {
      await producer.disconnect().catch(() => {});
      throw mayPass(error) ? error : busError(error, this.options.address);
    }
    return producer;
  }

  async publish<T>(topic: TopicName, partition: number, value: T): Promise<void> {
    this.#assertOpen();
    await this.#outbox.offer({ topic, partition, ...this.options.codecs[topic].encode(value) });
  }

  subscribe<T>(topic: TopicName, group: string, handler: Handler<T>): Subscription {
    return this.follow<T>(topic, group, async (message, acknowledge) => {
      await handler(message);
      acknowledge();
    });
  }

  /** The same with a handler that acknowledges by itself. `from`: where to begin, whatever was committed. */
  follow<T>(
    topic: TopicName,
    name: string,
    handler: FollowingHandler<T>,
    from?: ReadonlyMap<number, number>,
  ): Subscription {
    this.#assertOpen();
    const { address, attempts = 5, backoff = 10 } = this.options;
    const key = `${topic} ${name}`;
    const group = this.#groups.get(key) ?? { subscription: null, closing: Promise.resolve() };
    if (group.subscription !== null) throw new Error(`Group '${name}' is already subscribed to ${topic}.`);
    this.#groups.set(key, group);
    const subscription = new KafkaSubscription(
      this.#kafka,
      {
        ...{ topic: address.prefix + topic, group: address.prefix + name, attempts, backoff, mayPass },
        ...(from === undefined ? {} : { from }),
        onAcknowledged: () => this.#wake(),
        onFailure: (error) => this.#fail(busError(error, address, 'cannot be read')),
        onRefused: (partition, offset, times, error) => {
          if (error instanceof BusError) return this.#fail(error);
          const reason = error instanceof Error ? error.message : String(error);
          const what = `${topic} partition ${partition} offset ${offset} failed ${times} times: ${reason}`;
          this.#fail(new Error(what, { cause: error }));
        },
        handle: (partition, offset, message, acknowledge) =>
          this.#handle(topic, partition, offset, message, handler as FollowingHandler<unknown>, acknowledge),
      },
      group.closing,
    );
    group.subscription = subscription;
    return {
      close: () => {
        if (group.subscription !== subscription) return group.closing;
        group.subscription = null;
        this.#wake();
        group.closing = subscription.close();
        return group.closing;
      },
    };
  }

  async #handle(
    topic: TopicName,
    partition: number,
    offset: number,
    message: KafkaMessage,
    handler: FollowingHandler<unknown>,
    acknowledge: () => void,
  ): Promise<void> {
    const encoded = encodedOf(message);
    try {
      await handler({ topic, partition, offset, value: this.options.codecs[topic].decode(encoded) }, acknowledge);
    } catch (error) {
      if (!(error instanceof Poison)) throw error;
      await this.#bury(topic, partition, offset, encoded, error.message);
      acknowledge();
    }
  }

  /** Puts a message that nobody can read where people can look at it. */
  async #bury(topic: string, partition: number, offset: number, encoded: Encoded, reason: string): Promise<void> {
    this.#poisoned++;
    const from = { 'dead-topic': topic, 'dead-partition': String(partition), 'dead-offset': String(offset) };
    const headers = { ...encoded.headers, ...from, 'dead-reason': reason };
    this.options.onPoison?.(`${topic} partition ${partition} offset ${offset}: ${reason}`);
    await this.#outbox.offer({ ...encoded, topic: DEAD_TOPIC, partition: 0, headers });
  }

  async drain(): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    await this.#outbox.flush();
    const goals = [...this.#ends.values()];
    for (;;) {
      if (this.#failure !== null) throw this.#failure;
      const isOpen = [...this.#groups].some(([key, { subscription }]) =>
        goals.some(
          ({ topic, partition, end }) =>
            subscription !== null && key.startsWith(`${topic} `) && subscription.position(partition) < end,
        ),
      );
      if (!isOpen) return;
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  /** Takes nothing more, delivers what was published here to who listens here, and stops. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      if (!this.#outbox.isAway) await this.drain();
    } finally {
      await this.end();
    }
  }

  /** Stops where it is: what is in the outbox goes out if the broker is there, and nothing is waited for. */
  async end(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#groups.values()].map(({ subscription, closing }) => subscription?.close() ?? closing));
    await this.#outbox.close().catch(() => {});
    await this.#producer?.disconnect().catch(() => {});
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#tellFailure(this.#failure);
    this.#wake();
  }

  #wake(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) watcher();
  }

  #assertOpen(): void {
    if (this.#failure !== null) throw this.#failure;
    if (this.#isClosed) throw new Error('The bus is closed.');
  }
}

function encodedOf({ key, value, headers = {} }: KafkaMessage): Encoded {
  const texts: Record<string, string> = {};
  for (const [name, header] of Object.entries(headers)) {
    const first = Array.isArray(header) ? header[0] : header;
    if (first !== undefined) texts[name] = first.toString();
  }
  return { key: key?.toString() ?? null, value, headers: texts };
}
