/** The `applications:` list: which application answers where, and who it belongs to. */
import { isIP } from 'node:net';
import type { Node } from './document.ts';
import { readInteger, readMapping, readText, type Take } from './fields.ts';
import type { Problems } from './problems.ts';

/** One configured application. At least one of host, address and port is there; every one that is has to match. */
export interface ApplicationConfig {
  /** Host header it answers to, lower case, without port; absent when any. */
  readonly host?: string;
  /** IP address of its server, lower case; absent when any. */
  readonly address?: string;
  /** TCP port of its server, 1…65535; absent when any. */
  readonly port?: number;
  /** What people call it; absent where not configured. */
  readonly name?: string;
  /** Person or department that answers for it; absent where not configured. */
  readonly owner?: string;
  /** `production`, `test` or whatever the house says; absent where not configured. */
  readonly environment?: string;
  /** Whom it serves: `toB`, `toC`, `toG` …; absent where not configured. */
  readonly audience?: string;
}

const PORT = { least: 1, most: 65_535, unit: '' };
/** RFC 1123 §2.1 host names; underscores because inner networks have them. */
const HOST = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

export function readApplications(node: Node, path: string, problems: Problems): readonly ApplicationConfig[] {
  if (node.kind !== 'list') {
    problems.add(`${path} is not a list`, node.place, 'begin each application with "- "');
    return [];
  }
  const seen = new Map<string, number>();
  return node.items.map((item, index) => {
    const application = readApplication(item, `${path}[${index}]`, problems);
    const { host, address, port } = application;
    const selector = JSON.stringify([host, address, port]);
    const before = seen.get(selector);
    if (host === undefined && address === undefined && port === undefined) {
      if (item.kind === 'mapping' && !item.entries.some(({ key }) => ['host', 'address', 'port'].includes(key))) {
        problems.add(`${path}[${index}] says not where it is`, item.place, 'give host, address or port');
      }
    } else if (before !== undefined) {
      problems.add(`${path}[${index}] is where the one of line ${before} is`, item.place, 'make one of the two');
    } else seen.set(selector, item.place.line);
    return application;
  });
}

function readApplication(node: Node, path: string, problems: Problems): ApplicationConfig {
  const application: { -readonly [K in keyof ApplicationConfig]: ApplicationConfig[K] } = {};
  const label =
    (key: 'name' | 'owner' | 'environment' | 'audience'): Take =>
    ({ value }, full) => {
      const text = readText(value, full, problems, 200);
      if (text !== undefined) application[key] = text;
    };
  const takes: Record<string, Take> = {
    host({ value }, full) {
      const host = readText(value, full, problems)?.toLowerCase();
      if (host === undefined) return;
      if (HOST.test(host) && isIP(host) === 0) application.host = host;
      else problems.add(`${full} "${host}" is not a host name`, value.place, 'an IP goes to address, a port to port');
    },
    address({ value }, full) {
      const address = readText(value, full, problems)?.toLowerCase();
      if (address === undefined) return;
      if (isIP(address) !== 0) application.address = address;
      else
        problems.add(`${full} "${address}" is not an IP address`, value.place, 'a name goes to host, a port to port');
    },
    port({ value }, full) {
      const port = readInteger(value, full, PORT, problems);
      if (port !== undefined) application.port = port;
    },
    name: label('name'),
    owner: label('owner'),
    environment: label('environment'),
    audience: label('audience'),
  };
  readMapping(node, path, takes, [], problems);
  return application;
}
