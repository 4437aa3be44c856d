/** The authority a request names. */

/**
 * Host of an absolute-form or authority-form target, else of the Host field (RFC 9112 §3.2, RFC 9110 §7.2), as sent;
 * empty when neither is there.
 */
export function requestHost(target: string, hostField: string, method: string): string {
  if (method === 'CONNECT') return target;
  const scheme = target.indexOf('://');
  if (scheme > 0 && target.charCodeAt(0) !== 47) {
    const begin = scheme + 3;
    let end = begin;
    while (end < target.length && target[end] !== '/' && target[end] !== '?' && target[end] !== '#') end++;
    const authority = target.slice(begin, end);
    return authority.slice(authority.lastIndexOf('@') + 1);
  }
  return hostField.trim();
}
