/** Traffic of the broker's operations: each call made of the operation's own request and response fields. */
import type { ApiCall } from '../../analyzer/call.ts';
import type { Random } from '../../deploy/traffic/random.ts';
import type { Exchange } from '../analyzer/read-exchange.ts';
import { type Field, Values } from './broker-values.ts';

/** A line of cn_broker/endpoints.jsonl. */
export interface Operation {
  readonly app: string;
  readonly style: string;
  readonly method: string;
  readonly template: string;
  /** `query.funcNo=300100`, `body.method=account.query`; null where the path alone names it. */
  readonly discriminator: string | null;
  readonly operation: string;
  readonly func: string;
  readonly data_exposure: 'expose' | 'collect' | 'none';
  readonly caller: 'human' | 'service';
  readonly grade: 'high' | 'medium' | 'low' | 'none' | 'not_api';
  readonly jr_level: string | null;
  readonly req: readonly Field[];
  readonly res: readonly Field[];
}

const browser =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36';
/** Media type and first octets of files, by the mark the data set uses. */
const files: Readonly<Record<string, readonly [type: string, content: string]>> = {
  '(pdf)': ['application/pdf', '%PDF-1.4\n'],
  '(xlsx)': ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'PK\u0003\u0004'],
  '(csv)': ['text/csv', 'code,name,amount\n600000,alpha,12\n600001,beta,13\n'],
  '(html)': ['text/html', '<!DOCTYPE html><html><head><title>x</title></head><body></body></html>'],
  '(js)': ['application/javascript', 'var a=1;'],
  '(png)': ['image/png', '\u0089PNG'],
};

export class BrokerCalls {
  readonly #values: Values;

  constructor(private readonly random: Random) {
    this.#values = new Values(random);
  }

  /** One exchange of the operation, and where its client sits. */
  exchange(operation: Operation): Exchange {
    const { method, style } = operation;
    const inPath = new Set([...operation.template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!));
    const [where, chosen] = discriminatorOf(operation);
    const sent = operation.req.filter(({ n }) => !inPath.has(n)).map((each) => [each, this.#values.of(each)] as const);
    let target = operation.template.replace(/\{(\w+)\}/g, (_, name: string) => this.#inPath(name));
    // Names and values in turn.
    const headers = ['User-Agent', operation.caller === 'human' ? browser : 'Java/17.0.9'];
    if (operation.caller === 'human') headers.push('Cookie', `SESSION=${this.random.hex(4)}`);
    const query = new URLSearchParams();
    if (where === 'query') query.set(chosen[0], chosen[1]);
    let requestBody = '';
    const hasFile = sent.some(([{ n }]) => n === 'file');
    if (method === 'GET' || method === 'DELETE') for (const [{ n }, value] of sent) query.set(n, String(value));
    else if (hasFile) {
      const part = 'Content-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg';
      requestBody = `--b\r\n${part}\r\n\r\nJFIF\r\n--b--\r\n`;
      headers.push('Content-Type', 'multipart/form-data; boundary=b');
    } else if (style === 'do' || style === 'funcno') {
      requestBody = String(new URLSearchParams(sent.map(([{ n }, value]): [string, string] => [n, String(value)])));
      headers.push('Content-Type', 'application/x-www-form-urlencoded; charset=UTF-8');
    } else {
      const body = Object.fromEntries(sent.map(([{ n }, value]) => [n, value]));
      requestBody = JSON.stringify(where === 'body' ? { [chosen[0]]: chosen[1], ...body } : body);
      headers.push('Content-Type', 'application/json');
    }
    if (requestBody !== '') headers.push('Content-Length', String(Buffer.byteLength(requestBody)));
    if (query.size > 0) target += `?${query}`;
    const host = `${operation.app}.broker.example`;
    return { request: { method, target, host, headers }, requestBody, ...this.#answer(operation) };
  }

  #answer(operation: Operation): Pick<Exchange, 'response' | 'responseBody'> {
    const file = files[operation.res[0]?.n ?? ''];
    if (file !== undefined) {
      const [type, responseBody] = file;
      const isKept = !/html|javascript|image/.test(type);
      const name = isKept ? ['Content-Disposition', 'attachment; filename="f"'] : [];
      return { response: { headers: ['Content-Type', type, ...name] }, responseBody };
    }
    const row = () => Object.fromEntries(operation.res.map((field) => [field.n, this.#values.of(field)]));
    const isMany = /list|s$|position|entrust|deal|sys/i.test(operation.operation) && operation.func === 'query';
    const data = isMany ? Array.from({ length: this.random.between(2, 12) }, row) : row();
    const body =
      operation.style === 'funcno' || operation.style === 'do'
        ? { error_no: '0', ...wrapped('results', data) }
        : wrapped('data', data);
    return {
      response: { headers: ['Content-Type', 'application/json;charset=UTF-8'] },
      responseBody: JSON.stringify(body),
    };
  }

  #inPath(name: string): string {
    const value = String(this.#values.of({ n: name }));
    if (/^(?:userId|orderNo|contractId|id)$/.test(name)) return this.random.digits(8);
    return encodeURIComponent(name === 'hash' || name === 'sid' ? this.random.hex(4).toUpperCase() : value);
  }
}

function wrapped(name: string, data: unknown): Record<string, unknown> {
  return Array.isArray(data) ? { code: 0, msg: 'ok', [name]: data } : { code: 0, msg: 'ok', ...(data as object) };
}

function discriminatorOf({ discriminator }: Operation): readonly [where: string, pair: readonly [string, string]] {
  const found = /^(\w+)\.(\w+)=(.+)$/.exec(discriminator ?? '');
  return found === null ? ['', ['', '']] : [found[1]!, [found[2]!, found[3]!]];
}

/** A human's calls come from many addresses, a service's from few. */
export function placed(call: ApiCall, operation: Operation, index: number): ApiCall {
  const client = operation.caller === 'service' ? `10.8.0.${1 + (index % 2)}` : `198.51.100.${1 + (index % 40)}`;
  return Object.assign(call, { client, uid: `${String(index).padStart(16, '0')}-${index + 1}` });
}
