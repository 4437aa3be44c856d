/** Real TLS between node:tls and itself on the loopback, recorded by a proxy between them: what each side sent, in order. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import * as tls from 'node:tls';
import { type ConversationPacket, conversation } from '../../../deploy/traffic/conversation.ts';
import { type Identity, identity } from './made-certificate.ts';

export interface Turn {
  readonly from: 'client' | 'server';
  readonly bytes: Buffer;
}

export interface TalkOptions {
  readonly server?: tls.TlsOptions;
  readonly client?: tls.ConnectionOptions;
  /** Targets asked for, one after the other; each is answered by `bodyOf`. */
  readonly targets?: readonly string[];
  readonly identity?: Identity;
}

export interface RecordedTalk {
  readonly turns: readonly Turn[];
  /** As SSLKEYLOGFILE has it. */
  readonly keyLog: string;
  /** What the client could take the session up again with. */
  readonly session: Buffer | undefined;
}

export const rsaIdentity = identity('rsa', 'shop.example');
export const ecIdentity = identity('ec', 'shop.example');

/** The answer to a target: its length is the number in it. */
export function bodyOf(target: string): string {
  const length = Number(/\d+/.exec(target)?.[0] ?? 20);
  return `${target} ${'0123456789abcdef'.repeat(Math.ceil(length / 16))}`.slice(0, Math.max(length, target.length));
}

function serve(socket: tls.TLSSocket): void {
  let asked = '';
  socket.on('error', () => {});
  socket.on('data', (data) => {
    asked += data.toString('latin1');
    for (let end = asked.indexOf('\r\n\r\n'); end >= 0; end = asked.indexOf('\r\n\r\n')) {
      const target = asked.split(' ')[1] ?? '/';
      asked = asked.slice(end + 4);
      const body = bodyOf(target);
      socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    }
  });
}

/** Asks for every target on one connection. A handshake that fails is recorded too. */
export async function recordTalk(options: TalkOptions = {}): Promise<RecordedTalk> {
  const { targets = ['/item/20', '/item/3000'], identity: own = rsaIdentity } = options;
  const turns: Turn[] = [];
  let keyLog = '';
  const server = tls.createServer({ ...own, minVersion: 'TLSv1.2', ...options.server }, serve);
  server.on('keylog', (line) => (keyLog += line.toString('latin1')));
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets: Socket[] = [];
  const proxy = createServer((inner) => {
    const outer = connect((server.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(inner, outer);
    const pass = (from: Turn['from'], source: Socket, target: Socket) => {
      source.on('data', (bytes) => {
        turns.push({ from, bytes });
        target.write(bytes);
      });
      source.on('end', () => target.end());
      source.on('error', () => target.destroy());
    };
    pass('client', inner, outer);
    pass('server', outer, inner);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  const client = tls.connect({
    ...{ port, host: '127.0.0.1', servername: 'shop.example', rejectUnauthorized: false },
    ...{ ALPNProtocols: ['http/1.1'], ...options.client },
  });
  let session: Buffer | undefined;
  client.on('session', (given) => (session = given));
  let answered = '';
  client.on('data', (data) => (answered += data.toString('latin1')));
  const closed = new Promise<void>((resolve) => client.on('close', () => resolve()));
  client.on('error', () => {});
  try {
    await Promise.race([once(client, 'secureConnect').catch(() => closed), closed]);
    for (const target of client.destroyed ? [] : targets) {
      const before = answered.length;
      client.write(`GET ${target} HTTP/1.1\r\nHost: shop.example\r\n\r\n`);
      while (answered.length < before + bodyOf(target).length + 60 && !client.destroyed) {
        await Promise.race([once(client, 'data').catch(() => closed), closed]);
      }
      assert.ok(answered.endsWith(bodyOf(target)));
    }
    client.end();
    await closed;
  } finally {
    for (const socket of sockets) socket.destroy();
    proxy.close();
    server.close();
  }
  return { turns, keyLog, session };
}

export interface PacketsOptions {
  readonly mss?: (turn: number) => number;
  readonly clientPort?: number;
  readonly open?: boolean;
}

/** The talk as packets, cut as asked. */
export function packetsOf(turns: readonly Turn[], options: PacketsOptions = {}): readonly ConversationPacket[] {
  const { mss = () => 1460, clientPort = 40000, open = true } = options;
  const made = conversation({ client: `10.1.0.1:${clientPort}`, server: '10.1.0.2:443' });
  if (open) made.open();
  for (const [index, { from, bytes }] of turns.entries()) made.send(from, bytes, { mss: mss(index) });
  return made.close().packets();
}
