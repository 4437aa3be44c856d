/**
 * The sensor's second contract: what a TLS connection agreed on before it went dark. One record a connection, told once,
 * when the handshake is over or the connection has ended without it. Plain, readonly, JSON-safe.
 */

/** A certificate as it lay in the handshake. Texts are cut at 256 characters, lists at 64 entries. */
export interface TlsCertificate {
  /** SHA-256 of its octets, lower-case hex. */
  readonly fingerprint: string;
  /** Names in RFC 4514 form, most general last; empty when they could not be read. */
  readonly subject: string;
  readonly issuer: string;
  /** Lower-case hex. */
  readonly serial: string;
  /** Integer µs since 1970; 0 when it could not be read. */
  readonly notBefore: number;
  /** The same; `Number.MAX_SAFE_INTEGER`, in 2255, for that and all that is later. */
  readonly notAfter: number;
  /** `RSA`, `EC`, `SM2`, `Ed25519`, `DSA` …; the object identifier when it has no name here. */
  readonly keyType: string;
  /** Bits of the key; 0 when unknown. */
  readonly keyBits: number;
  /** `sha256WithRSAEncryption`, `SM2-with-SM3` …; the object identifier when it has no name here. */
  readonly signature: string;
  /** Subject alternative names: DNS names and addresses as they are, others as `email:…`, `uri:…`. */
  readonly names: readonly string[];
  /** Subject and issuer are the same. */
  readonly selfIssued: boolean;
}

export interface TlsAlert {
  readonly from: 'client' | 'server';
  readonly level: 'warning' | 'fatal';
  /** IANA's name (`handshake_failure`). */
  readonly name: string;
}

/** `complete`: both sides agreed. `refused`: a fatal alert came first. `unfinished`: the connection ended, or was lost, before. */
export type TlsOutcome = 'complete' | 'refused' | 'unfinished';

export interface TlsHandshake {
  /** Packet time of its first octet and of what ended it, integer µs since 1970. */
  readonly ts: number;
  readonly endTs: number;
  readonly outcome: TlsOutcome;
  /** Chosen by the server (`TLS 1.3`, `TLCP 1.1`); empty when no ServerHello was seen. */
  readonly version: string;
  /** Offered by the client, best first; a client without the list offers one. Reserved values (RFC 8701) are left out everywhere. */
  readonly versions: readonly string[];
  /** Chosen by the server: IANA's name; empty when no ServerHello was seen. */
  readonly suite: string;
  /** Offered by the client, in its order. */
  readonly suites: readonly string[];
  /** Server name the client asked for, lower case; empty when it asked for none. */
  readonly sni: string;
  /** Chosen application protocol; empty when none was, or when it lies in the encrypted part. */
  readonly alpn: string;
  readonly protocols: readonly string[];
  /** Names of the client's extensions and of the server's, in wire order. */
  readonly extensions: readonly string[];
  readonly serverExtensions: readonly string[];
  /** Group of the key exchange; empty when it has none or it could not be seen. */
  readonly group: string;
  readonly groups: readonly string[];
  readonly signatureSchemes: readonly string[];
  /** JA3 (MD5 in hex) and JA4 of the client; empty without a ClientHello of SSL 3.0 or later. */
  readonly ja3: string;
  readonly ja4: string;
  /** Of the server, its own first. Empty when it sent none, or encrypted. */
  readonly certificates: readonly TlsCertificate[];
  /** The server asked for a certificate of the client; what the client sent, its own first. */
  readonly clientAsked: boolean;
  readonly clientCertificates: readonly TlsCertificate[];
  /** An earlier session was taken up again. */
  readonly resumed: boolean;
  /** Content is compressed before it is encrypted, which tells of it by its length (RFC 3749; CRIME). */
  readonly compressed: boolean;
  /** The client sent data before the server answered (0-RTT). */
  readonly earlyData: boolean;
  /** The client offered to encrypt its hello (ECH); servers' names may be a cover then. */
  readonly encryptedHello: boolean;
  /** In the order they came, the first eight. */
  readonly alerts: readonly TlsAlert[];
  /** Keys of its content were in a key log. */
  readonly decrypted: boolean;
  /** Names of oddities (weird.ts), sorted, each once. */
  readonly weird: readonly string[];
}
