/** The readers that are generated from handshake.ksy, typed by hand. They throw on octets that do not fit. */
import { load, type ReaderStream, type Structure, streamOver } from '../../capture/formats/readers.ts';

/** Field names and meanings as in handshake.ksy. */
interface CodeList {
  readonly list: { readonly entries: readonly number[] };
}

export interface ClientHelloBody {
  readonly version: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly cipherSuites: CodeList;
  readonly extensions: Uint8Array;
}

export interface ServerHelloBody {
  readonly version: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly cipherSuite: number;
  readonly compressionMethod: number;
  readonly extensions: Uint8Array;
}

interface ExtensionBody {
  readonly code: number;
  readonly body: Uint8Array;
}

interface CertificateBody {
  readonly der: Uint8Array;
}

interface HandshakeReaders {
  readonly Handshake: {
    readonly ClientHello: Structure<ClientHelloBody>;
    readonly ServerHello: Structure<ServerHelloBody>;
    readonly Extension: Structure<ExtensionBody>;
    readonly Codes: Structure<CodeList>;
    readonly ShortCodes: Structure<CodeList>;
    readonly Octets: Structure<{ readonly entries: Uint8Array }>;
    readonly ServerNames: Structure<{
      readonly list: { readonly entries: readonly { readonly kind: number; readonly name: Uint8Array }[] };
    }>;
    readonly Protocols: Structure<{ readonly list: { readonly entries: readonly { readonly name: Uint8Array }[] } }>;
    readonly Certificate: Structure<CertificateBody>;
    readonly Certificate13: Structure<CertificateBody>;
  };
}

const readers = () => load<HandshakeReaders>('handshake', 'sensor/tls/formats').Handshake;

function over<T>(type: Structure<T>, bytes: Uint8Array): T {
  return new type(streamOver(bytes), null, null);
}

/** Everything of one kind that lies in `bytes`, one after the other, up to the first that does not fit or is too many. */
function walk<T>(type: Structure<T>, bytes: Uint8Array, limit: number): { found: T[]; whole: boolean } {
  const io: ReaderStream = streamOver(bytes);
  const found: T[] = [];
  try {
    while (io.pos < io.size && found.length < limit) found.push(new type(io, null, null));
  } catch {
    return { found, whole: false };
  }
  return { found, whole: io.pos === io.size };
}

export const readClientHello = (bytes: Uint8Array): ClientHelloBody => over(readers().ClientHello, bytes);
export const readServerHello = (bytes: Uint8Array): ServerHelloBody => over(readers().ServerHello, bytes);
export const readCodes = (bytes: Uint8Array): readonly number[] => over(readers().Codes, bytes).list.entries;
export const readShortCodes = (bytes: Uint8Array): readonly number[] => over(readers().ShortCodes, bytes).list.entries;
export const readOctets = (bytes: Uint8Array): readonly number[] => [...over(readers().Octets, bytes).entries];

/** The first host name of a server_name extension, as sent; undefined when there is none. */
export function readServerName(bytes: Uint8Array): Uint8Array | undefined {
  return over(readers().ServerNames, bytes).list.entries.find(({ kind }) => kind === 0)?.name;
}

export function readProtocols(bytes: Uint8Array): readonly Uint8Array[] {
  return over(readers().Protocols, bytes).list.entries.map(({ name }) => name);
}

export function walkExtensions(bytes: Uint8Array, limit: number): { found: readonly ExtensionBody[]; whole: boolean } {
  return walk(readers().Extension, bytes, limit);
}

/** The certificates of a Certificate message; `is13` tells which of its two forms it has. */
export function walkCertificates(
  bytes: Uint8Array,
  is13: boolean,
  limit: number,
): { found: readonly CertificateBody[]; whole: boolean } {
  // A context and a length go before the list, the context in TLS 1.3 alone; what the length says is not needed.
  const begin = is13 ? 1 + (bytes[0] ?? 0) + 3 : 3;
  const list = bytes.subarray(Math.min(begin, bytes.length));
  return walk(is13 ? readers().Certificate13 : readers().Certificate, list, limit);
}
