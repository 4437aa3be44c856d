/**
 * Seals to a log host (RFC 5424), each as a message with the anchor's line: a copy of the anchor where this machine cannot
 * write. `audit verify --anchor FILE` takes what that host has stored.
 *
 * Sealing never waits for the host: what it does not take is lost there, and stands in the anchor file all the same. While
 * a connection is made, 1,000 messages wait; more push out the eldest.
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
  return `<${PRIORITY}>1 ${time} ${name} apiris ${process_} seal [meta sequenceId="${sequence}"] ${JSON.stringify(line)}`;
}

export class SyslogAnchor {
  #datagrams: DatagramSocket | undefined;
  #stream: Socket | undefined;
  #waiting: string[] = [];

  constructor(private readonly target: SyslogTarget) {}

  send(line: AnchorLine): void {
    const message = syslogMessage(line);
    if (this.target.protocol === 'udp') this.#sendDatagram(message);
    else this.#sendFramed(message);
  }

  #sendDatagram(message: string): void {
    const { host, port } = this.target;
    if (this.#datagrams === undefined) {
      this.#datagrams = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
      this.#datagrams.on('error', () => {});
      this.#datagrams.unref();
    }
    this.#datagrams.send(message, port, host, () => {});
  }

  /** Over TCP each message has its length before it (RFC 6587 §3.4.1). */
  #sendFramed(message: string): void {
    const framed = `${Buffer.byteLength(message)} ${message}`;
    if (this.#stream?.writable && this.#stream.readyState === 'open') {
      this.#stream.write(framed);
      return;
    }
    this.#waiting.push(framed);
    if (this.#waiting.length > mostWaiting) this.#waiting.shift();
    this.#stream ??= this.#connect();
  }

  #connect(): Socket {
    const { protocol, host, port, path } = this.target;
    const stream = protocol === 'unix' ? connect(path) : connect(port, host);
    stream.setTimeout(10_000, () => {
      if (stream.connecting) stream.destroy();
    });
    stream.on('connect', () => {
      stream.setTimeout(0);
      for (const framed of this.#waiting.splice(0)) stream.write(framed);
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
