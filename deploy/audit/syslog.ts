/**
 * Seals to a log host (RFC 5424), each as a message with the anchor's line: a copy of the anchor where this machine cannot
 * write. `audit verify --anchor FILE` takes what that host has stored.
 *
 * Sealing never waits for the host: what it does not take is lost there, stands in the anchor file all the same, and is
 * counted. While a connection is made, 1,000 messages wait; more push out the eldest. A host that reads slowly has 1 MiB
 * written ahead; beyond it messages are lost until it has read some. What the system took for sending counts as told.
 */
import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { connect, isIPv6, type Socket } from 'node:net';
import { hostname } from 'node:os';
import type { AnchorLine } from './anchor.ts';

export interface SyslogTarget {
  readonly protocol: 'udp' | 'tcp' | 'unix';
  readonly host: string;
  readonly port: number;
  /** Of a unix socket. */
  readonly path: string;
}

/** Facility 13 (log audit), severity 5 (notice). */
const PRIORITY = 13 * 8 + 5;
const usualPort = 514;
const mostWaiting = 1000;
/** Octets. */
const mostAhead = 2 ** 20;

/** `udp://host[:port]`, `tcp://host[:port]`, `unix:/path` (a stream socket); undefined for what is none. */
export function parseSyslog(text: string): SyslogTarget | undefined {
  const path = /^unix:(\/.+)$/.exec(text)?.[1];
  if (path !== undefined) return { protocol: 'unix', host: '', port: 0, path };
  const found = /^(udp|tcp):\/\/(\[[0-9a-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?\/?$/i.exec(text);
  const port = Number(found?.[3] ?? usualPort);
  if (found === null || port < 1 || port > 65_535) return undefined;
  const protocol = found[1]!.toLowerCase() as 'udp' | 'tcp';
  return { protocol, host: found[2]!.replace(/^\[|\]$/g, ''), port, path: '' };
}

export function syslogMessage(line: AnchorLine, host = hostname(), process_ = process.pid): string {
  const name = /^[\x21-\x7e]{1,255}$/.test(host) ? host : '-';
  const us = String(line.ts % 1_000_000).padStart(6, '0');
  const time = `${new Date(Math.floor(line.ts / 1000)).toISOString().slice(0, 19)}.${us}Z`;
  // Numbers of messages are those of the seals, from 1; they begin anew beyond 31 bits (§7.3.1).
  const sequence = (line.number % 0x7fff_ffff) + 1;
  // Several appliances may tell one host: it can part their chains. 32473 is nobody's enterprise number (RFC 5612).
  const data = `[meta sequenceId="${sequence}"][apiris@32473 chain="${line.writer}"]`;
  return `<${PRIORITY}>1 ${time} ${name} apiris ${process_} seal ${data} ${JSON.stringify(line)}`;
}

export class SyslogAnchor {
  #datagrams: DatagramSocket | undefined;
  #stream: Socket | undefined;
  #waiting: string[] = [];
  #sending = 0;
  #lost = 0;

  constructor(private readonly target: SyslogTarget) {}

  send(line: AnchorLine): void {
    const message = syslogMessage(line);
    if (this.target.protocol === 'udp') this.#sendDatagram(message);
    else this.#sendFramed(message);
  }

  /** Messages that the host was not told of, or not yet. */
  get untold(): number {
    return this.#lost + this.#sending + this.#waiting.length;
  }

  /** Octets that are written and not sent yet. */
  get ahead(): number {
    return this.#stream?.writableLength ?? 0;
  }

  /** The run is over: what is under way has `ms` to get there. */
  async settle(ms: number): Promise<void> {
    const end = Date.now() + ms;
    const isUnderWay = () => this.#sending > 0 || (this.#waiting.length > 0 && this.#stream !== undefined);
    while (isUnderWay() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  readonly #sent = (error?: Error | null): void => {
    this.#sending--;
    if (error) this.#lost++;
  };

  #sendDatagram(message: string): void {
    const { host, port } = this.target;
    if (this.#datagrams === undefined) {
      this.#datagrams = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
      this.#datagrams.on('error', () => {});
      this.#datagrams.unref();
    }
    this.#sending++;
    this.#datagrams.send(message, port, host, this.#sent);
  }

  /** Over TCP each message has its length before it (RFC 6587 §3.4.1). */
  #sendFramed(message: string): void {
    const framed = `${Buffer.byteLength(message)} ${message}`;
    if (this.#stream?.writable && this.#stream.readyState === 'open') {
      this.#write(this.#stream, framed);
      return;
    }
    this.#waiting.push(framed);
    if (this.#waiting.length > mostWaiting) {
      this.#waiting.shift();
      this.#lost++;
    }
    this.#stream ??= this.#connect();
  }

  #write(stream: Socket, framed: string): void {
    if (stream.writableLength > mostAhead) {
      this.#lost++;
      return;
    }
    this.#sending++;
    stream.write(framed, this.#sent);
  }

  #connect(): Socket {
    const { protocol, host, port, path } = this.target;
    const stream = protocol === 'unix' ? connect(path) : connect(port, host);
    stream.setTimeout(10_000, () => {
      if (stream.connecting) stream.destroy();
    });
    stream.on('connect', () => {
      stream.setTimeout(0);
      for (const framed of this.#waiting.splice(0)) this.#write(stream, framed);
      // An open connection alone keeps no process alive.
      stream.unref();
    });
    stream.on('error', () => {});
    stream.on('close', () => {
      this.#stream = undefined;
    });
    // Nothing is expected from there.
    stream.resume();
    return stream;
  }
}
