/** What the handshake messages of one connection say, gathered to a TlsHandshake. */
import type { TlsAlert, TlsCertificate, TlsHandshake, TlsOutcome } from '../handshake.ts';
import type { Weird } from '../weird.ts';
import type { CertificateCache } from './certificate.ts';
import { ja3, ja4 } from './fingerprint.ts';
import { walkCertificates } from './formats/readers.ts';
import type { ClientHello, ServerHello } from './hello.ts';
import { MAX_CHAIN } from './limits.ts';
import { cipherSuiteName } from './names/cipher-suites.ts';
import { alertName, extensionName, groupName, isGrease, signatureSchemeName, versionName } from './names/parameters.ts';
import { is13 } from './session-keys.ts';

const MAX_ALERTS = 8;

function named(codes: readonly number[], name: (code: number) => string): string[] {
  return codes.filter((code) => !isGrease(code)).map(name);
}

export class Posture {
  #begin = 0;
  #client: ClientHello | null = null;
  #server: ServerHello | null = null;
  #alpn = '';
  #group = 0;
  #serverExtensions: number[] = [];
  #certificates: readonly TlsCertificate[] = [];
  #clientCertificates: readonly TlsCertificate[] = [];
  readonly #alerts: TlsAlert[] = [];
  readonly #weird = new Set<Weird>();
  clientAsked = false;
  /** The server's ChangeCipherSpec came before the client's: an abbreviated handshake (RFC 5246 §7.3). */
  abbreviated = false;
  earlyData = false;
  decrypted = false;
  outcome: TlsOutcome = 'unfinished';

  constructor(private readonly certificates: CertificateCache) {}

  get client(): ClientHello | null {
    return this.#client;
  }

  get server(): ServerHello | null {
    return this.#server;
  }

  /** Packet time of what was seen first. */
  begin(ts: number): void {
    if (this.#begin === 0) this.#begin = ts;
  }

  note(name: Weird): void {
    this.#weird.add(name);
  }

  /** The first one tells; what a client says again when asked to is the same in all that is told here. */
  clientHello(hello: ClientHello): void {
    this.#client ??= hello;
    this.earlyData ||= hello.earlyData;
  }

  serverHello(hello: ServerHello): void {
    this.#server = hello;
    this.#alpn = hello.alpn;
    if (hello.group !== 0) this.#group = hello.group;
    this.#serverExtensions = [...hello.extensions];
  }

  encryptedExtensions(extensions: readonly number[], alpn: string): void {
    this.#serverExtensions.push(...extensions);
    if (alpn !== '') this.#alpn = alpn;
  }

  keyExchange(group: number): void {
    if (group !== 0) this.#group = group;
  }

  /** Reads a Certificate message. False when some of it could not be read. */
  chain(from: 'client' | 'server', bytes: Uint8Array): boolean {
    const { found, whole } = walkCertificates(bytes, is13(this.#server?.version ?? 0), MAX_CHAIN);
    const read = found.map(({ der }) => this.certificates.read(der));
    const told = read.map(({ certificate }) => certificate);
    if (from === 'client') this.#clientCertificates = told;
    else this.#certificates = told;
    return (whole || found.length === MAX_CHAIN) && read.every(({ malformed }) => !malformed);
  }

  alert(from: 'client' | 'server', level: number, code: number): void {
    if (this.#alerts.length >= MAX_ALERTS) return;
    this.#alerts.push({ from, level: level === 2 ? 'fatal' : 'warning', name: alertName(code) });
    if (level === 2 && this.outcome === 'unfinished') this.outcome = 'refused';
  }

  /** RFC 5246 §7.3, RFC 8446 §2.2. */
  get #resumed(): boolean {
    const client = this.#client;
    const server = this.#server;
    if (client === null || server === null) return false;
    if (is13(server.version)) return server.preSharedKey;
    if (this.outcome !== 'complete' || this.#certificates.length > 0) return false;
    return this.abbreviated || (server.sessionId.length > 0 && server.sessionId.equals(client.sessionId));
  }

  told(endTs: number): TlsHandshake {
    const client = this.#client;
    const server = this.#server;
    const offered = client === null ? [] : client.versions.length > 0 ? client.versions : [client.version];
    return {
      ts: this.#begin,
      endTs,
      outcome: this.outcome,
      version: server === null ? '' : versionName(server.version),
      versions: named(offered, versionName),
      suite: server === null ? '' : cipherSuiteName(server.suite),
      suites: named(client?.suites ?? [], cipherSuiteName),
      sni: client?.sni ?? '',
      alpn: this.#alpn,
      protocols: client?.protocols ?? [],
      extensions: named(client?.extensions ?? [], extensionName),
      serverExtensions: named(this.#serverExtensions, extensionName),
      group: this.#group === 0 ? '' : groupName(this.#group),
      groups: named(client?.groups ?? [], groupName),
      signatureSchemes: named(client?.signatureSchemes ?? [], signatureSchemeName),
      ja3: client === null || client.isSsl2 ? '' : ja3(client),
      ja4: client === null || client.isSsl2 ? '' : ja4(client),
      certificates: this.#certificates,
      clientAsked: this.clientAsked,
      clientCertificates: this.#clientCertificates,
      resumed: this.#resumed,
      compressed: server?.compresses ?? false,
      earlyData: this.earlyData,
      encryptedHello: client?.encryptedHello ?? false,
      alerts: this.#alerts,
      decrypted: this.decrypted,
      weird: [...this.#weird].sort(),
    };
  }
}
