/** The keys of `store`: the ClickHouse server that takes the place of the embedded store, and how to come in. */
import { dirname, resolve } from 'node:path';
import type { Node } from './document.ts';
import { readText } from './fields.ts';
import type { Problems } from './problems.ts';

export interface StoreConfig {
  /** `https://host:8443`, `http://host:8123` or `unix:/path`; empty for the embedded store of the data folder. */
  readonly url: string;
  /** Its password is in `passwordFile`, or in APIRIS_STORE_PASSWORD. */
  readonly user: string;
  readonly passwordFile: string;
  readonly database: string;
  /** File (PEM) of the authority that the server's certificate is of; empty for those that Node.js knows. */
  readonly ca: string;
  /** Files (PEM) of the certificate and key that say who we are; empty for none. */
  readonly cert: string;
  readonly key: string;
  /** Name of the cluster that tables are spread over; empty for one server. */
  readonly cluster: string;
}

export function storeDefaults(): StoreConfig {
  return { url: '', user: 'apiris', passwordFile: '', database: 'apiris', ca: '', cert: '', key: '', cluster: '' };
}

export const STORE_KEYS = Object.keys(storeDefaults()) as (keyof StoreConfig)[];

/** A sentence for an address that names no server; undefined for one that does. */
export function storeUrlProblem(text: string): string | undefined {
  if (/^unix:./.test(text)) return undefined;
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    return 'write https://host:8443, http://host:8123 or unix:/path';
  const { username, password } = new URL(text);
  if (username === '' && password === '') return undefined;
  return 'take name and password out of it: store.user and store.passwordFile, where other users do not see them';
}

type Read = (node: Node, path: string, problems: Problems) => string | undefined;

/** A relative one belongs to the folder of the configuration. */
const file: Read = (node, path, problems) => {
  const name = readText(node, path, problems);
  return name === undefined ? undefined : resolve(dirname(node.place.file), name);
};

/** Of a database, a user or a cluster. */
const name: Read = (node, path, problems) => {
  const text = readText(node, path, problems, 100);
  if (text === undefined || /^[\w.-]+$/.test(text)) return text;
  problems.add(`${path} "${text}" is no name for ClickHouse`, node.place, 'write letters, digits, dots, hyphens');
  return undefined;
};

const url: Read = (node, path, problems) => {
  const text = readText(node, path, problems);
  const problem = text === undefined ? undefined : storeUrlProblem(text);
  if (problem === undefined) return text;
  problems.add(`${path} is no address of a store`, node.place, problem);
  return undefined;
};

const READERS: Readonly<Record<keyof StoreConfig, Read>> = {
  ...{ url, user: name, passwordFile: file, database: name, ca: file, cert: file, key: file, cluster: name },
};

export function storeReaders(
  problems: Problems,
): (readonly [keyof StoreConfig, (node: Node, path: string) => string | undefined])[] {
  return STORE_KEYS.map((key) => [key, (node, path) => READERS[key](node, path, problems)]);
}
