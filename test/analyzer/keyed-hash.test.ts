import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deriveKey, hex16, KeyedHash } from '../../analyzer/keyed-hash.ts';

const key = Uint8Array.from({ length: 16 }, (_, i) => i);

/** SipHash-2-4 of 0, 1 … n-1 under the key 0, 1 … 15, as the reference implementation lists it; octets little-endian. */
const vectors: readonly (readonly [number, string])[] = [
  [0, '310e0edd47db6f72'],
  [1, 'fd67dc93c539f874'],
  [2, '5a4fa9d909806c0d'],
  [3, '2d7efbd796666785'],
  [4, 'b7877127e09427cf'],
  [5, '8da699cd64557618'],
  [6, 'cee3fe586e46c9cb'],
  [7, '37d1018bf50002ab'],
  [8, '6224939a79f5f593'],
  [9, 'b0e4a90bdf82009e'],
  [63, '724506eb4c328a95'],
];

function reversed(hex: string): string {
  return hex.match(/../g)!.reverse().join('');
}

test('the vectors of the SipHash paper', () => {
  const hash = new KeyedHash(key);
  for (const [length, expected] of vectors) {
    const bytes = Uint8Array.from({ length }, (_, i) => i);
    assert.equal(hash.hex(bytes, 0, length), reversed(expected), `${length} octets`);
    assert.equal(hash.hex(bytes, 0, length), reversed(expected), `${length} octets, from the cache`);
  }
  // The worked example of the paper's appendix A.
  assert.equal(
    hash.hex(
      Uint8Array.from({ length: 15 }, (_, i) => i),
      0,
      15,
    ),
    'a129ca6149be45e5',
  );
});

test('a hash depends on the octets alone, not on where they lie or what was hashed before', () => {
  const hash = new KeyedHash(key);
  const fresh = (bytes: Uint8Array) => new KeyedHash(key).hex(bytes, 0, bytes.length);
  for (let round = 0; round < 2000; round++) {
    const length = (round * 7) % 41;
    const bytes = Uint8Array.from({ length: length + 5 }, (_, i) => (i * 31 + round * 17 + ((i * round) % 13)) & 0xff);
    assert.equal(hash.hex(bytes, 3, 3 + length), fresh(bytes.slice(3, 3 + length)));
  }
});

test('texts are hashed as UTF-8', () => {
  const hash = new KeyedHash(key);
  const bytes = new TextEncoder().encode('王伟');
  assert.equal(hash.hexOfText('王伟'), hash.hex(bytes, 0, bytes.length));
  assert.match(hash.hexOfText(''), /^[0-9a-f]{16}$/);
  assert.equal(hex16(1, 0xffffffff), '00000001ffffffff');
});

test('purposes have keys of their own, and a key never changes', () => {
  const secret = new TextEncoder().encode('a secret of 32 octets, for tests');
  const identity = deriveKey(secret, 'identity');
  const trace = deriveKey(secret, 'trace');
  assert.notDeepEqual(identity, trace);
  // Stored hashes depend on these octets: a change here makes every stored hash unreadable.
  assert.equal(Buffer.from(identity).toString('hex'), '9ded0fde9bb91b25695394ac9350df2e');
  assert.equal(Buffer.from(trace).toString('hex'), 'a3b844a45452264839115f5eb13dd541');
  assert.throws(() => deriveKey(new Uint8Array(15), 'trace'), /at least 16/);
  assert.throws(() => new KeyedHash(new Uint8Array(8)), /16 octets/);
});
