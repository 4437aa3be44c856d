/** Where a client is and whose its network is, wherever a client is named. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { call, runCommand, someTime, somewhere } from './fakes.ts';
import { findingAnswers as answers, finding } from './finding-fakes.ts';

const folder = mkdtempSync(join(tmpdir(), 'apiris-place-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'apiris.yaml');
writeFileSync(
  file,
  `regions: [{cidr: 10.0.0.0/8, region: CN-31}]
organisations: [{cidr: 10.0.0.0/24, organisation: Example Telecom}]
`,
);
const place = { region: 'CN-31', organisation: 'Example Telecom' };
const stats = { key: '10.0.0.7', bucket: someTime, calls: 2, errors: 0, methods: {}, p50Us: 1, p95Us: 1 };
const filled = {
  ...answers,
  calls: [{ ...call, client: '10.0.0.7' }],
  findings: [finding, { ...finding, client: '', clients: ['10.0.0.7', '192.0.2.1'] }],
  stats: [{ ...stats, requestBytes: 0, responseBytes: 0 }],
};

const lines = {
  finding: ['finding', finding.id],
  profile: ['profile', 'client', '10.0.0.7'],
  trace: ['trace', '--client', '10.0.0.7'],
  calls: ['calls'],
  stats: ['stats', '--by', 'client'],
};

function command(argv: readonly string[], format: string, configured = true) {
  const options = [...argv, ...somewhere, '--format', format, ...(configured ? ['--config', file] : [])];
  return runCommand(options, { answers: filled, columns: 160 });
}

for (const [name, argv] of Object.entries(lines)) {
  test(`${name} tells region and organisation of a client, and nothing where nothing is configured`, async () => {
    const table = await command(argv, 'table');
    assert.equal(table.code, 0, table.stderr);
    assert.match(table.stdout, /Example Telecom, CN-31/);
    const json = await command(argv, 'json');
    assert.match(json.stdout, /"region": ?"CN-31",\s*"organisation": ?"Example Telecom"/);
    const csv = name === 'calls' || name === 'stats' ? await command(argv, 'csv') : undefined;
    if (csv !== undefined) assert.match(csv.stdout, /region,organisation.*\r\n.*CN-31,Example Telecom/);
    for (const format of ['table', 'json']) {
      const { stdout } = await command(argv, format, false);
      assert.doesNotMatch(stdout, /Telecom|CN-31|\bnetwork\b|"region"/);
    }
  });
}

test('lists in JSON: topClients of a profile, clients of a trace, places of a finding', async () => {
  const profile = JSON.parse((await command(['profile', 'account', 'z***#3f9a01c2be'], 'json')).stdout);
  const { key: _, ...told } = { key: 0, ...profile.topClients[0] };
  assert.deepEqual([told.region, told.organisation], [place.region, place.organisation]);
  const trace = JSON.parse((await command(lines.trace, 'json')).stdout);
  assert.equal(trace.clients[0].organisation, place.organisation);
  assert.equal(trace.calls[0].organisation, place.organisation);
  const [one, several] = JSON.parse((await command(['findings'], 'json')).stdout);
  assert.deepEqual([one.region, one.organisation, one.places.length], ['CN-31', 'Example Telecom', 1]);
  assert.deepEqual([several.region, several.places], [undefined, [{ client: '10.0.0.7', ...place }]]);
});
