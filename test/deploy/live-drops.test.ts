/** What the kernel and the ports dropped is in the ledger once, and the ledger adds up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveDrops } from '../../deploy/live-drops.ts';
import { C, imbalances, Ledger } from '../../sensor/ledger.ts';

test('drops of the kernel and of the port are received and lost, each once, however often it is asked', () => {
  const { counts } = new Ledger();
  const drops = new LiveDrops();
  const stats = (received: number, droppedByKernel: number, droppedByInterface: number) => ({
    ...{ received, droppedByKernel, droppedByInterface },
  });
  const told = () => [counts[C.droppedByKernel], counts[C.droppedByInterface], counts[C.packetsRead]];
  drops.count(stats(100, 0, 0), null, counts);
  assert.deepEqual(told(), [0, 0, 0]);
  drops.count(stats(200, 7, 0), null, counts);
  drops.count(stats(200, 7, 0), null, counts);
  assert.deepEqual(told(), [7, 0, 7]);
  drops.count(stats(900, 9, 4), null, counts);
  assert.deepEqual([...told(), counts[C.packetsByKernel]], [9, 4, 13, 900]);
  drops.count(stats(950, 9, 4), 900, counts);
  assert.deepEqual([...told(), counts[C.packetsByKernel]], [9, 4, 13, 900]);
  assert.deepEqual(imbalances(counts), []);
});
