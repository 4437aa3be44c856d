/** Ids that gateways hand on: one request has one hash at every hop, and nothing of an id leaves in clear. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NamedFields } from '../../../analyzer/reading/heads.ts';
import { traceFields, traceIdOf } from '../../../analyzer/reading/trace-ids.ts';
import { read } from '../read-exchange.ts';

const id = '4bf92f3577b34da6a3ce929d0e0e4736';

function idOf(field: (typeof traceFields)[number], text: string): string {
  return traceIdOf(traceFields.indexOf(field), text);
}

test('one id however it is written', () => {
  assert.equal(idOf('traceparent', `00-${id}-00f067aa0ba902b7-01`), id);
  assert.equal(idOf('b3', `${id.toUpperCase()}-00f067aa0ba902b7-1`), id);
  assert.equal(idOf('x-b3-traceid', id), id);
  assert.equal(idOf('uber-trace-id', `${id}:1:0:1`), id);
  assert.equal(idOf('x-cloud-trace-context', `${id}/1;o=1`), id);
  assert.equal(idOf('x-request-id', '4bf92f35-77b3-4da6-a3ce-929d0e0e4736'), id);
  // 64 bits, padded by some to 128.
  assert.equal(idOf('x-b3-traceid', `0000000000000000${id.slice(16)}`), idOf('x-b3-traceid', id.slice(16)));
  assert.equal(idOf('sw8', '1-VFJBQ0VJRDAx-U0VH-0-a-b-c-d'), 'VFJBQ0VJRDAx');
  assert.equal(
    idOf('x-amzn-trace-id', 'Self=1-2;Root=1-67891233-abcdef012345678912345678'),
    '1-67891233-abcdef012345678912345678',
  );
});

test('what is no id is none', () => {
  for (const text of ['', '0', '1', 'undefined', 'null-null', 'x'.repeat(600)]) {
    for (const field of traceFields) assert.equal(idOf(field, text), '', `${field}: ${text.slice(0, 20)}`);
  }
  assert.equal(idOf('traceparent', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`), '');
  assert.equal(idOf('x-request-id', "1' or '1'='1"), '');
});

test('a call has the hashes of its ids, of the request and of the answer, the surest first', () => {
  const parent = ['traceparent', `00-${id}-00f067aa0ba902b7-01`];
  const plain = read({}).traceIds;
  assert.equal(plain, '');
  const inner = read({ request: { headers: ['X-Request-ID', 'req-20260105-000017', ...parent] } }).traceIds.split(' ');
  assert.equal(inner.length, 2);
  for (const hash of inner) assert.match(hash, /^[0-9a-f]{16}$/);
  // The gateway tells its client the id that it made.
  const outer = read({ response: { headers: ['X-REQUEST-ID', 'req-20260105-000017'] } }).traceIds;
  assert.equal(outer, inner[1]);
  assert.equal(read({ request: { headers: ['b3', `${id}-00f067aa0ba902b7`] } }).traceIds, inner[0]);
  const many = Array.from({ length: 9 }, (_, n) => ['x-trace-id', `trace-000${n}`]).flat();
  assert.equal(read({ request: { headers: many } }).traceIds.split(' ').length, 4);
});

test('an id that comes again counts as the surest field has it, and a flood of fields costs no more', () => {
  const known = ['traceparent', `00-${id}-00f067aa0ba902b7-01`];
  const others = ['b3', 'x-b3-traceid', 'uber-trace-id', 'x-trace-id'].flatMap((name, n) => {
    const other = `${n + 1}${id.slice(1)}`;
    return [name, name === 'b3' ? `${other}-00f067aa0ba902b7` : name === 'uber-trace-id' ? `${other}:1:0:1` : other];
  });
  const alone = read({ request: { headers: known } }).traceIds;
  const late = read({ request: { headers: ['x-request-id', id, ...others, ...known] } }).traceIds;
  assert.equal(late.split(' ')[0], alone);
  const flood = Array.from({ length: 5000 }, (_, n) => ['x-trace-id', `trace-000${n}`]).flat();
  assert.equal(new NamedFields(flood).traces?.length, 64);
  assert.deepEqual(new NamedFields(known).traces, [0, known[1]]);
});
