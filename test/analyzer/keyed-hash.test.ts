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

const wrap = (n: bigint) => n & 0xffff_ffff_ffff_ffffn;
const rotate = (n: bigint, by: bigint) => wrap(n << by) | (n >> (64n - by));

/** The paper's algorithm word by word. */
function sipHash(key: Uint8Array, bytes: Uint8Array): string {
  const word = (from: Uint8Array, at: number) =>
    from.subarray(at, at + 8).reduce((sum, octet, i) => sum | (BigInt(octet) << BigInt(8 * i)), 0n);
  const [k0, k1] = [word(key, 0), word(key, 8)];
  let [v0, v1] = [k0 ^ 0x736f6d6570736575n, k1 ^ 0x646f72616e646f6dn];
  let [v2, v3] = [k0 ^ 0x6c7967656e657261n, k1 ^ 0x7465646279746573n];
  const rounds = (count: number) => {
    for (let i = 0; i < count; i++) {
      v0 = wrap(v0 + v1);
      v1 = rotate(v1, 13n) ^ v0;
      v0 = rotate(v0, 32n);
      v2 = wrap(v2 + v3);
      v3 = rotate(v3, 16n) ^ v2;
      v0 = wrap(v0 + v3);
      v3 = rotate(v3, 21n) ^ v0;
      v2 = wrap(v2 + v1);
      v1 = rotate(v1, 17n) ^ v2;
      v2 = rotate(v2, 32n);
    }
  };
  for (let at = 0; at <= bytes.length; at += 8) {
    const isLast = at + 8 > bytes.length;
    const m = word(bytes, at) | (isLast ? BigInt(bytes.length & 0xff) << 56n : 0n);
    v3 ^= m;
    rounds(2);
    v0 ^= m;
  }
  v2 ^= 0xffn;
  rounds(4);
  return (v0 ^ v1 ^ v2 ^ v3).toString(16).padStart(16, '0');
}

test('keys that take turns, and values of any length, hash as the algorithm says', () => {
  const keys = Array.from({ length: 20 }, (_, n) => key.map((octet) => (octet * 37 + n * 101) & 0xff));
  const hashes = keys.map((some) => new KeyedHash(some));
  const bytes = Uint8Array.from({ length: 13_000 }, (_, i) => (i * i + (i >> 7) * 31) & 0xff);
  const lengths = [...Array.from({ length: 70 }, (_, i) => i), 255, 256, 4095, 4096, 4097, 4104, 8192, 12_289];
  for (const [n, length] of lengths.entries()) {
    for (const which of [n % 20, (n + 8) % 20, 3]) {
      const value = bytes.subarray(n, n + length);
      assert.equal(hashes[which]!.hex(bytes, n, n + length), sipHash(keys[which]!, value), `${length} octets`);
    }
  }
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
