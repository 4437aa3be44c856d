/**
 * How kept exchanges are sealed, so that it takes two to open one: the appliance has one half of what a record's key is
 * made of, the approvers have the other.
 *
 *   record key = HKDF-SHA256(appliance's half ‖ approver's half of the record, salt of the segment)     (RFC 5869)
 *   approver's half of a record = HMAC-SHA256(secret of the segment, uid)                               (RFC 2104)
 *   secret of the segment = 32 random octets, for each approver under a key agreed by X25519            (RFC 7748)
 *
 * Records and secrets are sealed with AES-256-GCM (NIST SP 800-38D). An approver who grants one record gives away that
 * record's half and nothing else. The secret lies in the memory of the thread that fills the segment, and nowhere else.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

/** Octets of a key, a half, a secret. */
const KEY = 32;
const SALT = 16;
/** SP 800-38D §5.2.1.1 and §5.2.1.2: 96 bits, 128 bits. */
const IV = 12;
const TAG = 16;
/** A key that seals one thing once may have any IV. */
const ONCE = Buffer.alloc(IV);

/** Plain data: it crosses threads. */
export interface Approver {
  readonly name: string;
  /** X25519 public key as SubjectPublicKeyInfo, DER (RFC 8410). */
  readonly publicKey: Uint8Array;
}

/** What a segment's secret is for one approver. All octets in base64. */
export interface SealedSecret {
  /** Name at the time. */
  readonly name: string;
  /** Names the key: first 16 hex digits of the SHA-256 of its DER. */
  readonly key: string;
  /** Public key of the pair that was made for this, DER. */
  readonly ephemeral: string;
  readonly sealed: string;
}

export interface SegmentHead {
  readonly v: 1;
  readonly salt: string;
  readonly approvers: readonly SealedSecret[];
}

export function keyName(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, 16);
}

/** Seals the records of one segment. */
export class SegmentCipher {
  readonly head: SegmentHead;
  readonly #secret = randomBytes(KEY);
  readonly #salt = randomBytes(SALT);

  constructor(
    private readonly own: Uint8Array,
    approvers: readonly Approver[],
  ) {
    const sealed = approvers.map(({ name, publicKey }) => {
      const theirs = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
      const pair = generateKeyPairSync('x25519');
      const ephemeral = pair.publicKey.export({ format: 'der', type: 'spki' });
      const key = agreedKey(pair.privateKey, theirs, ephemeral, this.#salt);
      const text = seal(key, ONCE, this.#secret, ephemeral).toString('base64');
      return { name, key: keyName(publicKey), ephemeral: ephemeral.toString('base64'), sealed: text };
    });
    this.head = { v: 1, salt: this.#salt.toString('base64'), approvers: sealed };
  }

  /** IV, what is sealed, tag. */
  seal(uid: string, content: Uint8Array): Buffer {
    const iv = randomBytes(IV);
    const key = recordKey(this.own, halfOf(this.#secret, uid), this.#salt);
    return Buffer.concat([iv, seal(key, iv, content, Buffer.from(uid))]);
  }
}

/** The approver's half of one record; null when the segment was not sealed for this key, or not by this head. */
export function openHalf(head: SegmentHead, privateKey: KeyObject, uid: string): Buffer | null {
  const name = keyName(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }));
  const mine = head.approvers.find(({ key }) => key === name);
  if (mine === undefined) return null;
  const ephemeral = Buffer.from(mine.ephemeral, 'base64');
  try {
    const theirs = createPublicKey({ key: ephemeral, format: 'der', type: 'spki' });
    const key = agreedKey(privateKey, theirs, ephemeral, Buffer.from(head.salt, 'base64'));
    return halfOf(unseal(key, ONCE, Buffer.from(mine.sealed, 'base64'), ephemeral), uid);
  } catch {
    return null;
  }
}

/** The record in clear; null when a half is wrong or the record was changed. */
export function openRecord(
  head: SegmentHead,
  own: Uint8Array,
  half: Uint8Array,
  uid: string,
  sealed: Uint8Array,
): Buffer | null {
  try {
    const key = recordKey(own, half, Buffer.from(head.salt, 'base64'));
    return unseal(key, sealed.subarray(0, IV), sealed.subarray(IV), Buffer.from(uid));
  } catch {
    return null;
  }
}

function halfOf(secret: Uint8Array, uid: string): Buffer {
  return createHmac('sha256', secret).update(uid).digest();
}

function recordKey(own: Uint8Array, half: Uint8Array, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', Buffer.concat([own, half]), salt, 'apiris kept exchange', KEY));
}

function agreedKey(privateKey: KeyObject, publicKey: KeyObject, ephemeral: Uint8Array, salt: Uint8Array): Uint8Array {
  const shared = diffieHellman({ privateKey, publicKey });
  const info = Buffer.concat([Buffer.from('apiris approver'), ephemeral]);
  return new Uint8Array(hkdfSync('sha256', shared, salt, info, KEY));
}

/** What is sealed, and its tag behind it. */
function seal(key: Uint8Array, iv: Uint8Array, content: Uint8Array, bound: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG });
  cipher.setAAD(bound);
  return Buffer.concat([cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

/** Throws when it is not what was sealed. */
function unseal(key: Uint8Array, iv: Uint8Array, sealed: Uint8Array, bound: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG });
  decipher.setAAD(bound);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
  return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - TAG)), decipher.final()]);
}
