/** The same traffic as it looks inside tunnels and in fragments. */
import type { Random } from '../../deploy/traffic/random.ts';
import * as wrap from './decode/layers.ts';
import type { Captured } from './sense.ts';

/** An Ethernet frame's IP packet in one of several tunnels, as an IP packet again. */
const tunnels: readonly ((frame: Buffer) => Buffer)[] = [
  (frame) => wrap.ipv4(17, wrap.udp(4789, wrap.vxlan(5001, frame))),
  (frame) => wrap.ipv6(17, wrap.udp(6081, wrap.geneve(12, 0x6558, frame, 8))),
  (frame) => wrap.ipv4(47, wrap.gre(0x88be, wrap.erspan2(3, frame), { sequence: 1 })),
  (frame) => wrap.ipv6(47, wrap.gre(0x6558, frame, { key: 7 })),
  (frame) => wrap.ipv4(47, wrap.gre(0x0800, frame.subarray(14))),
  (frame) => wrap.ipv6(4, frame.subarray(14)),
  (frame) => frame.subarray(14),
];

/** Each connection goes through one tunnel, or none; some packets are cut into fragments that come in any order. */
export function disguise(packets: readonly Captured[], random: Random): Captured[] {
  const out: Captured[] = [];
  let id = 0;
  for (const { ts, frame } of packets) {
    // Both ports make the connection's choice, in either direction.
    const choice = (frame.readUInt16BE(34) + frame.readUInt16BE(36)) % tunnels.length;
    const ip = tunnels[choice]!(frame);
    const type = wrap.typeOf(ip);
    const header = type === 0x0800 ? 20 : 40;
    if (!random.chance(0.3) || ip.length < header + 40) {
      out.push({ ts, frame: wrap.ethernet(type, ip) });
      continue;
    }
    const inner = ip.subarray(header);
    const middle = 8 * random.between(1, Math.floor((inner.length - 1) / 8));
    const pieces = [inner.subarray(0, middle), inner.subarray(middle)].map((octets, i) => {
      const piece = { id, offset: i * middle, more: i === 0 };
      // The addresses of the packet itself: they may be the innermost ones.
      const made = type === 0x0800 ? wrap.ipv4(ip[9]!, octets, piece) : wrap.ipv6(ip[6]!, octets, piece);
      if (type === 0x0800) ip.copy(made, 12, 12, 20);
      return wrap.ethernet(type, made);
    });
    id = (id + 1) & 0xffff;
    if (random.chance(0.5)) pieces.reverse();
    for (const piece of pieces) out.push({ ts, frame: piece });
  }
  return out;
}
