/** HttpTransaction records: an exchange as one plain object, for NDJSON and tests. Bodies are cut at a stated size. */
import { decodeText } from './http/charset.ts';
import { maskAddress, maskHeader, maskQuery } from './record-masks.ts';
import {
  type FlowInfo,
  type HeaderList,
  type MessageHead,
  type RequestHead,
  type ResponseHead,
  type Side,
  type TransactionReader,
  type TransactionSink,
  type TransactionTail,
  transactionUid,
} from './transaction.ts';

const recordVersion = 1;

export interface BodyRecord {
  /** Octets of content, content coding removed. */
  bytes: number;
  /** Octets of content on the wire. */
  wireBytes: number;
  /** Octets of content on the wire that were left unread under load; absent for none. */
  shedBytes?: number;
  /** Octets present in `text` or `base64`. */
  captured: number;
  truncated: boolean;
  encoding: string;
  charset: string;
  /** The content decoded by `charset`; absent without bodies. */
  text?: string;
  /** The content, when it is not text. */
  base64?: string;
}

/** The JSON shape of the CLI contract. */
export interface TransactionRecord {
  v: number;
  uid: string;
  depth: number;
  ts: string;
  protocol: string;
  tunnel?: string;
  /** It came out of TLS. */
  tls?: true;
  vlan?: number;
  client: { ip: string; port: number };
  server: { ip: string; port: number };
  request: {
    ts: string;
    method: string;
    target: string;
    path: string;
    query: string;
    host: string;
    headers: [string, string][];
    body: BodyRecord;
  } | null;
  response: { ts: string; status: number; reason: string; headers: [string, string][]; body: BodyRecord } | null;
  durationUs: number;
  gapBytes: number;
  /** One of so many connections was read; absent where all were. */
  sampling?: number;
  truncated: boolean;
  pairing: string;
  unpaired?: string;
  interim?: readonly number[];
  weird: readonly string[];
}

export interface RecordOptions {
  /** Octets of each body to keep; 0 leaves bodies out. */
  readonly maxBody: number;
  /** Show credentials (Authorization, cookies …) as sent. */
  readonly clear: boolean;
  /** As of TransactionRecord; 1 when absent. */
  readonly sampling?: number;
}

/** Builds records; `emit` gets each with its completion time. */
export class RecordSink implements TransactionSink {
  constructor(
    private readonly options: RecordOptions,
    private readonly emit: (record: TransactionRecord, completedTs: number) => void,
  ) {}

  open(flow: FlowInfo, depth: number): TransactionReader {
    return new RecordReader(flow, depth, this.options, this.emit);
  }
}

class RecordReader implements TransactionReader {
  #request: RequestHead | null = null;
  #response: ResponseHead | null = null;
  readonly #kept: Record<Side, Buffer[]> = { request: [], response: [] };
  readonly #keptBytes: Record<Side, number> = { request: 0, response: 0 };

  constructor(
    private readonly flow: FlowInfo,
    private readonly depth: number,
    private readonly options: RecordOptions,
    private readonly emit: (record: TransactionRecord, completedTs: number) => void,
  ) {}

  begin(head: MessageHead): void {
    if (head.side === 'request') this.#request = head;
    else this.#response = head;
  }

  body(side: Side, bytes: Uint8Array, start: number, end: number): void {
    const room = this.options.maxBody - this.#keptBytes[side];
    if (room <= 0) return;
    const part = Buffer.from(bytes.subarray(start, Math.min(end, start + room)));
    this.#kept[side].push(part);
    this.#keptBytes[side] += part.length;
  }

  end(tail: TransactionTail): void {
    const { flow } = this;
    const { clear } = this.options;
    const request = this.#request;
    const response = this.#response;
    const [path, query] = splitTarget(request?.target ?? '');
    const record: TransactionRecord = {
      v: recordVersion,
      uid: transactionUid(flow, this.depth),
      depth: this.depth,
      ts: isoTime((request ?? response)!.ts),
      protocol: `http/${(request ?? response)!.version}`,
      ...(flow.tunnel === undefined ? {} : { tunnel: flow.tunnel }),
      ...(flow.tls === undefined ? {} : { tls: flow.tls }),
      ...(flow.vlan === undefined ? {} : { vlan: flow.vlan }),
      client: flow.client,
      server: flow.server,
      request: request && {
        ts: isoTime(request.ts),
        method: request.method,
        target: clear ? request.target : maskAddress(request.target),
        path: clear ? path : maskAddress(path),
        query: clear ? query : maskQuery(query),
        host: request.host,
        headers: this.#headers(request.headers),
        body: this.#bodyRecord('request', tail),
      },
      response: response && {
        ts: isoTime(response.ts),
        status: response.status,
        reason: response.reason,
        headers: this.#headers(response.headers),
        body: this.#bodyRecord('response', tail),
      },
      durationUs: tail.durationUs,
      gapBytes: tail.gapBytes,
      ...((this.options.sampling ?? 1) === 1 ? {} : { sampling: this.options.sampling }),
      truncated: tail.truncated,
      pairing: tail.pairing,
      ...(tail.unpaired === null ? {} : { unpaired: tail.unpaired }),
      ...(tail.interim.length === 0 ? {} : { interim: tail.interim }),
      weird: tail.weird,
    };
    this.emit(record, tail.ts);
  }

  #headers(list: HeaderList): [string, string][] {
    const pairs: [string, string][] = [];
    for (let i = 0; i < list.length; i += 2) {
      const name = list[i]!;
      const value = list[i + 1]!;
      pairs.push([name, this.options.clear ? value : maskHeader(name, value)]);
    }
    return pairs;
  }

  #bodyRecord(side: Side, tail: TransactionTail): BodyRecord {
    const facts = tail[side]!;
    const kept = Buffer.concat(this.#kept[side]);
    const record: BodyRecord = {
      bytes: facts.bytes,
      wireBytes: facts.wireBytes,
      ...(facts.shedBytes === 0 ? {} : { shedBytes: facts.shedBytes }),
      captured: kept.length,
      truncated: facts.truncated || (this.options.maxBody > 0 && kept.length < facts.bytes),
      encoding: facts.encoding,
      charset: facts.charset,
    };
    if (kept.length === 0) return record;
    if (facts.charset !== '') return { ...record, text: decodeText(kept, facts.charset) };
    return { ...record, base64: kept.toString('base64') };
  }
}

/** Path and query of an origin-form or absolute-form target; the fragment, if one was sent, stays in the query. */
function splitTarget(target: string): [string, string] {
  const scheme = target.startsWith('/') ? -1 : target.indexOf('://');
  const path = scheme < 0 ? target : target.slice(Math.max(0, target.indexOf('/', scheme + 3)));
  const mark = path.indexOf('?');
  return mark < 0 ? [path, ''] : [path.slice(0, mark), path.slice(mark + 1)];
}

/** ISO 8601 UTC with microseconds. `ts` in µs since 1970. */
function isoTime(ts: number): string {
  const ms = Math.floor(ts / 1000);
  return `${new Date(ms).toISOString().slice(0, -1)}${String(ts - ms * 1000).padStart(3, '0')}Z`;
}
