/** Seals on a log host: RFC 5424 over UDP, TCP and a socket; and what it stored proves the folder. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { sealed, verifyAudit } from '../../../deploy/audit/audit.ts';
import { parseSyslog, SyslogAnchor, syslogMessage } from '../../../deploy/audit/syslog.ts';
import { openEmbeddedStore } from '../../../storage/store/embedded.ts';
import { folderOf } from '../replaying.ts';
import { blockRows, decisionRow } from './sealed-folder.ts';

const line = { writer: '00ff', number: 6, ts: 1_770_000_000_000_007, hash: 'ab'.repeat(32), signature: 'c2ln' };

test('a message has priority, version, time in µs, host, program, process, kind and sequence', () => {
  assert.equal(
    syslogMessage(line, 'audit1', 42),
    `<109>1 2026-02-02T02:40:00.000007Z audit1 apiris 42 seal [meta sequenceId="7"][apiris@32473 chain="00ff"] ${JSON.stringify(line)}`,
  );
  assert.match(syslogMessage(line, 'ein wirt', 42), /Z - apiris 42 /);
});

test('log hosts are named plainly', () => {
  assert.deepEqual(parseSyslog('udp://10.0.0.1'), { protocol: 'udp', host: '10.0.0.1', port: 514, path: '' });
  assert.deepEqual(parseSyslog('tcp://[fd00::1]:6514'), { protocol: 'tcp', host: 'fd00::1', port: 6514, path: '' });
  assert.equal(parseSyslog('unix:/run/syslog')!.path, '/run/syslog');
  for (const bad of ['', 'http://x', 'udp://', 'udp://h:0', 'udp://h:70000', 'unix:log', 'tcp://a b'])
    assert.equal(parseSyslog(bad), undefined, bad);
});

test('every seal comes to the host, over each way, and its log proves the folder', async (t) => {
  const folder = folderOf(t);
  const sockets: Socket[] = [];
  const stored: Record<string, string[]> = { udp: [], tcp: [], unix: [] };
  const datagrams = createSocket('udp4');
  datagrams.on('message', (message) => stored['udp']!.push(message.toString()));
  datagrams.bind(0, '127.0.0.1');
  await once(datagrams, 'listening');
  const server = (way: string) =>
    createServer((socket) => {
      let text = '';
      // A socket that stays open would keep the test alive.
      sockets.push(socket);
      socket.on('data', (octets) => {
        text += octets.toString();
        for (
          let head = /^(\d+) /.exec(text);
          head && text.length >= head[0].length + Number(head[1]);
          head = /^(\d+) /.exec(text)
        ) {
          stored[way]!.push(text.slice(head[0].length, head[0].length + Number(head[1])));
          text = text.slice(head[0].length + Number(head[1]));
        }
      });
    });
  const [tcp, unix] = [server('tcp').listen(0, '127.0.0.1'), server('unix').listen(join(folder, 'log.sock'))];
  await Promise.all([once(tcp, 'listening'), once(unix, 'listening')]);
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    datagrams.close();
    tcp.close();
    unix.close();
  });
  const targets = [
    ['udp', `udp://127.0.0.1:${datagrams.address().port}`],
    ['tcp', `tcp://127.0.0.1:${(tcp.address() as AddressInfo).port}`],
    ['unix', `unix:${join(folder, 'log.sock')}`],
  ] as const;
  for (const [way, syslog] of targets) {
    const data = join(folder, way);
    const raw = await openEmbeddedStore(data);
    try {
      const { store } = await sealed(raw, data, {}, { audit: { syslog } });
      await store.insert('calls', blockRows(0));
      await store.insert('decisions', [decisionRow('d1')]);
      const { writers } = await verifyAudit(raw, { data });
      while (stored[way]!.length < writers[0]!.seals) await new Promise((resolve) => setTimeout(resolve, 5));
      const copy = join(folder, `${way}.log`);
      writeFileSync(copy, `${stored[way]!.map((message) => `Nov 22 16:00:00 ${message}`).join('\n')}\n`);
      const report = await verifyAudit(raw, { data, anchor: copy });
      assert.deepEqual([report.problems, report.anchor.damaged, report.anchor.lines], [[], [], writers[0]!.seals], way);
    } finally {
      await raw.close();
    }
  }
});

test('a host that takes nothing off costs bounded memory, and what is lost is counted', async (t) => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    socket.pause();
    sockets.push(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const syslog = new SyslogAnchor({ protocol: 'tcp', host: '127.0.0.1', port, path: '' });
  syslog.send(line);
  await once(server, 'connection');
  await syslog.settle(2000);
  assert.equal(syslog.untold, 0);
  // 40 MB, of which the system and the bound take some.
  const long = { ...line, signature: 'x'.repeat(4000) };
  for (let i = 0; i < 10_000; i++) {
    syslog.send(long);
    if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await syslog.settle(50);
  const { untold } = syslog;
  assert.ok(untold > 1000 && untold < 10_000, String(untold));
  const held = syslog.ahead;
  assert.ok(held < 2 ** 20 + 10_000, String(held));
  for (const socket of sockets) socket.destroy();
  await syslog.settle(2000);
  assert.equal(syslog.ahead, 0);
  assert.ok(syslog.untold > 1000, `${syslog.untold} of ${untold}: what was under way is lost`);
});

test('a host that is not there holds nothing up', async (t) => {
  const data = join(folderOf(t), 'data');
  const raw = await openEmbeddedStore(data);
  t.after(() => raw.close());
  for (const syslog of ['tcp://127.0.0.1:1', 'udp://no-such-host.invalid:514', 'unix:/nowhere/log']) {
    const { store, untold } = await sealed(raw, data, {}, { audit: { syslog } });
    await store.insert('decisions', [decisionRow(syslog)]);
    // And the run says how many were lost: its own beginning and form among them, the first time.
    const sentence = await untold();
    assert.ok(sentence.startsWith(`The log host ${syslog} was not told of `), sentence);
  }
  assert.deepEqual((await verifyAudit(raw, { data })).problems, []);
});
