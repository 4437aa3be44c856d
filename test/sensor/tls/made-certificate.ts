/** Certificates for tests, written octet by octet: self-signed, or with a signature of nobody's where only reading is tested. */
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';

export function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80
      ? [length]
      : length < 0x100
        ? [0x81, length]
        : length < 0x10000
          ? [0x82, length >> 8, length & 0xff]
          : [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => element(0x30, ...parts);

function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const octets = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return element(0x06, Buffer.from(octets));
}

const bits = (octets: Uint8Array): Buffer => element(0x03, Buffer.of(0), octets);
const utf8 = (value: string): Buffer => element(0x0c, Buffer.from(value));

/** `[type, value]` pairs, each a relative name of its own. */
export function name(...attributes: readonly (readonly [type: string, value: string])[]): Buffer {
  return sequence(...attributes.map(([type, value]) => element(0x31, sequence(identifier(type), utf8(value)))));
}

export interface MadeCertificate {
  readonly subject: Buffer;
  readonly issuer?: Buffer;
  /** Encoded times; 2025 to 2035 when absent. */
  readonly validity?: readonly [Buffer, Buffer];
  /** SubjectPublicKeyInfo. */
  readonly key: Uint8Array;
  /** Encoded GeneralNames. */
  readonly names?: readonly Buffer[];
  readonly signature?: string;
  readonly sign?: (body: Buffer) => Buffer;
}

export const time = (text: string): Buffer => element(text.length === 13 ? 0x17 : 0x18, Buffer.from(text));
export const dnsName = (text: string): Buffer => element(0x82, Buffer.from(text));

export function certificate(made: MadeCertificate): Buffer {
  const { subject, issuer = subject, key, names = [], signature = '1.2.840.113549.1.1.11' } = made;
  const algorithm = sequence(identifier(signature));
  const [from, until] = made.validity ?? [time('250101000000Z'), time('20350101000000Z')];
  const alternatives = sequence(sequence(identifier('2.5.29.17'), element(0x04, sequence(...names))));
  const body = sequence(
    element(0xa0, element(0x02, Buffer.of(2))),
    element(0x02, Buffer.from('00a1b2c3', 'hex')),
    algorithm,
    issuer,
    sequence(from, until),
    subject,
    key,
    ...(names.length > 0 ? [element(0xa3, alternatives)] : []),
  );
  return sequence(body, algorithm, bits(made.sign?.(body) ?? Buffer.alloc(8)));
}

export interface Identity {
  readonly key: string;
  readonly cert: string;
}

function pem(der: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

/** A key and its self-signed certificate, as node:tls wants them. */
export function identity(kind: 'rsa' | 'ec', commonName: string): Identity {
  const pair: { publicKey: KeyObject; privateKey: KeyObject } =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = certificate({
    subject: name(['2.5.4.6', 'CN'], ['2.5.4.10', 'Test, Ltd'], ['2.5.4.3', commonName]),
    key: pair.publicKey.export({ type: 'spki', format: 'der' }),
    names: [dnsName(commonName), dnsName(`www.${commonName}`), element(0x87, Buffer.of(10, 0, 0, 1))],
    signature: kind === 'rsa' ? '1.2.840.113549.1.1.11' : '1.2.840.10045.4.3.2',
    sign: (body) => createSign('sha256').update(body).sign(pair.privateKey),
  });
  return { key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, cert: pem(der) };
}
