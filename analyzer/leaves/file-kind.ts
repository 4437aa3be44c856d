/** What a file is, from its first octets. Its content is not looked at. */

/** Octets that are looked at. */
export const fileKindBytes = 16;

const signatures: readonly (readonly [string, readonly number[]])[] = [
  ['pdf', [0x25, 0x50, 0x44, 0x46]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['gzip', [0x1f, 0x8b]],
  ['ole', [0xd0, 0xcf, 0x11, 0xe0]],
  ['png', [0x89, 0x50, 0x4e, 0x47]],
  ['jpeg', [0xff, 0xd8, 0xff]],
  ['gif', [0x47, 0x49, 0x46, 0x38]],
  ['bmp', [0x42, 0x4d]],
  ['webp', [0x52, 0x49, 0x46, 0x46]],
  ['rar', [0x52, 0x61, 0x72, 0x21]],
  ['7z', [0x37, 0x7a, 0xbc, 0xaf]],
  ['elf', [0x7f, 0x45, 0x4c, 0x46]],
  ['exe', [0x4d, 0x5a]],
  ['class', [0xca, 0xfe, 0xba, 0xbe]],
];

const encoder = new TextEncoder();
const names = new Map(
  [...signatures.map(([name]) => name), 'text', 'binary', 'empty'].map((name) => [name, encoder.encode(name)]),
);

/** `pdf`, `zip` … , `text`, `binary` or `empty`, as octets; `bytes[0, size)` is the file's beginning. */
export function fileKind(bytes: Uint8Array, size: number): Uint8Array {
  if (size === 0) return names.get('empty')!;
  for (const [name, octets] of signatures) {
    if (octets.length <= size && octets.every((octet, i) => bytes[i] === octet)) return names.get(name)!;
  }
  for (let i = 0; i < Math.min(size, fileKindBytes); i++) {
    const c = bytes[i];
    if (c < 0x09 || (c > 0x0d && c < 0x20 && c !== 0x1b)) return names.get('binary')!;
  }
  return names.get('text')!;
}
