/**
 * JSON of something large, in pieces. As one text it would be joined from parts, measured and encoded as a whole, in two
 * octets a character once a single one is Chinese.
 */

/** Objects are taken apart so deep; what is below is a piece. */
const depth = 4;

/** One after the other they are what `JSON.stringify` makes of plain data. */
export function jsonPieces(value: object): readonly string[] {
  const pieces: string[] = [];
  write(value, depth, pieces);
  return pieces;
}

function write(value: unknown, left: number, into: string[]): void {
  if (left === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) {
    into.push(JSON.stringify(value));
    return;
  }
  let before = '{';
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined) continue;
    into.push(`${before}${JSON.stringify(key)}:`);
    write(inner, left - 1, into);
    before = ',';
  }
  into.push(before === '{' ? '{}' : '}');
}
