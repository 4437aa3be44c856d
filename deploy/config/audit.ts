/** The key `audit`: where seals go beside the anchor file. */
import { parseSyslog } from '../audit/syslog.ts';
import type { Node } from './document.ts';
import { readText } from './fields.ts';
import type { Problems } from './problems.ts';

export interface AuditConfig {
  /** Log host that is told of every seal: `udp://host:514`, `tcp://host:514`, `unix:/path`; empty for none. */
  readonly syslog: string;
}

export function readSyslog(node: Node, path: string, problems: Problems): string | undefined {
  const text = readText(node, path, problems);
  if (text === undefined || parseSyslog(text) !== undefined) return text;
  problems.add(`${path} "${text}" names no log host`, node.place, 'write udp://host:514, tcp://host:514 or unix:/path');
  return undefined;
}
