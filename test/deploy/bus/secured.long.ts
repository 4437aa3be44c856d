/** TLS, SCRAM and certificates of clients, against a real broker: the whole way works, and each mistake has its sentence. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openBroker } from '../../kafka/broker.ts';
import { parseScrape } from '../telemetry/scraped.ts';
import { incidents, Roles } from './roles.ts';

const CALLS = 5717;
const folder = mkdtempSync(join(tmpdir(), 'apiris-certificates-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): string => join(folder, name);

function openssl(...argv: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', argv, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${argv[0]}: ${stderr}`);
}

/** An authority, a broker's certificate of it, and a client's; one more authority that nobody knows. */
function certify(): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  for (const name of ['authority', 'stranger']) {
    openssl('req', '-x509', ...key, '-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`);
  }
  for (const [name, more] of [
    ['broker', 'subjectAltName=IP:127.0.0.1'],
    ['client', 'extendedKeyUsage=clientAuth'],
  ] as const) {
    openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    writeFileSync(file(`${name}.ext`), `${more}\n`);
    const by = ['-CA', 'authority.pem', '-CAkey', 'authority.key', '-CAcreateserial', '-days', '2'];
    openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-extfile', `${name}.ext`, '-out', `${name}.pem`);
  }
  const pass = ['-passout', 'pass:changeit'];
  openssl('pkcs12', '-export', '-inkey', 'broker.key', '-in', 'broker.pem', '-out', 'broker.p12', ...pass);
  // Java trusts a certificate of PKCS#12 only with a mark that openssl of this age does not set.
  const imported = ['-importcert', '-noprompt', '-alias', 'authority', '-file', file('authority.pem')];
  const store = ['-keystore', file('clients.p12'), '-storetype', 'PKCS12', '-storepass', 'changeit'];
  const { status, stdout } = spawnSync('keytool', [...imported, ...store], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`keytool: ${stdout}`);
}

const tools = ['openssl', 'keytool'].filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);
const host = {
  after: (end: () => Promise<void>) => after(end),
  diagnostic: (what: string) => void test('a secured broker', (t) => t.diagnostic(what)),
};
if (tools.length > 0) host.diagnostic(`absent: ${tools.join(', ')}, so no secured Kafka was talked to`);
else certify();
const broker =
  tools.length > 0
    ? null
    : await openBroker(host, {
        tls: { store: file('broker.p12'), password: 'changeit', clients: file('clients.p12') },
        scram: { name: 'apiris', password: 'let-me-in' },
      });

if (broker !== null) {
  const roles = new Roles();
  after(() => roles.end());
  writeFileSync(file('password'), 'let-me-in\n', { mode: 0o600 });
  writeFileSync(file('wrong'), 'let-me-out\n', { mode: 0o600 });
  const config = (...lines: readonly string[]) => roles.config(`bus:\n${lines.map((line) => `  ${line}\n`).join('')}`);
  const trusted = ['tls: true', `ca: ${file('authority.pem')}`];
  const login = (password: string, mechanism: string) => [
    ...['user: apiris', `mechanism: ${mechanism}`, `passwordFile: ${file(password)}`],
  ];
  const send = (address: string, data: string, configured: string) =>
    roles.apiris(
      ...['sensor', '--read', incidents, '--out', `kafka://${address}`, '--data', roles.data(data)],
      ...['--config', configured],
    );

  test('calls and findings go by TLS and SCRAM, and the analyzer tells of it', async () => {
    const secured = config(...trusted, ...login('password', 'scram-sha-512'));
    const metrics = ['--metrics', '127.0.0.1:0'];
    const analyzer = await roles.analyzer(broker.scramAddress, 'secured', '--config', secured, ...metrics);
    const sent = send(broker.scramAddress, 'securing', secured);
    assert.equal(sent.status, 0, sent.stderr);
    await roles.stored('secured', CALLS);
    const address = /metrics at (\S+)\/metrics/.exec(analyzer.said())![1]!;
    let values = new Map<string, number>() as ReadonlyMap<string, number>;
    // What was judged is acknowledged with the next saving, rows of what is done beside that may be on their way still,
    // and the count of findings is one of up to ten seconds ago.
    const hasFindings = ([name, value]: [string, number]) => name.startsWith('apiris_findings{') && value > 0;
    await roles.until(
      async () => {
        values = parseScrape(await (await fetch(`${address}/metrics`)).text()).values;
        const left = [values.get('apiris_bus_lag_messages'), values.get('apiris_store_rows_waiting')];
        return left.every((count) => count === 0) && [...values].some(hasFindings);
      },
      () => `${JSON.stringify([...values])} ${analyzer.said()}`,
    );
    assert.equal(values.get('apiris_ledger_calls_total{counter="callsStored",kind="out",stage="stored"}'), CALLS);
    assert.equal(values.get('apiris_bus_up'), 1);
    assert.equal(await analyzer.end(), 0, analyzer.said());
    await roles.assertAsReplayed('secured', 'by TLS and SCRAM');
  });

  test('the shorter SCRAM and a certificate of our own do as well', () => {
    const shorter = send(
      broker.scramAddress,
      'shorter',
      config(...trusted, ...login('password', 'scram-sha-256'), 'prefix: shorter.'),
    );
    assert.equal(shorter.status, 0, shorter.stderr);
    const ours = [`cert: ${file('client.pem')}`, `key: ${file('client.key')}`];
    const certified = send(broker.tlsAddress, 'certified', config(...trusted, ...ours, 'prefix: certified.'));
    assert.equal(certified.status, 0, certified.stderr);
    assert.match(certified.stderr, /5,717 calls .* published/);
  });

  test('each mistake is said with what to do', () => {
    const said = (address: string, ...lines: readonly string[]): string => {
      const analyzer = roles.apiris(
        ...['analyzer', '--bus', `kafka://${address}`, '--data', roles.data('mistaken'), '--config', config(...lines)],
      );
      assert.equal(analyzer.status, 1, analyzer.stderr);
      assert.equal(analyzer.stderr.trim().split('\n').length, 1, analyzer.stderr);
      return analyzer.stderr;
    };
    const { scramAddress: scram, tlsAddress: tls, address: plain } = broker;
    assert.match(said(scram, ...trusted, ...login('wrong', 'scram-sha-512')), /it refuses the name or the password/);
    assert.match(said(scram, ...trusted, ...login('password', 'plain')), /does not take this way of logging in/);
    assert.match(
      said(scram, 'tls: true', `ca: ${file('stranger.pem')}`, ...login('password', 'scram-sha-512')),
      /its certificate is not trusted .*bus\.ca/,
    );
    assert.match(said(scram, 'tls: true', ...login('password', 'scram-sha-512')), /its certificate is not trusted/);
    assert.match(said(scram, ...login('password', 'scram-sha-512')), /set bus\.tls/);
    assert.match(said(plain, ...trusted), /if it does not speak TLS on this port, remove bus\.tls/);
    assert.match(said(tls, ...trusted), /it wants to know who we are.*bus\.cert and bus\.key/);
  });
}
