/**
 * Data in motion. A topic has partitions; a partition keeps order; a group sees every message at least once.
 * The in-process bus is the default; Kafka takes over where one machine ends. Both pass `test/storage/bus/contract.ts`.
 */

/** What travels. Names carry their schema's major version. */
export interface Topics {
  /** Batches of calls from `read` to `judge`. */
  'apiris.calls.v1': unknown;
}
export type TopicName = keyof Topics;

export interface Message<T> {
  readonly topic: TopicName;
  readonly partition: number;
  /** Position in its partition, from 0, without holes. */
  readonly offset: number;
  readonly value: T;
}

/** Resolving acknowledges the message; rejecting has it delivered again, and nothing behind it overtakes. */
export type Handler<T> = (message: Message<T>) => Promise<void>;

export interface Subscription {
  /** Stops delivery after the message being handled. */
  close(): Promise<void>;
}

export interface Bus {
  /** Resolves when the bus has taken the message; waits while the partition is full (back-pressure). */
  publish<T>(topic: TopicName, partition: number, value: T): Promise<void>;
  /** Partitions are handled independently of each other, each in order. */
  subscribe<T>(topic: TopicName, group: string, handler: Handler<T>): Subscription;
  /** Resolves when everything published so far is acknowledged by every group. */
  drain(): Promise<void>;
  close(): Promise<void>;
}
