/** The captures known by name that this version reads in full. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestStreams } from './streams.ts';
import { assertWhole, codings, connections, fieldOf, lines, sizes, type Truth } from './truth.ts';

export const truths: Readonly<Record<string, Truth>> = {
  V01: {
    says: '15 pairs, all 304, on ten connections of which one began before the capture',
    check(passage) {
      assert.equal(passage.records.length, 15);
      assertWhole(passage);
      for (const { request, response } of passage.records) {
        assert.deepEqual([request?.method, response?.status], ['GET', 304]);
      }
      assert.equal(passage.count('flowsSeen'), 10);
      assert.equal(passage.count('flowsMidStream'), 1);
      assert.deepEqual([passage.count('notTcp'), passage.count('notIp')], [48, 10]);
    },
  },
  V02: {
    says: '49 pairs on 49 connections, with odd, unknown and missing methods',
    check(passage) {
      assert.equal(passage.records.length, 49);
      assert.equal(connections(passage), 49);
      assertWhole(passage);
      const clean = passage.records.filter(({ weird }) => !weird.includes('http_bad_start_line'));
      const methods = new Set(clean.map(({ request }) => request?.method));
      assert.deepEqual([...methods].sort(), 'CCM_POST CONNECT DELETE GET HEAD OPTIONS POST PUT TRACE'.split(' '));
    },
  },
  V03: {
    says: '5 pairs on one connection in order, two of them gzip',
    check(passage) {
      assert.equal(connections(passage), 1);
      assertWhole(passage);
      assert.deepEqual(
        passage.records.map(({ request }) => request?.target.split('/').at(-1)),
        ['enhanced.css', 'urchin.js', 'bullet_utility.png', 'key-point-top.png', 'header-sunbird.png'],
      );
      assert.deepEqual(codings(passage), ['gzip', 'gzip', '', '', '']);
      assert.deepEqual(
        sizes(passage).map(([, response]) => response),
        [2675, 21421, 94, 2349, 27579],
      );
    },
  },
  V04: {
    says: '10 pairs on 9 connections, three with 100 before the answer, gzip both ways',
    check(passage) {
      assert.equal(passage.records.length, 10);
      assert.equal(connections(passage), 9);
      assertWhole(passage);
      const continued = passage.records.filter(({ interim }) => interim !== undefined);
      assert.deepEqual(
        continued.map(({ interim }) => interim),
        [[100], [100], [100]],
      );
      for (const { request, response } of continued) {
        assert.deepEqual([request?.body.encoding, response?.body.encoding], ['gzip', 'gzip']);
      }
    },
  },
  V05: {
    says: '3 pairs; brotli content of 121 and 1,743 octets, then a 204',
    check(passage) {
      assert.deepEqual(
        passage.records.map(({ response }) => [response?.status, response?.body.wireBytes, response?.body.bytes]),
        [
          [200, 95, 121],
          [200, 640, 1743],
          [204, 0, 0],
        ],
      );
      assert.deepEqual(codings(passage), ['br', 'br', '']);
      assertWhole(passage);
    },
  },
  V06: {
    says: 'a response without request, zstd, its 111 octets running to the end of the capture',
    check(passage) {
      const [record] = passage.records;
      assert.equal(passage.records.length, 1);
      assert.deepEqual([record?.pairing, record?.unpaired, record?.truncated], ['no-request', 'one-sided', true]);
      assert.deepEqual([codings(passage), sizes(passage)], [['zstd'], [[-1, 111]]]);
    },
  },
  V07: {
    says: 'one pair, 100 before the answer, content of 2,001 and 60,731 octets',
    check(passage) {
      assert.deepEqual(lines(passage), ['POST / 100 200']);
      assert.deepEqual(sizes(passage), [[2001, 60731]]);
      assertWhole(passage);
    },
  },
  V08: {
    says: 'CONNECT, answered; all that follows is another protocol',
    check(passage) {
      assert.deepEqual(lines(passage), ['CONNECT secure.newegg.com:443 200']);
      assert.equal(passage.records[0]?.client.ip, '::1');
      assert.equal(passage.count('messageBytes') + passage.count('switchedProtocolBytes'), 59143);
      assert.equal(passage.count('switchedProtocolBytes'), 58848);
    },
  },
  V09: {
    says: '101 to WebSocket; all that follows is its messages',
    check(passage) {
      const [record] = passage.records;
      assert.deepEqual([passage.records.length, record?.request?.method, record?.response?.status], [1, 'GET', 101]);
      assert.equal(fieldOf(record!.response, 'upgrade'), 'websocket');
      assertWhole(passage);
      assert.equal(passage.count('messageBytes'), 8660);
    },
  },
  V10: {
    says: '6 pairs on 3 connections, one of which becomes raw TCP',
    check(passage) {
      assert.equal(connections(passage), 3);
      assertWhole(passage);
      assert.deepEqual(
        passage.records.map(({ depth, request, response }) => `${depth} ${request?.method} ${response?.status}`),
        ['1 HEAD 200', '2 POST 201', '1 POST 101', '3 POST 200', '1 POST 204', '2 POST 200'],
      );
      assert.equal(passage.count('switchedProtocolBytes'), 509);
    },
  },
  V11: {
    says: '7 exchanges: two responses nobody asked for stay alone and shift no pair',
    check(passage) {
      assert.deepEqual(
        passage.records.map(({ pairing, unpaired }) => unpaired ?? pairing),
        ['paired', 'unsolicited', 'unsolicited', 'paired', 'paired', 'paired', 'paired'],
      );
    },
  },
  V12: {
    says: '3 pairs; the second has a gap of 14 octets in its content and is flagged',
    check(passage) {
      assert.deepEqual(lines(passage), ['GET /1 200', 'GET /2 200', 'GET /3 200']);
      assert.deepEqual(
        passage.records.map(({ truncated, gapBytes }) => [truncated, gapBytes]),
        [
          [false, 0],
          [true, 14],
          [false, 0],
        ],
      );
      assert.deepEqual([passage.count('gaps'), passage.count('gapBytes')], [1, 14]);
    },
  },
  V13: {
    says: 'one pair without a handshake',
    check(passage) {
      assert.deepEqual(lines(passage), ['GET /download/CHANGES.bro-aux.txt 200']);
      assertWhole(passage);
      assert.equal(passage.count('flowsMidStream'), 1);
    },
  },
  V14: {
    says: '4 pairs out of packets mirrored up to four times; the contents have the digests Arkime gives',
    check(passage, folder) {
      assert.deepEqual(lines(passage), new Array(4).fill('POST /exhmedmx 200'));
      assertWhole(passage);
      const ours = passage.records.map(({ request }) => md5(Buffer.from(request!.body.text!, 'utf8')));
      const expected = JSON.parse(readFileSync(join(folder, 'arkime/_expected/wireshark-retrans.test'), 'utf8'));
      assert.deepEqual(ours.sort(), expected.sessions3[0].body.http.md5.sort());
    },
  },
  V15: {
    says: '11 requests: retransmitted in part and in full, out of order, with a gap, on reused ports, over the wrap',
    check(passage) {
      assert.deepEqual(passage.records.map(({ request }) => request?.target.slice(1)).sort(), [
        'tcp-fullretrans',
        'tcp-gap',
        'tcp-multi-partial',
        'tcp-normal',
        'tcp-outoforder',
        'tcp-partial-cascade',
        'tcp-partial-retrans',
        'tcp-reuse',
        'tcp-reuse',
        'tcp-reuse',
        'wrap',
      ]);
      assert.equal(connections(passage), 11);
      const paired = passage.records.filter(({ pairing }) => pairing === 'paired');
      assert.deepEqual(
        paired.map(({ request }) => request?.target),
        ['/tcp-reuse', '/tcp-reuse'],
      );
      assert.equal(passage.records.find(({ request }) => request?.target === '/tcp-gap')?.unpaired, 'gap');
    },
  },
  V16: {
    says: 'one pair, in spite of a forged RST and a forged FIN before the handshake is done',
    check(passage) {
      assert.deepEqual(lines(passage), ['GET / 200']);
      assert.deepEqual(sizes(passage), [[0, 14]]);
      assertWhole(passage);
    },
  },
  V17: {
    says: '2 pairs whose requests came with the SYN',
    check(passage) {
      assert.deepEqual(lines(passage), ['GET /index.php 302', 'GET //index.php?page=../../../etc/passwd 200']);
      assertWhole(passage);
    },
  },
  V18: {
    says: 'one pair under stacked tags, the outer one VLAN 0',
    check(passage) {
      assert.deepEqual(lines(passage), ['GET /download/CHANGES.bro-aux.txt 200']);
      assert.equal(passage.records[0]?.vlan, 0);
      assertWhole(passage);
    },
  },
  V19: {
    says: 'plain, VLAN and MPLS connections: 2 pairs, one of them HTTP/0.9, and Telnet behind labels',
    check(passage) {
      assert.deepEqual(lines(passage), ['GET / 200', 'GET / 0']);
      assertWhole(passage);
      assert.deepEqual(
        passage.records.map(({ vlan, protocol }) => [vlan, protocol]),
        [
          [undefined, 'http/1.0'],
          [4093, 'http/0.9'],
        ],
      );
      assert.deepEqual([passage.count('tcpSegments'), passage.count('flowsSeen')], [47, 3]);
    },
  },
  V20: {
    says: 'one pair in a PPPoE session, the protocol in one octet',
    check(passage) {
      assert.deepEqual(lines(passage), ['GET / 200']);
      assert.equal(passage.records[0]?.tunnel, 'pppoe:45');
      assertWhole(passage);
    },
  },
  V21: {
    says: 'one pair in VXLAN in ERSPAN in GRE',
    check(passage) {
      assert.deepEqual(lines(passage), ['GET /Hello Arkime 200']);
      assert.equal(passage.records[0]?.tunnel, 'vxlan:0');
      assertWhole(passage);
    },
  },
  V22: {
    says: 'one request out of eleven IPv4 fragments, of a connection of which nothing else was captured',
    check(passage) {
      const [record] = passage.records;
      assert.deepEqual([passage.records.length, record?.request?.method], [1, 'GET']);
      assert.deepEqual([record?.unpaired, record?.truncated, record?.gapBytes], ['one-sided', false, 0]);
      assert.deepEqual([passage.count('fragmentsJoined'), passage.count('tcpSegments')], [10, 1]);
    },
  },
  V23: {
    says: '101 to HTTP/2: the request is answered on stream 1, another follows',
    check(passage) {
      assert.deepEqual(lines(passage), ['GET /robots.txt 101 200', 'GET /humans.txt 404']);
      assertWhole(passage);
      assert.deepEqual(
        passage.records.map(({ protocol }) => protocol),
        ['http/1.1', 'http/2'],
      );
      assert.equal(fieldOf(passage.records[1]!.response, 'server'), 'nghttpx');
      assert.equal(passage.count('messageBytes'), 773);
    },
  },
  V24: {
    says: 'one gRPC call over HTTP/2 by its preface, three messages asked, five answered',
    check(passage) {
      assert.deepEqual(lines(passage), ['POST /StreamingService/ClientStreamRPC 200']);
      assertWhole(passage);
      assert.deepEqual(sizes(passage), [[90, 108]]);
      assert.equal(fieldOf(passage.records[0]!.request, 'content-type'), 'application/grpc');
    },
  },
  V27: {
    says: 'one pair out of a big-endian file with nanoseconds',
    check(passage) {
      assert.deepEqual(lines(passage), ['GET / 200']);
      assert.equal(passage.records[0]?.ts, '2025-12-22T00:05:26.167712Z');
      assert.deepEqual(sizes(passage), [[0, 1256]]);
      assertWhole(passage);
    },
  },
  V28: {
    says: '33 pairs on 6 connections; the 12 streams have the digests tcpflow gives',
    check(passage, folder) {
      assert.equal(connections(passage), 6);
      assertWhole(passage);
      const statuses = passage.records.map(({ response }) => response?.status).sort();
      assert.deepEqual(statuses, [200, ...new Array(32).fill(304)]);
      const ours = digestStreams(join(folder, 'tcpflow/test4.pcap')).flatMap(({ ends, streams }) => [
        `${tcpflowName(ends[0])}-${tcpflowName(ends[1])} ${streams[0].md5}`,
        `${tcpflowName(ends[1])}-${tcpflowName(ends[0])} ${streams[1].md5}`,
      ]);
      const script = readFileSync(join(folder, 'tcpflow/_expected/test1.sh'), 'utf8');
      const theirs = [...script.matchAll(/checkmd5 out\/(2001:\S+) ([0-9a-f]{32})/g)].map(
        (match) => `${match[1]} ${match[2]}`,
      );
      assert.equal(theirs.length, 12);
      assert.deepEqual(ours.sort(), theirs.sort());
    },
  },
  V29: {
    says: '6 packets, then damage that is told; TLS, so no exchange',
    check(passage) {
      assert.equal(passage.packets, 6);
      assert.equal(passage.damage.length, 1);
      assert.match(passage.damage[0]!.reason, /^record 7 claims 4325376 octets/);
      assert.deepEqual(passage.records, []);
      assert.equal(passage.count('payloadBytes'), 4503);
    },
  },
  V30: {
    says: '9 pairs, gzip all, the injections readable in the targets',
    check(passage) {
      assert.equal(passage.records.length, 9);
      assert.equal(connections(passage), 9);
      assertWhole(passage);
      assert.deepEqual(codings(passage), new Array(9).fill('gzip'));
      assert.deepEqual(
        sizes(passage).map(([, response]) => response),
        [161, 5347, 5488, 47327, 6063, 161, 5347, 5488, 47327],
      );
      const injected = passage.records.filter(({ request }) => /%27\+and\+1%3D1\+union\+select/.test(request!.query));
      assert.equal(injected.length, 5);
    },
  },
};

function md5(octets: Buffer): string {
  return createHash('md5').update(octets).digest('hex');
}

/** `[2001:db8::1]:80` as tcpflow writes it in file names: `2001:db8::1.00080`. */
function tcpflowName(end: string): string {
  const [, ip, port] = /^\[?([^\]]*)\]?:(\d+)$/.exec(end) ?? [];
  return `${ip}.${port!.padStart(5, '0')}`;
}
