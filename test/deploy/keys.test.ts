/** The two secrets of a data folder: made once, kept private, and missed when they are gone. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs, { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { deriveKey } from '../../analyzer/keyed-hash.ts';
import { ConfigError } from '../../deploy/config/problems.ts';
import { createOnce, KeyError } from '../../deploy/key-file.ts';
import { keyNotices, openKeys, readKey } from '../../deploy/keys.ts';

const one = '11'.repeat(32);
const two = '22'.repeat(32);
const none = {};

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'apiris-keys-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The sentence of a refusal, without the folder's name. */
function refusal(data: string, work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof KeyError || error instanceof ConfigError, String(error));
    return error.message.replaceAll(`${data}/`, '').replaceAll(data, 'DATA');
  }
  return assert.fail('it was accepted');
}

const private600 = { mode: 0o600 };

test('keys are made on first use, private, and stay the same', (t) => {
  const data = folderOf(t);
  const { identity, trace, notices } = openKeys(data, none);
  assert.deepEqual([identity.length, trace.length, notices], [16, 16, []]);
  assert.notDeepEqual(identity, trace);
  assert.deepEqual(readdirSync(data).sort(), ['identity.key', 'keys.json', 'trace.key']);
  for (const name of ['identity.key', 'trace.key']) {
    const { mode } = statSync(join(data, name));
    assert.equal(mode & 0o777, 0o600, name);
    assert.match(readFileSync(join(data, name), 'latin1'), /^[0-9a-f]{64}\n$/);
  }
  assert.deepEqual(openKeys(data, none), { identity, trace, notices });
  assert.deepEqual(readKey(data, 'identity', none), identity);
  assert.deepEqual(readKey(data, 'trace', none), trace);
  assert.deepEqual(structuredClone({ identity, trace }), { identity, trace }, 'they cross threads');
  assert.notDeepEqual(openKeys(folderOf(t), none).identity, identity, 'another folder has others');
});

test('the key that is derived is the one of the written secret, and no fingerprint gives it away', (t) => {
  const data = folderOf(t);
  writeFileSync(join(data, 'identity.key'), `${one}\n`, private600);
  const { identity } = openKeys(data, none);
  assert.deepEqual(identity, deriveKey(Buffer.from(one, 'hex'), 'identity'));
  const told = readFileSync(join(data, 'keys.json'), 'utf8');
  assert.ok(!told.includes(one.slice(0, 16)) && !told.includes(Buffer.from(identity).toString('hex')));
});

test('processes that start at once have the same keys', async (t) => {
  const data = folderOf(t);
  const program = `const { openKeys } = await import(${JSON.stringify(new URL('../../deploy/keys.js', import.meta.url).href)});
    const { identity, trace } = openKeys(${JSON.stringify(data)}, {});
    console.log(Buffer.from(identity).toString('hex') + Buffer.from(trace).toString('hex'));`;
  const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
  const printed = await Promise.all([run(), run(), run(), run()]);
  assert.equal(new Set(printed.map(({ stdout }) => stdout)).size, 1);
  assert.deepEqual(readdirSync(data).sort(), ['identity.key', 'keys.json', 'trace.key'], 'no drafts are left');
});

test('the environment gives keys, by value or by file, and writes none down', (t) => {
  const data = folderOf(t);
  const file = join(folderOf(t), 'trace');
  writeFileSync(file, two.toUpperCase(), { mode: 0o640 });
  const environment = { APIRIS_IDENTITY_KEY: one, APIRIS_TRACE_KEY_FILE: file, APIRIS_TRACE_KEY: '' };
  const { identity, trace } = openKeys(data, environment);
  assert.deepEqual(identity, deriveKey(Buffer.from(one, 'hex'), 'identity'));
  assert.deepEqual(trace, deriveKey(Buffer.from(two, 'hex'), 'trace'));
  assert.deepEqual(readdirSync(data), ['keys.json']);
  assert.deepEqual(readKey(data, 'trace', environment), trace);
});

