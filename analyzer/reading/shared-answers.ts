/** Answers that others than who asked may come by: stores on the way, and pages of other sites. */
import { structure } from '../detect/structure/structure.ts';
import { siteOf } from './cross-origin.ts';
import type { NamedFields } from './heads.ts';

/** A store for many may keep it (RFC 9111 §5.2.2), unless something else in the field says no. */
const forMany = /(?:^|[\s,])(?:public|s-maxage\s*=\s*"?0*[1-9])/i;
const forNobodyElse = /(?:^|[\s,])(?:private|no-store|no-cache)/i;
/** What stores on the way say of themselves: `HIT`, `HIT from edge-7`, `TCP_HIT`, `TCP_MEM_HIT`. */
const cameFromStore = /^\s*(?:[a-z]+_)*hit\b/i;
const callback = /(?:^|&)(?:callback|jsonp|jsonpcallback|jsoncallback|cb)=[\w$.]{1,128}(?:&|$)/i;
const isStatic = /^\s*(?:image|font|audio|video|text\/css|(?:application|text)\/(?:x-)?(?:java|ecma)script)/i;
const script = /^\s*(?:application|text)\/(?:x-)?(?:javascript|ecmascript)/i;
const authority = /^https?:\/\/(?:[^/?#@]*@)?([^/:?#]+|\[[0-9a-f:.]+\])/i;

/** As bits. `host`: that was asked, a port with it. */
export function sharedStructure(query: string, request: NamedFields, response: NamedFields, host: string): number {
  const { cacheControl, cacheStatus, contentType } = response;
  let found = 0;
  // Pictures and scripts are for all.
  if (contentType !== undefined && isStatic.test(contentType)) return calledBack(query, request, contentType, host);
  const isKept = cacheControl !== undefined && forMany.test(cacheControl) && !forNobodyElse.test(cacheControl);
  if (isKept || (cacheStatus !== undefined && cameFromStore.test(cacheStatus))) found |= structure.sharedStore;
  return found;
}

/** JSON as a script of a callback's name (JSONP): any page may have it run, and the user's cookies go with it. */
function calledBack(query: string, { referer }: NamedFields, contentType: string, host: string): number {
  if (query === '' || !script.test(contentType) || !callback.test(query)) return 0;
  return isOtherSite(referer, host) ? structure.callback : 0;
}

/** A page of another site asked for it, as the field Referer says (RFC 9110 §10.1.3). */
function isOtherSite(referer: string | undefined, host: string): boolean {
  const from = referer === undefined ? undefined : authority.exec(referer)?.[1];
  if (from === undefined || host === '') return false;
  return siteOf(from.toLowerCase()) !== siteOf(host.toLowerCase().replace(/:\d+$/, ''));
}
