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

/** A message that nobody here can read, and why. It goes to the dead letters, and those behind it go on. */
export class Poison extends Error {
  override readonly name = 'Poison';
}

/** A handler that says itself when a message is done with, which may be long after it could take the next. */
export type FollowingHandler<T> = (message: Message<T>, acknowledge: () => void) => Promise<void>;

/** What a bus has sent, and what became of it. */
export interface BusCounters {
  readonly published: number;
  readonly sent: number;
  /** Of them by way of the disk. */
  readonly spooled: number;
  /** Times the broker did not take a batch. */
  readonly failures: number;
  /** Times a publisher had to wait for room. */
  readonly waits: number;
  /** Messages that could not be read and were put to the dead letters. */
  readonly poisoned: number;
  /** Messages of the topics followed that are not acknowledged yet, as far as the broker has told. */
  readonly behind: number;
  /** The broker does not answer. */
  readonly isAway: boolean;
}

/** A bus between machines. */
export interface DistributedBus extends Bus {
  /** What differs in the topics from what they are made with, and what else a person should know; a sentence each. */
  readonly notices: readonly string[];
  readonly counters: BusCounters;
  /** Resolves when everything published was taken by the broker. */
  flush(): Promise<void>;
  /** A handler that throws Poison has the message put to the dead letters. `from`: where to begin, whatever was acknowledged. */
  follow<T>(
    topic: TopicName,
    group: string,
    handler: FollowingHandler<T>,
    from?: ReadonlyMap<number, number>,
  ): Subscription;
  /** Rejects with the reason when the bus cannot go on; never resolves. */
  readonly failed: Promise<never>;
  /** Stops where it is: what waits to be sent goes out if the broker is there, else stays on disk. */
  end(): Promise<void>;
}
