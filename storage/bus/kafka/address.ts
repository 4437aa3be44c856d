/** Where a Kafka is and how to come in: `kafka://host:port,host:port`, and what the configuration says beside it. */
import { BusError } from '../bus.ts';

export interface BusSecurity {
  /** Encrypt; with `ca` (PEM) where the brokers' certificates are not of a known authority. */
  readonly tls: boolean;
  readonly ca?: string;
  /** Certificate and key (PEM) that say who we are, where the brokers ask. */
  readonly cert?: string;
  readonly key?: string;
  /** How a name and a password are told; absent for none. */
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}

export interface BusAddress extends BusSecurity {
  /** `host:port`, at least one. */
  readonly brokers: readonly string[];
  /** Before every topic's and group's name: several installations on one Kafka. Empty for none. */
  readonly prefix: string;
}

const PORT = 9092;
const BROKER = /^(\[[0-9a-fA-F:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/;

/** The brokers of `kafka://host:port,host:port`. Throws BusError. */
export function parseBrokers(url: string): string[] {
  const example = 'write kafka://HOST:PORT, several brokers with commas between them';
  const found = /^kafka:\/\/([^/?#]+)\/?$/.exec(url);
  if (found === null) throw new BusError('refused', `${hideSecrets(url)} is no address of a Kafka; ${example}.`);
  if (found[1]!.includes('@')) {
    throw new BusError(
      'refused',
      'An address of a Kafka names no user and no password, which other users of this machine could read; set bus.user ' +
        'and bus.passwordFile in the configuration.',
    );
  }
  return found[1]!.split(',').map((broker) => {
    const [, host, port = String(PORT)] = BROKER.exec(broker) ?? [];
    if (host === undefined || Number(port) < 1 || Number(port) > 65_535) {
      throw new BusError('refused', `${broker} is no broker's address; ${example}.`);
    }
    return `${host}:${port}`;
  });
}

/** What stands before an @ may be a password. */
function hideSecrets(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//…@');
}
