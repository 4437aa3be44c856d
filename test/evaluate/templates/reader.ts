/** Made exchanges through `read`, as if a mirror had shown them. */
import type { ApiCall } from '../../../analyzer/call.ts';
import { CallReader, ReadTools } from '../../../analyzer/read.ts';
import { Ledger } from '../../../sensor/ledger.ts';
import type { MessageFacts } from '../../../sensor/transaction.ts';
import { equipment } from '../../equipment.ts';
import type { MadeExchange } from './traffic.ts';

const begin = Date.UTC(2026, 0, 5, 1, 30) * 1000;
const clients = 40;
const encoder = new TextEncoder();

export class ExchangeReader {
  #call: ApiCall | null = null;
  #read = 0;
  readonly #reader = new CallReader(new Ledger(), new ReadTools(equipment.read), (call) => (this.#call = call));

  constructor(
    private readonly host: string,
    /** Packet time between two exchanges, µs. */
    private readonly step: number,
  ) {}

  read({ method, url, status, contentType, requestBody = '', responseBody = '' }: MadeExchange): ApiCall {
    const ts = begin + this.#read * this.step;
    const client = { ip: `10.0.0.${1 + (this.#read % clients)}`, port: 40000 };
    const uid = this.#read.toString(16).padStart(16, '0');
    this.#read++;
    const flow = { uid, client, server: { ip: '10.9.0.1', port: 80 } };
    const one = this.#reader.open(flow, 0);
    const sent = encoder.encode(requestBody);
    const given = encoder.encode(responseBody);
    const headers = ['Content-Type', contentType];
    const requestHeaders = sent.length === 0 ? [] : [...headers, 'Content-Length', `${sent.length}`];
    one.begin({ side: 'request', ts, method, target: url, version: '1.1', host: this.host, headers: requestHeaders });
    if (sent.length > 0) one.body('request', sent, 0, sent.length);
    one.begin({ side: 'response', ts: ts + 1, status, reason: '', version: '1.1', headers });
    if (given.length > 0) one.body('response', given, 0, given.length);
    one.end({
      ts: ts + 2,
      request: facts(sent.length, ts),
      response: facts(given.length, ts),
      sequence: 0,
      ...{ durationUs: 2, gapBytes: 0, truncated: false, pairing: 'paired', unpaired: null, interim: [], weird: [] },
    });
    return this.#call!;
  }
}

function facts(bytes: number, endTs: number): MessageFacts {
  const whole = { encoding: '', charset: '', truncated: false, trailers: [] };
  return { headBytes: 100, wireBytes: bytes, bytes, shedBytes: 0, endTs, ...whole };
}
