/** How a topic's messages become octets and back. */
import type { KafkaRecord } from './spool.ts';

export type Encoded = Pick<KafkaRecord, 'key' | 'value' | 'headers'>;

export interface Codec<T = unknown> {
  encode(value: T): Encoded;
  /** Throws Poison. */
  decode(encoded: Encoded): T;
}
