/** The keys of `bus`: how to come in to Kafka, by what name, and what may wait on disk while it is away. */
import { dirname, resolve } from 'node:path';
import type { Node } from './document.ts';
import { readSize, readSwitch, readText } from './fields.ts';
import type { Problems } from './problems.ts';

export interface BusConfig {
  /** Before every topic's and group's name: several installations on one Kafka. Empty for none. */
  readonly prefix: string;
  /** Talk TLS to the brokers. */
  readonly tls: boolean;
  /** File (PEM) of the authority that the brokers' certificates are of; empty for those that Node.js knows. */
  readonly ca: string;
  /** Files (PEM) of the certificate and key that say who we are; empty for none. */
  readonly cert: string;
  readonly key: string;
  /** How name and password are told. */
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  /** Name to log in by; empty for no login. Its password is in `passwordFile`, or in APIRIS_BUS_PASSWORD. */
  readonly user: string;
  readonly passwordFile: string;
  /** Name of this sensor in what it sends; the machine's when empty. */
  readonly sensor: string;
  /** Octets of the data folder's disk that messages may take while the broker is away. */
  readonly spool: number;
}

const SPOOL = { least: 2 ** 20, most: 2 ** 44, unit: 'octets' };
const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

export function busDefaults(): BusConfig {
  return {
    ...{ prefix: '', tls: false, ca: '', cert: '', key: '', mechanism: 'plain', user: '', passwordFile: '' },
    ...{ sensor: '', spool: 2 ** 30 },
  };
}

export const BUS_KEYS = Object.keys(busDefaults()) as (keyof BusConfig)[];

type Read = (node: Node, path: string, problems: Problems) => BusConfig[keyof BusConfig] | undefined;

/** A relative one belongs to the folder of the configuration. */
const file: Read = (node, path, problems) => {
  const name = readText(node, path, problems);
  return name === undefined ? undefined : resolve(dirname(node.place.file), name);
};

/** Of a topic's name, a group's or a client's. */
const name: Read = (node, path, problems) => {
  const text = readText(node, path, problems, 100);
  if (text === undefined || /^[\w.-]+$/.test(text)) return text;
  problems.add(`${path} "${text}" is no name for Kafka`, node.place, 'write letters, digits, dots, hyphens');
  return undefined;
};

const mechanism: Read = (node, path, problems) => {
  const text = readText(node, path, problems)?.toLowerCase();
  const found = MECHANISMS.find((each) => each === text);
  if (text !== undefined && found === undefined) {
    problems.add(`${path} "${text}" is no way to log in`, node.place, `write one of ${MECHANISMS.join(', ')}`);
  }
  return found;
};

const READERS: Readonly<Record<keyof BusConfig, Read>> = {
  ...{ prefix: name, tls: readSwitch, ca: file, cert: file, key: file, mechanism },
  ...{ user: (node, path, problems) => readText(node, path, problems), passwordFile: file, sensor: name },
  spool: (node, path, problems) => readSize(node, path, SPOOL, problems),
};

export function busReaders(
  problems: Problems,
): (readonly [keyof BusConfig, (node: Node, path: string) => BusConfig[keyof BusConfig] | undefined])[] {
  return BUS_KEYS.map((key) => [key, (node, path) => READERS[key](node, path, problems)]);
}
