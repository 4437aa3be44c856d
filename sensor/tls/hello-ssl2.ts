/** A ClientHello in the form of SSL 2.0 (RFC 5246 appendix E.2), as clients sent that knew later versions too. */
import type { ClientHello } from './hello.ts';
import { MAX_LIST } from './limits.ts';

/** `bytes` begins with the version. Throws when it does not fit. */
export function parseSsl2Hello(bytes: Buffer): ClientHello {
  const version = bytes.readUInt16BE(0);
  const suitesLength = bytes.readUInt16BE(2);
  const sessionLength = bytes.readUInt16BE(4);
  const challengeLength = bytes.readUInt16BE(6);
  const session = 8 + suitesLength;
  const challenge = session + sessionLength;
  if (challenge + challengeLength > bytes.length) throw new RangeError('an SSL 2.0 hello is cut');
  const suites: number[] = [];
  for (let at = 8; at + 3 <= session && suites.length < MAX_LIST; at += 3) {
    // Those of SSL 2.0 alone have a first octet that is not 0.
    if (bytes[at] === 0) suites.push(bytes.readUInt16BE(at + 1));
  }
  // The challenge counts as the random, filled up with zeros on the left.
  const random = Buffer.alloc(32);
  const used = Math.min(challengeLength, 32);
  bytes.copy(random, 32 - used, challenge, challenge + used);
  return {
    version,
    random,
    sessionId: Buffer.from(bytes.subarray(session, challenge)),
    suites,
    extensions: [],
    sni: undefined,
    protocols: [],
    groups: [],
    pointFormats: [],
    signatureSchemes: [],
    versions: [],
    earlyData: false,
    encryptedHello: false,
    isSsl2: true,
    malformed: false,
  };
}
