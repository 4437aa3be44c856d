/** Conversations of node:http2's own client and server: what went over the loopback, as packets of a capture. */
import assert from 'node:assert/strict';
import http2, { type ClientHttp2Session, type Http2Server } from 'node:http2';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type ConversationPacket, conversation } from '../../../../deploy/traffic/conversation.ts';

/** What one side sent at once. */
export interface Said {
  readonly from: 'client' | 'server';
  readonly octets: Buffer;
}

async function listen(server: Server | Http2Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Lets `talk` speak with `server` through a proxy that writes down what it passes on. */
export async function record(
  server: Server | Http2Server,
  talk: (port: number) => Promise<void>,
): Promise<readonly Said[]> {
  const said: Said[] = [];
  const port = await listen(server);
  const sockets: Socket[] = [];
  const proxy = createServer((inner) => {
    const outer = connect(port, '127.0.0.1');
    sockets.push(inner, outer);
    inner.on('data', (octets) => {
      said.push({ from: 'client', octets });
      outer.write(octets);
    });
    outer.on('data', (octets) => {
      said.push({ from: 'server', octets });
      inner.write(octets);
    });
    inner.on('close', () => outer.destroy());
    outer.on('close', () => inner.destroy());
    for (const socket of [inner, outer]) socket.on('error', () => socket.destroy());
  });
  const through = await listen(proxy);
  try {
    await talk(through);
  } finally {
    for (const socket of sockets) socket.destroy();
    proxy.close();
    server.close();
  }
  assert.ok(said.length > 0);
  return said;
}

/** A session of node's client; it is closed behind `talk`. */
export async function recordSession(
  server: Http2Server,
  talk: (session: ClientHttp2Session) => Promise<void>,
  options: http2.ClientSessionOptions = {},
): Promise<readonly Said[]> {
  return record(server, async (port) => {
    const session = http2.connect(`http://127.0.0.1:${port}`, options);
    session.on('error', () => {});
    await talk(session);
    await new Promise<void>((resolve) => session.close(resolve));
  });
}

export interface Request {
  readonly headers: http2.OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

/** Sends a request, and reads its answer to the end. */
export async function request(session: ClientHttp2Session, { headers, body }: Request): Promise<string> {
  const stream = session.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  let text = '';
  stream.setEncoding('latin1');
  stream.on('data', (part) => {
    text += part;
  });
  await new Promise<void>((resolve) => {
    stream.on('close', resolve);
    stream.on('error', () => resolve());
  });
  return text;
}

export interface Cut {
  readonly mss?: number;
  readonly open?: boolean;
  readonly close?: boolean;
}

export function packetsOf(
  said: readonly Said[],
  { mss = 1460, open = true, close = true }: Cut = {},
): ConversationPacket[] {
  const made = conversation({ client: '10.0.0.1:4000', server: '10.0.0.2:80', ackEvery: 0, mss });
  if (open) made.open();
  for (const { from, octets } of said) made.send(from, octets);
  if (close) made.close();
  return made.packets();
}

export function client(...octets: readonly Uint8Array[]): Said {
  return { from: 'client', octets: Buffer.concat(octets) };
}

export function server(...octets: readonly Uint8Array[]): Said {
  return { from: 'server', octets: Buffer.concat(octets) };
}
