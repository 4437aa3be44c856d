/** Canonical forms over octets as they lie: most values are their own form, and then no text is made. */
import { canonicalForms } from './canonical.ts';
import { isDigit, textOf } from './octets.ts';

export interface CanonicalForm {
  readonly name: string;
  /** Whether every value is in this form. */
  readonly isText: boolean;
  /** Octets that a value in this form has none of, as 1. */
  readonly foreign: Uint8Array;
  /** The only length of a value in this form; 0 for any. */
  readonly length: number;
}

const encoder = new TextEncoder();
const lengths: Readonly<Record<string, number>> = { 'resident-id': 18, mobile: 11 };

export function canonicalFormOf(name: string): CanonicalForm {
  // No octet is foreign to a text.
  const foreign = new Uint8Array(256);
  const isNumber = name === 'digits' || name === 'mobile' || name === 'mac';
  const isLower = name === 'lower';
  for (let octet = 0; octet < 256 && name !== 'text'; octet++) {
    if (isDigit[octet] === 1) continue;
    const wrongCase = isLower ? octet >= 0x41 && octet <= 0x5a : octet >= 0x61 && octet <= 0x7a;
    const isBlank = name === 'iban' && octet === 0x20;
    if (isNumber || octet >= 0x80 || wrongCase || isBlank) foreign[octet] = 1;
  }
  return { name, isText: name === 'text', foreign, length: lengths[name] ?? 0 };
}

/** Whether the octets are their own canonical form. */
export function isPlain(form: CanonicalForm, bytes: Uint8Array, start: number, end: number): boolean {
  const { foreign, length, isText } = form;
  if (isText) return true;
  if (length !== 0 && end - start !== length) return false;
  for (let i = start; i < end; i++) if (foreign[bytes[i]!] === 1) return false;
  return true;
}

/** The canonical form of what is not its own. */
export function canonicalOctets({ name }: CanonicalForm, bytes: Uint8Array, start: number, end: number): Uint8Array {
  return encoder.encode(canonicalForms[name]!(textOf(bytes, start, end)));
}
