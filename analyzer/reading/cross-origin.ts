/** Whether an answer lets a page of somebody else's read it with the user's credentials (Fetch Standard §3.2). */
import type { KeyedHash } from '../keyed-hash.ts';
import type { NamedFields } from './heads.ts';

/** The origin that was let in; empty when none was, or it belongs to the same site as the host. */
function foreignOriginOf(request: NamedFields, response: NamedFields, host: string): string {
  const { allowOrigin, allowCredentials } = response;
  const { origin } = request;
  if (allowOrigin === undefined || origin === undefined || allowOrigin !== origin) return '';
  if (allowCredentials?.trim().toLowerCase() !== 'true') return '';
  const asked = /^[a-z][a-z0-9+.-]*:\/\/([^/:?#]+|\[[0-9a-f:.]+\])(?::\d+)?$/i.exec(origin)?.[1]?.toLowerCase();
  // `null` is the origin of any sandboxed frame: whoever likes has it.
  if (asked === undefined) return origin === 'null' ? origin : '';
  return siteOf(asked) === siteOf(host.toLowerCase().replace(/:\d+$/, '')) ? '' : origin;
}

/** Its keyed hash, 16 hex digits; empty for none. */
export function foreignOriginHash(
  request: NamedFields,
  response: NamedFields,
  host: string,
  identity: KeyedHash,
): string {
  if (response.allowOrigin === undefined) return '';
  const origin = foreignOriginOf(request, response, host);
  return origin === '' ? '' : identity.hexOfText(origin);
}

/** The last two labels, or three where the last but one is a class of names (`com.cn`); an address as it is. */
export function siteOf(host: string): string {
  if (host.startsWith('[') || /^[\d.]+$/.test(host)) return host;
  const labels = host.split('.');
  const last = labels.at(-1) ?? '';
  const isClass = last.length === 2 && /^(?:com?|net|org|gov|edu|ac|mil)$/.test(labels.at(-2) ?? '');
  return labels.slice(isClass ? -3 : -2).join('.');
}
