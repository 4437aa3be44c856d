/**
 * The appliance's half of what opens kept exchanges: of `evidence.key` beside the store (mode 600), or of
 * APIRIS_EVIDENCE_KEY or APIRIS_EVIDENCE_KEY_FILE. Losing it loses what is kept at that time, and nothing else.
 */
import { hkdfSync } from 'node:crypto';
import { join } from 'node:path';
import { type Environment, secretFromEnvironment, secretFromFile } from '../keys.ts';

const KEY = 'evidence.key';
const OCTETS = 32;

/** Makes the key on first use. Throws KeyError, ConfigError. */
export function openOwnHalf(data: string, environment: Environment = process.env): Uint8Array {
  const secret = secretFromEnvironment('APIRIS_EVIDENCE_KEY', environment) ?? secretFromFile(join(data, KEY));
  return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), 'apiris evidence', OCTETS));
}
