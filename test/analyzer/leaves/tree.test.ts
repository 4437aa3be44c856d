import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LeafTree } from '../../../analyzer/leaves/tree.ts';
import { read } from './collect.ts';

test('a place is one node, whatever message it is met in', () => {
  const tree = new LeafTree();
  const root = tree.root('body');
  const name = tree.childNamed(tree.items(tree.childNamed(root, 'rows')), '姓名');
  assert.deepEqual([name.path, name.name, name.place], ['rows[].姓名', '姓名', 'body']);
  assert.equal(tree.childNamed(tree.items(tree.childNamed(root, 'rows')), '姓名'), name);
  assert.equal(tree.items(name).name, '姓名');
  for (let id = 0; id < tree.size; id++) assert.equal(tree.node(id)?.id, id);
  const before = tree.size;
  const text = '{"rows":[{"姓名":"a"},{"姓名":"b"}]}';
  assert.deepEqual(read(text, { tree }).lines, read(text, { tree }).lines);
  assert.equal(tree.size, before);
});

test('a key is a copy: what it was read from is written over by the next message', () => {
  const tree = new LeafTree();
  // A Buffer on purpose: its slice() is a view.
  const bytes = Buffer.from('"stock_name":');
  const node = tree.child(tree.root('body'), bytes, 1, 11);
  bytes.fill(0x2a);
  assert.equal(Buffer.from(node.key).toString(), 'stock_name');
  assert.equal(tree.childNamed(tree.root('body'), 'stock_name'), node);
});

test('keys that hash alike are told apart', () => {
  const tree = new LeafTree({ nodes: 100_000, children: 100_000, keyBytes: 128, pathLength: 1_024 });
  const root = tree.root('query');
  const letters = (n: number) => n.toString(26).replaceAll(/\d/g, (d) => 'qrstuvwxyz'[Number(d)]!);
  for (let n = 0; n < 90_000; n++) assert.equal(tree.childNamed(root, letters(n)).name, letters(n));
});

test('a full tree has one node for what is new', () => {
  const tree = new LeafTree({ nodes: 4, children: 3, keyBytes: 8, pathLength: 1_024 });
  const root = tree.root('body');
  for (const key of ['a', 'b', 'c']) assert.equal(tree.childNamed(root, key).path, key);
  const dynamic = tree.childNamed(root, 'd');
  assert.deepEqual([dynamic.path, dynamic.dynamic], ['*', true]);
  const full = tree.childNamed(dynamic, 'x');
  assert.deepEqual([full.path, full.name], ['**', '']);
  assert.equal(tree.childNamed(full, 'y'), full);
  assert.equal(tree.items(full), full);
  assert.equal(tree.childNamed(tree.childNamed(root, 'a'), 'z'), full);
  assert.equal(tree.childNamed(root, 'a').path, 'a');
});

test('long keys and long paths', () => {
  const tree = new LeafTree();
  const root = tree.root('body');
  assert.equal(tree.childNamed(root, 'k'.repeat(129)).path, '*');
  let node = root;
  for (let depth = 0; depth < 64; depth++) node = tree.childNamed(node, 'k'.repeat(100));
  assert.equal(node.path, '**');
});

test('guesses of the next key never change what is read', () => {
  const tree = new LeafTree();
  read('[{"ab":1,"a":2,"abc":3}]', { tree });
  const text = '[{"a":1,"ab":2,"abc":3,"":4},{"abc":1,"ab":2},{"":1,"a":2}]';
  assert.deepEqual(read(text, { tree }).lines, read(text).lines);
});

test('a key that differs from the expected one in a single octet is another key', () => {
  for (let size = 1; size <= 14; size++) {
    const expected = 'abcdefghijklmn'.slice(0, size);
    for (let at = 0; at < size; at++) {
      const other = `${expected.slice(0, at)}Z${expected.slice(at + 1)}`;
      const text = `[{"${expected}":1},{"${other}":2},{"${expected}":3}]`;
      const values = read(text).lines.filter((line) => line.includes('='));
      const lines = [expected, other, expected].map((key, index) => `[].${key} = ${index + 1} (number)`);
      assert.deepEqual(values, lines, text);
    }
  }
});

test('limits are those of a message: what others have met changes nothing', () => {
  const limits = { nodes: 12, children: 4, keyBytes: 16, pathLength: 200 };
  const messages = [
    '{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}',
    '{"f":1,"e":2,"d":3,"c":4,"b":5,"a":6}',
    '[{"a":{"a":{"a":{"a":1}}},"b":{"a":{"b":[1]}}},{"c":{"a":{"a":[{"b":2}]}}}]',
    '{"g":{"h":1},"a":[{"b":1},{"c":{"d":{"e":{"f":2}}}}]}',
  ];
  const alone = messages.map((text) => read(text, { tree: new LeafTree(limits) }).lines);
  const tree = new LeafTree(limits);
  for (let round = 0; round < 3; round++) {
    for (const [index, text] of messages.entries()) {
      tree.begin();
      assert.deepEqual(read(text, { tree }).lines, alone[index], text);
    }
    messages.reverse();
    alone.reverse();
  }
});
