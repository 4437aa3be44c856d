/** The key `metrics`: where Prometheus and probes are answered. */
import type { MetricsPlace } from '../telemetry/server.ts';
import type { Node } from './document.ts';
import { readText } from './fields.ts';
import type { Problems } from './problems.ts';

const PLACE = /^(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/;

/** `host:port`, `[::1]:port` or `unix:/path`; undefined for any other text. */
export function parsePlace(text: string): MetricsPlace | undefined {
  if (/^unix:./.test(text)) return { socket: text.slice(5) };
  const found = PLACE.exec(text);
  if (found === null || Number(found[3]) > 65_535) return undefined;
  return { host: (found[1] ?? found[2])!, port: Number(found[3]) };
}

export function readMetrics(node: Node, path: string, problems: Problems): string | undefined {
  const text = readText(node, path, problems);
  if (text === undefined || parsePlace(text) !== undefined) return text;
  problems.add(`${path} "${text}" is no address`, node.place, 'write host:port, such as 127.0.0.1:9464, or unix:/path');
  return undefined;
}
