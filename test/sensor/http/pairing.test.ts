import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conversation } from '../../../deploy/traffic/conversation.ts';
import { sense } from '../sense.ts';
import { get, ok, reply, senseSaid, summary } from './exchange-of.ts';

function said(turns: readonly string[], close: 'client' | 'server' | 'none' = 'client'): string[] {
  return summary(senseSaid({ turns, close }).records);
}

test('keep-alive: one exchange after the other', () => {
  assert.deepEqual(said([get('/1'), ok('one'), get('/2'), ok('two'), get('/3'), reply('404 Not Found', 'no')]), [
    'GET /1 → 200 «one»',
    'GET /2 → 200 «two»',
    'GET /3 → 404 «no»',
  ]);
});

test('pipelining: answers in the order of the questions', () => {
  const asked = get('/1') + get('/2') + get('/3');
  const told = ['GET /1 → 200 «one»', 'GET /2 → 200 «two»', 'GET /3 → 200 «three»'];
  assert.deepEqual(said([asked, ok('one') + ok('two') + ok('three')]), told);
  assert.deepEqual(said([get('/1') + get('/2'), ok('one'), get('/3'), ok('two') + ok('three')]), told);
});

test('an answer that crosses a question on the way is none to it: its sender had not received it', () => {
  const before = () =>
    conversation({ client: '10.0.0.1:40001', server: '10.0.0.2:80' })
      .open()
      .send('client', get('/1'))
      .send('server', ok('one'));
  const asked = before().send('client', get('/2')).packets();
  const answers = before().send('server', reply('408 Request Timeout', 'late')).packets();
  const late = answers.findLast(({ from, payload }) => from === 'server' && payload.length > 0)!;
  const { records } = sense([...asked, { ...late, ts: asked.at(-1)!.ts + 100 }]);
  assert.deepEqual(
    records.map(({ request, response, pairing }) => [request?.path, response?.status, pairing]),
    [
      ['/1', 200, 'paired'],
      ['/2', undefined, 'no-response'],
      [undefined, 408, 'no-request'],
    ],
  );
});

test('a chunked body with extensions and trailers, both ways', () => {
  const body = '4;x=1\r\nWiki\r\n5 \r\npedia\r\n0\r\nX-Sum: 9\r\n\r\n';
  const { records } = senseSaid({
    turns: [
      `POST /up HTTP/1.1\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n${body}`,
      `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n${body}`,
      get('/next'),
      ok('next'),
    ],
    mss: 7,
  });
  assert.deepEqual(summary(records), [
    'POST /up «Wikipedia» → 200 «Wikipedia» http_chunk_size_padded',
    'GET /next → 200 «next»',
  ]);
});

test('interim responses shift nothing', () => {
  const post = `POST /e HTTP/1.1\r\nExpect: 100-continue\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\n`;
  assert.deepEqual(
    said([
      post,
      'HTTP/1.1 100 Continue\r\n\r\n',
      'data',
      `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok('done')}`,
      get('/2'),
      ok('two'),
    ]),
    ['POST /e «data» → 200 «done» after 100,102,103', 'GET /2 → 200 «two»'],
  );
});

test('responses without content: HEAD, 204, 304, whatever their fields say', () => {
  const long = 'Content-Length: 500\r\n\r\n';
  assert.deepEqual(
    said([
      `HEAD /h HTTP/1.1\r\n\r\n${get('/n')}${get('/c')}${get('/x')}`,
      `HTTP/1.1 200 OK\r\n${long}HTTP/1.1 204 No Content\r\n${long}` +
        `HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n${ok('end')}`,
    ]),
    ['HEAD /h → 200', 'GET /n → 204', 'GET /c → 304', 'GET /x → 200 «end»'],
  );
});

test('a response without a length ends with the connection, HTTP/1.0 too', () => {
  const head = 'HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n';
  assert.deepEqual(said(['GET /0 HTTP/1.0\r\n\r\n', `${head}to the end`], 'server'), ['GET /0 → 200 «to the end»']);
  const cut = summary(senseSaid({ turns: ['GET /0 HTTP/1.0\r\n\r\n', `${head}and then`], close: 'none' }).records);
  assert.deepEqual(cut, ['GET /0 → 200 «and then» truncated']);
});

test('unknown and lower-case methods, targets with spaces, a missing version', () => {
  assert.deepEqual(
    said([
      `FROBNICATE /x HTTP/1.1\r\n\r\nget /y HTTP/1.1\r\n\r\n${get('/a b c')}GET /old\r\nHost: h\r\n\r\n`,
      ok('1') + ok('2') + ok('3') + ok('4'),
    ]),
    [
      'FROBNICATE /x → 200 «1»',
      'get /y → 200 «2» http_lowercase_method',
      'GET /a b c → 200 «3» http_target_with_spaces',
      'GET /old → 200 «4» http_missing_version',
    ],
  );
});

test('the host is the one the target names, else that of the field', () => {
  const { records } = senseSaid({
    turns: [
      'GET http://user@proxied.example:8080/p?q=1 HTTP/1.1\r\nHost: other.example\r\n\r\n' +
        get('/x') +
        'OPTIONS * HTTP/1.1\r\n\r\n',
      ok('1') + ok('2') + ok('3'),
    ],
  });
  assert.deepEqual(
    records.map(({ request }) => [request!.host, request!.path, request!.query]),
    [
      ['proxied.example:8080', '/p', 'q=1'],
      ['a.example', '/x', ''],
      ['', '*', ''],
    ],
  );
});

