/** What every Bus must do; what else one that holds its messages itself must do. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Bus, Message } from '../../../storage/bus/bus.ts';

const topic = 'apiris.calls.v1';
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

export interface Limits {
  /** Messages that a partition holds, where the bus holds them itself. */
  readonly capacity: number;
  /** Times a message is given to a handler before the bus stops. */
  readonly attempts: number;
}

/** `open` makes a bus that nobody has written to. */
export function busContract(name: string, open: (limits: Limits) => Promise<Bus>): void {
  describe(name, () => {
    it('gives every group every message, each partition in order with offsets from 0', async () => {
      const bus = await open({ capacity: 4, attempts: 3 });
      const seen: Record<string, Message<number>[]> = { a: [], b: [] };
      for (const group of ['a', 'b']) {
        bus.subscribe<number>(topic, group, async (message) => {
          if (message.value % 3 === 0) await turn();
          seen[group]!.push(message);
        });
      }
      for (let i = 0; i < 60; i++) await bus.publish(topic, i % 3, i);
      await bus.drain();
      for (const group of ['a', 'b']) {
        assert.equal(seen[group]!.length, 60);
        for (const partition of [0, 1, 2]) {
          const messages = seen[group]!.filter((message) => message.partition === partition);
          assert.deepEqual(
            messages.map((message) => message.value),
            Array.from({ length: 20 }, (_, i) => i * 3 + partition),
          );
          assert.deepEqual(
            messages.map((message) => message.offset),
            Array.from({ length: 20 }, (_, i) => i),
          );
        }
      }
      await bus.close();
    });

    it('delivers a rejected message again before those behind it', async () => {
      const bus = await open({ capacity: 8, attempts: 3 });
      const seen: string[] = [];
      let failures = 2;
      bus.subscribe<string>(topic, 'g', async ({ value }) => {
        seen.push(value);
        if (value === 'b' && failures-- > 0) throw new Error('not now');
      });
      for (const value of ['a', 'b', 'c']) await bus.publish(topic, 0, value);
      await bus.drain();
      assert.deepEqual(seen, ['a', 'b', 'b', 'b', 'c']);
      await bus.close();
    });

    it('says so when a message cannot be handled, and nothing overtakes it', async () => {
      const bus = await open({ capacity: 8, attempts: 3 });
      const seen: string[] = [];
      bus.subscribe<string>(topic, 'g', async ({ value }) => {
        seen.push(value);
        throw new Error('disk full');
      });
      for (const value of ['a', 'b', 'c']) await bus.publish(topic, 0, value);
      await assert.rejects(bus.drain(), /offset 0 failed 3 times: disk full/);
      await assert.rejects(bus.publish(topic, 0, 'd'), /disk full/);
      await assert.rejects(bus.close(), /disk full/);
      assert.deepEqual(seen, ['a', 'a', 'a']);
    });

    it('holds messages until somebody subscribes, and for the slowest group', async () => {
      const bus = await open({ capacity: 8, attempts: 3 });
      for (const value of [1, 2, 3]) await bus.publish(topic, 0, value);
      await bus.drain();
      const late: number[] = [];
      bus.subscribe<number>(topic, 'late', async ({ value }) => void late.push(value));
      await bus.drain();
      assert.deepEqual(late, [1, 2, 3]);
      await bus.close();
    });

    it('stops after the message in hand when a subscription closes, and goes on where it stopped', async () => {
      const bus = await open({ capacity: 8, attempts: 3 });
      const seen: number[] = [];
      const first = bus.subscribe<number>(topic, 'g', async ({ value }) => {
        seen.push(value);
        if (value === 2) void first.close();
        await turn();
      });
      for (const value of [1, 2, 3, 4]) await bus.publish(topic, 0, value);
      await bus.drain();
      assert.deepEqual(seen, [1, 2]);
      bus.subscribe<number>(topic, 'g', async ({ value }) => void seen.push(value));
      await bus.drain();
      assert.deepEqual(seen, [1, 2, 3, 4]);
      await bus.close();
    });

    it('delivers what it holds when it closes, and takes nothing more', async () => {
      const bus = await open({ capacity: 8, attempts: 3 });
      const seen: number[] = [];
      bus.subscribe<number>(topic, 'g', async ({ value }) => {
        await turn();
        seen.push(value);
      });
      for (const value of [1, 2, 3]) await bus.publish(topic, 0, value);
      await bus.close();
      assert.deepEqual(seen, [1, 2, 3]);
      await assert.rejects(bus.publish(topic, 0, 4), /closed/);
    });
  });
}

/** What a bus that holds its messages itself must do beside. */
export function boundedBusContract(name: string, open: (limits: Limits) => Promise<Bus>): void {
  describe(`${name}, bounded`, () => {
    it('makes publishers wait while a partition is full, in their order, and other partitions go on', async () => {
      const bus = await open({ capacity: 2, attempts: 3 });
      let open_!: () => void;
      const gate = new Promise<void>((resolve) => (open_ = resolve));
      const seen: number[] = [];
      bus.subscribe<number>(topic, 'slow', async (message) => {
        if (message.partition === 0) await gate;
        seen.push(message.value);
      });
      let taken = 0;
      const publishing = Promise.all([1, 2, 3, 4, 5].map((value) => bus.publish(topic, 0, value).then(() => taken++)));
      await bus.publish(topic, 1, 100);
      for (let i = 0; i < 20; i++) await turn();
      assert.equal(taken, 2);
      assert.deepEqual(seen, [100]);
      open_();
      await publishing;
      await bus.drain();
      assert.deepEqual(seen, [100, 1, 2, 3, 4, 5]);
      await bus.close();
    });

    it('rejects publishers that wait for a message that cannot be handled', async () => {
      const bus = await open({ capacity: 2, attempts: 3 });
      const seen: string[] = [];
      bus.subscribe<string>(topic, 'g', async ({ value }) => {
        seen.push(value);
        throw new Error('disk full');
      });
      const outcomes = await Promise.allSettled(['a', 'b', 'c'].map((value) => bus.publish(topic, 0, value)));
      assert.deepEqual(
        outcomes.map((outcome) => outcome.status),
        ['fulfilled', 'fulfilled', 'rejected'],
      );
      await assert.rejects(bus.drain(), /offset 0 failed 3 times: disk full/);
      await assert.rejects(bus.publish(topic, 0, 'd'), /disk full/);
      await assert.rejects(bus.close(), /disk full/);
      assert.deepEqual(seen, ['a', 'a', 'a']);
    });
  });
}
