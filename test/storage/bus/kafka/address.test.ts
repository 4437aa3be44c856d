import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BusError } from '../../../../storage/bus/bus.ts';
import { parseBrokers } from '../../../../storage/bus/kafka/address.ts';
import { busError, mayPass } from '../../../../storage/bus/kafka/problems.ts';

test('brokers are read from an address', () => {
  assert.deepEqual(parseBrokers('kafka://tap-1:9093,10.0.0.2'), ['tap-1:9093', '10.0.0.2:9092']);
  assert.deepEqual(parseBrokers('kafka://[::1]:9092/'), ['[::1]:9092']);
});

test('what is no address is refused, and no password is repeated', () => {
  for (const url of ['kafka://', 'http://tap', 'kafka://tap:0', 'kafka://tap:99999', 'kafka://a,,b', 'tap:9092', '']) {
    assert.throws(() => parseBrokers(url), /write kafka:\/\/HOST:PORT/, url);
  }
  assert.throws(
    () => parseBrokers('kafka://apiris:hunter2@tap:9092'),
    (error: BusError) => /bus\.passwordFile/.test(error.message) && !error.message.includes('hunter2'),
  );
});

test('refusals come as sentences that say what to do, and whether waiting helps', () => {
  const address = { brokers: ['tap:9092'], prefix: '', tls: false };
  const named = (name: string, message: string, more: object = {}) =>
    Object.assign(new Error(message), { name, ...more });
  const cases: [Error, BusError['code'], RegExp][] = [
    [named('KafkaJSConnectionError', 'Connection error: connect ECONNREFUSED'), 'unreachable', /nobody answers there/],
    [
      named('KafkaJSNumberOfRetriesExceeded', 'x', { cause: named('KafkaJSConnectionError', 'Connection timeout') }),
      'unreachable',
      /bus\.tls and bus\.user/,
    ],
    [named('KafkaJSSASLAuthenticationError', 'Invalid username'), 'refused', /check bus\.user and the password/],
    [
      named('KafkaJSProtocolError', 'x', { type: 'TOPIC_AUTHORIZATION_FAILED' }),
      'refused',
      /grant Describe, Read, Write/,
    ],
    [named('KafkaJSConnectionError', 'self-signed certificate'), 'refused', /bus\.ca/],
  ];
  for (const [error, code, says] of cases) {
    const told = busError(error, address);
    assert.equal(told.code, code);
    assert.match(told.message, says);
    assert.match(told.message, /^Kafka at tap:9092 cannot be used: .*\.$/);
    assert.equal(mayPass(error), code === 'unreachable', error.message);
  }
});
