/** IP networks (RFC 4632, RFC 4291 §2.3). */
import { isIP } from 'node:net';

/** Octets of an address, 4 or 16; undefined when the text is none. IPv4-mapped IPv6 addresses are IPv4. */
function addressBytes(text: string): Uint8Array | undefined {
  const version = isIP(text);
  if (version === 4) return Uint8Array.from(text.split('.'), Number);
  if (version === 0 || text.includes('%')) return undefined;
  let groups = text;
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  if (dotted !== null) {
    const [a, b, c, d] = dotted.slice(2).map(Number);
    groups = `${dotted[1]}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  }
  const [head, tail] = groups.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const words = tail === undefined ? head : [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail];
  const bytes = new Uint8Array(16);
  words.forEach((word, i) => {
    const value = Number.parseInt(word, 16);
    bytes[2 * i] = value >> 8;
    bytes[2 * i + 1] = value & 0xff;
  });
  const mapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  return mapped ? bytes.slice(12) : bytes;
}

/** Undefined when the text is no network. A bare address is a network of one. */
export function compileCidr(text: string): ((address: string) => boolean) | undefined {
  const [base, prefix, ...more] = text.split('/');
  const network = addressBytes(base);
  if (network === undefined || more.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return undefined;
  const bits = prefix === undefined ? network.length * 8 : Number(prefix);
  if (bits > network.length * 8) return undefined;
  return (address) => {
    const bytes = addressBytes(address);
    if (bytes === undefined || bytes.length !== network.length) return false;
    const whole = bits >> 3;
    for (let i = 0; i < whole; i++) if (bytes[i] !== network[i]) return false;
    const rest = bits & 7;
    return rest === 0 || bytes[whole] >> (8 - rest) === network[whole] >> (8 - rest);
  };
}
