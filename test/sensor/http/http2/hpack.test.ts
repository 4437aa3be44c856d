import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Random } from '../../../../deploy/traffic/random.ts';
import { HpackDecoder } from '../../../../sensor/http/http2/hpack-decoder.ts';
import { DynamicTable } from '../../../../sensor/http/http2/hpack-table.ts';
import { huffmanText } from '../../../../sensor/http/http2/huffman.ts';
import { huffmanOf } from './huffman-of.ts';
import { header, indexed, integer, sizeUpdate } from './made-frames.ts';

type Field = [string | null, string | null];

function decode(decoder: HpackDecoder, block: Buffer): Field[] | null {
  const fields: Field[] = [];
  const sound = decoder.decode(block, 0, block.length, { field: (name, value) => fields.push([name, value]) });
  return sound ? fields : null;
}

function octets(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');
}

const date1 = 'Mon, 21 Oct 2013 20:13:21 GMT';
const date2 = 'Mon, 21 Oct 2013 20:13:22 GMT';
const cookie = 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1';
const request1 = [':method GET', ':scheme http', ':path /', ':authority www.example.com'];
const request3 = [
  ':method GET',
  ':scheme https',
  ':path /index.html',
  ':authority www.example.com',
  'custom-key custom-value',
];
const response = (status: string, date: string): string[] => [
  `:status ${status}`,
  'cache-control private',
  `date ${date}`,
  'location https://www.example.com',
];

/** RFC 7541 Appendix C: blocks in their order through one table of so many octets, and the fields of each. */
const examples: Readonly<Record<string, { size?: number; blocks: readonly (readonly [string, readonly string[]])[] }>> =
  {
    'C.2.1': {
      blocks: [['400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572', ['custom-key custom-header']]],
    },
    'C.2.2': { blocks: [['040c 2f73 616d 706c 652f 7061 7468', [':path /sample/path']]] },
    'C.2.3': { blocks: [['1008 7061 7373 776f 7264 0673 6563 7265 74', ['password secret']]] },
    'C.2.4': { blocks: [['82', [':method GET']]] },
    'C.3': {
      blocks: [
        ['8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d', request1],
        ['8286 84be 5808 6e6f 2d63 6163 6865', [...request1, 'cache-control no-cache']],
        ['8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65', request3],
      ],
    },
    'C.4': {
      blocks: [
        ['8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff', request1],
        ['8286 84be 5886 a8eb 1064 9cbf', [...request1, 'cache-control no-cache']],
        ['8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf', request3],
      ],
    },
    'C.5': {
      size: 256,
      blocks: [
        [
          `4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d
           546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d`,
          response('302', date1),
        ],
        ['4803 3330 37c1 c0bf', response('307', date1)],
        [
          `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f
           6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b
           2076 6572 7369 6f6e 3d31`,
          [...response('200', date2), 'content-encoding gzip', `set-cookie ${cookie}`],
        ],
      ],
    },
    'C.6': {
      size: 256,
      blocks: [
        [
          `4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7
           8f0b 97c8 e9ae 82ae 43d3`,
          response('302', date1),
        ],
        ['4883 640e ffc1 c0bf', response('307', date1)],
        [
          `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335
           dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07`,
          [...response('200', date2), 'content-encoding gzip', `set-cookie ${cookie}`],
        ],
      ],
    },
  };

describe('RFC 7541 Appendix C', () => {
  for (const [name, { size, blocks }] of Object.entries(examples)) {
    test(name, () => {
      const decoder = new HpackDecoder();
      if (size !== undefined) assert.deepEqual(decode(decoder, sizeUpdate(size)), []);
      for (const [hex, expected] of blocks) {
        assert.deepEqual(
          decode(decoder, octets(hex))?.map(([field, value]) => `${field} ${value}`),
          expected,
        );
      }
    });
  }

  test('C.1: integers', () => {
    assert.deepEqual([...integer(10, 5, 0)], [10]);
    assert.deepEqual([...integer(1337, 5, 0)], [31, 154, 10]);
    const decoder = new HpackDecoder();
    assert.deepEqual(decode(decoder, Buffer.concat([sizeUpdate(1337), indexed(2)])), [[':method', 'GET']]);
  });
});

describe('Huffman', () => {
  test('every octet, in every place of an octet', () => {
    for (let octet = 0; octet < 256; octet++) {
      for (const before of ['', '0', '00', '000', ' ', ':']) {
        const text = before + String.fromCharCode(octet);
        const coded = huffmanOf(text);
        assert.equal(huffmanText(coded, 0, coded.length), text);
      }
    }
  });

  test('padding must be ones, fewer than eight; EOS is no symbol', () => {
    const fails = ['00', 'ffffffff', 'ff', '07ff', 'fffffffc', '18'];
    // «0» is 00000: with three ones it is whole, with zeros it is not.
    assert.equal(huffmanText(octets('07'), 0, 1), '0');
    for (const hex of fails) assert.equal(huffmanText(octets(hex), 0, hex.length / 2), null, hex);
  });
});

