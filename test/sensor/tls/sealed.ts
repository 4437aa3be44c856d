/** TLS 1.3 made octet by octet, with secrets of the test's own: for what node:tls does not do by itself. */
import { createCipheriv } from 'node:crypto';
import { expandLabel } from '../../../sensor/tls/key-schedule.ts';

const APPLICATION_DATA = 23;
const HANDSHAKE = 22;

function u16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff);
}

/** Octets behind their length in `size` octets. */
export function vector(size: 1 | 2 | 3, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const length = Buffer.alloc(size);
  length.writeUIntBE(content.length, 0, size);
  return Buffer.concat([length, content]);
}

export function record(type: number, body: Uint8Array, version = 0x0303): Buffer {
  return Buffer.concat([Buffer.of(type), u16(version), vector(2, body)]);
}

export function message(type: number, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(type), vector(3, body)]);
}

export function extension(code: number, body: Uint8Array = Buffer.alloc(0)): Buffer {
  return Buffer.concat([u16(code), vector(2, body)]);
}

export const codes = (...list: readonly number[]): Buffer => Buffer.concat(list.map(u16));

export interface MadeHello {
  readonly version?: number;
  readonly random?: Buffer;
  readonly suites: readonly number[];
  readonly extensions?: readonly Buffer[];
}

export function clientHello({ version = 0x0303, random, suites, extensions = [] }: MadeHello): Buffer {
  return message(
    1,
    Buffer.concat([
      ...[u16(version), random ?? Buffer.alloc(32, 1), vector(1, Buffer.alloc(0)), vector(2, codes(...suites))],
      ...[vector(1, Buffer.of(0)), ...(extensions.length > 0 ? [vector(2, ...extensions)] : [])],
    ]),
  );
}

export function serverHello(suite: number, extensions: readonly Buffer[], version = 0x0303): Buffer {
  const fixed = [u16(version), Buffer.alloc(32, 2), vector(1, Buffer.alloc(0)), u16(suite), Buffer.of(0)];
  return message(2, Buffer.concat([...fixed, ...(extensions.length > 0 ? [vector(2, ...extensions)] : [])]));
}

/** Protects records under one secret, in order (RFC 8446 §5.2), with AES-128-GCM. */
export class Sealer {
  #sequence = 0;
  #secret: Buffer;

  constructor(secret: Buffer) {
    this.#secret = secret;
  }

  seal(content: Uint8Array, type = APPLICATION_DATA, padding = 0): Buffer {
    const key = expandLabel('sha256', this.#secret, 'key', 16);
    const nonce = expandLabel('sha256', this.#secret, 'iv', 12);
    for (let i = 0, left = this.#sequence++; i < 4; i++, left = Math.floor(left / 256)) nonce[11 - i]! ^= left & 0xff;
    const inner = Buffer.concat([content, Buffer.of(type), Buffer.alloc(padding)]);
    const header = Buffer.concat([Buffer.of(APPLICATION_DATA), u16(0x0303), u16(inner.length + 16)]);
    const cipher = createCipheriv('aes-128-gcm', key, nonce).setAAD(header);
    return Buffer.concat([header, cipher.update(inner), cipher.final(), cipher.getAuthTag()]);
  }

  /** The key update and what it does to the sender's next records (RFC 8446 §4.6.3, §7.2). */
  update(): Buffer {
    const told = this.seal(message(24, Buffer.of(0)), HANDSHAKE);
    this.#secret = expandLabel('sha256', this.#secret, 'traffic upd', 32);
    this.#sequence = 0;
    return told;
  }
}

const labels = {
  early: 'CLIENT_EARLY_TRAFFIC_SECRET',
  clientHandshake: 'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
  serverHandshake: 'SERVER_HANDSHAKE_TRAFFIC_SECRET',
  client: 'CLIENT_TRAFFIC_SECRET_0',
  server: 'SERVER_TRAFFIC_SECRET_0',
} as const;

export type SecretName = keyof typeof labels;

/** A session's sealers and its key log. */
export class SealedSession {
  readonly random = Buffer.alloc(32, 9);
  readonly #secrets = new Map<SecretName, Buffer>();
  readonly #sealers = new Map<SecretName, Sealer>();

  constructor() {
    for (const [index, name] of (Object.keys(labels) as SecretName[]).entries()) {
      const secret = Buffer.alloc(32, 0x40 + index);
      this.#secrets.set(name, secret);
      this.#sealers.set(name, new Sealer(secret));
    }
  }

  under(name: SecretName): Sealer {
    return this.#sealers.get(name)!;
  }

  keyLog(...without: readonly SecretName[]): string {
    return [...this.#secrets]
      .filter(([name]) => !without.includes(name))
      .map(([name, secret]) => `${labels[name]} ${this.random.toString('hex')} ${secret.toString('hex')}\n`)
      .join('');
  }

  clientHello(...extensions: readonly Buffer[]): Buffer {
    const versions = extension(43, vector(1, codes(0x0304)));
    const hello = clientHello({ random: this.random, suites: [0x1301], extensions: [versions, ...extensions] });
    return record(HANDSHAKE, hello, 0x0301);
  }

  serverHello(): Buffer {
    return record(HANDSHAKE, serverHello(0x1301, [extension(43, codes(0x0304)), extension(51, codes(0x001d, 0))]));
  }

  /** EncryptedExtensions and Finished. */
  serverFlight(...extensions: readonly Buffer[]): Buffer {
    const messages = [message(8, vector(2, ...extensions)), message(20, Buffer.alloc(32))];
    return this.under('serverHandshake').seal(Buffer.concat(messages), HANDSHAKE);
  }

  clientFinished(): Buffer {
    return this.under('clientHandshake').seal(message(20, Buffer.alloc(32)), HANDSHAKE);
  }
}