test('an environment that is no key is a mistake of the configuration, and is not repeated', (t) => {
  const data = folderOf(t);
  const cases: readonly (readonly [Record<string, string>, RegExp])[] = [
    [
      { APIRIS_IDENTITY_KEY: 'ab'.repeat(31) },
      /^APIRIS_IDENTITY_KEY holds 62 hex digits; write 64 of them, as `openssl/,
    ],
    [{ APIRIS_TRACE_KEY: `${'ab'.repeat(31)}xy` }, /^APIRIS_TRACE_KEY holds something else than hex digits; write 64/],
    [{ APIRIS_TRACE_KEY: one, APIRIS_TRACE_KEY_FILE: 'k' }, /^both APIRIS_TRACE_KEY and APIRIS_TRACE_KEY_FILE are set/],
  ];
  for (const [environment, expected] of cases) {
    const said = refusal(data, () => openKeys(data, environment));
    assert.match(said, expected);
    assert.ok(!said.includes('abab'), said);
    assert.throws(() => openKeys(data, environment), ConfigError);
  }
  const missing = { APIRIS_IDENTITY_KEY_FILE: join(data, 'nowhere') };
  assert.match(
    refusal(data, () => openKeys(data, missing)),
    /^There is no nowhere: name the file/,
  );
});

test('a file that others can read is refused with the command that closes it', (t) => {
  const data = folderOf(t);
  openKeys(data, none);
  const path = join(data, 'trace.key');
  for (const mode of [0o640, 0o604, 0o620, 0o666]) {
    chmodSync(path, mode);
    const said = refusal(data, () => openKeys(data, none));
    assert.equal(said, `trace.key is open to others (mode ${mode.toString(8)}): run \`chmod 600 trace.key\`.`);
  }
  chmodSync(path, 0o400);
  openKeys(data, none);
});

test('a secret that was handed over may be read by others, as orchestrators mount it, and changed by nobody', (t) => {
  const data = folderOf(t);
  const path = join(data, 'handed');
  writeFileSync(path, `${one}\n`, private600);
  const handed = { APIRIS_TRACE_KEY_FILE: path };
  const { trace } = openKeys(data, handed);
  for (const mode of [0o400, 0o440, 0o444, 0o640, 0o644]) {
    chmodSync(path, mode);
    assert.deepEqual(openKeys(data, handed).trace, trace, mode.toString(8));
    assert.deepEqual(readKey(data, 'trace', handed), trace);
  }
  for (const mode of [0o622, 0o660, 0o602, 0o666]) {
    chmodSync(path, mode);
    const said = refusal(data, () => openKeys(data, handed));
    assert.equal(said, `handed can be changed by others (mode ${mode.toString(8)}): run \`chmod go-w handed\`.`);
  }
});

test('a file system without hard links: keys are made all the same, and never over others', (t) => {
  for (const code of ['EPERM', 'ENOTSUP']) {
    const data = folderOf(t);
    const linked = t.mock.method(fs, 'linkSync', () => {
      throw Object.assign(new Error(code), { code });
    });
    syncBuiltinESMExports();
    try {
      const { identity, trace, notices } = openKeys(data, none);
      assert.deepEqual(notices, []);
      assert.deepEqual(readdirSync(data).sort(), ['identity.key', 'keys.json', 'trace.key']);
      assert.equal(statSync(join(data, 'identity.key')).mode & 0o777, 0o600);
      assert.deepEqual(openKeys(data, none), { identity, trace, notices });
      // Another process was faster, between the look and the making.
      const path = join(data, 'raced.key');
      createOnce(path, () => {
        writeFileSync(path, one, private600);
        return two;
      });
      assert.equal(readFileSync(path, 'utf8'), one);
    } finally {
      linked.mock.restore();
      syncBuiltinESMExports();
    }
  }
});

