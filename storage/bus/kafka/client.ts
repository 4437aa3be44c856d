/** The one way to Kafka: a client of kafkajs that says nothing by itself; what goes wrong comes back as an error. */
import { Kafka, type KafkaConfig, type SASLOptions } from 'kafkajs';
import type { BusAddress } from './address.ts';

/** Attempts before an error is told; who can wait for longer does so itself. */
const RETRY = { retries: 3, initialRetryTime: 100, maxRetryTime: 2000 };

export function openClient({ brokers, tls, ca, cert, key, sasl }: BusAddress, clientId: string): Kafka {
  const config: KafkaConfig = {
    ...{ brokers: [...brokers], clientId, connectionTimeout: 5000, requestTimeout: 30_000, retry: RETRY },
    logCreator: () => () => {},
  };
  if (tls) {
    config.ssl = { ...(ca ? { ca: [ca] } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) };
  }
  if (sasl !== undefined) config.sasl = sasl as SASLOptions;
  return new Kafka(config);
}
