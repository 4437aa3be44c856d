import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadTools } from '../../analyzer/read.ts';
import { Random } from '../../deploy/traffic/random.ts';
import { equipment } from '../equipment.ts';
import { type Exchange, json, read } from './read-exchange.ts';

test('a path word, a name in a query and a referer that are somebody’s do not leave', () => {
  const name = '王小明';
  const encoded = encodeURIComponent(name);
  const raw = Buffer.from(name).toString('latin1');
  for (const spelt of [encoded, raw]) {
    for (let time = 0; time < 3; time++) {
      const call = read({
        request: {
          target: `/customer/${spelt}/detail?${spelt}=1&page=2&${spelt}`,
          headers: ['Referer', `http://app.example/files/${spelt}.pdf?x=${spelt}`],
        },
      });
      const text = JSON.stringify(call);
      for (const clear of [name, encoded, raw]) assert.ok(!text.includes(clear), text);
      assert.deepEqual(
        [call.template, call.path, call.query],
        ['/customer/{text}/detail', '/customer/***/detail', '***=***&page=2&***'],
      );
      assert.equal(call.referer, 'http://app.example/files/***.pdf');
    }
  }
  // Words that only begin like names are no names.
  const call = read({ request: { target: '/系统/管理/安全?成本=1' } });
  assert.deepEqual([call.template, call.query], ['/系统/管理/安全', '成本=***']);
});

test('what is remembered of heads changes no call', () => {
  const random = new Random(7);
  const values = [
    'Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI5Njg5OTE2Iiwic2NvcGUiOiJ1c2VyIn0.9Ura_im6_nZMGzjYwX0m05CRzX-_ZCyttv',
    '13812345678',
    '13812345678; 13912345678',
    'SESSION=f7886f5d-a8fa-47f7-a5cb-681fbdb72737; lang=zh-CN; theme=dark',
    'SESSION=f7886f5d-a8fa-47f7-a5cb-681fbdb72737; mobile=13812345678; mobile=13912345678',
    'a[0].b=13812345678; c=%7B%22mobile%22%3A%2213812345678%22%7D; lone',
    '13812345678=1; =x; q=select * from users where 1=1; ',
    '{"mobile":"13812345678","idcard":"11010119900307803X"}',
    'user={"mobile":"13812345678"}; x=1',
    Buffer.from('张三=李四; name=王小明').toString('latin1'),
    'zhang.san@example.com',
    `${'x'.repeat(1100)} 13812345678`,
    '',
  ];
  const names = [
    'Cookie',
    'X-User-Mobile',
    'x-user-mobile',
    'Authorization',
    'Accept',
    'X-Request-Id',
    'X-Forwarded-For',
  ];
  const pick = <T>(of: readonly T[]): T => of[random.below(of.length)]!;
  const headers = (more: readonly string[]): string[] => {
    const list: string[] = [];
    for (let n = random.below(6); n > 0; n--) list.push(pick([...names, ...more]), pick(values));
    return list;
  };
  // So many places that the last share one: what is remembered holds for a place of its own alone.
  const flood = Array.from({ length: 2100 }, (_, n) => `${letters(n)}=1`).join('&');
  const exchanges = Array.from({ length: 60 }, (): Exchange => {
    const target = pick([
      '/a',
      '/a?mobile=13812345678&page=1',
      '/a?n=%31&x.y=1',
      `/a?p.${flood.replaceAll('&', '&p.')}`,
    ]);
    return {
      request: { target, headers: headers([]) },
      response: { headers: headers(['Set-Cookie', 'Location']) },
    };
  });
  const remembering = exchanges.map((exchange) => {
    for (let time = 0; time < 2; time++) read(exchange);
    return read(exchange);
  });
  for (const [n, exchange] of exchanges.entries()) {
    assert.deepEqual(read(exchange, undefined, undefined, new ReadTools(equipment.read)), remembering[n]);
  }
});

/** `a`, `b` … `ba`: names without digits. */
function letters(n: number): string {
  const last = String.fromCharCode(0x61 + (n % 26));
  return n < 26 ? last : letters(Math.trunc(n / 26)) + last;
}

test('content in single octets is kept like content in one piece', () => {
  const body = JSON.stringify({ pad: 'x'.repeat(9000), jsonrpc: '2.0', method: 'order.add' });
  const exchange = {
    request: { method: 'POST', headers: [...json, 'Content-Length', String(body.length)] },
    requestBody: body,
  };
  assert.equal(read(exchange, () => 1).operation, 'order.add');
  assert.deepEqual(
    read(exchange, () => 1),
    read(exchange),
  );
});