test('a file that holds no key is told with what to do', (t) => {
  const data = folderOf(t);
  const write = (text: string) => writeFileSync(join(data, 'identity.key'), text, private600);
  for (const [text, expected] of [
    ['', /^identity\.key holds 0 hex digits; write 64 of them/],
    [one.slice(2), /^identity\.key holds 62 hex digits/],
    ['-----BEGIN', /^identity\.key holds something else than hex digits/],
    [one.repeat(100), /^identity\.key has 6400 octets, which is no key/],
  ] as const) {
    write(text);
    assert.match(
      refusal(data, () => openKeys(data, none)),
      expected,
    );
  }
});

test('a folder that can take no key is told', (t) => {
  const data = folderOf(t);
  writeFileSync(join(data, 'file'), '');
  for (const place of [join(data, 'file'), join(data, 'missing', 'below')]) {
    assert.match(
      refusal(data, () => openKeys(place, none)),
      /identity\.key can't be made \(E\w+\): make .* writable/,
    );
  }
});

test('a lost identity key is missed; the store is not filled with another', (t) => {
  const data = folderOf(t);
  openKeys(data, none);
  const kept = readFileSync(join(data, 'identity.key'));
  rmSync(join(data, 'identity.key'));
  assert.match(
    refusal(data, () => openKeys(data, none)),
    /^identity\.key is gone, .* APIRIS_IDENTITY_KEY, or name/,
  );
  assert.match(
    refusal(data, () => readKey(data, 'identity', none)),
    /^There is no identity\.key/,
  );
  for (const secret of [one, two]) {
    const said = refusal(data, () => openKeys(data, { APIRIS_IDENTITY_KEY: secret }));
    assert.match(said, /^The identity key is not the one that DATA was filled with/);
  }
  assert.match(
    refusal(data, () => readKey(data, 'identity', { APIRIS_IDENTITY_KEY: one })),
    /^The identity key is not the one/,
  );
  writeFileSync(join(data, 'identity.key'), kept, private600);
  assert.deepEqual(openKeys(data, none).notices, []);
});

test('another trace key goes on with a notice, which a later trace repeats', (t) => {
  const data = folderOf(t);
  const first = openKeys(data, none);
  assert.deepEqual(keyNotices(data), []);
  rmSync(join(data, 'trace.key'));
  const second = openKeys(data, none);
  assert.deepEqual(second.identity, first.identity);
  assert.notDeepEqual(second.trace, first.trace);
  assert.match(second.notices.join(), /^The trace key of .* are traced only by the earlier one: keep/);
  assert.deepEqual(openKeys(data, none).notices, [], 'it is said once');
  assert.match(keyNotices(data).join(), /has been changed \(once\)/);
  // A question under another key than the store's would find nothing, which would read as an all-clear.
  const said = refusal(data, () => readKey(data, 'trace', { APIRIS_TRACE_KEY: one }));
  assert.match(said, /^The trace key is not the one that DATA was filled with/);
  openKeys(data, { APIRIS_TRACE_KEY: one });
  assert.match(keyNotices(data).join(), /has been changed \(2 times\)/);
});

test('whoever fills an empty folder first decides, wherever the key comes from', (t) => {
  const data = folderOf(t);
  openKeys(data, { APIRIS_IDENTITY_KEY: one, APIRIS_TRACE_KEY: two });
  assert.match(
    refusal(data, () => openKeys(data, none)),
    /^identity\.key is gone/,
  );
  assert.deepEqual(readdirSync(data), ['keys.json'], 'no key was made');
});

test('asking makes no keys', (t) => {
  const data = folderOf(t);
  assert.match(
    refusal(data, () => readKey(data, 'trace', none)),
    /^There is no trace\.key.*first replay\.$/,
  );
  assert.deepEqual(readdirSync(data), []);
});

test('fingerprints that were spoilt are told', (t) => {
  const data = folderOf(t);
  openKeys(data, none);
  for (const text of ['', '{', '[]', '{"identity": "x", "trace": "y", "earlierTrace": []}']) {
    writeFileSync(join(data, 'keys.json'), text);
    assert.match(
      refusal(data, () => openKeys(data, none)),
      /^keys\.json does not hold what was written into it/,
    );
  }
});