describe('what a decoder must refuse', () => {
  const refused: Readonly<Record<string, string>> = {
    'index 0': '80',
    'an index beyond both tables': 'be',
    'a name beyond both tables': '7e 01 61',
    'an integer without end': 'ff',
    'an integer of too many octets': 'ff 80 80 80 80 80 80 80 80 01',
    'an integer beyond all bounds': 'ff ff ff ff ff 0f',
    'a string longer than the block': '00 05 61 62',
    'a string without length': '00',
    'a size update behind a field': '82 20',
    'a Huffman string that does not end': '00 81 00 00',
  };
  for (const [name, hex] of Object.entries(refused)) {
    test(name, () => {
      const decoder = new HpackDecoder();
      assert.equal(decode(decoder, octets(hex)), null);
      // The table is lost with it: nothing is made up afterwards.
      assert.deepEqual(decode(decoder, Buffer.concat([indexed(2), indexed(62)])), [
        [':method', 'GET'],
        [null, null],
      ]);
    });
  }
});

describe('a table whose beginning was not seen', () => {
  const known = (name: string, value: string): Field => [name, value];

  test('what is added later is known, what is older is not, and nothing is shifted', () => {
    const decoder = new HpackDecoder();
    decoder.forget();
    assert.deepEqual(decode(decoder, indexed(62)), [[null, null]]);
    decode(decoder, header('a', '1', 'added'));
    decode(decoder, header('b', '2', 'added'));
    assert.deepEqual(decode(decoder, Buffer.concat([indexed(62), indexed(63), indexed(64)])), [
      known('b', '2'),
      known('a', '1'),
      [null, null],
    ]);
  });

  test('a value under a name that was not seen is an entry all the same', () => {
    const decoder = new HpackDecoder();
    decoder.forget();
    const unnamed = Buffer.concat([integer(62, 6, 0x40), Buffer.from('\x01v', 'latin1')]);
    assert.deepEqual(decode(decoder, unnamed), [[null, 'v']]);
    decode(decoder, header('a', '1', 'added'));
    assert.deepEqual(decode(decoder, Buffer.concat([indexed(62), indexed(63)])), [known('a', '1'), [null, 'v']]);
  });

  test('a table set to 0 is known again: what lies beyond it is an error', () => {
    const decoder = new HpackDecoder();
    decoder.forget();
    decode(decoder, header('a', '1', 'added'));
    assert.deepEqual(decode(decoder, Buffer.concat([sizeUpdate(0), sizeUpdate(4096), header('b', '2', 'added')])), [
      known('b', '2'),
    ]);
    assert.deepEqual(decode(decoder, indexed(62)), [known('b', '2')]);
    assert.equal(decode(decoder, indexed(63)), null);
  });

  test('a table that is full of what is known has no unknown entries', () => {
    const decoder = new HpackDecoder();
    decoder.forget();
    decode(decoder, sizeUpdate(100));
    decode(decoder, header('a', 'x'.repeat(60), 'added'));
    assert.equal(decode(decoder, indexed(63)), null);
  });

  test('without a size update it may be of any size: what is older stays unknown, however much comes', () => {
    const decoder = new HpackDecoder();
    decoder.forget();
    for (let i = 0; i < 3000; i++) decode(decoder, header('name', String(i), 'added'));
    assert.deepEqual(decode(decoder, indexed(62)), [known('name', '2999')]);
    assert.deepEqual(decode(decoder, indexed(62 + 2999)), [[null, null]]);
  });
});

test('a table keeps no more than its bound, and an entry too large for it empties it', () => {
  const table = new DynamicTable();
  table.resize(1 << 30);
  for (let i = 0; i < 10_000; i++) table.add('name', 'v'.repeat(100));
  assert.ok(table.size <= 64 * 1024);
  assert.equal(table.has(10_000), 0);
  table.resize(200);
  assert.equal(table.count, 1);
  table.add('name', 'v'.repeat(300));
  assert.deepEqual([table.count, table.size, table.has(1)], [0, 0, -1]);
});

test('a table agrees with a plain list, whatever is added and however its size changes', () => {
  const random = new Random(7541);
  for (let round = 0; round < 50; round++) {
    const table = new DynamicTable();
    let list: { name: string; value: string; size: number }[] = [];
    let most = 4096;
    const fit = () => {
      let sum = 0;
      list = list.filter((entry) => (sum += entry.size) <= most);
    };
    for (let step = 0; step < 200; step++) {
      if (random.chance(0.05)) {
        most = random.pick([0, 64, 300, 4096, 16384]);
        table.resize(most);
        fit();
      } else {
        const entry = {
          name: random.text(random.below(30), 'ab'),
          value: random.text(random.below(200), 'cd'),
          size: 0,
        };
        entry.size = entry.name.length + entry.value.length + 32;
        list = entry.size > most ? [] : [entry, ...list];
        fit();
        table.add(entry.name, entry.value);
      }
      assert.equal(table.count, list.length);
      for (const [i, entry] of list.entries()) {
        assert.deepEqual([table.nameOf(i + 1), table.valueOf(i + 1)], [entry.name, entry.value]);
      }
    }
  }
});

test('any octets: never an exception, and the same fields whatever came before at an unknown state', () => {
  const random = new Random(91130);
  for (let round = 0; round < 3000; round++) {
    const decoder = new HpackDecoder();
    if (random.chance(0.5)) decoder.forget();
    for (let block = 0; block < 4; block++) {
      const data = Buffer.from(Array.from({ length: random.below(60) }, () => random.below(256)));
      const fields = decode(decoder, data);
      for (const [name, value] of fields ?? []) assert.ok((name?.length ?? 0) + (value?.length ?? 0) < 4096 * 32);
    }
  }
});
