/**
 * Takes the protection off records of one direction (RFC 5246 §6.2.3, RFC 7366, RFC 7905, RFC 8446 §5.2). What does not
 * prove itself by its tag or MAC is not given out: no wrong plaintext.
 */
import { type CipherCCMTypes, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import { expandLabel } from './key-schedule.ts';
import type { Protection } from './suite.ts';

/** Opens records in order; `sequence` counts them. */
export abstract class RecordOpener {
  sequence = 0;
  /** Type of the content that `open` gave last: TLS 1.3 hides it inside the record. */
  contentType = 0;
  /**
   * Octets of plaintext in a record of `length` octets whose content is application data; -1 when only its reading tells.
   */
  abstract plainLength(length: number): number;

  protected abstract undo(type: number, version: number, data: Buffer, start: number, end: number): Buffer | null;

  /** The content of the record `data[start, end)`, whose header said `type` and `version`; null when it is not genuine. */
  open(type: number, version: number, data: Buffer, start: number, end: number): Buffer | null {
    this.contentType = type;
    let content: Buffer | null = null;
    try {
      content = this.undo(type, version, data, start, end);
    } catch {
      // node:crypto throws when the tag does not fit.
    }
    if (content !== null) this.sequence++;
    return content;
  }
}

function writeSequence(target: Buffer, at: number, sequence: number): void {
  target.writeUInt32BE(Math.floor(sequence / 2 ** 32), at);
  target.writeUInt32BE(sequence >>> 0, at + 4);
}

function openAead(
  { cipher, tagLength }: Protection,
  key: Buffer,
  nonce: Buffer,
  aad: Buffer,
  data: Buffer,
  start: number,
  end: number,
): Buffer {
  // Of the types that the package knows, this one's options fit GCM and ChaCha20-Poly1305 too.
  const decipher = createDecipheriv(cipher as CipherCCMTypes, key, nonce, { authTagLength: tagLength });
  decipher.setAuthTag(data.subarray(end - tagLength, end));
  decipher.setAAD(aad, { plaintextLength: end - tagLength - start });
  const content = decipher.update(data.subarray(start, end - tagLength));
  decipher.final();
  return content;
}

/** AEAD of TLS 1.2: GCM and CCM with a nonce in each record, ChaCha20-Poly1305 without (RFC 5288 §3, RFC 7905 §2). */
export class Aead12Opener extends RecordOpener {
  readonly #nonce: Buffer;
  readonly #aad = Buffer.alloc(13);
  readonly #explicit: number;

  constructor(
    private readonly protection: Protection,
    private readonly key: Buffer,
    private readonly iv: Buffer,
  ) {
    super();
    this.#explicit = protection.kind === 'chacha' ? 0 : 8;
    this.#nonce = Buffer.alloc(12);
  }

  plainLength(length: number): number {
    return Math.max(0, length - this.#explicit - this.protection.tagLength);
  }

  protected undo(type: number, version: number, data: Buffer, start: number, end: number): Buffer | null {
    const { protection } = this;
    const length = end - start - this.#explicit - protection.tagLength;
    if (length < 0) return null;
    const nonce = this.#nonce;
    if (this.#explicit === 0) xorNonce(nonce, this.iv, this.sequence);
    else {
      this.iv.copy(nonce);
      data.copy(nonce, 4, start, start + 8);
    }
    const aad = this.#aad;
    writeSequence(aad, 0, this.sequence);
    aad[8] = type;
    aad.writeUInt16BE(version, 9);
    aad.writeUInt16BE(length, 11);
    return openAead(protection, this.key, nonce, aad, data, start + this.#explicit, end);
  }
}

function xorNonce(nonce: Buffer, iv: Buffer, sequence: number): void {
  nonce.fill(0);
  writeSequence(nonce, 4, sequence);
  for (let i = 0; i < 12; i++) nonce[i]! ^= iv[i]!;
}

/** TLS 1.3: content, its type and padding together (RFC 8446 §5.2). */
export class Aead13Opener extends RecordOpener {
  #secret: Buffer;
  #key!: Buffer;
  #iv!: Buffer;
  readonly #nonce = Buffer.alloc(12);
  readonly #aad = Buffer.alloc(5);

  constructor(
    private readonly protection: Protection,
    secret: Buffer,
  ) {
    super();
    this.#secret = secret;
    this.#derive();
  }

  #derive(): void {
    const { hash, keyLength } = this.protection;
    this.#key = expandLabel(hash, this.#secret, 'key', keyLength);
    this.#iv = expandLabel(hash, this.#secret, 'iv', 12);
  }

  /** RFC 8446 §7.2. */
  update(): void {
    this.#secret = expandLabel(this.protection.hash, this.#secret, 'traffic upd', this.#secret.length);
    this.#derive();
    this.sequence = 0;
  }

  plainLength(): number {
    return -1;
  }

  protected undo(type: number, version: number, data: Buffer, start: number, end: number): Buffer | null {
    if (end - start < this.protection.tagLength + 1) return null;
    xorNonce(this.#nonce, this.#iv, this.sequence);
    const aad = this.#aad;
    aad[0] = type;
    aad.writeUInt16BE(version, 1);
    aad.writeUInt16BE(end - start, 3);
    const inner = openAead(this.protection, this.#key, this.#nonce, aad, data, start, end);
    let last = inner.length - 1;
    while (last >= 0 && inner[last] === 0) last--;
    if (last < 0) return null;
    this.contentType = inner[last]!;
    return inner.subarray(0, last);
  }
}

/** CBC of TLS 1.0 to 1.2: MAC then encrypt, or encrypt then MAC when both sides said so (RFC 7366). */
export class CbcOpener extends RecordOpener {
  /** TLS 1.0: the last block of the record before; later versions send one with each record. */
  #chained: Buffer | null;

  constructor(
    private readonly protection: Protection,
    private readonly key: Buffer,
    private readonly macKey: Buffer,
    chained: Buffer | null,
    private readonly encryptThenMac: boolean,
  ) {
    super();
    this.#chained = chained;
  }

  plainLength(): number {
    return -1;
  }

  protected undo(type: number, version: number, data: Buffer, start: number, end: number): Buffer | null {
    const { cipher, blockLength, macLength } = this.protection;
    let from = start;
    let to = end;
    if (this.encryptThenMac) {
      to -= macLength;
      if (to <= from) return null;
      const mac = this.#mac(type, version, data.subarray(from, to));
      if (!timingSafeEqual(mac, data.subarray(to, end))) return null;
    }
    let iv = this.#chained;
    if (iv === null) {
      iv = data.subarray(from, from + blockLength);
      from += blockLength;
    }
    if (to - from < blockLength || (to - from) % blockLength !== 0) return null;
    const decipher = createDecipheriv(cipher, this.key, iv);
    decipher.setAutoPadding(false);
    const plain = decipher.update(data.subarray(from, to));
    const padding = plain[plain.length - 1]! + 1;
    const trailer = this.encryptThenMac ? 0 : macLength;
    if (padding + trailer > plain.length) return null;
    for (let i = plain.length - padding; i < plain.length; i++) if (plain[i] !== padding - 1) return null;
    const content = plain.subarray(0, plain.length - padding - trailer);
    if (!this.encryptThenMac) {
      const mac = this.#mac(type, version, content);
      if (!timingSafeEqual(mac, plain.subarray(content.length, content.length + macLength))) return null;
    }
    if (this.#chained !== null) this.#chained = Buffer.from(data.subarray(to - blockLength, to));
    return content;
  }

  #mac(type: number, version: number, content: Buffer): Buffer {
    const head = Buffer.alloc(13);
    writeSequence(head, 0, this.sequence);
    head[8] = type;
    head.writeUInt16BE(version, 9);
    head.writeUInt16BE(content.length, 11);
    return createHmac(this.protection.mac, this.macKey).update(head).update(content).digest();
  }
}
