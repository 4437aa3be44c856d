/** The contract of every bus, over a real broker. */
import { after, test } from 'node:test';
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
  busContract('Kafka', ({ attempts }) =>
    KafkaBus.open({
      ...{ address: addressOf(), client: 'contract', attempts, backoff: 1 },
      codecs: { 'apiris.calls.v1': json, 'apiris.findings.v1': json },
      topics: topicSpecs.map((spec) => ({ ...spec, partitions: 4 })),
    }),
  );
}
