import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Conversation, conversation } from '../../../deploy/traffic/conversation.ts';
import type { TransactionRecord } from '../../../sensor/record.ts';
import { sense } from '../sense.ts';
import { get, ok, reply, summary } from './exchange-of.ts';

const ends = { client: '10.0.0.1:4000', server: '10.0.0.2:80' };

/** What is lost, the receiver has: it acknowledges it. */
function told(build: (made: Conversation) => void) {
  const made = conversation(ends).open();
  build(made);
  return sense(made.close().packets());
}

/** Two exchanges in order, so that the connection is known to wait for its answers. */
function warm(made: Conversation): Conversation {
  return made.send('client', get('/v')).send('server', ok('v')).send('client', get('/w')).send('server', ok('w'));
}

/** The exchanges behind those of `warm`; that they were found again is another test's. */
function rest(records: readonly TransactionRecord[]): string[] {
  const all = summary(records).map((line) => line.replace(' http_resync', ''));
  assert.deepEqual(all.slice(0, 2), ['GET /v → 200 «v»', 'GET /w → 200 «w»']);
  return all.slice(2);
}

test('inside a body of known length: the message goes on behind it', () => {
  const { records, count } = told((made) => {
    warm(made)
      .send('client', get('/1'))
      .send('server', 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nabc');
    made.lose('server', 'def').send('server', 'ghij').send('client', get('/2')).send('server', ok('two'));
  });
  assert.deepEqual(rest(records), ['GET /1 → 200 «abcghij» truncated', 'GET /2 → 200 «two»']);
  assert.deepEqual([records[2]!.gapBytes, count('gapBytes'), count('gaps')], [3, 3, 1]);
});

test('at the end of a body of known length: the next message is whole', () => {
  const { records } = told((made) => {
    warm(made).send('client', get('/1')).send('server', 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc');
    made.lose('server', 'def').send('client', get('/2')).send('server', ok('two'));
  });
  assert.deepEqual(
    records.slice(2).map(({ request, response, gapBytes }) => [request!.target, response!.status, gapBytes]),
    [
      ['/1', 200, 3],
      ['/2', 200, 0],
    ],
  );
});

test('inside a chunk: bridged; across a chunk line: the rest of the message is given up', () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n';
  const inside = told((made) => {
    warm(made).send('client', get('/1')).send('server', `${head}a\r\nabc`);
    made.lose('server', 'defg').send('server', 'hij\r\n0\r\n\r\n').send('client', get('/2')).send('server', ok('two'));
  });
  assert.deepEqual(rest(inside.records), ['GET /1 → 200 «abchij» truncated', 'GET /2 → 200 «two»']);
  const across = told((made) => {
    warm(made).send('client', get('/1')).send('server', `${head}3\r\nab`);
    made
      .lose('server', 'c\r\n4\r\nde')
      .send('server', 'fg\r\n0\r\n\r\n')
      .send('client', get('/2'))
      .send('server', ok('two'));
  });
  assert.deepEqual(rest(across.records), ['GET /1 → 200 «ab» truncated', 'GET /2 → 200 «two»']);
  assert.equal(across.count('resyncBytes'), 'fg\r\n0\r\n\r\n'.length);
});

test('inside a head: what there is of it is shown', () => {
  const request = told((made) => {
    warm(made)
      .send('client', 'GET /cut HTTP/1.1\r\nHost: a.example\r\nCoo')
      .lose('client', 'kie: a=b\r\n')
      .send('client', '\r\n');
    made.send('server', ok('cut')).send('client', get('/2')).send('server', ok('two'));
  });
  const [cut, next] = rest(request.records);
  assert.match(cut!, /^GET \/cut → 200 «cut» truncated/);
  assert.match(next!, /^GET \/2 → 200 «two»/);
  assert.deepEqual(request.records[2]!.request!.headers, [['Host', 'a.example']]);
  const response = told((made) => {
    warm(made)
      .send('client', get('/1'))
      .send('server', 'HTTP/1.1 200 OK\r\nX-One: 1\r\nX-T')
      .lose('server', 'wo: 2\r\n');
    made.send('server', 'Content-Length: 0\r\n\r\n').send('client', get('/2')).send('server', ok('two'));
  });
  assert.match(rest(response.records)[0]!, /^GET \/1 → 200 truncated/);
  assert.match(rest(response.records)[1]!, /^GET \/2 → 200 «two»/);
});

test('a whole request, a whole response, whole exchanges: what is left stays what it was', () => {
  const request = told((made) => {
    warm(made).lose('client', get('/1')).send('server', ok('one')).send('client', get('/2')).send('server', ok('two'));
  });
  assert.deepEqual(rest(request.records), ['- → 200 «one» gap http_response_without_request', 'GET /2 → 200 «two»']);
  const response = told((made) => {
    warm(made).send('client', get('/1')).lose('server', ok('one')).send('client', get('/2')).send('server', ok('two'));
  });
  assert.deepEqual(rest(response.records), ['GET /1 → - gap', 'GET /2 → 200 «two»']);
  for (const swallowed of [1, 2, 5]) {
    const { records, count } = told((made) => {
      warm(made);
      for (let i = 0; i < swallowed; i++) made.lose('client', get('/x')).lose('server', ok('lost'));
      made.send('client', get('/2')).send('server', ok('two'));
    });
    assert.deepEqual(rest(records), ['GET /2 → 200 «two»'], `${swallowed}`);
    assert.equal(count('gaps'), 2);
  }
});

test('the first response of a connection lost: the second is not put to the first request', () => {
  const { records } = told((made) => {
    made.send('client', get('/1')).lose('server', ok('one')).send('client', get('/2')).send('server', ok('two'));
  });
  assert.deepEqual(summary(records), ['GET /1 → - gap', 'GET /2 → 200 «two» http_resync']);
});

test('a response lost before an interim one: the final one has the request of the interim one', () => {
  const post = 'POST /2 HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n';
  const { records } = told((made) => {
    made.send('client', get('/1')).lose('server', ok('one')).send('client', post);
    made.send('server', 'HTTP/1.1 100 Continue\r\n\r\n').send('client', 'ab').send('server', ok('two'));
  });
  assert.deepEqual(
    records.map(({ request, response }) => [request!.target, response?.body.text]),
    [
      ['/1', undefined],
      ['/2', 'two'],
    ],
  );
});

test('a response and the head of the next request lost: no pair is better than a wrong one', () => {
  const { records } = told((made) => {
    warm(made).send('client', get('/1')).lose('server', ok('one')).lose('client', 'POST /2 HTTP/1.1\r\nContent-');
    made
      .send('client', 'Length: 2\r\n\r\nab')
      .send('server', ok('two'))
      .send('client', get('/3'))
      .send('server', ok('three'));
  });
  assert.deepEqual(
    records
      .filter(({ pairing }) => pairing === 'paired')
      .map(({ request, response }) => [request!.target, response!.body.text]),
    [
      ['/v', 'v'],
      ['/w', 'w'],
      ['/3', 'three'],
    ],
  );
});

test('pipelined: a lost answer leaves the rest of its batch alone, and the next batch is paired', () => {
  const batch = (made: Conversation, paths: readonly string[], lost: number): void => {
    made.send('client', paths.map((path) => get(path)).join(''));
    for (const [i, path] of paths.entries()) {
      if (i === lost) made.lose('server', ok(path));
      else made.send('server', ok(path));
    }
  };
  for (const lost of [0, 1, 2]) {
    const { records } = told((made) => {
      batch(made, ['/a', '/b', '/c'], -1);
      batch(made, ['/d', '/e', '/f'], lost);
      made.wait(2e6);
      batch(made, ['/g', '/h'], -1);
    });
    const paired = records.filter(({ pairing }) => pairing === 'paired').map(({ request }) => request!.target);
    const sure = ['/d', '/e', '/f'].slice(0, lost);
    // That the last answer was lost shows when the next batch is asked already.
    const later = lost < 2 ? ['/g', '/h'] : [];
    assert.deepEqual(paired, ['/a', '/b', '/c', ...sure, ...later], `lost ${lost}`);
    for (const { request, response } of records) {
      if (request !== null && response !== null) assert.equal(request.target, response.body.text);
    }
  }
});

test('pipelined with a window: after a loss nothing is paired before it is certain', () => {
  const { records } = told((made) => {
    made.send('client', get('/1')).send('client', get('/2')).send('server', ok('/1')).send('client', get('/3'));
    made.lose('server', ok('/2'));
    for (let i = 4; i < 9; i++) made.send('client', get(`/${i}`)).send('server', ok(`/${i - 1}`));
    made.send('server', ok('/8')).wait(3e6).send('client', get('/9')).send('server', ok('/9'));
  });
  const pairs = records.filter(({ pairing }) => pairing === 'paired');
  for (const { request, response } of pairs) assert.equal(request!.target, response!.body.text);
  assert.deepEqual([pairs[0]!.request!.target, pairs.at(-1)!.request!.target], ['/1', '/9']);
});

test('a coded body stops at the gap, a plain one goes on behind it', () => {
  const coded = gzipSync(Buffer.from('text '.repeat(2000)), { level: 0 }).toString('latin1');
  const { records } = told((made) => {
    warm(made).send('client', get('/z'));
    made.send('server', reply('200 OK', coded, 'Content-Encoding: gzip').slice(0, 4000));
    made.lose('server', reply('200 OK', coded, 'Content-Encoding: gzip').slice(4000, 5000));
    made
      .send('server', reply('200 OK', coded, 'Content-Encoding: gzip').slice(5000))
      .send('client', get('/2'))
      .send('server', ok('two'));
  });
  const { body } = records[2]!.response!;
  assert.ok(body.bytes > 3000 && body.bytes < 4000 && body.text!.startsWith('text text'));
  assert.deepEqual([body.truncated, body.wireBytes, records[2]!.gapBytes], [true, coded.length - 1000, 1000]);
  assert.deepEqual(rest(records)[1], 'GET /2 → 200 «two»');
});

test('frames cut by a snap length: the missing octets are a gap, and heads are found', () => {
  const made = conversation(ends).open();
  for (const path of ['/1', '/2', '/3']) made.send('client', get(path)).send('server', ok(path.repeat(700)));
  const cut = made
    .close()
    .packets()
    .map(({ ts, frame }) => ({ ts, frame: frame.subarray(0, 200), originalLength: frame.length }));
  const { records, count } = sense(cut);
  assert.deepEqual(
    records.map(({ request, response, truncated }) => [request!.target, response!.body.text!.slice(0, 2), truncated]),
    [
      ['/1', '/1', true],
      ['/2', '/2', true],
      ['/3', '/3', true],
    ],
  );
  assert.ok(count('gapBytes') > 3000);
});
