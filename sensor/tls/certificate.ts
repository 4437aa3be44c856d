/**
 * What a certificate says of itself (RFC 5280 §4). Nothing is verified: the sensor tells what was shown, not whether it
 * is to be trusted. Read by our own code and not by node:crypto, whose parser is C over octets that anybody may send,
 * and refuses a broken certificate as a whole.
 */
import { hash } from 'node:crypto';
import type { TlsCertificate } from '../handshake.ts';
import { BIT_STRING, Der, type Element, INTEGER, identifierText, OBJECT_IDENTIFIER, OCTET_STRING, SET } from './der.ts';
import { attributeNames, curveBits, fixedKeyBits, keyNames, SM2_CURVE, signatureNames } from './names/objects.ts';

/** Characters of a name or a text. */
const MAX_TEXT = 256;
/** Alternative names of one certificate. */
const MAX_NAMES = 64;
/** Attributes of one name. */
const MAX_ATTRIBUTES = 32;
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';

/** A certificate as far as it could be read. */
export interface ReadCertificate {
  readonly certificate: TlsCertificate;
  /** Something did not fit. */
  readonly malformed: boolean;
}

export function readCertificate(
  bytes: Uint8Array,
  fingerprint: string = hash('sha256', bytes, 'hex'),
): ReadCertificate {
  const reading = new Reading(fingerprint);
  try {
    reading.read(bytes);
    return { certificate: reading.told(), malformed: reading.malformed };
  } catch {
    return { certificate: reading.told(), malformed: true };
  }
}

class Reading {
  #subject = '';
  #issuer = '';
  #serial = '';
  #notBefore = 0;
  #notAfter = 0;
  #keyType = '';
  #keyBits = 0;
  #signature = '';
  readonly #names: string[] = [];
  #selfIssued = false;
  malformed = false;

  constructor(private readonly fingerprint: string) {}

  told(): TlsCertificate {
    return {
      fingerprint: this.fingerprint,
      subject: this.#subject,
      issuer: this.#issuer,
      serial: this.#serial,
      notBefore: this.#notBefore,
      notAfter: this.#notAfter,
      keyType: this.#keyType,
      keyBits: this.#keyBits,
      signature: this.#signature,
      names: this.#names,
      selfIssued: this.#selfIssued,
    };
  }

  read(bytes: Uint8Array): void {
    const whole = new Der(bytes).enter();
    const body = whole.enter();
    if (body.tag === 0xa0) body.next();
    const serial = body.next(INTEGER);
    // An octet of zeros keeps a number with a high first bit positive.
    const first = serial.end - serial.start > 1 && bytes[serial.start] === 0 ? serial.start + 1 : serial.start;
    this.#serial = hex(bytes.subarray(first, Math.min(serial.end, first + 32)));
    body.next();
    const issuer = body.next();
    this.#issuer = nameText(body.within(issuer));
    const validity = body.enter();
    this.#notBefore = time(bytes, validity.next());
    this.#notAfter = time(bytes, validity.next());
    const subject = body.next();
    this.#subject = nameText(body.within(subject));
    this.#selfIssued =
      Buffer.compare(bytes.subarray(issuer.from, issuer.end), bytes.subarray(subject.from, subject.end)) === 0;
    const key = body.enter();
    this.#try(() => this.#key(key));
    while (body.more) {
      const field = body.next();
      if (field.tag === 0xa3) this.#try(() => this.#extensions(body.within(field).enter()));
    }
    const algorithm = whole.enter().identifier();
    this.#signature = signatureNames[algorithm] ?? algorithm;
  }

  /** A part that makes no sense costs itself. */
  #try(read: () => void): void {
    try {
      read();
    } catch {
      this.malformed = true;
    }
  }

  /** SubjectPublicKeyInfo. */
  #key(info: Der): void {
    const algorithm = info.enter();
    const identifier = algorithm.identifier();
    this.#keyType = keyNames[identifier] ?? identifier;
    this.#keyBits = fixedKeyBits[this.#keyType] ?? 0;
    const key = info.next(BIT_STRING);
    if (this.#keyType === 'EC' && algorithm.tag === OBJECT_IDENTIFIER) {
      const curve = algorithm.identifier();
      if (curve === SM2_CURVE) this.#keyType = 'SM2';
      this.#keyBits = curveBits[curve] ?? 0;
    } else if (this.#keyType === 'RSA') {
      // The bit string holds, behind an octet that counts unused bits, a sequence that begins with the modulus.
      const modulus = new Der(info.bytes, key.start + 1, key.end).enter().next(INTEGER);
      this.#keyBits = bitLength(info.content(modulus));
    } else if (this.#keyType === 'DSA' && algorithm.more) {
      const parameters = algorithm.enter();
      this.#keyBits = bitLength(parameters.content(parameters.next(INTEGER)));
    }
  }

  #extensions(list: Der): void {
    while (list.more) {
      const extension = list.enter();
      const identifier = extension.identifier();
      if (identifier !== SUBJECT_ALTERNATIVE_NAME) continue;
      let value = extension.next();
      if (value.tag !== OCTET_STRING) value = extension.next(OCTET_STRING);
      const names = extension.within(value).enter();
      while (names.more && this.#names.length < MAX_NAMES) {
        const name = alternativeName(list.bytes, names.next());
        if (name !== '') this.#names.push(name);
      }
    }
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

