/** The network of an address: /24 of IPv4, /48 of IPv6; who moves inside one has not moved. */
export function networkOf(address: string): string {
  const dot = address.lastIndexOf('.');
  if (dot > 0 && !address.includes(':')) return address.slice(0, dot);
  let at = -1;
  for (let i = 0; i < 3; i++) {
    const next = address.indexOf(':', at + 1);
    if (next < 0) return address;
    at = next;
  }
  return address.slice(0, at);
}
