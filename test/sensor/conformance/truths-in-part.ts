/** The captures known by name whose content nobody can read without keys: what is said of them. */
import { assertOtherProtocol, type Truth } from './truth.ts';

export const truthsInPart: Readonly<Record<string, Truth>> = {
  V25: {
    says: 'TLS, whose keys are not given here: its octets are counted',
    check: (passage) => assertOtherProtocol(passage, 12672),
  },
  V26: {
    says: 'TLS, whose keys are not given here: its octets are counted',
    check: (passage) => assertOtherProtocol(passage, 7983),
  },
};
