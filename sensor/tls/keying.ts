/** Which keys a connection's records are under, by what the key log says of it. One a connection, made when it has a key log. */
import type { Weird } from '../weird.ts';
import type { ClientHello, ServerHello } from './hello.ts';
import type { KeyLog, SessionSecrets } from './key-log.ts';
import type { RecordOpener } from './record-opener.ts';
import { type Epoch, opener13, openers12, TLS13 } from './session-keys.ts';
import { protectionOf } from './suite.ts';

type Who = 'client' | 'server';

export class Keying {
  #secrets: SessionSecrets | undefined;
  #client: ClientHello | null = null;
  #server: ServerHello | null = null;
  #openers12: readonly [RecordOpener, RecordOpener] | null = null;

  constructor(
    private readonly log: KeyLog,
    private readonly note: (name: Weird) => void,
  ) {}

  /** `clock`: packet time, µs. */
  clientHello(hello: ClientHello, clock: number): void {
    this.#client = hello;
    this.#secrets = this.log.find(hello.random, clock);
    this.#openers12 = null;
  }

  /** Early data of this connection could be read. */
  get hasEarly(): boolean {
    return this.#secrets?.clientEarly !== undefined;
  }

  serverHello(hello: ServerHello, clock: number): void {
    this.#server = hello;
    this.#openers12 = null;
    // Key logs are written as handshakes go on: there may be more than there was.
    if (this.#client !== null) this.#secrets = this.log.find(this.#client.random, clock);
    if (this.#secrets === undefined && !this.log.isEmpty) this.note('tls_key_unknown');
  }

  /** TLS 1.2 and before: the opener of records behind this side's ChangeCipherSpec. */
  changed(who: Who): RecordOpener | null {
    const client = this.#client;
    const server = this.#server;
    const master = this.#secrets?.master;
    if (client === null || server === null || master === undefined) return null;
    if (server.compresses) {
      this.note('tls_compressed');
      return null;
    }
    if (this.#openers12 === null) {
      const { version, suite, encryptThenMac } = server;
      const agreed = { version, suite, encryptThenMac, clientRandom: client.random, serverRandom: server.random };
      this.#openers12 = openers12(agreed, master);
      if (this.#openers12 === null) this.note('tls_cipher_unsupported');
    }
    return this.#openers12?.[who === 'client' ? 0 : 1] ?? null;
  }

  /** TLS 1.3: the opener of this side's records in `epoch`. */
  opener(who: Who, epoch: Epoch): RecordOpener | null {
    const server = this.#server;
    const secrets = this.#secrets;
    if (server === null || secrets === undefined) return null;
    if (server.version !== TLS13 || protectionOf(server.suite) === null) {
      this.note('tls_cipher_unsupported');
      return null;
    }
    return opener13(server.suite, secrets, who, epoch);
  }
}
