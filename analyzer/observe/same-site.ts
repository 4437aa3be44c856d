/** Whether two hosts are one house's, as far as their names tell. */

/** Below these of a country's own names are given out (`bank.com.cn`). */
const shared: ReadonlySet<string> = new Set(['com', 'net', 'org', 'gov', 'edu', 'ac', 'co', 'or', 'ne', 'go', 'mil']);

/** Both are below one name that somebody registered, or are the same host. Ports do not matter. */
export function isSameSite(one: string, other: string): boolean {
  return siteOf(one) === siteOf(other);
}

function siteOf(app: string): string {
  const host = app.replace(/:\d+$/, '');
  if (/^[\d.]+$|^\[/.test(host)) return host;
  const labels = host.split('.');
  const isShared = labels.length > 2 && labels.at(-1)!.length === 2 && shared.has(labels.at(-2)!);
  return labels.slice(isShared ? -3 : -2).join('.');
}
