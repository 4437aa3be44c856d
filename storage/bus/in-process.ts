/**
 * The bus within one process. A partition holds a bounded number of messages, each until every subscribed group has
 * acknowledged it; a publisher waits while it is full. A message whose handler keeps failing stops the bus: publish,
 * drain and close reject with the reason, and what was not acknowledged is still held, so nothing goes missing unseen.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Bus, Handler, Message, Subscription, TopicName } from './bus.ts';

export interface InProcessOptions {
  /** Messages a partition holds before publishers wait. */
  readonly capacity?: number;
  /** Times a message is given to a handler before the bus stops. */
  readonly attempts?: number;
  /** Pause before the second attempt, ms; doubles with each further one. */
  readonly backoff?: number;
}

interface Waiting {
  readonly value: unknown;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

class Partition {
  /** Messages that some group has still to acknowledge, or that no group has subscribed to. */
  held: Message<unknown>[] = [];
  /** Offset that the next message takes. */
  next = 0;
  /** Publishers in the order they came. */
  readonly waiting: Waiting[] = [];

  constructor(
    readonly topic: TopicName,
    readonly number: number,
  ) {}
}

class Group {
  readonly acknowledged = new Map<Partition, number>();
  readonly running = new Map<Partition, Promise<void>>();
  handler: Handler<unknown> | undefined;
}

export class InProcessBus implements Bus {
  readonly #capacity: number;
  readonly #attempts: number;
  readonly #backoff: number;
  readonly #topics = new Map<TopicName, { partitions: Map<number, Partition>; groups: Map<string, Group> }>();
  #watchers: (() => void)[] = [];
  #failure: Error | undefined;
  #closed = false;

  constructor({ capacity = 64, attempts = 5, backoff = 10 }: InProcessOptions = {}) {
    this.#capacity = capacity;
    this.#attempts = attempts;
    this.#backoff = backoff;
  }

  async publish<T>(topic: TopicName, partition: number, value: T): Promise<void> {
    this.#assertOpen();
    const target = this.#partition(topic, partition);
    if (target.held.length < this.#capacity && target.waiting.length === 0) {
      this.#take(target, value);
      return;
    }
    await new Promise<void>((resolve, reject) => target.waiting.push({ value, resolve, reject }));
  }

  /** A group has one handler at a time. It begins with the oldest message held that it has not acknowledged. */
  subscribe<T>(topic: TopicName, name: string, handler: Handler<T>): Subscription {
    this.#assertOpen();
    const { groups, partitions } = this.#topic(topic);
    const group = groups.get(name) ?? new Group();
    if (group.handler) throw new Error(`Group '${name}' is already subscribed to ${topic}.`);
    groups.set(name, group);
    group.handler = handler as Handler<unknown>;
    for (const partition of partitions.values()) this.#deliver(group, partition);
    return {
      close: async () => {
        group.handler = undefined;
        await Promise.all(group.running.values());
        for (const partition of partitions.values()) this.#release(partition);
      },
    };
  }

  async drain(): Promise<void> {
    const goals: [Group, Partition, number][] = [];
    for (const { partitions, groups } of this.#topics.values()) {
      for (const partition of partitions.values()) {
        const end = partition.next + partition.waiting.length;
        for (const group of groups.values()) goals.push([group, partition, end]);
      }
    }
    for (;;) {
      if (this.#failure) throw this.#failure;
      const open = goals.some(([group, partition, end]) => group.handler && position(group, partition) < end);
      if (!open) return;
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  /** Takes nothing more, delivers what it holds, and stops. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.drain();
    } finally {
      for (const { partitions, groups } of this.#topics.values()) {
        for (const group of groups.values()) group.handler = undefined;
        for (const partition of partitions.values()) {
          for (const { reject } of partition.waiting.splice(0)) reject(new Error('The bus is closed.'));
        }
      }
    }
  }

  #topic(name: TopicName) {
    let topic = this.#topics.get(name);
    if (!topic) this.#topics.set(name, (topic = { partitions: new Map(), groups: new Map() }));
    return topic;
  }

  #partition(name: TopicName, number: number): Partition {
    const { partitions } = this.#topic(name);
    let partition = partitions.get(number);
    if (!partition) partitions.set(number, (partition = new Partition(name, number)));
    return partition;
  }

  #take(partition: Partition, value: unknown): void {
    partition.held.push({ topic: partition.topic, partition: partition.number, offset: partition.next++, value });
    for (const group of this.#topic(partition.topic).groups.values()) this.#deliver(group, partition);
  }

  /** Starts handing the partition's messages to the group, unless that is under way. */
  #deliver(group: Group, partition: Partition): void {
    if (!group.handler || this.#failure || group.running.has(partition)) return;
    if (position(group, partition) >= partition.next) return;
    const run = this.#run(group, partition).finally(() => {
      group.running.delete(partition);
      this.#deliver(group, partition);
      this.#wake();
    });
    group.running.set(partition, run);
  }

  async #run(group: Group, partition: Partition): Promise<void> {
    // Handlers start in a turn of their own, so that publish returns first.
    await null;
    while (group.handler && !this.#failure) {
      const message = partition.held[position(group, partition) - oldest(partition)];
      if (!message) return;
      if (!(await this.#handle(group, message))) return;
      group.acknowledged.set(partition, message.offset + 1);
      this.#release(partition);
      this.#wake();
    }
  }

  /** False when it was not acknowledged. */
  async #handle(group: Group, message: Message<unknown>): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      const { handler } = group;
      if (!handler || this.#failure) return false;
      try {
        await handler(message);
        return true;
      } catch (error) {
        if (attempt >= this.#attempts) {
          const { topic, partition, offset } = message;
          const reason = error instanceof Error ? error.message : String(error);
          this.#fail(
            new Error(`${topic} partition ${partition} offset ${offset} failed ${attempt} times: ${reason}`, {
              cause: error,
            }),
          );
          return false;
        }
        await wait(this.#backoff * 2 ** (attempt - 1));
      }
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { partitions } of this.#topics.values()) {
      for (const partition of partitions.values()) {
        for (const { reject } of partition.waiting.splice(0)) reject(this.#failure);
      }
    }
    this.#wake();
  }

  /** Lets go of what every subscribed group has acknowledged, and lets publishers in. */
  #release(partition: Partition): void {
    const groups = [...this.#topic(partition.topic).groups.values()].filter((group) => group.handler);
    if (groups.length === 0) return;
    const done = Math.min(...groups.map((group) => position(group, partition)));
    partition.held.splice(0, done - oldest(partition));
    while (partition.waiting.length > 0 && partition.held.length < this.#capacity) {
      const { value, resolve } = partition.waiting.shift()!;
      this.#take(partition, value);
      resolve();
    }
  }

  #wake(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) watcher();
  }

  #assertOpen(): void {
    if (this.#failure) throw this.#failure;
    if (this.#closed) throw new Error('The bus is closed.');
  }
}

/** Offset of the oldest message held. */
function oldest(partition: Partition): number {
  return partition.next - partition.held.length;
}

/** Offset the group comes to next: a group that is new, or was away, begins with the oldest there is. */
function position(group: Group, partition: Partition): number {
  return Math.max(group.acknowledged.get(partition) ?? 0, oldest(partition));
}
