/** The file of TLS session secrets that a configuration names. */
import { readFileSync, statSync } from 'node:fs';
import { type Config, ConfigError } from './config.ts';

/** Octets. A session takes about a thousand. */
const MAX_FILE = 2 ** 30;

/** Null when none is named. Throws ConfigError. */
export function readKeyLog({ tlsKeylog }: Config): Uint8Array | null {
  if (tlsKeylog === '') return null;
  try {
    const { size } = statSync(tlsKeylog);
    if (size > MAX_FILE) {
      throw new ConfigError([`the TLS key log ${tlsKeylog} has ${size} octets; at most ${MAX_FILE} are read`]);
    }
    const octets = readFileSync(tlsKeylog);
    if (!/^[A-Z_0-9]+ [0-9A-Fa-f]{64} [0-9A-Fa-f]{64}/m.test(octets.toString('latin1'))) {
      throw new ConfigError([
        `${tlsKeylog} is no TLS key log: no line of it has a label, a client random and a secret; give a file that SSLKEYLOGFILE named`,
      ]);
    }
    return octets;
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new ConfigError([`there is no TLS key log ${tlsKeylog}; check --tls-keylog`]);
    throw new ConfigError([`cannot read the TLS key log ${tlsKeylog}: ${message}`]);
  }
}
