/** Session secrets by the client's random: the NSS key log format (draft-ietf-tls-keylogfile), as SSLKEYLOGFILE makes it. */
import { type SecretsMemory, SecretsReader } from './secrets.ts';

/** What is known of one session. */
export interface SessionSecrets {
  /** TLS 1.2 and before: the master secret. */
  master?: Buffer;
  /** TLS 1.3 (RFC 8446 §7.1). */
  clientEarly?: Buffer;
  clientHandshake?: Buffer;
  serverHandshake?: Buffer;
  clientTraffic?: Buffer;
  serverTraffic?: Buffer;
}

const fields: Readonly<Record<string, keyof SessionSecrets>> = {
  CLIENT_RANDOM: 'master',
  CLIENT_EARLY_TRAFFIC_SECRET: 'clientEarly',
  CLIENT_HANDSHAKE_TRAFFIC_SECRET: 'clientHandshake',
  SERVER_HANDSHAKE_TRAFFIC_SECRET: 'serverHandshake',
  CLIENT_TRAFFIC_SECRET_0: 'clientTraffic',
  SERVER_TRAFFIC_SECRET_0: 'serverTraffic',
};

const LINE = /^([A-Z_0-9]+) ([0-9A-Fa-f]{64}) ([0-9A-Fa-f]{64,128})\s*$/;

/** The secrets one shard knows. Bounded by the memory they come from; lines of other kinds are passed over. */
export class KeyLog {
  readonly #sessions = new Map<string, SessionSecrets>();
  readonly #source: SecretsReader | null;

  constructor(memory: SecretsMemory | null = null) {
    this.#source = memory === null ? null : new SecretsReader(memory);
  }

  /** Takes the lines of a key log. Returns how many held a secret. */
  add(text: string): number {
    let taken = 0;
    for (const line of text.split('\n')) {
      const [, label = '', random = '', secret = ''] = LINE.exec(line) ?? [];
      const field = fields[label];
      if (field === undefined) continue;
      const key = random.toLowerCase();
      let session = this.#sessions.get(key);
      if (session === undefined) this.#sessions.set(key, (session = {}));
      session[field] = Buffer.from(secret, 'hex');
      taken++;
    }
    return taken;
  }

  get isEmpty(): boolean {
    return this.#sessions.size === 0;
  }

  /** The secrets of the session that began with this client random, as far as they count at `clock` (packet time, µs). */
  find(random: Buffer, clock: number): SessionSecrets | undefined {
    if (this.#source !== null) {
      for (let more = this.#source.next(clock); more !== null; more = this.#source.next(clock)) {
        this.add(more.toString('latin1'));
      }
    }
    return this.#sessions.get(random.toString('hex'));
  }
}
