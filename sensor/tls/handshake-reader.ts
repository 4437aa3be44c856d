/** Reads the handshake of one connection: who is the client, what was agreed, which keys come next. */
import type { FlowView } from '../flow/conversation.ts';
import { C } from '../ledger.ts';
import type { Weird } from '../weird.ts';
import type { TlsContext } from './context.ts';
import type { ClientHello, ServerHello } from './hello.ts';
import { keyExchangeGroup, parseClientHello, parseEncryptedExtensions, parseServerHello } from './hello.ts';
import { parseSsl2Hello } from './hello-ssl2.ts';
import { Keying } from './keying.ts';
import type { MessageOwner } from './message-stream.ts';
import { cipherSuiteName } from './names/cipher-suites.ts';
import { Posture } from './posture.ts';
import { Aead13Opener, type RecordOpener } from './record-opener.ts';
import { APPLICATION_DATA } from './record-stream.ts';
import { is13 } from './session-keys.ts';
import type { Side } from './side.ts';

/** RFC 8446 §4, RFC 5246 §7.4. */
const HELLO_REQUEST = 0;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
const END_OF_EARLY_DATA = 5;
const ENCRYPTED_EXTENSIONS = 8;
const CERTIFICATE = 11;
const SERVER_KEY_EXCHANGE = 12;
const CERTIFICATE_REQUEST = 13;
const FINISHED = 20;
const KEY_UPDATE = 24;

/** Records that may be under a key which is not known, before one that is. */
const MAY_FAIL = 64;

export class HandshakeReader implements MessageOwner {
  readonly posture: Posture;
  /** Set right after construction; apart from it because each needs the other. */
  sides!: readonly [Side, Side];
  /** -1 while unknown. */
  client: 0 | 1 | -1 = -1;
  /** Both sides have agreed. */
  isOver = false;
  /** Chosen by the server; 0 before it was. */
  #version = 0;
  readonly #keying: Keying | null;
  /** Early data wait for what the server says of them. */
  #waitsForEarly = false;
  #earlyVerdict: boolean | null = null;

  constructor(
    private readonly context: TlsContext,
    private readonly flow: FlowView,
    private readonly note: (name: Weird) => void,
  ) {
    this.posture = new Posture(context.certificates);
    this.#keying = context.keys === null ? null : new Keying(context.keys, note);
  }

  /** A hello of either side was read. */
  get seen(): boolean {
    return this.client >= 0;
  }

  who(direction: 0 | 1): 'client' | 'server' {
    return direction === this.client ? 'client' : 'server';
  }