function bitLength(integer: Uint8Array): number {
  let at = 0;
  while (at < integer.length && integer[at] === 0) at++;
  return at === integer.length ? 0 : (integer.length - at) * 8 - Math.clz32(integer[at]!) + 24;
}

/** Control characters, and marks that turn the direction of writing, would let a certificate write on people's screens. */
const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

function visible(text: string): string {
  return text.replace(unprintable, '\ufffd').slice(0, MAX_TEXT);
}

function text(bytes: Uint8Array, { tag, start, end }: Element): string {
  const octets = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(end - start, 4 * MAX_TEXT));
  switch (tag) {
    case 0x1e: // BMPString: UTF-16, big-endian
      return visible(
        Buffer.from(octets.subarray(0, octets.length & ~1))
          .swap16()
          .toString('utf16le'),
      );
    case 0x14: // TeletexString, by custom Latin-1
      return visible(octets.toString('latin1'));
    default:
      return visible(octets.toString('utf8'));
  }
}

/** RFC 4514: the last relative name first, special characters escaped. */
function nameText(name: Der): string {
  const parts: string[] = [];
  while (name.more) {
    const relative = name.enter(SET);
    const attributes: string[] = [];
    while (relative.more) {
      if (parts.length + attributes.length >= MAX_ATTRIBUTES) return shown(parts);
      const attribute = relative.enter();
      const type = identifierText(attribute.content(attribute.next(OBJECT_IDENTIFIER)));
      const value = text(attribute.bytes, attribute.next()).replace(/[\\",+<>;=]/g, '\\$&');
      attributes.push(`${attributeNames[type] ?? type}=${value}`);
    }
    parts.push(attributes.join('+'));
  }
  return shown(parts);
}

function shown(parts: readonly string[]): string {
  return [...parts].reverse().join(',').slice(0, MAX_TEXT);
}

/** UTCTime and GeneralizedTime (RFC 5280 §4.1.2.5) in µs; offsets are met though not allowed. 0 for what is neither. */
/** 1684 to 2255: what lies beyond is the end of that, as 99991231235959Z, which stands for «no end» (RFC 5280 §4.1.2.5). */
function time(bytes: Uint8Array, { tag, start, end }: Element): number {
  const digits = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(end - start, 24)).toString('latin1');
  const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:Z|([+-]\d\d)(\d\d))$/.exec(
    tag === 0x17 ? century(digits) : digits,
  );
  if (found === null) return 0;
  const part = (index: number) => Number(found[index] ?? 0);
  const offset = part(7) * 60 + Math.sign(part(7)) * part(8);
  const at = Date.UTC(part(1), part(2) - 1, part(3), part(4), part(5) - offset, part(6)) * 1000;
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(Number.MIN_SAFE_INTEGER, at));
}

function century(digits: string): string {
  return `${Number(digits.slice(0, 2)) >= 50 ? '19' : '20'}${digits}`;
}

/** GeneralName (RFC 5280 §4.2.1.6); empty for kinds that nobody reads. */
function alternativeName(bytes: Uint8Array, name: Element): string {
  const { start, end } = name;
  switch (name.tag) {
    case 0x82:
      return text(bytes, name);
    case 0x81:
      return `email:${text(bytes, name)}`;
    case 0x86:
      return `uri:${text(bytes, name)}`;
    case 0x87:
      return address(bytes.subarray(start, end));
    default:
      return '';
  }
}

function address(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.');
  if (octets.length !== 16) return '';
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(((octets[i]! << 8) | octets[i + 1]!).toString(16));
  return groups.join(':');
}

/** Certificates seen lately by their octets' hash: a server shows the same one again and again. */
export class CertificateCache {
  readonly #known = new Map<string, ReadCertificate>();

  constructor(private readonly limit = 1024) {}

  read(bytes: Uint8Array): ReadCertificate {
    const key = hash('sha256', bytes, 'hex');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = readCertificate(bytes, key);
    if (this.#known.size >= this.limit) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(key, found);
    return found;
  }
}
