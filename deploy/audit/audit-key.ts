/**
 * The Ed25519 key (RFC 8032) that seals the log: `audit.key` beside the store (mode 600), or APIRIS_AUDIT_KEY or
 * APIRIS_AUDIT_KEY_FILE, each 64 hex digits. `audit.pub` beside it is the public half, as openssl reads it. Losing the key
 * loses nothing that was sealed: a new one begins a chain of its own, which names where the earlier one ended.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, KeyError } from '../key-file.ts';
import { type Environment, secretFromEnvironment, secretFromFile } from '../keys.ts';

const KEY = 'audit.key';
const PUBLIC = 'audit.pub';

/** PKCS #8 (RFC 8410) of an Ed25519 seed, up to the seed. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

export interface AuditKey {
  /** Names the chain: 16 hex digits, of the public key's digest. */
  readonly writer: string;
  /** PEM. */
  readonly publicKey: string;
  /** Base64. */
  sign(text: string): string;
}

/** Makes the key on first use. Throws KeyError, ConfigError. */
export function openAuditKey(data: string, environment: Environment = process.env): AuditKey {
  const seed = secretFromEnvironment('APIRIS_AUDIT_KEY', environment) ?? secretFromFile(join(data, KEY));
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'pem', type: 'spki' }).toString();
  const path = join(data, PUBLIC);
  try {
    if (!existsSync(path) || readFileSync(path, 'utf8') !== publicKey) writeFileSync(path, publicKey);
  } catch (error) {
    throw new KeyError(`${path} can't be written (${codeOf(error)}): make ${data} a writable folder.`, {
      cause: error,
    });
  }
  return {
    writer: writerOf(publicKey),
    publicKey,
    sign: (text) => sign(null, Buffer.from(text, 'latin1'), key).toString('base64'),
  };
}

export function writerOf(publicKey: string): string {
  const der = createPublicKey(publicKey).export({ format: 'der', type: 'spki' });
  return createHash('sha256').update(der).digest('hex').slice(0, 16);
}

/** False for a text that is no signature too. */
export function isSignedBy(publicKey: KeyObject, text: string, signature: string): boolean {
  const octets = Buffer.from(signature, 'base64');
  return octets.length === 64 && verify(null, Buffer.from(text, 'latin1'), publicKey, octets);
}

/** PEM of `audit.pub`, or of the file named. Throws KeyError; undefined where the folder has none. */
export function readPublicKey(data: string, file?: string): string | undefined {
  const path = file ?? join(data, PUBLIC);
  if (file === undefined && !existsSync(path)) return undefined;
  try {
    return createPublicKey(readFileSync(path, 'utf8')).export({ format: 'pem', type: 'spki' }).toString();
  } catch (error) {
    throw new KeyError(`${path} is no public key (${codeOf(error)}): name the audit.pub that was put aside.`, {
      cause: error,
    });
  }
}