  /** Whether records of that type are protected in that direction now. */
  covers(direction: 0 | 1, type: number): boolean {
    if (this.#version === 0 || is13(this.#version)) return type === APPLICATION_DATA;
    const side = this.sides[direction];
    // Content before its ChangeCipherSpec: that one was lost.
    if (!side.changed && type === APPLICATION_DATA) this.changeCipherSpec(direction);
    return side.changed;
  }

  /** TLS 1.3 without the client's keys: its first protected record behind the server's hello ends the handshake. */
  settles(direction: 0 | 1): boolean {
    if (!is13(this.#version) || this.isOver || direction !== this.client) return false;
    this.isOver = this.sides[direction].opener === null && !this.#waitsForEarly;
    return this.isOver;
  }

  waitsForEarly(direction: 0 | 1): boolean {
    return this.#waitsForEarly && direction === this.client;
  }

  /** What the server said of early data, once. */
  takeEarlyVerdict(): boolean | null {
    const verdict = this.#earlyVerdict;
    this.#earlyVerdict = null;
    return verdict;
  }

  /** Openers that may be due when records were lost. */
  laterOpeners(direction: 0 | 1): readonly RecordOpener[] {
    if (!is13(this.#version) || this.sides[direction].epoch === 'traffic') return [];
    const opener = this.#keying?.opener(this.who(direction), 'traffic') ?? null;
    return opener === null ? [] : [opener];
  }

  // MessageOwner

  hold(octets: number): boolean {
    const { context } = this;
    if (octets > 0 && context.held + octets > context.limits.maxHeld) return false;
    context.held += octets;
    return true;
  }

  messageTooLong(): void {
    this.note('tls_handshake_too_long');
  }

  message(direction: 0 | 1, type: number, bytes: Buffer): void {
    if (!this.seen && type !== CLIENT_HELLO && type !== SERVER_HELLO && type !== HELLO_REQUEST) {
      // The middle of a connection: what looks like a message may be an encrypted one.
      this.note('tls_no_handshake');
      this.flow.ignore(C.encryptedFlowBytes);
      return;
    }
    try {
      this.#read(direction, type, bytes);
    } catch {
      this.note('tls_handshake_malformed');
    }
  }

  #read(direction: 0 | 1, type: number, bytes: Buffer): void {
    const side = this.sides[direction];
    switch (type) {
      case CLIENT_HELLO:
        this.#clientHello(direction, parseClientHello(bytes));
        break;
      case SERVER_HELLO:
        this.#serverHello(direction, parseServerHello(bytes));
        break;
      case ENCRYPTED_EXTENSIONS: {
        const { extensions, alpn, earlyData } = parseEncryptedExtensions(bytes);
        this.posture.encryptedExtensions(extensions, alpn);
        this.#decideEarly(earlyData);
        break;
      }
      case CERTIFICATE:
        if (!this.posture.chain(this.who(direction), bytes)) this.note('tls_certificate_malformed');
        break;
      case SERVER_KEY_EXCHANGE:
        if (/ECDHE/.test(cipherSuiteName(this.posture.server?.suite ?? 0))) {
          this.posture.keyExchange(keyExchangeGroup(bytes));
        }
        break;
      case CERTIFICATE_REQUEST:
        this.posture.clientAsked = true;
        break;
      case END_OF_EARLY_DATA:
        if (side.epoch === 'early') this.#enter(side, 'handshake');
        break;
      case FINISHED:
        if (is13(this.#version)) this.#enter(side, 'traffic');
        if (is13(this.#version) && direction === this.client) this.isOver = true;
        break;
      case KEY_UPDATE:
        // RFC 8446 §4.6.3: the records behind it are under the next key.
        if (side.opener instanceof Aead13Opener) side.opener.update();
        break;
    }
  }

  // Hellos

  ssl2Hello(direction: 0 | 1, bytes: Buffer): void {
    try {
      // The octet before the version is the message's type.
      this.#clientHello(direction, parseSsl2Hello(bytes.subarray(1)));
    } catch {
      this.note('tls_handshake_malformed');
    }
  }

  #clientHello(direction: 0 | 1, hello: ClientHello): void {
    if (this.client < 0) this.client = direction;
    if (direction !== this.client) throw new RangeError('a ClientHello of the server');
    if (hello.malformed) this.note('tls_handshake_malformed');
    this.posture.clientHello(hello);
    this.#keying?.clientHello(hello, this.flow.clock);
    this.#waitsForEarly = hello.earlyData && this.#version === 0 && (this.#keying?.hasEarly ?? false);
  }

  #serverHello(direction: 0 | 1, hello: ServerHello): void {
    const client = direction === 0 ? 1 : 0;
    if (this.client < 0) this.client = client;
    if (client !== this.client) throw new RangeError('a ServerHello of the client');
    if (hello.malformed) this.note('tls_handshake_malformed');
    if (hello.isRetry) {
      this.#decideEarly(false);
      return;
    }
    this.#version = hello.version;
    this.posture.serverHello(hello);
    const keying = this.#keying;
    if (keying === null) return;
    keying.serverHello(hello, this.flow.clock);
    if (!is13(hello.version)) {
      this.#decideEarly(false);
      return;
    }
    this.#enter(this.sides[direction], 'handshake');
    if (!this.#waitsForEarly) this.#enter(this.sides[client], 'handshake');
    // Its answer to early data cannot be read.
    if (this.sides[direction].epoch !== 'handshake' || this.sides[direction].opener === null) this.#decideEarly(false);
    if (this.posture.earlyData && !this.#waitsForEarly) this.sides[client].mayFail = MAY_FAIL;
  }

  #decideEarly(accepted: boolean): void {
    if (!this.#waitsForEarly) return;
    this.#waitsForEarly = false;
    this.#earlyVerdict = accepted;
    const side = this.sides[this.client as 0 | 1];
    if (!is13(this.#version)) return;
    this.#enter(side, accepted ? 'early' : 'handshake');
    if (!accepted) side.mayFail = MAY_FAIL;
  }

  /** The next records of that side are of another part of the session. */
  #enter(side: Side, epoch: Side['epoch']): void {
    const who = this.who(side.direction);
    side.epoch = epoch;
    side.opener = this.#keying?.opener(who, epoch) ?? null;
    if (side.opener !== null || epoch !== 'handshake') return;
    // Records of the handshake stay dark; those behind them need not.
    side.epoch = 'traffic';
    side.opener = this.#keying?.opener(who, 'traffic') ?? null;
    side.mayFail = MAY_FAIL;
  }

  /** TLS 1.2 and before (RFC 5246 §7.1); in TLS 1.3 it means nothing (RFC 8446 §5). */
  changeCipherSpec(direction: 0 | 1): void {
    if (this.#version === 0 || is13(this.#version)) return;
    const side = this.sides[direction];
    side.messages.drop();
    side.changed = true;
    side.opener = this.#keying?.changed(this.who(direction)) ?? null;
    const other = this.sides[direction === 0 ? 1 : 0];
    if (direction !== this.client && !other.changed) this.posture.abbreviated = true;
    if (other.changed) this.isOver = true;
  }
}
