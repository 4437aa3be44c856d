/** The captures known by name of which this version reads a part or nothing: what it says of them now. */
import { assertOtherProtocol, type Truth } from './truth.ts';

export const truthsInPart: Readonly<Record<string, Truth>> = {
  V25: { says: 'TLS: counted as another protocol', check: (passage) => assertOtherProtocol(passage, 12672) },
  V26: { says: 'TLS: counted as another protocol', check: (passage) => assertOtherProtocol(passage, 7983) },
};
