import { createHash } from 'node:crypto';
import { BoundedCache, ownCopy } from '../bounded-cache.ts';

const cache = new BoundedCache<string>(8192);

/**
 * Identity of an API: 16 hex digits. The names of parameters are no part of it, so `/orders/{orderId}` and
 * `/orders/{date}` (an order number that happens to read as a date) are one API, and renaming one changes nothing.
 */
export function apiIdOf(app: string, method: string, template: string, operation: string): string {
  // Lengths keep the parts apart: no two different tuples share a text.
  const key = `${app.length} ${app} ${method.length} ${method} ${template.length} ${template} ${operation}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const shape = template.replace(/\{[^{}]*\}/g, '{}');
  const canonical = JSON.stringify(['apiris-api', app, method, shape, operation]);
  const id = createHash('sha256').update(canonical).digest('hex').slice(0, 16);
  cache.set(ownCopy(key), id);
  return id;
}
