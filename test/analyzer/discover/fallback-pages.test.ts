/** A page that answers whatever is asked is one API, and what answers by itself is not taken for it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Judge } from '../../../analyzer/judge.ts';
import { Random } from '../../../deploy/traffic/random.ts';
import { equipment } from '../../equipment.ts';
import { read, ts } from '../read-exchange.ts';

interface Asked {
  readonly target: string;
  readonly body: string;
  readonly method?: string;
  readonly status?: number;
  readonly type?: string;
}

class Site {
  judge = new Judge(equipment.judge);
  #time = ts;
  #count = 0;

  ask({ target, body, method = 'GET', status = 200, type = 'text/html; charset=utf-8' }: Asked): string {
    const call = read({
      request: { method, target, host: 'app.example', headers: ['User-Agent', 'Mozilla/5.0'] },
      response: { status, headers: ['Content-Type', type] },
      responseBody: body,
    });
    this.#time += 1e5;
    const uid = `0123456789abcdef-${++this.#count}`;
    const judged = this.judge.apply(Object.assign(call, { uid, ts: this.#time, completedTs: this.#time + 500 }), 's');
    return judged!.template;
  }

  /** Of APIs that succeeded, once all is settled. */
  get templates(): string[] {
    this.judge.settle();
    return this.judge.apis().map(({ method, template }) => `${method} ${template}`);
  }
}

const nothing = `<!doctype html><html><head><title>页面不存在</title></head><body><h1>404</h1>${'<p>您访问的页面不存在</p>'.repeat(4)}</body></html>`;
const words =
  'admin backup config test old new data db sql php info login user wp content upload files images shell cmd env dump trace docs web xml conf log error debug'.split(
    ' ',
  );

function scanned(site: Site, count: number, seed = 1): void {
  const random = new Random(seed);
  for (let i = 0; i < count; i++) {
    const depth = 1 + random.below(3);
    const path = Array.from(
      { length: depth },
      () => `${random.pick(words)}${random.chance(0.3) ? random.below(100) : ''}`,
    );
    site.ask({ target: `/${path.join('/')}${random.pick(['', '.php', '.jsp', ''])}`, body: nothing });
  }
}

test('ten thousand paths that one page answers are one API', () => {
  const site = new Site();
  scanned(site, 10_000);
  assert.deepEqual(site.templates, ['GET /**']);
  const [api] = site.judge.apis();
  assert.deepEqual([api!.successes, api!.templateReason, api!.format], [10_000, 'same-page', 'web']);
  assert.equal(site.ask({ target: '/never/asked/before', body: nothing }), '/**');
});

test('pages and data of their own stay what they are, before, between and after a scan', () => {
  const site = new Site();
  const page = (name: string, i: number) =>
    `<html><title>${name}</title>${name.repeat(9)}${'.'.repeat(120 + (i % 7))}</html>`;
  const own = (i: number) => {
    for (const name of ['market', 'news', 'help']) site.ask({ target: `/${name}`, body: page(name, i) });
    site.ask({
      target: `/api/orders/${1000 + i}`,
      body: `{"id":${1000 + i},"state":"filled"}`,
      type: 'application/json',
    });
    site.ask({ target: '/api/save', method: 'POST', body: '{"ok":true}', type: 'application/json' });
  };
  for (let i = 0; i < 20; i++) own(i);
  scanned(site, 2000);
  for (let i = 0; i < 20; i++) own(i);
  assert.deepEqual(site.templates.sort(), [
    'GET /**',
    'GET /api/orders/{orderId}',
    'GET /help',
    'GET /market',
    'GET /news',
    'POST /api/save',
  ]);
});

test('a page that others show too, a login when the session is over, makes them no part of it', () => {
  const site = new Site();
  const login = `<html><title>登录</title>${'<input name="a">'.repeat(12)}</html>`;
  const names = words.slice(0, 20);
  for (const name of names) site.ask({ target: `/pages/${name}/view`, body: `<html>${name.repeat(60)}</html>` });
  for (let round = 0; round < 3; round++) {
    for (const name of names) assert.notEqual(site.ask({ target: `/pages/${name}/view`, body: login }), '/**');
  }
  assert.ok(!site.templates.includes('GET /**'));
});

test('short pages, other answers and other methods are nothing to go by', () => {
  const site = new Site();
  for (const name of words) {
    site.ask({ target: `/ping/${name}`, body: '<p>ok</p>' });
    site.ask({ target: `/done/${name}`, body: nothing, method: 'POST' });
    site.ask({ target: `/gone/${name}`, body: nothing, status: 404 });
  }
  assert.ok(!site.templates.includes('GET /**'));
});

test('a judge that was restored in between knows the same', () => {
  const site = new Site();
  scanned(site, 8);
  const middle = new Site();
  scanned(middle, 8);
  const again = new Judge(equipment.judge);
  again.restore(JSON.parse(JSON.stringify(middle.judge.snapshot())));
  middle.judge = again;
  for (const one of [site, middle]) scanned(one, 300, 2);
  assert.deepEqual(middle.templates, site.templates);
  assert.deepEqual(middle.judge.snapshot(), site.judge.snapshot());
});

test('who scans such a site is seen by what was asked, however late', () => {
  const site = new Site();
  scanned(site, 200);
  const probes = [
    '.git/config',
    '.env',
    'wp-login',
    'phpmyadmin',
    'actuator/env',
    'solr/admin',
    'druid/index',
    'nacos/v1',
  ];
  for (const probe of [...probes, 'server-status', 'jenkins/login']) site.ask({ target: `/${probe}`, body: nothing });
  site.judge.settle();
  assert.deepEqual([...new Set(site.judge.changedFindings().map(({ rule }) => rule))], ['web-scan']);
});

test('what people said of a template stands, whatever page answers', () => {
  const site = new Site();
  const word = { taken: false, api: '', app: 'app.example', method: 'GET', operation: '', parts: [] };
  site.judge.mark([], [{ ...word, action: 'lock', template: '/admin/{page}' }]);
  scanned(site, 2000);
  assert.equal(site.ask({ target: '/admin/users', body: nothing }), '/admin/users');
  assert.equal(site.ask({ target: '/nothing/there', body: nothing }), '/**');
  assert.ok(
    site.templates.some((template) => template.startsWith('GET /admin/{')),
    site.templates.join(),
  );
});

test('of very many faces the first are forgotten, and counted', () => {
  const site = new Site();
  const word = (i: number) => words[i % words.length]!;
  for (let i = 0; i < 5000; i++) {
    const target = `/${word(i)}/${word(Math.floor(i / 35))}/${word(Math.floor(i / 1225))}`;
    site.ask({ target, body: `${nothing}${'.'.repeat(i)}` });
  }
  assert.ok(site.judge.forgotten >= 5000 - 4096, `${site.judge.forgotten}`);
});
