/** The contract of every bus, over a real broker; and that a bus which ends leaves nothing behind that keeps a process up. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { BusAddress } from '../../../../storage/bus/kafka/address.ts';
import type { Codec } from '../../../../storage/bus/kafka/codec.ts';
import { KafkaBus } from '../../../../storage/bus/kafka/kafka-bus.ts';
import { topicSpecs } from '../../../../storage/bus/kafka/topics.ts';
import { openBroker } from '../../../kafka/broker.ts';
import { busContract } from '../contract.ts';

/** The contract sends texts and numbers. */
const json: Codec = {
  encode: (value) => ({ key: null, value: Buffer.from(JSON.stringify(value)), headers: {} }),
  decode: ({ value }) => JSON.parse(Buffer.from(value!).toString()) as unknown,
};

const broker = await openBroker({
  after,
  diagnostic: (what) => void test('Kafka', (t) => t.diagnostic(what)),
});
if (broker !== null) {
  let opened = 0;
  // Every bus has topics and groups of its own, which nobody has written to.
  const addressOf = (): BusAddress => ({ brokers: [broker.address], prefix: `contract-${++opened}.`, tls: false });
  const codecs = { 'apiris.calls.v1': json, 'apiris.findings.v1': json };
  const topicsOf = (partitions: number) => topicSpecs.map((spec) => ({ ...spec, partitions }));
  busContract('Kafka', ({ attempts }) =>
    KafkaBus.open({
      ...{ address: addressOf(), client: 'contract', attempts, backoff: 1 },
      ...{ codecs, topics: topicsOf(4) },
    }),
  );

  const count = (kind: string) => process.getActiveResourcesInfo().filter((name) => name === kind).length;

  test('a subscription that is closed at once, while it joins or soon after, leaves no timer and no connection', async () => {
    const address = addressOf();
    const [timers, sockets] = [count('Timeout'), count('TCPSocketWrap')];
    for (const pause of [0, 1, 20, 100, 200, 400]) {
      const bus = await KafkaBus.open({ ...{ address, client: 'closing', codecs, topics: topicsOf(4) } });
      const subscription = bus.subscribe('apiris.calls.v1', `closed-${pause}`, async () => {});
      await wait(pause);
      await subscription.close();
      await bus.end();
    }
    assert.equal(count('Timeout'), timers);
    // The last ones are told of their end a moment later.
    for (let i = 0; i < 50 && count('TCPSocketWrap') > sockets; i++) await wait(20);
    assert.equal(count('TCPSocketWrap'), sockets);
  });
}
