/** The key `priorities`: what people say must stay whole, or may go first, when there is more than can be read. */
import { isIP } from 'node:net';
import type { Priority } from '../../sensor/sensor.ts';
import type { Node } from './document.ts';
import { readMapping, readText, type Take } from './fields.ts';
import { readList } from './policy.ts';
import type { Problems } from './problems.ts';

/** Paths of one application. */
export interface PriorityConfig {
  /** Host it answers to, or `ip:port`. */
  readonly app: string;
  /** What its paths begin with, by whole segments; `/` for all. */
  readonly path: string;
  readonly priority: Priority;
}

const PRIORITIES: readonly Priority[] = ['never', 'high', 'medium', 'low'];

export function readPriorities(node: Node, path: string, problems: Problems): readonly PriorityConfig[] {
  return readList(node, path, problems, ['app', 'path', 'priority'], (item, at) => {
    let app: string | undefined;
    let prefix: string | undefined = '/';
    let priority: Priority | undefined;
    const takes: Record<string, Take> = {
      app({ value }, full) {
        const text = readText(value, full, problems);
        if (text !== undefined) app = hostOf(text.toLowerCase());
      },
      path({ value }, full) {
        prefix = readText(value, full, problems);
        if (prefix === undefined || prefix.startsWith('/')) return;
        problems.add(`${full} "${prefix}" is no path`, value.place, 'begin it with a slash: /api/login');
        prefix = undefined;
      },
      priority({ value }, full) {
        const text = readText(value, full, problems);
        priority = PRIORITIES.find((each) => each === text);
        if (text === undefined || priority !== undefined) return;
        problems.add(`${full} "${text}" is no priority`, value.place, `write one of ${PRIORITIES.join(', ')}`);
      },
    };
    readMapping(item, at, takes, [], problems);
    if (app !== undefined && prefix !== undefined && priority !== undefined) return { app, path: prefix, priority };
    problems.add(`${at} is not whole`, item.place, 'give app and priority: never, high, medium or low');
    return undefined;
  });
}

/** A name goes without its default port, an address with every port: exchanges that name no host are looked up so. */
function hostOf(app: string): string {
  const name = app.replace(/:(?:80|443)$/, '');
  const isAddress = [app, name].some((each) => isIP(each.replace(/^\[(.*)\]$/, '$1')) !== 0);
  return isAddress ? app : name;
}
