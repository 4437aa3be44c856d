/** The Huffman code as an encoder has it, for tests: made of Appendix B's lengths anew, the plain way. */

/** Symbols by the length of their code, in order (RFC 7541 Appendix B); 256 is EOS. */
const byLength: readonly (readonly [bits: number, symbols: readonly (number | string)[]])[] = [
  [5, ['012aceiost']],
  [6, [' %-./3456789=A_bdfghlmnpru']],
  [7, [':BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz']],
  [8, ['&*,;XZ']],
  [10, ['!"()?']],
  [11, ["'+|"]],
  [12, ['#>']],
  [13, [0, '$@[]~']],
  [14, ['^}']],
  [15, ['<`{']],
  [19, ['\\', 195, 208]],
  [20, [128, 130, 131, 162, 184, 194, 224, 226]],
  [21, [153, 161, 167, 172, 176, 177, 179, 209, 216, 217, 227, 229, 230]],
  [
    22,
    [
      129, 132, 133, 134, 136, 146, 154, 156, 160, 163, 164, 169, 170, 173, 178, 181, 185, 186, 187, 189, 190, 196, 198,
      228, 232, 233,
    ],
  ],
  [
    23,
    [
      1, 135, 137, 138, 139, 140, 141, 143, 147, 149, 150, 151, 152, 155, 157, 158, 165, 166, 168, 174, 175, 180, 182,
      183, 188, 191, 197, 231, 239,
    ],
  ],
  [24, [9, 142, 144, 145, 148, 159, 171, 206, 215, 225, 236, 237]],
  [25, [199, 207, 234, 235]],
  [26, [192, 193, 200, 201, 202, 205, 210, 213, 218, 219, 238, 240, 242, 243, 255]],
  [27, [203, 204, 211, 212, 214, 221, 222, 223, 241, 244, 245, 246, 247, 248, 250, 251, 252, 253, 254]],
  [
    28,
    [2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127, 220, 249],
  ],
  [30, [10, 13, 22, 256]],
];

function codes(): Map<number, string> {
  const made = new Map<number, string>();
  let code = 0n;
  let before = 0;
  for (const [bits, groups] of byLength) {
    code <<= BigInt(bits - before);
    before = bits;
    for (const group of groups) {
      const symbols = typeof group === 'number' ? [group] : [...group].map((char) => char.charCodeAt(0));
      for (const symbol of symbols) made.set(symbol, (code++).toString(2).padStart(bits, '0'));
    }
  }
  return made;
}

const table = codes();

export function huffmanOf(text: string): Buffer {
  const bits = [...text].map((char) => table.get(char.charCodeAt(0))!).join('');
  const whole = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
  return Buffer.from(whole.match(/.{8}/g)?.map((octet) => Number.parseInt(octet, 2)) ?? []);
}
