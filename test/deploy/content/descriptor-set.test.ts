/** Sets of descriptors that no compiler writes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DescriptorSetError, readDescriptorSet } from '../../../deploy/content/protos/descriptor-set.ts';

/** A field with a length; all of these are shorter than 128 octets. */
function held(number: number, content: string | Buffer): Buffer {
  const octets = Buffer.from(content as string);
  return Buffer.concat([Buffer.of(number * 8 + 2, octets.length), octets]);
}

const count = (number: number, value: number): Buffer => Buffer.of(number * 8, value);

/** `message M { map<KIND, string> m = 1; }`, the kind by its number in FieldDescriptorProto.Type. */
function setOf(kind: number): Buffer {
  const part = (number: number, type: number, name: string) =>
    held(2, Buffer.concat([held(1, name), count(3, number), count(5, type), held(6, type === 11 ? '.M' : '')]));
  const entry = [held(1, 'MEntry'), part(1, kind, 'key'), part(2, 9, 'value'), held(7, count(7, 1))];
  const field = [held(1, 'm'), count(3, 1), count(4, 3), count(5, 11), held(6, '.M.MEntry')];
  const message = [held(1, 'M'), held(2, Buffer.concat(field)), held(3, Buffer.concat(entry))];
  return held(1, Buffer.concat([held(1, 'm.proto'), held(4, Buffer.concat(message))]));
}

test('keys of maps are integers, bool or string', () => {
  const names = 'int64 uint64 int32 fixed64 fixed32 bool string uint32 sfixed32 sfixed64 sint32 sint64'.split(' ');
  for (const [i, kind] of [3, 4, 5, 6, 7, 8, 9, 13, 15, 16, 17, 18].entries()) {
    const [message] = readDescriptorSet(setOf(kind), 'm.pb').messages;
    assert.deepEqual(message?.fields, [{ number: 1, name: 'm', type: 'string', keyType: names[i], repeated: false }]);
  }
  for (const kind of [0, 1, 2, 10, 11, 12, 14, 19]) {
    assert.throws(() => readDescriptorSet(setOf(kind), 'm.pb'), DescriptorSetError, String(kind));
  }
});
