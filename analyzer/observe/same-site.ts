/** Whether two hosts are one house's, as far as their names tell. */
import { getDomain } from 'tldts';

/** Names that others are given theirs below (a cloud’s `s3.cn-north-1.amazonaws.com.cn`) are no house: the private part of the Public Suffix List. */
const options = { allowPrivateDomains: true };

/** Both are below one name that somebody registered, or are the same host. Ports do not matter. */
export function isSameSite(one: string, other: string): boolean {
  return siteOf(one) === siteOf(other);
}

function siteOf(app: string): string {
  const host = app.replace(/:\d+$/, '');
  // Of addresses and of names of the house alone there is none.
  return getDomain(host, options) ?? host;
}
