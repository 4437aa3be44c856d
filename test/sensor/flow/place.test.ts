import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConversationPacket, conversation } from '../../../deploy/traffic/conversation.ts';
import { merge } from '../../../deploy/traffic/disturb.ts';
import * as wrap from '../decode/layers.ts';
import { type Captured, type SenseOptions, sense } from '../sense.ts';

const ends = { client: '10.0.0.1:40000', server: '10.0.0.2:80' };

/** One exchange that says who it is of; all have the same addresses, ports, numbers and times. */
function exchange(name: string, vlans?: readonly number[]): ConversationPacket[] {
  return conversation({ ...ends, ...(vlans && { vlans }) })
    .open()
    .send('client', `GET /${name} HTTP/1.1\r\nHost: h\r\n\r\n`)
    .send('server', `HTTP/1.1 200 OK\r\nContent-Length: ${name.length}\r\n\r\n${name}`)
    .close()
    .packets();
}

function within(packets: readonly Captured[], tunnel: (frame: Buffer) => Buffer): Captured[] {
  return packets.map(({ ts, frame }) => ({ ts, frame: wrap.ethernet(0x0800, tunnel(frame)) }));
}

const vxlan =
  (id: number) =>
  (frame: Buffer): Buffer =>
    wrap.ipv4(17, wrap.udp(4789, wrap.vxlan(id, frame)));
const geneve =
  (id: number) =>
  (frame: Buffer): Buffer =>
    wrap.ipv4(17, wrap.udp(6081, wrap.geneve(id, 0x6558, frame)));

function told(packets: Captured[], flow: SenseOptions['flow'] = {}): string[] {
  const { records } = sense(packets, { flow });
  assert.equal(new Set(records.map(({ uid }) => uid)).size, records.length);
  return records
    .map(
      ({ vlan, tunnel, request, response, pairing }) =>
        `${vlan ?? '-'} ${tunnel ?? '-'} ${request?.target} ${response?.body.text} ${pairing}`,
    )
    .sort();
}

test('where VLANs are separate, the same addresses and ports in another are another connection', () => {
  const packets = merge(exchange('plain'), exchange('first', [10]), exchange('other', [20]), exchange('zero', [0]));
  assert.deepEqual(told(packets, { separateVlans: true }), [
    '- - /plain plain paired',
    '0 - /zero zero paired',
    '10 - /first first paired',
    '20 - /other other paired',
  ]);
  // Tunnels being separate says nothing about VLANs.
  assert.equal(told(packets, { separateTunnels: true }).length, 1);
  assert.equal(told(packets).length, 1);
});

test('where tunnels are separate, kind and id tell connections apart', () => {
  const packets = merge<Captured>(
    exchange('plain'),
    within(exchange('first'), vxlan(1)),
    within(exchange('other'), vxlan(2)),
    within(exchange('third'), geneve(1)),
    within(exchange('large'), vxlan(0xffffff)),
  );
  assert.deepEqual(told(packets, { separateTunnels: true, separateVlans: true }), [
    '- - /plain plain paired',
    '- geneve:1 /third third paired',
    '- vxlan:1 /first first paired',
    '- vxlan:16777215 /large large paired',
    '- vxlan:2 /other other paired',
  ]);
  assert.equal(told(packets, { separateVlans: true }).length, 1);
});

test('where neither is, one connection may come through two of them', () => {
  const packets = exchange('whole').map(({ ts, frame }) => {
    // The last octet of the source address tells the direction.
    const id = frame[29] === 1 ? 100 : 200;
    return { ts, frame: wrap.ethernet(0x0800, vxlan(id)(frame)) };
  });
  assert.deepEqual(told(packets), ['- vxlan:100 /whole whole paired']);
  assert.notDeepEqual(told(packets, { separateTunnels: true }), ['- vxlan:100 /whole whole paired']);
});

test('a VLAN for each direction is counted, and nothing else is: one VLAN, either direction also in the other one', () => {
  const apart = (client: readonly number[], server: readonly number[]): number => {
    const [first, second] = [client, server].map((vlans, i) =>
      vlans.flatMap((vlan) => exchange('a', [vlan]).filter(({ from }) => from === (i === 0 ? 'client' : 'server'))),
    );
    return sense([...first!, ...second!].sort((a, b) => a.ts - b.ts)).count('flowsAcrossVlans');
  };
  assert.equal(apart([10], [20]), 1);
  for (const [client, server] of [
    [[10], [10]],
    [[10], [10, 20]],
    [[10], [20, 10]],
    [[10, 20], [20]],
    [
      [10, 20],
      [20, 10],
    ],
  ] as const)
    assert.equal(apart(client, server), 0, `${client} and ${server}`);
});
