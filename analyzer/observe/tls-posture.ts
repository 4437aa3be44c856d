/**
 * What a server and its clients agree on in TLS. The value is how many handshakes did so; `numbers` has every flaw
 * (tls-marks.ts) that could be looked for, 1 where it was found and 0 where it was not, and `clients`. What was only offered
 * does not count, nor what was refused. No history: a flaw is one the first time.
 */
import type { HandshakeSum } from '../handshakes.ts';
import { type Observation, observationVersion } from '../observation.ts';
import { marksOf, type TlsMark, tlsMarks } from './tls-marks.ts';

/** Cannot be told where the certificate is not seen, as in TLS 1.3. */
const ofCertificate: ReadonlySet<TlsMark> = new Set([
  ...(['expired', 'not-yet-valid', 'weak-key', 'weak-signature', 'self-issued', 'other-name'] as const),
]);

/** As a request would name its host; empty when the client asked for none. */
export function authorityOf({ sni, port }: HandshakeSum): string {
  return sni === '' || port === 443 ? sni : `${sni}:${port}`;
}

/** Undefined when nothing was agreed on. `app`: what the calls of such connections belong to. */
export function tlsPosture(sum: HandshakeSum, app: string): Observation | undefined {
  const value = sum.handshakes - sum.refused;
  if (sum.version === '' || sum.suite === '' || value <= 0) return undefined;
  const found = marksOf(sum);
  const numbers: Record<string, number> = { clients: sum.clients.length };
  for (const mark of tlsMarks) {
    if (sum.fingerprint !== '' || !ofCertificate.has(mark)) numbers[mark] = found.includes(mark) ? 1 : 0;
  }
  return {
    ...{ v: observationVersion, measure: 'tls', subject: { kind: 'app', id: app }, app },
    ...{ begin: sum.firstSeen, end: sum.lastSeen, window: 0, value, numbers },
    ...{ samples: [], clients: sum.clients, accounts: [], completeness: 1 },
  };
}