test('conflicting lengths are named and the first counts', () => {
  const post = (fields: string, body: string) =>
    `POST /p HTTP/1.1\r\nContent-Type: text/plain\r\n${fields}\r\n\r\n${body}`;
  assert.deepEqual(
    said([
      post('Content-Length: 2\r\nContent-Length: 2', 'ab'),
      ok('1'),
      post('Content-Length: 2\r\nContent-Length: 3', 'ab'),
      ok('2'),
      post('Content-Length: x\r\nContent-Length: 2', 'ab'),
      ok('3'),
      post('Content-Length: 99\r\nTransfer-Encoding: chunked', '2\r\nab\r\n0\r\n\r\n'),
      ok('4'),
    ]),
    [
      'POST /p «ab» → 200 «1» http_content_length_repeated',
      'POST /p «ab» → 200 «2» http_content_length_conflict http_content_length_repeated',
      'POST /p «ab» → 200 «3» http_content_length_invalid',
      'POST /p «ab» → 200 «4» http_length_and_chunked',
    ],
  );
});

test('octets behind a message cost that message nothing, and the next ones are found', () => {
  const { records, weird, count } = senseSaid({
    turns: [get('/1'), `${ok('one')}surplus octets\r\n`, get('/2'), ok('two')],
  });
  assert.deepEqual(
    records.map(({ request, response }) => [request?.target, response?.body.text]),
    [
      ['/1', 'one'],
      ['/2', 'two'],
    ],
  );
  assert.ok(weird.includes('http_bad_start_line') && weird.includes('http_resync'));
  assert.equal(count('messagesPaired'), 4);
});

test('what cannot be read costs its message, not the connection', () => {
  const bad = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloOOPS\r\n0\r\n\r\n';
  const lines = said([get('/1'), bad, get('/2'), ok('two'), get('/3'), ok('three')]);
  assert.equal(lines.length, 3);
  assert.match(lines[0]!, /^GET \/1 → 200.* truncated http_bad_chunk_end$/);
  assert.match(lines[1]!, /^GET \/2 → 200 «two»/);
  assert.equal(lines[2], 'GET /3 → 200 «three»');
  const request = said([`${get('/1')}\x01\x02\r\n\r\n`, ok('one'), get('/2'), ok('two')]);
  assert.match(request[0]!, /^GET \/1 → 200 «one»/);
  assert.match(request.at(-1)!, /^GET \/2 → /);
});

test('an answer that comes before the request is complete is its answer', () => {
  const head = 'POST /big HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\n';
  assert.deepEqual(said([`${head}01234`, reply('413 Too Large', 'no'), '56789', '', get('/2'), ok('two')]), [
    'POST /big «0123456789» → 413 «no»',
    'GET /2 → 200 «two»',
  ]);
});

test('an early answer that breaks off does not lose its exchange', () => {
  const made = conversation({ client: '10.0.0.1:4000', server: '10.0.0.2:80', ackEvery: 0 }).open();
  made.send('client', 'POST /big HTTP/1.1\r\nContent-Length: 10\r\n\r\n01234');
  made.send('server', 'HTTP/1.1 413 Too Large\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\npart');
  made.lose('server', 'x'.repeat(70_000)).wait(200e3).send('server', 'more').wait(200e3).send('client', '56789');
  made.wait(200e3).send('client', get('/2')).send('server', ok('two')).close();
  const { records } = sense(made.packets());
  assert.deepEqual(
    records.map(({ request, response }) => [request?.target, response?.status]),
    [
      ['/big', 413],
      ['/2', 200],
    ],
  );
});

test('responses nobody asked for stay alone, with the reason', () => {
  assert.deepEqual(said([get('/1'), ok('one') + ok('extra'), get('/2'), ok('two')]), [
    'GET /1 → 200 «one»',
    '- → 200 «extra» unsolicited http_response_without_request',
    'GET /2 → 200 «two»',
  ]);
});

test('a server that speaks first gives no answer to a request it had not received', () => {
  assert.deepEqual(said(['', reply('408 Request Timeout', 'late'), get('/1')], 'server'), [
    '- → 408 «late» unsolicited http_response_without_request',
    'GET /1 → - closed',
  ]);
});

test('requests without answer tell why', () => {
  const asked = [get('/1')];
  assert.deepEqual(said(asked, 'server'), ['GET /1 → - closed']);
  assert.deepEqual(said(asked, 'none'), ['GET /1 → - end-of-input']);
  assert.deepEqual(said([get('/1'), 'SSH-2.0-x\r\n'], 'server'), ['GET /1 → - unparsed']);
});

test('more requests than may wait: the oldest is given up and named', () => {
  const { records, weird } = senseSaid({
    turns: [Array.from({ length: 10 }, (_, i) => get(`/${i}`)).join('')],
    options: { http: { maxPipelined: 4 } },
  });
  assert.deepEqual(
    records.map(({ request, unpaired }) => `${request!.target} ${unpaired}`).sort(),
    ['/0', '/1', '/2', '/3', '/4', '/5']
      .map((path) => `${path} evicted`)
      .concat(['/6', '/7', '/8', '/9'].map((path) => `${path} closed`)),
  );
  assert.ok(weird.includes('http_pipeline_limit'));
});

test('durations and times are those of the packets', () => {
  const made = conversation({ client: '10.0.0.1:4000', server: '10.0.0.2:80', gapUs: 1000 }).open();
  made
    .send('client', get('/t'))
    .wait(50_000)
    .send('server', ok('x'.repeat(3000)))
    .close();
  const data = made.packets().filter((packet) => packet.payload.length > 0);
  const { records } = sense(made.packets());
  assert.equal(records[0]!.durationUs, data.at(-1)!.ts - data[0]!.ts);
  assert.equal(Date.parse(records[0]!.ts) * 1000, Math.floor(data[0]!.ts / 1000) * 1000);
});
