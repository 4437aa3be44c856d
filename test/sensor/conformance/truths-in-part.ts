/**
 * The captures known by name of which this version reads a part or nothing: what it says of them now. Each gets its
 * whole truth when the sensor reads tunnels, IP fragments and TLS.
 */
import assert from 'node:assert/strict';
import { assertOtherProtocol, assertWhole, lines, type Truth } from './truth.ts';

export const truthsInPart: Readonly<Record<string, Truth>> = {
  V19: {
    says: 'plain and VLAN connections: 2 pairs, one of them HTTP/0.9; 11 MPLS packets (Telnet) are not IP',
    check(passage) {
      assert.deepEqual(lines(passage), ['GET / 200', 'GET / 0']);
      assertWhole(passage);
      assert.deepEqual(
        passage.records.map(({ vlan, protocol }) => [vlan, protocol]),
        [
          [undefined, 'http/1.0'],
          [4093, 'http/0.9'],
        ],
      );
      assert.equal(passage.count('notIp'), 11);
    },
  },
  V20: {
    says: 'PPPoE: all 30 packets counted as not IP',
    check(passage) {
      assert.deepEqual(passage.records, []);
      assert.equal(passage.count('notIp'), 30);
    },
  },
  V21: {
    says: 'GRE: all 7 packets counted as not TCP',
    check(passage) {
      assert.deepEqual(passage.records, []);
      assert.equal(passage.count('notTcp'), 7);
    },
  },
  V22: {
    says: 'IPv4 fragments: all 11 counted as such',
    check(passage) {
      assert.deepEqual(passage.records, []);
      assert.equal(passage.count('ipFragments'), 11);
    },
  },
  V25: { says: 'TLS: counted as another protocol', check: (passage) => assertOtherProtocol(passage, 12672) },
  V26: { says: 'TLS: counted as another protocol', check: (passage) => assertOtherProtocol(passage, 7983) },
};
