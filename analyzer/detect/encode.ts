/** Values as attackers encode them: the text modifiers of Sigma that turn one value into others. */
import type { Piece } from './pattern.ts';

/** Texts are taken as octets, one character each, once they are encoded. */
type Octets = string;

export function utf16le(text: string): Octets {
  return Buffer.from(text, 'utf16le').toString('latin1');
}

export function utf16be(text: string): Octets {
  return Buffer.from(text, 'utf16le').swap16().toString('latin1');
}

/** With a byte order mark, little end first. */
export function utf16(text: string): Octets {
  return `\xff\xfe${utf16le(text)}`;
}

/** `encoded` says that the text is octets already. */
export function base64(text: string, encoded: boolean): string {
  return Buffer.from(text, encoded ? 'latin1' : 'utf8').toString('base64');
}

/**
 * The three ways the text can stand inside longer Base64: at offset 0, 1 and 2 of a group of three octets. Characters
 * that neighbours would change are cut.
 */
export function base64Offsets(text: string, encoded: boolean): string[] {
  const octets = Buffer.from(text, encoded ? 'latin1' : 'utf8');
  const cutFront = [0, 2, 3];
  const cutBack = [0, 3, 2];
  return [0, 1, 2].map((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset, 0x20), octets]).toString('base64');
    const back = cutBack[(octets.length + offset) % 3];
    return whole.slice(cutFront[offset], back === 0 ? undefined : -back);
  });
}

const dashes = ['-', '/', '–', '—', '―'];

/** Windows programs take any of these before an option: each dash that begins a word in turn becomes every one. */
export function windash(pieces: readonly Piece[]): Piece[][] {
  return dashes.map((dash) => {
    let begins = true;
    return pieces.map((piece) => {
      if (typeof piece !== 'string') {
        begins = true;
        return piece;
      }
      const text = piece.replace(/(^|\s)[-/]/g, (found, before: string, at: number) =>
        at === 0 && before === '' && !begins ? found : `${before}${dash}`,
      );
      begins = /\s$/.test(piece);
      return text;
    });
  });
}
