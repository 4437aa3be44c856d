/** What the options of ports, folders and streams come to. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { filterOf } from '../../../console/cli/live-options.ts';
import type { SenseOptions } from '../../../deploy/appliance.ts';
import type { RunOptions } from '../../../deploy/run.ts';
import { emptyPacket } from '../../../sensor/capture/packet.ts';
import { Decoder } from '../../../sensor/decode/decode.ts';
import { Segment } from '../../../sensor/decode/segment.ts';
import { Ledger } from '../../../sensor/ledger.ts';
import { openSource } from '../../../sensor/sensor.ts';
import { WeirdCounts } from '../../../sensor/weird.ts';
import { runCommand, somewhere, summaryOf } from './fakes.ts';

async function asked(
  ...argv: readonly string[]
): Promise<{ options: RunOptions | undefined; code: number; stderr: string }> {
  let options: RunOptions | undefined;
  const runAppliance = async (given: RunOptions) => {
    options = given;
    given.onReady?.({ metrics: null, address: 'http://127.0.0.1:1', notices: ['Mind the key.'] });
    return summaryOf();
  };
  const { code, stderr } = await runCommand(['run', ...argv, ...somewhere, '--lang', 'en'], {
    services: { runAppliance },
  });
  return { options, code, stderr };
}

test('ports: tcpdump’s defaults, and what is said when they are open', async () => {
  const { options, code, stderr } = await asked('--interface', 'eth1', 'eth2', 'eth1');
  assert.equal(code, 0);
  assert.deepEqual(options!.input, {
    kind: 'interfaces',
    options: {
      ...{
        interfaces: ['eth1', 'eth2'],
        filter: '',
        snapLength: 262_144,
        bufferBytes: 256 * 2 ** 20,
        promiscuous: true,
      },
    },
  });
  assert.match(stderr, /apiris: Mind the key\.\napiris: reading eth1, eth2 into \.; .*http:\/\/127\.0\.0\.1:1\./);
});

test('all of it can be set', async () => {
  const set = ['--filter', 'tcp port 80', '--snaplen', '128', '--buffer', '64', '--no-promiscuous', '--user', 'nobody'];
  const { options } = await asked('--interface', 'eth1', ...set, '--listen', '[::1]:9000', '--shards', '3');
  assert.deepEqual(options!.input, {
    kind: 'interfaces',
    options: {
      ...{
        interfaces: ['eth1'],
        filter: 'tcp port 80',
        snapLength: 128,
        bufferBytes: 64 * 2 ** 20,
        promiscuous: false,
      },
    },
  });
  assert.deepEqual([options!.user, options!.listen, options!.shards], ['nobody', { host: '::1', port: 9000 }, 3]);
  const local = await asked('--interface', 'eth1', '--listen', 'unix:/run/a b.sock');
  assert.deepEqual(local.options!.listen, { socket: '/run/a b.sock' });
});

test('a folder, a stream', async () => {
  assert.deepEqual((await asked('--read-folder', 'in')).options!.input, { kind: 'folder', path: 'in' });
  assert.deepEqual((await asked('--read', '-')).options!.input, { kind: 'stream', name: '-' });
});

test('mistakes are told, and nothing is opened', async () => {
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /name one input/],
    [['--interface', 'a', '--read', '-'], /name one input/],
    [['--read', 'a', '--read', 'b'], /name one input/],
    [['--read', '-', '--filter', 'tcp'], /--filter belongs to --interface/],
    [['--interface', 'a', '--part', '3/2'], /--part must be k\/n .* «3\/2»/],
    [['--interface', 'a', '--snaplen', '1'], /--snaplen must be 64 to 262144/],
    [['--interface', 'a', '--buffer', '4096'], /--buffer must be 1 to 2047/],
    [['--interface', 'a', '--listen', 'nowhere'], /--listen must be host:port/],
  ];
  for (const [argv, said] of wrong) {
    const { options, code, stderr } = await asked(...argv);
    assert.deepEqual([options, code], [undefined, 2], argv.join(' '));
    assert.match(stderr, said);
  }
});

test('the sensor takes ports too; ending it is no failure', async () => {
  let given: SenseOptions | undefined;
  const sense = async (options: SenseOptions) => {
    given = options;
    return summaryOf();
  };
  const ended = AbortSignal.abort();
  const ports = await runCommand(['sensor', '--interface', 'eth1', '--part', '2/3'], {
    services: { sense },
    signal: ended,
  });
  assert.equal(ports.code, 0, ports.stderr);
  assert.match(ports.stderr, /VLAN/);
  assert.equal(given!.live?.kind, 'interfaces');
  const files = await runCommand(['sensor', '--read', 'a.pcap', 'b.pcap'], { services: { sense } });
  assert.equal(files.code, 0, files.stderr);
  assert.deepEqual([given!.inputs, given!.live], [['a.pcap', 'b.pcap'], undefined]);
});

test('parts: each frame belongs to one, both directions of a connection to the same', (t) => {
  if (spawnSync('tcpdump', ['--version']).status !== 0) return t.diagnostic('absent: tcpdump, so no filter was tried');
  const capture = fileURLToPath(new URL('fixtures/captures/brokerage.pcap', import.meta.resolve('#root/package.json')));
  const folder = mkdtempSync(join(tmpdir(), 'apiris-part-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const parts = new Map<string, Set<number>>();
  const sizes: number[] = [];
  for (let number = 1; number <= 3; number++) {
    const out = join(folder, `${number}.pcap`);
    const { status, stderr } = spawnSync('tcpdump', ['-r', capture, '-w', out, filterOf('tcp', { number, of: 3 })]);
    assert.equal(status, 0, String(stderr));
    const source = openSource([out]);
    const [packet, segment, decoder] = [emptyPacket(), new Segment(), new Decoder(new Ledger(), new WeirdCounts())];
    let size = 0;
    while (source.read(packet)) {
      size++;
      assert.ok(decoder.decode(packet, segment));
      const ends = [
        [segment.source0, segment.source1, segment.source2, segment.source3].join(),
        [segment.destination0, segment.destination1, segment.destination2, segment.destination3].join(),
      ].sort();
      const key = ends.join(' ');
      parts.set(key, (parts.get(key) ?? new Set()).add(number));
    }
    source.close();
    sizes.push(size);
  }
  assert.equal(
    sizes.reduce((sum, size) => sum + size),
    8970,
  );
  assert.ok(
    sizes.every((size) => size > 500),
    `${sizes}`,
  );
  for (const [ends, numbers] of parts) assert.equal(numbers.size, 1, ends);
  assert.equal(filterOf('tcp', { number: 1, of: 1 }), 'tcp');
});
