import assert from 'node:assert/strict';
import { getPriority } from 'node:os';
import test from 'node:test';
import { Worker } from 'node:worker_threads';

const asked = `
  import('node:fs').then(async ({ readlinkSync }) => {
    const { yieldToOtherThreads } = await import(process.argv[2]);
    const { parentPort } = await import('node:worker_threads');
    const { getPriority } = await import('node:os');
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    const before = getPriority(thread);
    yieldToOtherThreads();
    parentPort.postMessage([before, getPriority(thread)]);
  });`;

test('a thread that yields has less of the processor, the others have what they had', {
  skip: process.platform === 'linux' ? false : 'priorities of threads are known on Linux alone',
}, async () => {
  const own = getPriority();
  const module = new URL('../../deploy/thread-priority.js', import.meta.url).href;
  const worker = new Worker(asked, { eval: true, argv: [module] });
  const [before, after] = await new Promise<[number, number]>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  await worker.terminate();
  assert.equal(before, own);
  assert.equal(after, Math.min(19, own + 5));
  assert.equal(getPriority(), own);
});
