/** What protects the records of a cipher suite, told by its registered name. */
import { getCiphers } from 'node:crypto';
import { cipherSuiteName } from './names/cipher-suites.ts';

export interface Protection {
  readonly kind: 'aead' | 'chacha' | 'cbc';
  /** Names of node:crypto. */
  readonly cipher: string;
  readonly keyLength: number;
  /** AEAD tag, octets. */
  readonly tagLength: number;
  /** CBC: block size and MAC. */
  readonly blockLength: number;
  readonly mac: string;
  readonly macLength: number;
  /** Hash of PRF (TLS 1.2) or HKDF (TLS 1.3). */
  readonly hash: string;
}

const known = new Set(getCiphers());
const macs: Readonly<Record<string, readonly [name: string, length: number]>> = {
  MD5: ['md5', 16],
  SHA: ['sha1', 20],
  SHA256: ['sha256', 32],
  SHA384: ['sha384', 48],
};

const remembered = new Map<number, Protection | null>();

/** Null for suites that this Node cannot undo: stream ciphers, SM4 on old OpenSSL, what has no name. */
export function protectionOf(suite: number): Protection | null {
  let found = remembered.get(suite);
  if (found === undefined) {
    found = derive(cipherSuiteName(suite));
    // Codes without a name come in any number.
    if (found !== null) remembered.set(suite, found);
  }
  return found;
}

function derive(name: string): Protection | null {
  const words = name.replace(/^TLS_(?:.*_WITH_)?/, '');
  const hash = words.endsWith('SHA384') ? 'sha384' : 'sha256';
  if (words.startsWith('CHACHA20_POLY1305')) {
    return { ...nothing, kind: 'chacha', cipher: 'chacha20-poly1305', keyLength: 32, tagLength: 16, hash };
  }
  const aead = /^(AES|ARIA)_(128|256)_(GCM|CCM)(_8)?(?:_SHA\d+)?$/.exec(words);
  if (aead !== null) {
    const [, family = '', bits = '', mode = '', short] = aead;
    const cipher = `${family}-${bits}-${mode}`.toLowerCase();
    if (!known.has(cipher) && !known.has(`id-${cipher.replace('aes-', 'aes')}`)) return null;
    return { ...nothing, kind: 'aead', cipher, keyLength: Number(bits) / 8, tagLength: short ? 8 : 16, hash };
  }
  const cbc = /^(?:(AES|CAMELLIA|ARIA)_(128|256)|(3DES_EDE))_CBC_(MD5|SHA|SHA256|SHA384)$/.exec(words);
  if (cbc === null) return null;
  const [, family, bits = '', triple, macName = ''] = cbc;
  const [mac, macLength] = macs[macName]!;
  const cipher = triple === undefined ? `${family}-${bits}-cbc`.toLowerCase() : 'des-ede3-cbc';
  if (!known.has(cipher)) return null;
  const keyLength = triple === undefined ? Number(bits) / 8 : 24;
  return { ...nothing, kind: 'cbc', cipher, keyLength, blockLength: triple ? 8 : 16, mac, macLength, hash };
}

const nothing: Protection = {
  kind: 'aead',
  cipher: '',
  keyLength: 0,
  tagLength: 0,
  blockLength: 0,
  mac: '',
  macLength: 0,
  hash: 'sha256',
};
