/**
 * Sigma's string patterns: `*` for any text, `?` for one character, backslash before either to mean it literally.
 * A backslash before another character is itself, as the specification has it; two of them before a wildcard are one.
 */

/** Literal text, and the wildcards between: `*` any, `?` one. */
export type Piece = string | { readonly wild: '*' | '?' };

export const any: Piece = { wild: '*' };

export function parsePattern(text: string): Piece[] {
  const pieces: Piece[] = [];
  let literal = '';
  const flush = () => {
    if (literal !== '') pieces.push(literal);
    literal = '';
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    const next = text[i + 1];
    if (c === '\\' && (next === '*' || next === '?' || next === '\\')) {
      // `\\` is an escaped backslash only before a wildcard; elsewhere Windows paths keep both of `\\server`.
      if (next === '\\' && text[i + 2] !== '*' && text[i + 2] !== '?') literal += '\\';
      else literal += next;
      if (next !== '\\' || text[i + 2] === '*' || text[i + 2] === '?') i++;
    } else if (c === '*' || c === '?') {
      flush();
      if (c === '?' || pieces.at(-1) !== any) pieces.push(c === '*' ? any : { wild: '?' });
    } else literal += c;
  }
  flush();
  return pieces;
}

/** Longest literal that a matching text must hold; empty when there is none. */
export function requiredLiteral(pieces: readonly Piece[]): string {
  let longest = '';
  for (const piece of pieces) if (typeof piece === 'string' && piece.length > longest.length) longest = piece;
  return longest;
}

/** The literal when the pattern has no wildcard, else undefined. */
export function exactText(pieces: readonly Piece[]): string | undefined {
  if (pieces.length === 0) return '';
  return pieces.length === 1 && typeof pieces[0] === 'string' ? pieces[0] : undefined;
}

export type TextMatch = (text: string) => boolean;

/** Takes time in proportion to text × pattern at worst. The case is the caller's: both sides folded, or neither. */
export function compilePattern(pieces: readonly Piece[]): TextMatch {
  const exact = exactText(pieces);
  if (exact !== undefined) return (text) => text === exact;
  const [first, second, third] = pieces;
  if (pieces.every((piece) => piece === any)) return () => true;
  if (pieces.length === 2 && first === any && typeof second === 'string') return (text) => text.endsWith(second);
  if (pieces.length === 2 && typeof first === 'string' && second === any) return (text) => text.startsWith(first);
  if (pieces.length === 3 && first === any && typeof second === 'string' && third === any) {
    return (text) => text.includes(second);
  }
  return (text) => matchPieces(pieces, text);
}

/** Segments between `*` are placed from the left, each as early as it fits: that never loses a match. */
function matchPieces(pieces: readonly Piece[], text: string): boolean {
  const segments: Piece[][] = [[]];
  for (const piece of pieces) {
    if (piece === any) segments.push([]);
    else segments.at(-1)!.push(piece);
  }
  const lengths = segments.map((segment) =>
    segment.reduce((sum, piece) => sum + (typeof piece === 'string' ? piece.length : 1), 0),
  );
  if (segments.length === 1) return text.length === lengths[0] && fits(segments[0], text, 0);
  if (!fits(segments[0], text, 0)) return false;
  let at = lengths[0];
  const last = segments.length - 1;
  for (let i = 1; i < last; i++) {
    while (at + lengths[i] <= text.length && !fits(segments[i], text, at)) at++;
    if (at + lengths[i] > text.length) return false;
    at += lengths[i];
  }
  const tail = text.length - lengths[last];
  return tail >= at && fits(segments[last], text, tail);
}

function fits(segment: readonly Piece[], text: string, start: number): boolean {
  let at = start;
  for (const piece of segment) {
    if (typeof piece === 'string') {
      if (!text.startsWith(piece, at)) return false;
      at += piece.length;
    } else if (at++ >= text.length) return false;
  }
  return at <= text.length;
}
