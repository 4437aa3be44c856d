/** Every reason why a port cannot be captured from says what to do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ANY,
  CaptureArgumentError,
  explainModule,
  explainOpening,
  unknownInterface,
} from '../../../sensor/capture/live-problem.ts';

const coded = (code: string, message: string) => Object.assign(new Error(message), { code });

test('the package: not there, not built, for another Node.js, without its library', () => {
  const told = (code: string, message: string) => explainModule(coded(code, message)).message;
  assert.match(told('MODULE_NOT_FOUND', "Cannot find module 'pcap/…'"), /libpcap-dev g\+\+ make python3.*`npm ci`/);
  assert.match(
    told('ERR_DLOPEN_FAILED', 'libpcap.so.0.8: cannot open shared object file'),
    /apt-get install libpcap0.8/,
  );
  assert.match(told('ERR_DLOPEN_FAILED', 'compiled against NODE_MODULE_VERSION 93'), /npm rebuild pcap/);
  assert.match(told('ERR_DLOPEN_FAILED', 'Module did not self-register'), /cannot be loaded \(Module did not/);
});

test('an interface: unknown is the person’s mistake, rights and the rest are the machine’s', () => {
  assert.ok(unknownInterface('no-such-port') instanceof CaptureArgumentError);
  assert.equal(unknownInterface(ANY), null);
  assert.equal(unknownInterface('lo'), null);
  const told = (reason: string, filter = '') => explainOpening('lo', filter, new Error(reason));
  const rights = told('socket: Operation not permitted', 'tcp');
  assert.match(rights.message, /^lo: this user may not capture .*--user NAME.*setcap/);
  assert.ok(!(rights instanceof CaptureArgumentError));
  assert.match(told('That device is not up').message, /ip link set lo up/);
  assert.ok(told('syntax error in filter expression', 'tpc') instanceof CaptureArgumentError);
  assert.match(told('').message, /libpcap gives no reason/);
  assert.equal(told('syntax error', 'x').name, 'CaptureArgumentError', 'the name is what crosses threads');
});
