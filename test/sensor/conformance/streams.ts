/** The TCP streams of a capture as the flow table gives them, measured and digested, without HTTP on top. */
import { createHash, type Hash } from 'node:crypto';
import type { Segment } from '../../../sensor/decode/segment.ts';
import type { Conversation, FlowView } from '../../../sensor/flow/conversation.ts';
import { FlowTable } from '../../../sensor/flow/flow-table.ts';
import { defaultFlowLimits } from '../../../sensor/flow/limits.ts';
import { Ledger } from '../../../sensor/ledger.ts';
import { WeirdCounts } from '../../../sensor/weird.ts';
import { passSegments } from './passage.ts';

export interface StreamDigest {
  readonly bytes: number;
  readonly md5: string;
  readonly gaps: number;
}

/** Direction 0 is that of the connection's first packet. */
export interface ConnectionDigest {
  /** `ip:port`, an IPv6 address in brackets. */
  readonly ends: readonly [string, string];
  readonly streams: readonly [StreamDigest, StreamDigest];
}

class Collector implements Conversation {
  readonly #hashes: readonly [Hash, Hash] = [createHash('md5'), createHash('md5')];
  readonly #bytes: [number, number] = [0, 0];
  readonly #gaps: [number, number] = [0, 0];

  constructor(private readonly flow: FlowView) {}

  data(direction: 0 | 1, data: Buffer, start: number, end: number): void {
    this.#hashes[direction].update(data.subarray(start, end));
    this.#bytes[direction] += end - start;
  }

  gap(direction: 0 | 1): void {
    this.#gaps[direction]++;
  }

  conflict(): void {}

  finish(): void {}

  close(): void {}

  digest(): ConnectionDigest {
    return { ends: [this.#end(0), this.#end(1)], streams: [this.#stream(0), this.#stream(1)] };
  }

  #end(direction: 0 | 1): string {
    const { ip, port } = this.flow.endpoint(direction);
    return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
  }

  #stream(direction: 0 | 1): StreamDigest {
    const md5 = this.#hashes[direction].copy().digest('hex');
    return { bytes: this.#bytes[direction], md5, gaps: this.#gaps[direction] };
  }
}

/** Connections in the order of their first packets. */
export function digestStreams(file: string): ConnectionDigest[] {
  const collectors: Collector[] = [];
  const ledger = new Ledger();
  const weird = new WeirdCounts();
  const flows = new FlowTable(defaultFlowLimits, ledger, weird, (flow) => {
    const collector = new Collector(flow);
    collectors.push(collector);
    return collector;
  });
  const take = (segment: Segment): void => flows.segment(segment);
  passSegments(file, { ledger, weird, segment: take, finish: (clock) => flows.finish(clock) });
  return collectors.map((collector) => collector.digest());
}
