/** The codecs of the topics: what stands in headers, readable by any Kafka client, and what in the value. */
import { crc32 } from 'node:zlib';
import type { Finding } from '../../../analyzer/finding.ts';
import { Poison, type TopicName } from '../bus.ts';
import { CALLS_SCHEMA, type CallsRecord, type SensorReport } from '../calls.ts';
import { decodeCalls, encodeCalls } from './call-columns.ts';
import type { Codec, Encoded } from './codec.ts';

const FINDINGS_SCHEMA = 'apiris.findings/1';
const END = 'end';

const calls: Codec<CallsRecord> = {
  encode({ sensor, stream, isLive, keys, first, calls: batch, watermark, report }) {
    const value = report !== null ? Buffer.from(JSON.stringify(report)) : batch === null ? null : encodeCalls(batch);
    return {
      key: stream,
      value,
      headers: {
        ...{ schema: CALLS_SCHEMA, sensor, stream, live: isLive ? '1' : '0', keys, first: String(first) },
        calls: String(batch?.size ?? 0),
        watermark: watermark === Number.POSITIVE_INFINITY ? END : String(Math.max(0, watermark)),
        ...(value === null ? {} : { crc: crc32(value).toString(16) }),
        ...(report === null ? {} : { report: 'json' }),
      },
    };
  },
  decode(encoded) {
    assertSchema(encoded, CALLS_SCHEMA);
    const { headers, value } = encoded;
    const text = (name: string): string => headers[name] || missing(name);
    const number = (name: string): number => {
      const found = text(name);
      return /^\d{1,16}$/.test(found) ? Number(found) : missing(name);
    };
    if (value !== null && crc32(value).toString(16) !== headers['crc']) {
      throw new Poison('its value is not what its writer wrote (header "crc")');
    }
    const isReport = headers['report'] !== undefined;
    const batch =
      isReport || value === null ? null : decodeCalls(Buffer.from(value.buffer, value.byteOffset, value.length));
    if (number('calls') !== (batch?.size ?? 0)) throw new Poison('it holds another number of calls than it says');
    return {
      sensor: text('sensor'),
      stream: text('stream'),
      isLive: text('live') === '1',
      keys: text('keys'),
      first: number('first'),
      calls: batch,
      watermark: text('watermark') === END ? Number.POSITIVE_INFINITY : number('watermark'),
      report: isReport ? reportOf(value) : null,
    };
  },
};

function reportOf(value: Uint8Array | null): SensorReport {
  try {
    // Sensors of before sheddings were told of have none.
    const {
      sources,
      ledger,
      handshakes,
      sheddings = [],
    } = JSON.parse(Buffer.from(value ?? []).toString()) as Omit<SensorReport, 'sheddings'> & Partial<SensorReport>;
    if ([sources, ledger, handshakes, sheddings].every(Array.isArray)) {
      return { sources, ledger, handshakes, sheddings };
    }
  } catch {
    // Said below.
  }
  throw new Poison('its report cannot be read');
}

const findings: Codec<Finding> = {
  encode: (finding) => ({
    key: finding.id,
    value: Buffer.from(JSON.stringify(finding)),
    headers: { schema: FINDINGS_SCHEMA },
  }),
  decode(encoded) {
    assertSchema(encoded, FINDINGS_SCHEMA);
    try {
      return JSON.parse(Buffer.from(encoded.value ?? []).toString()) as Finding;
    } catch {
      throw new Poison('its value is no JSON');
    }
  },
};

function assertSchema({ headers }: Encoded, schema: string): void {
  const found = headers['schema'];
  if (found === schema) return;
  if (found === undefined)
    throw new Poison('it has no header "schema": no part of apiris wrote it; keep other writers off the topic');
  throw new Poison(`its schema is ${found}, and ${schema} is read here; let sensors and analyzer be of one version`);
}

function missing(name: string): never {
  throw new Poison(`its header "${name}" is missing or no value of it`);
}

export const codecs: Readonly<Record<TopicName, Codec>> = {
  'apiris.calls.v1': calls as Codec,
  'apiris.findings.v1': findings as Codec,
};
