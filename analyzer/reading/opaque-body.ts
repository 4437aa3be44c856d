/**
 * Whether a body is encrypted by the application: most of what it says is a cipher's output in one or a few values, as
 * in `{"code": 0, "data": "wKX3…"}`, or all of it is. What is in such a body nobody sees who has no key, and the
 * inventory says so.
 */
import { isCiphertext, looksRandom, shortestCiphertext } from '../detect/structure/ciphertext.ts';
import { wordsOf } from '../identify/name-words.ts';
import type { LeafKind, LeafNode } from '../leaf.ts';
import type { LeafOutput } from '../leaves/output.ts';

/** The content, its key and an initial vector; a list of rows with an encrypted id each is no encrypted body. */
const mostPieces = 4;

/** Words of names of what is random by nature, beside a content that is not. */
const random: ReadonlySet<string> = new Set([
  ...['token', 'jwt', 'session', 'sessionid', 'sid', 'ticket', 'cookie', 'csrf', 'xsrf', 'nonce', 'state', 'code'],
  ...['sign', 'signature', 'sig', 'mac', 'hmac', 'hash', 'digest', 'checksum', 'md5', 'sha1', 'sha256', 'sm3', 'etag'],
  ...['cert', 'certificate', 'publickey', 'pubkey', 'secret', 'password', 'pwd', 'cursor', 'img', 'image', 'picture'],
  ...['photo', 'pic', 'avatar', 'file', 'fingerprint', 'captcha', 'qrcode', 'icon', 'logo', 'salt', 'credential'],
]);

/** Of one message. */
export class OpaqueBody {
  #plain = 0;
  #cipher = 0;
  #pieces = 0;

  begin(): void {
    this.#plain = 0;
    this.#cipher = 0;
    this.#pieces = 0;
  }

  /** A value of the body. */
  leaf(node: LeafNode, kind: LeafKind, bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length < shortestCiphertext || kind !== 'text' || !isCiphertext(bytes, start, end)) this.#plain += length;
    else if (!isRandomByNature(node.name)) {
      this.#cipher += length;
      this.#pieces++;
    }
  }

  /** Of the whole, once it has ended. */
  isOpaque({ octets, letters, isScript }: Pick<LeafOutput, 'octets' | 'letters' | 'isScript'>): boolean {
    if (isScript) return false;
    if (this.#pieces > 0 && this.#pieces <= mostPieces && this.#cipher >= this.#plain) return true;
    if (letters !== null && isCiphertext(letters.bytes, 0, letters.length)) return true;
    return octets !== null && looksRandom(octets.bytes, 0, octets.length);
  }
}

function isRandomByNature(name: string): boolean {
  const words = wordsOf(name);
  return words.some((word) => random.has(word)) || random.has(words.join(''));
}
