/** What the sensor tells of a capture's exchanges, into a sink of the test's. */
import { emptyPacket } from '../../sensor/capture/packet.ts';
import { Decoder } from '../../sensor/decode/decode.ts';
import { Segment } from '../../sensor/decode/segment.ts';
import { defaultSensorLimits, openSource, Sensor } from '../../sensor/sensor.ts';
import type { TransactionSink } from '../../sensor/transaction.ts';

/** Segments between two looks at connections that have been silent for too long. */
const expireEvery = 512;

export function tellExchanges(path: string, sink: TransactionSink): void {
  const source = openSource([path]);
  const sensor = new Sensor(defaultSensorLimits, sink);
  const decoder = new Decoder(sensor.ledger, sensor.weird);
  const packet = emptyPacket();
  const segment = new Segment();
  let clock = 0;
  let segments = 0;
  while (source.read(packet)) {
    clock = Math.max(clock, packet.ts);
    segment.clock = clock;
    if (!decoder.decode(packet, segment)) continue;
    sensor.segment(segment);
    if (++segments % expireEvery === 0) sensor.expire(clock);
  }
  sensor.finish(clock);
  source.close();
}
