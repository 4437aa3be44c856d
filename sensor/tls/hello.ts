/** ClientHello and ServerHello (RFC 8446 §4.1, RFC 5246 §7.4.1, GB/T 38636 §6.4.5.2) as plain facts. */
import {
  readClientHello,
  readCodes,
  readOctets,
  readProtocols,
  readServerHello,
  readServerName,
  readShortCodes,
  walkExtensions,
} from './formats/readers.ts';
import { MAX_LIST } from './limits.ts';

const SERVER_NAME = 0;
const SUPPORTED_GROUPS = 10;
const EC_POINT_FORMATS = 11;
const SIGNATURE_ALGORITHMS = 13;
const ALPN = 16;
const ENCRYPT_THEN_MAC = 22;
const PRE_SHARED_KEY = 41;
const EARLY_DATA = 42;
const SUPPORTED_VERSIONS = 43;
const KEY_SHARE = 51;
const ENCRYPTED_CLIENT_HELLO = 0xfe0d;

export interface ClientHello {
  readonly version: number;
  readonly random: Buffer;
  readonly sessionId: Buffer;
  readonly suites: readonly number[];
  /** In wire order, reserved values and repetitions included. */
  readonly extensions: readonly number[];
  /** Undefined without the extension; empty when it holds no host name. */
  readonly sni: string | undefined;
  /** One char an octet. */
  readonly protocols: readonly string[];
  readonly groups: readonly number[];
  readonly pointFormats: readonly number[];
  readonly signatureSchemes: readonly number[];
  readonly versions: readonly number[];
  readonly earlyData: boolean;
  readonly encryptedHello: boolean;
  /** In the form of SSL 2.0, which fingerprints do not cover. */
  readonly isSsl2: boolean;
  /** Something in it could not be read. */
  readonly malformed: boolean;
}

export interface ServerHello {
  readonly version: number;
  readonly random: Buffer;
  readonly sessionId: Buffer;
  readonly suite: number;
  readonly extensions: readonly number[];
  readonly alpn: string;
  /** Of the key share; 0 when none was sent. */
  readonly group: number;
  readonly preSharedKey: boolean;
  readonly encryptThenMac: boolean;
  /** Content is compressed before it is encrypted (RFC 3749). */
  readonly compresses: boolean;
  /** It asks for another ClientHello (RFC 8446 §4.1.4). */
  readonly isRetry: boolean;
  readonly malformed: boolean;
}

/** Characters of a name that is shown. */
const MAX_NAME = 255;

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, MAX_NAME)).toString('latin1');
}

