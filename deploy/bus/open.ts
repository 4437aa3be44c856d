/** Opens the bus between machines as the configuration says. The only place that knows it is Kafka. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { DistributedBus } from '../../storage/bus/bus.ts';
import { type BusAddress, parseBrokers } from '../../storage/bus/kafka/address.ts';
import { codecs } from '../../storage/bus/kafka/codecs.ts';
import { KafkaBus } from '../../storage/bus/kafka/kafka-bus.ts';
import type { BusConfig } from '../config/bus.ts';
import { ConfigError } from '../config/problems.ts';
import { codeOf, readSecretFile } from '../key-file.ts';
import type { Environment, Keys } from '../keys.ts';

const PASSWORD = 'APIRIS_BUS_PASSWORD';

export interface BusOptions {
  /** `kafka://host:port,…` */
  readonly url: string;
  readonly config: BusConfig;
  readonly environment: Environment;
  readonly client: string;
  /** Folder where messages wait while the broker is away; then a broker that is away at the beginning is no error. */
  readonly spool?: string;
  readonly onPoison?: (what: string) => void;
}

/** Throws BusError, ConfigError, KeyError. */
export function openBus({ url, config, environment, client, spool, onPoison }: BusOptions): Promise<DistributedBus> {
  return KafkaBus.open(
    {
      ...{ address: addressOf(url, config, environment), client, codecs },
      ...(spool === undefined ? {} : { spool: { folder: spool, limit: config.spool } }),
      ...(onPoison === undefined ? {} : { onPoison }),
    },
    { patient: spool !== undefined },
  );
}

function addressOf(url: string, config: BusConfig, environment: Environment): BusAddress {
  const { prefix, tls, ca, cert, key, mechanism, user } = config;
  if (!tls && (ca !== '' || cert !== '' || key !== '')) {
    throw new ConfigError(['bus.ca, bus.cert and bus.key are for TLS; set bus.tls: true, or remove them']);
  }
  return {
    ...{ brokers: parseBrokers(url), prefix, tls },
    ...(ca === '' ? {} : { ca: read(ca, 'bus.ca') }),
    ...(cert === '' ? {} : { cert: read(cert, 'bus.cert') }),
    ...(key === '' ? {} : { key: read(key, 'bus.key') }),
    ...(user === '' ? {} : { sasl: { mechanism, username: user, password: passwordOf(config, environment) } }),
  };
}

function read(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError([`${file} (${setting}) can't be read (${codeOf(error)}); name a file in PEM form`]);
  }
}

function passwordOf({ user, passwordFile }: BusConfig, environment: Environment): string {
  if (passwordFile !== '') return readSecretFile(passwordFile, 'handed over').trim();
  const password = environment[PASSWORD];
  if (password !== undefined && password !== '') return password;
  throw new ConfigError([
    `bus.user is ${user} and there is no password for it; name its file in bus.passwordFile, or set ${PASSWORD}`,
  ]);
}

/** What a sensor calls itself unless it is given a name. */
export function sensorName({ sensor }: BusConfig): string {
  return sensor === '' ? hostname().replace(/[^\w.-]/g, '-') || 'sensor' : sensor;
}

/** Tells whether two processes hash with the same keys, and nothing of the keys. */
export function fingerprintOfKeys({ identity, trace }: Keys): string {
  const hash = createHash('sha256').update('apiris bus keys').update(identity).update(trace);
  return hash.digest('hex').slice(0, 16);
}
