/**
 * The PROXY protocol's header (versions 1 and 2), which a load balancer writes before the first octet of a connection.
 * Pure on octets: whoever owns the stream decides whether the sender may be believed.
 */
import { formatAddress, parseAddress } from './address.ts';

export interface ProxyHeader {
  readonly version: 1 | 2;
  /** `local`: the balancer's own health check; the connection's addresses stand. */
  readonly command: 'proxy' | 'local';
  /** Canonical text; empty when the header names none (`UNKNOWN`, `local`, UNIX sockets). */
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  /** Octets of the header: what follows is the connection. */
  readonly length: number;
}

/** `absent`: the octets begin with something else. `partial`: more octets may complete it. `bad`: a broken header. */
export type ProxyHeaderResult = ProxyHeader | 'absent' | 'partial' | 'bad';

const signature = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a);
const word = Uint8Array.of(0x50, 0x52, 0x4f, 0x58, 0x59, 0x20); // "PROXY "
/** Longest line of version 1 with its CRLF. */
const longestLine = 107;
/** Longest header of version 2 that is taken: addresses and some type-length-values. */
const longestBinary = 4096;
const words = new Uint32Array(4);

export function parseProxyHeader(bytes: Uint8Array): ProxyHeaderResult {
  if (begins(bytes, word)) return bytes.length < word.length ? 'partial' : parseLine(bytes);
  if (begins(bytes, signature)) return bytes.length < 16 ? 'partial' : parseBinary(bytes);
  return 'absent';
}

/** True when the octets there are agree with the mark, which may be longer. */
function begins(bytes: Uint8Array, mark: Uint8Array): boolean {
  if (bytes.length === 0) return false;
  for (let i = 0; i < mark.length && i < bytes.length; i++) if (bytes[i] !== mark[i]) return false;
  return true;
}

function parseLine(bytes: Uint8Array): ProxyHeaderResult {
  const limit = Math.min(bytes.length, longestLine);
  let end = 0;
  while (end < limit && bytes[end] !== 0x0a) end++;
  if (end === limit) return bytes.length < longestLine ? 'partial' : 'bad';
  if (bytes[end - 1] !== 0x0d) return 'bad';
  const [, protocol, source, destination, sourcePort, destinationPort, ...rest] = Buffer.from(
    bytes.buffer,
    bytes.byteOffset,
    end - 1,
  )
    .toString('latin1')
    .split(' ');
  const length = end + 1;
  if (protocol === 'UNKNOWN') return header(1, 'proxy', '', 0, '', 0, length);
  const family = protocol === 'TCP4' ? 4 : protocol === 'TCP6' ? 6 : 0;
  if (family === 0 || rest.length > 0) return 'bad';
  const from = addressIn(source);
  const to = addressIn(destination);
  const fromPort = portIn(sourcePort);
  const toPort = portIn(destinationPort);
  if (from === '' || to === '' || fromPort < 0 || toPort < 0) return 'bad';
  return header(1, 'proxy', from, fromPort, to, toPort, length);
}

function addressIn(text: string | undefined): string {
  if (text === undefined) return '';
  const family = parseAddress(text, 0, text.length, words);
  return family === 0 ? '' : formatAddress(family, words);
}

function portIn(text: string | undefined): number {
  if (text === undefined || !/^(?:0|[1-9]\d{0,4})$/.test(text)) return -1;
  const port = Number(text);
  return port <= 65535 ? port : -1;
}

function parseBinary(bytes: Uint8Array): ProxyHeaderResult {
  const versionAndCommand = bytes[12]!;
  const familyAndProtocol = bytes[13]!;
  const length = 16 + bytes[14]! * 256 + bytes[15]!;
  if (versionAndCommand >> 4 !== 2 || length > longestBinary) return 'bad';
  const command = versionAndCommand & 15;
  if (command > 1) return 'bad';
  if (bytes.length < length) return 'partial';
  if (command === 0) return header(2, 'local', '', 0, '', 0, length);
  const family = familyAndProtocol >> 4;
  if (family === 1) {
    if (length < 16 + 12) return 'bad';
    return header(2, 'proxy', ipv4At(bytes, 16), port(bytes, 24), ipv4At(bytes, 20), port(bytes, 26), length);
  }
  if (family === 2) {
    if (length < 16 + 36) return 'bad';
    return header(2, 'proxy', ipv6At(bytes, 16), port(bytes, 48), ipv6At(bytes, 32), port(bytes, 50), length);
  }
  // Unspecified and UNIX sockets name no IP address.
  return family <= 3 ? header(2, 'proxy', '', 0, '', 0, length) : 'bad';
}

function port(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 256 + bytes[at + 1]!;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

function ipv4At(bytes: Uint8Array, at: number): string {
  words[3] = wordAt(bytes, at);
  return formatAddress(4, words);
}

function ipv6At(bytes: Uint8Array, at: number): string {
  for (let i = 0; i < 4; i++) words[i] = wordAt(bytes, at + 4 * i);
  const isMapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
  return formatAddress(isMapped ? 4 : 6, words);
}

function header(
  version: 1 | 2,
  command: 'proxy' | 'local',
  source: string,
  sourcePort: number,
  destination: string,
  destinationPort: number,
  length: number,
): ProxyHeader {
  return { version, command, source, sourcePort, destination, destinationPort, length };
}
