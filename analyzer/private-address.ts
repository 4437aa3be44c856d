/** Addresses of private use: RFC 1918, loopback, link-local, shared (RFC 6598), RFC 4193. */
export function isPrivate(address: string): boolean {
  if (address.includes(':')) return /^(?:f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:|::1$)/.test(address);
  return /^(?:10\.|127\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(
    address,
  );
}
