/** Two taps whose captures are read one after the other: an exchange both saw is counted once, one sent twice is not. */
import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { conversation } from '../../deploy/traffic/conversation.ts';
import { fileSink, PcapWriter } from '../../deploy/traffic/pcap-writer.ts';
import { folderOf, mixIn, readPackets, replayed } from './replaying.ts';

/** A capture as another tap has it: its clock is off, and it sees only what `takes` lets through. */
function tapped(
  capture: string,
  path: string,
  delayUs: number,
  takes: (number: number) => boolean = () => true,
): string {
  const fd = openSync(path, 'w');
  const writer = new PcapWriter(fileSink(fd));
  readPackets(capture, (ts, frame, number) => {
    if (takes(number)) writer.packet(ts + delayUs, frame);
  });
  writer.close();
  closeSync(fd);
  return path;
}

const bare = (calls: readonly string[]) => [...calls].sort();

test('seconds apart and by another clock: each exchange once, whichever tap is read first', async (t) => {
  const folder = folderOf(t);
  const near = mixIn(folder, { exchanges: 300, concurrency: 20 });
  for (const [delayUs, order] of [
    [137, 1],
    [4_000_003, -1],
  ] as const) {
    const far = tapped(near, join(folder, `far-${delayUs}.pcap`), delayUs);
    const data = join(folder, `data-${delayUs}`);
    const [first, second] = order === 1 ? [near, far] : [far, near];
    const alone = await replayed(data, [first]);
    const both = await replayed(data, [second]);
    assert.deepEqual(bare(both.state.calls), bare(alone.state.calls));
    assert.deepEqual([both.exchanges, both.stored, both.imbalances], [300, 0, []]);
    assert.match(both.notices.join(), /300 calls were stored already/);
    assert.deepEqual(both.state.summary, alone.state.summary);
  }
});

test('what one tap alone saw is added; clocks further apart than the window are two times', async (t) => {
  const folder = folderOf(t);
  const near = mixIn(folder, { exchanges: 300, concurrency: 1 });
  const packets = readPackets(near, () => {});
  const data = join(folder, 'data');
  const half = tapped(near, join(folder, 'half.pcap'), 0, (number) => number <= packets / 2);
  const seen = await replayed(data, [half]);
  const rest = await replayed(data, [tapped(near, join(folder, 'far.pcap'), 250_000)]);
  // The exchange that the first tap's end cut stands as it had it.
  assert.equal(rest.state.calls.length, 300);
  assert.equal(rest.stored, 300 - seen.stored);
  const late = await replayed(data, [tapped(near, join(folder, 'late.pcap'), 11_000_000)]);
  assert.deepEqual([late.stored, late.state.calls.length], [300, 600]);
});

test('the same request once more is another one: on its connection, and on another with the same ports', async (t) => {
  const folder = folderOf(t);
  const poll = (path: string, seed: number, startTs: number, clientStart: number) => {
    const made = conversation({
      ...{ client: '10.0.0.1:4000', server: '10.0.0.2:80', ts: startTs, gapUs: 300_000 },
      ...{ clientIsn: clientStart, serverIsn: 77 + seed },
    }).open();
    for (let i = 0; i < 4; i++) {
      made.send('client', 'GET /poll HTTP/1.1\r\nHost: a.example\r\n\r\n');
      made.send('server', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    }
    const fd = openSync(path, 'w');
    const writer = new PcapWriter(fileSink(fd));
    for (const { ts, frame } of made.close('client').packets()) writer.packet(ts, frame);
    writer.close();
    closeSync(fd);
    return path;
  };
  const data = join(folder, 'data');
  const start = 1_767_576_600_000_000;
  const first = poll(join(folder, 'first.pcap'), 1, start, 1000);
  assert.equal((await replayed(data, [first])).stored, 4);
  // Another tap, late by as much as one poll comes behind the other.
  assert.equal((await replayed(data, [tapped(first, join(folder, 'tap.pcap'), 1_200_001)])).stored, 0);
  const again = poll(join(folder, 'again.pcap'), 2, start + 5_000_001, 900_000);
  assert.equal((await replayed(data, [again])).stored, 4);
});
