/**
 * The captures known by name of which this version reads a part or nothing: what it says of them now. Each gets its
 * whole truth when the sensor reads HTTP/2 and TLS.
 */
import assert from 'node:assert/strict';
import { assertOtherProtocol, fieldOf, lines, type Truth } from './truth.ts';

export const truthsInPart: Readonly<Record<string, Truth>> = {
  V23: {
    says: '101 to HTTP/2; all that follows is another protocol',
    check(passage) {
      assert.deepEqual(lines(passage), ['GET /robots.txt 101']);
      assert.equal(fieldOf(passage.records[0]!.response, 'upgrade'), 'h2c');
      assert.deepEqual([passage.count('messageBytes'), passage.count('switchedProtocolBytes')], [249, 524]);
    },
  },
  V24: {
    says: 'HTTP/2 by its preface: counted as another protocol',
    check: (passage) => assertOtherProtocol(passage, 674),
  },
  V25: { says: 'TLS: counted as another protocol', check: (passage) => assertOtherProtocol(passage, 12672) },
  V26: { says: 'TLS: counted as another protocol', check: (passage) => assertOtherProtocol(passage, 7983) },
};
