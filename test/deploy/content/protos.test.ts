/** Descriptions of gRPC messages: what files declare, and what messages of real makers read as by them. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ProtoBook } from '../../../analyzer/leaves/proto-book.ts';
import { contentDigest, loadAnalysis } from '../../../deploy/content/analysis.ts';
import { loadProtos } from '../../../deploy/content/protos/protos.ts';
import { Random } from '../../../deploy/traffic/random.ts';
import { read } from '../../analyzer/leaves/collect.ts';

const recorded = fileURLToPath(new URL('fixtures/protos/', import.meta.resolve('#root/package.json')));
const user = readFileSync(join(recorded, 'user.bin'));

function folderOf(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'apiris-protos-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

function bookOf(...sources: string[]): ProtoBook {
  const { table, problems } = loadProtos(sources);
  assert.deepEqual(problems, []);
  return new ProtoBook(structuredClone(table!));
}

const lines = [
  'name = 李雷',
  'mobiles[] = 13800138000',
  'mobiles[] = 13900139000',
  'codes[] = -1 (number)',
  'codes[] = 2 (number)',
  'codes[] = -300 (number)',
  'balances.CNY.currency = ¥',
  'balances.CNY.units = 5 (number)',
  'notes.3 = three',
  'email = a@b.example',
  'state = OPEN',
  'inner[] {',
  'inner[].state = CLOSED',
  'inner[].parent.name = 韩梅梅',
  'inner[] }',
  'inner[] {',
  'inner[].state = OPEN',
  'inner[] }',
  'nick = 小雷',
  'extra.currency = USD',
  'extra.units = 9 (number)',
  'extra.rate = 0.25 (number)',
  'vip = true (literal)',
  'history[] = OPEN',
  'history[] = CLOSED',
  'history[] = 7 (number)',
  'id = 9223372036854775813 (number)',
  'score = 1.5 (number)',
  'big = 18446744073709551615 (number)',
  'below = -7 (number)',
];

for (const [form, source] of [
  ['.proto files', recorded],
  ['a FileDescriptorSet', join(recorded, 'shop.pb')],
] as const) {
  test(`a message that protobuf's own runtime wrote, by ${form}`, (t) => {
    // The folder has both: of one form alone.
    const sources = source === recorded ? folderOf(t, {}) : source;
    if (source === recorded) {
      mkdirSync(join(sources, 'common'));
      for (const name of ['shop.proto', 'common/money.proto']) copyFileSync(join(recorded, name), join(sources, name));
    }
    const book = bookOf(sources);
    const message = book.of('/gateway/shop.v1.Users/Get?x=1', 'application/grpc', 'response');
    const framed = Buffer.concat([Buffer.of(0, 0, 0, 0, user.length), user]);
    framed.writeUInt32BE(user.length, 1);
    assert.deepEqual(read(framed, { contentType: 'application/grpc', message }).lines, lines);
    assert.deepEqual(
      read(user, { contentType: 'application/x-protobuf; messageType="shop.v1.User"', message }).lines,
      lines,
    );
    assert.equal(book.of('/shop.v1.Users/Watch', 'application/grpc+proto', 'request')?.name, 'shop.v1.Ask');
    assert.equal(book.of('/x', 'application/x-protobuf; messageType="shop.v1.User"', 'response')?.name, 'shop.v1.User');
    assert.equal(book.of('/shop.v1.Users/Get', 'application/json', 'request'), null);
    assert.equal(book.of('/shop.v1.Users/Other', 'application/grpc', 'request'), null);
  });
}

test('both forms say the same, copies of it are no mistake, and the digest of what is in force tells of them', async () => {
  assert.deepEqual(loadProtos([recorded]).problems, []);
  assert.deepEqual(loadProtos([join(recorded, 'shop.pb')]).table!.methods, loadProtos([recorded]).table!.methods);
  const plain = { rules: [], labels: [] };
  const without = contentDigest(await loadAnalysis(plain));
  assert.equal(contentDigest(await loadAnalysis({ ...plain, protos: [] })), without);
  assert.notEqual(contentDigest(await loadAnalysis({ ...plain, protos: [recorded] })), without);
});

test('what is not described, or comes otherwise than described, stays under its number', (t) => {
  const book = bookOf(
    folderOf(t, { 'a.proto': 'syntax = "proto3"; message A { string name = 1; A inner = 2; int32 n = 3; }' }),
  );
  const octets = Buffer.from('0a016112060a01621a0163180322017a2a0308960130ac02', 'hex');
  const got = read(octets, { contentType: 'application/protobuf', message: book.message('A') });
  assert.deepEqual(got.lines, [
    ...['name = a', 'inner.name = b', 'inner.f3 = c', 'n = 3 (number)', 'f4 = z', 'f5.f1 = 150 (number)'],
    'f6 = 300 (number)',
  ]);
});

test('proto2: groups, packed and not, extensions, imports by nested scope', (t) => {
  const text = `syntax = "proto2";
    package p.q;
    message M {
      optional group Part = 1 { optional string mobile = 2; }
      repeated int32 ids = 3 [packed = true];
      repeated fixed32 ports = 4;
      optional .p.q.M.Inner far = 5;
      message Inner { optional q.Level level = 1; }
      extensions 100 to 199;
    }
    enum Level { LOW = 1; HIGH = 2; }
    extend M { optional string added = 100; }`;
  const book = bookOf(folderOf(t, { 'm.proto': text }));
  const octets = Buffer.from('0b1201310c' + '1a038e0205' + '25010000002502000000' + '2a020802' + 'a206016e', 'hex');
  assert.deepEqual(read(octets, { contentType: 'application/protobuf', message: book.message('p.q.M') }).lines, [
    ...[
      'part.mobile = 1',
      'ids[] = 270 (number)',
      'ids[] = 5 (number)',
      'ports[] = 1 (number)',
      'ports[] = 2 (number)',
    ],
    ...['far.level = HIGH', 'added = n'],
  ]);
});

test('mistakes are told with file, line and what to do; the rest is in force', (t) => {
  const folder = folderOf(t, {
    'good.proto': 'syntax = "proto3";\nmessage Good { string a = 1; }\nservice S { rpc M(Good) returns (Good); }',
    'broken.proto': 'syntax = "proto3";\nmessage A {\n  string a = ;\n}',
    'twice.proto': 'syntax = "proto3";\nmessage Good { string b = 1; }',
    'absent.proto': 'syntax = "proto3";\nimport "x.proto";\nmessage B {\n  x.Y y = 1;\n  string s = 2;\n}',
    'set.pb': 'not one',
  });
  const { table, problems } = loadProtos([folder, join(folder, 'nowhere')]);
  const told = problems.map(
    ({ place, what, advice }) => `${place.file.replace(`${folder}/`, '')}:${place.line} ${what}; ${advice}`,
  );
  for (const expected of [
    /^nowhere:1 there are no \.proto files to be read \(ENOENT\); name a folder/,
    /^broken\.proto:3 illegal id ';'; mend the file/,
    /^set\.pb:1 no FileDescriptorSet: .*; make it by protoc/,
    /^absent\.proto:4 there is no message or enum x\.Y; add the file that declares it/,
    /^twice\.proto:2 Good is declared otherwise in .*good\.proto; keep one of the two/,
  ]) {
    assert.ok(
      told.some((line) => expected.test(line)),
      `${expected}\n${told.join('\n')}`,
    );
  }
  assert.equal(told.length, 5);
  const book = new ProtoBook(table!);
  assert.equal(book.of('/S/M', 'application/grpc', 'request')?.field(1)?.key.toString(), 'a');
  assert.equal(book.message('B')?.field(2)?.kind, 'string');
  assert.match(loadProtos([folderOf(t, {})]).problems[0]!.what, /no \.proto file/);
});

test('nothing that comes is too much for a description', () => {
  const book = bookOf(recorded);
  const message = book.message('shop.v1.User')!;
  const random = new Random(41);
  for (let round = 0; round < 3000; round++) {
    const octets = Buffer.from(user);
    for (let k = random.below(6); k >= 0; k--) octets[random.below(octets.length)] = random.below(256);
    const cut = octets.subarray(0, random.below(octets.length) + 1);
    const got = read(cut, { contentType: 'application/protobuf', message });
    assert.equal(got.openRows, 0);
  }
  // Groups in groups, a million of them; and messages in messages.
  read(Buffer.alloc(1_000_000, 0x0b), { contentType: 'application/protobuf', message });
  let nested = Buffer.alloc(0);
  for (let k = 0; k < 200; k++) {
    const inner = Buffer.concat([Buffer.of(0x12), varint(nested.length), nested]);
    nested = Buffer.concat([Buffer.of(0x4a), varint(inner.length), inner]);
  }
  assert.ok(read(nested, { contentType: 'application/protobuf', message }).counts.deepValues > 0);
});

function varint(value: number): Buffer {
  return value < 128 ? Buffer.of(value) : Buffer.of((value & 127) | 128, value >> 7);
}
