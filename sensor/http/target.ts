/** What a request line says: the authority that is named, and how the method is written. */

/** Nearly every method: of these nothing need be turned into capitals to see that it is in capitals. */
const capitals = /^[A-Z]+$/;

export function hasSmallLetters(method: string): boolean {
  return !capitals.test(method) && method !== method.toUpperCase();
}

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
