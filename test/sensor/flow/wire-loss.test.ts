/** What receivers acknowledged and nobody saw: an estimate of what was lost on the way to the sensor. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stream } from '../../../sensor/flow/stream.ts';
import { C, Ledger } from '../../../sensor/ledger.ts';

const sink = { streamData() {}, streamGap() {}, streamConflict() {} };
const octets = Buffer.alloc(1000);

function stream(isSeen = true): {
  stream: Stream;
  lost: () => number;
  send: (sequence: number, length: number) => void;
} {
  const ledger = new Ledger();
  const made = new Stream(0, sink, ledger);
  if (isSeen) made.noteSeen();
  made.start(1000);
  const send = (sequence: number, length: number) => {
    made.receive(sequence, octets, 0, length, 0, 0, 0, -1, true);
  };
  return { stream: made, send, lost: () => ledger.counts[C.wireLossBytes]! };
}

test('a hole that was acknowledged is a loss, one that was not is none, and of one in part the part', () => {
  for (const [acknowledged, expected] of [
    [1300, 200],
    [1100, 0],
    [1150, 50],
    [null, 0],
  ] as const) {
    const { stream: made, send, lost } = stream();
    send(1000, 100);
    send(1300, 100);
    if (acknowledged !== null) made.noteAcknowledgement(acknowledged);
    made.passOver();
    assert.equal(lost(), expected, String(acknowledged));
  }
});

test('what was acknowledged behind the last octet counts at the end, a FIN and a forged number do not', () => {
  const atEnd = (acknowledgement: number, prepare: (made: Stream) => void = () => {}, isSeen = true) => {
    const { stream: made, send, lost } = stream(isSeen);
    send(1000, 100);
    made.noteAcknowledgement(acknowledgement >>> 0);
    prepare(made);
    made.noteUnseen();
    return lost();
  };
  assert.equal(atEnd(1100), 0);
  assert.equal(atEnd(1101), 0, 'a FIN that was not seen');
  assert.equal(atEnd(1601), 500);
  assert.equal(atEnd(1100 + (1 << 30)), 0, 'forged');
  const finished = (made: Stream) => {
    made.noteFin(1100);
  };
  assert.equal(atEnd(1101, finished), 0);
  assert.equal(
    atEnd(2000, () => {}, false),
    0,
    'a direction that is not mirrored at all is told otherwise',
  );
});