/** Names come from anybody: what is no host name is shown by its octets' codes. */
function hostName(bytes: Uint8Array): string {
  return latin1(bytes)
    .toLowerCase()
    .replace(/[^a-z0-9._:-]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** Calls `read` for each extension; one that cannot be read costs itself. True when all could. */
function eachExtension(bytes: Uint8Array, codes: number[], read: (code: number, body: Uint8Array) => void): boolean {
  const { found, whole } = walkExtensions(bytes, MAX_LIST);
  let good = whole;
  for (const { code, body } of found) {
    codes.push(code);
    try {
      read(code, body);
    } catch {
      good = false;
    }
  }
  return good;
}

/** Throws when the fixed part does not fit. */
export function parseClientHello(bytes: Uint8Array): ClientHello {
  const body = readClientHello(bytes);
  const extensions: number[] = [];
  let sni: string | undefined;
  let protocols: readonly string[] = [];
  let groups: readonly number[] = [];
  let pointFormats: readonly number[] = [];
  let signatureSchemes: readonly number[] = [];
  let versions: readonly number[] = [];
  let earlyData = false;
  let encryptedHello = false;
  const whole = eachExtension(body.extensions, extensions, (code, octets) => {
    switch (code) {
      case SERVER_NAME:
        sni ??= '';
        if (octets.length > 0) sni = hostName(readServerName(octets) ?? new Uint8Array(0));
        break;
      case SUPPORTED_GROUPS:
        groups = readCodes(octets).slice(0, MAX_LIST);
        break;
      case EC_POINT_FORMATS:
        pointFormats = readOctets(octets);
        break;
      case SIGNATURE_ALGORITHMS:
        signatureSchemes = readCodes(octets).slice(0, MAX_LIST);
        break;
      case ALPN:
        protocols = readProtocols(octets).slice(0, MAX_LIST).map(latin1);
        break;
      case EARLY_DATA:
        earlyData = true;
        break;
      case SUPPORTED_VERSIONS:
        versions = readShortCodes(octets);
        break;
      case ENCRYPTED_CLIENT_HELLO:
        encryptedHello = true;
        break;
    }
  });
  return {
    version: body.version,
    random: Buffer.from(body.random),
    sessionId: Buffer.from(body.sessionId),
    suites: body.cipherSuites.list.entries.slice(0, MAX_LIST),
    extensions,
    sni,
    protocols,
    groups,
    pointFormats,
    signatureSchemes,
    versions,
    earlyData,
    encryptedHello,
    isSsl2: false,
    malformed: !whole,
  };
}

/** SHA-256 of «HelloRetryRequest» (RFC 8446 §4.1.3). */
const retryRandom = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex');

/** Drafts of TLS 1.3 before the 22nd left two fields out: the session id, and the compression method behind the suite. */
function filledUp(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x7f || bytes[1]! >= 22) return bytes;
  return Buffer.concat([
    bytes.subarray(0, 34),
    Buffer.alloc(1),
    bytes.subarray(34, 36),
    Buffer.alloc(1),
    bytes.subarray(36),
  ]);
}

/** Throws when the fixed part does not fit. */
export function parseServerHello(bytes: Uint8Array): ServerHello {
  const body = readServerHello(filledUp(bytes));
  const extensions: number[] = [];
  let { version } = body;
  let alpn = '';
  let group = 0;
  let preSharedKey = false;
  let encryptThenMac = false;
  const whole = eachExtension(body.extensions, extensions, (code, octets) => {
    const first = octets.length >= 2 ? (octets[0]! << 8) | octets[1]! : 0;
    if (code === SUPPORTED_VERSIONS && octets.length === 2) version = first;
    else if (code === KEY_SHARE) group = first;
    else if (code === ALPN) alpn = latin1(readProtocols(octets)[0] ?? new Uint8Array(0));
    else if (code === PRE_SHARED_KEY) preSharedKey = true;
    else if (code === ENCRYPT_THEN_MAC) encryptThenMac = true;
  });
  const random = Buffer.from(body.random);
  return {
    version,
    random,
    sessionId: Buffer.from(body.sessionId),
    suite: body.cipherSuite,
    extensions,
    alpn,
    group,
    preSharedKey,
    encryptThenMac,
    compresses: body.compressionMethod !== 0,
    isRetry: random.equals(retryRandom),
    malformed: !whole,
  };
}

/** What a server says encrypted in TLS 1.3 (RFC 8446 §4.3.1). */
export function parseEncryptedExtensions(bytes: Uint8Array): {
  readonly extensions: readonly number[];
  readonly alpn: string;
  readonly earlyData: boolean;
} {
  const extensions: number[] = [];
  let alpn = '';
  eachExtension(bytes.subarray(2), extensions, (code, octets) => {
    if (code === ALPN) alpn = latin1(readProtocols(octets)[0] ?? new Uint8Array(0));
  });
  return { extensions, alpn, earlyData: extensions.includes(EARLY_DATA) };
}

/** The named curve of an ECDHE ServerKeyExchange (RFC 8422 §5.4); 0 when it names none. */
export function keyExchangeGroup(bytes: Uint8Array): number {
  return bytes.length >= 4 && bytes[0] === 3 ? (bytes[1]! << 8) | bytes[2]! : 0;
}
