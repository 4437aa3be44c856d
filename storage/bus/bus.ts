/**
 * Data in motion. A topic has partitions; a partition keeps order; a group sees every message at least once.
 * The in-process bus is the default; Kafka takes over where one machine ends. Both pass `test/storage/bus/contract.ts`.
 */

/**
 * The bus cannot do what it was asked: a sentence that says why and what to do. `unreachable` may pass by itself, the
 * others want a person.
 */
export class BusError extends Error {
  override readonly name = 'BusError';

  constructor(
    readonly code: 'unreachable' | 'refused' | 'mismatch' | 'failed',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What travels. Names carry their schema's major version. */
export interface Topics {
  /** Batches of calls from `read` to `judge`. */
  'apiris.calls.v1': unknown;
  /** What is wrong, for other systems to read. */
  'apiris.findings.v1': unknown;
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
  /** Resolves when the bus has taken the message; waits while it has no room for it (back-pressure). */
  publish<T>(topic: TopicName, partition: number, value: T): Promise<void>;
  /** Partitions are handled independently of each other, each in order. */
  subscribe<T>(topic: TopicName, group: string, handler: Handler<T>): Subscription;
  /** Resolves when everything published so far is acknowledged by every group. */
  drain(): Promise<void>;
  close(): Promise<void>;
}
