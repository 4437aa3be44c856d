/**
 * The Huffman code of HPACK (RFC 7541 §5.2, Appendix B), decoded four bits at a time.
 *
 * The code is canonical: codes of one length ascend with their symbols, so the lengths say it all.
 */

/** Bits of the code of each octet, and of EOS behind them. */
const lengths: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
  28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6,
  5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23,
  22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22,
  23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26,
  20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27,
  27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27,
  27, 27, 27, 26, 30,
];
const EOS = 256;

/** Shortest code, bits: what bounds the text that octets may become. */
const SHORTEST = 5;

/** A step is `next node | EMITS | symbol << 9`, or `FAILS` where it runs into EOS. */
const EMITS = 1 << 8;
const FAILS = -1;
/** Indexed by `node * 16 + nibble`. Node 0 is the root. */
const steps = new Int32Array(256 * 16);
/** 1 for nodes that padding may end in: less than an octet of ones (§5.2). */
const accepts = new Uint8Array(256);

/** Of each node what a 0 and a 1 lead to: another node, or the complement of a symbol. */
function buildTree(): Int32Array {
  const children = new Int32Array(256 * 2);
  const order = lengths.map((_, symbol) => symbol).sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  let code = 0;
  let bits = 0;
  let nodes = 1;
  for (const symbol of order) {
    code *= 2 ** (lengths[symbol]! - bits);
    bits = lengths[symbol]!;
    let node = 0;
    for (let bit = bits - 1; bit > 0; bit--) {
      const at = node * 2 + ((code >>> bit) & 1);
      if (children[at] === 0) children[at] = nodes++;
      node = children[at]!;
    }
    children[node * 2 + (code & 1)] = ~symbol;
    code++;
  }
  return children;
}

function stepFrom(children: Int32Array, from: number, nibble: number): number {
  let node = from;
  let emitted = 0;
  for (let bit = 3; bit >= 0; bit--) {
    const child = children[node * 2 + ((nibble >>> bit) & 1)]!;
    if (child >= 0) {
      node = child;
    } else {
      if (~child === EOS) return FAILS;
      emitted = EMITS | (~child << 9);
      node = 0;
    }
  }
  return node | emitted;
}

function build(): void {
  const children = buildTree();
  for (let node = 0; node < 256; node++) {
    for (let nibble = 0; nibble < 16; nibble++) steps[node * 16 + nibble] = stepFrom(children, node, nibble);
  }
  for (let node = 0, ones = 0; ones < 8; ones++) {
    accepts[node] = 1;
    node = children[node * 2 + 1]!;
  }
}

build();

let scratch = Buffer.allocUnsafe(1024);

/** The text that `data[start, end)` stands for, one char an octet; null when it is no such code. */
export function huffmanText(data: Buffer, start: number, end: number): string | null {
  const most = Math.floor(((end - start) * 8) / SHORTEST);
  if (scratch.length < most) scratch = Buffer.allocUnsafe(2 * most);
  const out = scratch;
  let length = 0;
  let node = 0;
  for (let at = start; at < end; at++) {
    const octet = data[at]!;
    const high = steps[node * 16 + (octet >>> 4)]!;
    if (high === FAILS) return null;
    if ((high & EMITS) !== 0) out[length++] = high >>> 9;
    const low = steps[(high & 0xff) * 16 + (octet & 15)]!;
    if (low === FAILS) return null;
    if ((low & EMITS) !== 0) out[length++] = low >>> 9;
    node = low & 0xff;
  }
  return accepts[node] === 1 ? out.toString('latin1', 0, length) : null;
}
