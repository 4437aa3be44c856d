/** What rules are told of a call's caller. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiCall, LabelFact } from '../../../analyzer/call.ts';
import type { PasswordFact } from '../../../analyzer/identify/facts.ts';
import { passwordWords, urlSecrets } from '../../../analyzer/judging/caller-words.ts';
import { Labels } from '../../../analyzer/judging/labels.ts';
import { Random } from '../../../deploy/traffic/random.ts';
import { RandomCalls } from '../random-calls.ts';

const [call] = new RandomCalls(new Random(1)).many(1) as [ApiCall];
const caller = { ...call.caller, credentials: [], passwords: [] };

type Place = ApiCall['sent']['places'][number];

function mobileIn(place: 'query' | 'body', values: number, count: number): Place {
  const hits = [{ label: 'mobile', count, samples: [1, 2, 3].slice(0, count) }];
  return { place, path: 'n', values, hits } as unknown as Place;
}

function sent(places: readonly Place[], labels: readonly Partial<LabelFact>[]): ApiCall {
  return { ...call, caller, sent: { ...call.sent, places, labels: labels as LabelFact[] } };
}

test('what only looks like a number of somebody in the URL is none, though the body has one', () => {
  const labels = new Labels({ proven: new Set(), levels: new Map() });
  const mobile = { label: 'mobile', count: 4, distinct: 4, masked: 0 };
  // One of ten values of the query's column looks like it; all of the body's do.
  const both = sent([mobileIn('query', 10, 1), mobileIn('body', 3, 3)], [mobile]);
  const accepted = labels.judge(both, 'request');
  assert.deepEqual([accepted.length, accepted[0]?.count], [1, 3]);
  assert.equal(urlSecrets(both, accepted, labels), undefined);
  const inUrl = sent([mobileIn('query', 30, 30)], [{ ...mobile, count: 30 }]);
  assert.deepEqual(urlSecrets(inUrl, labels.judge(inUrl, 'request'), labels), ['mobile']);
});

test('what asks for a certificate’s state in a path is no token, and what looks like it elsewhere is one', () => {
  const labels = new Labels({ proven: new Set(), levels: new Map() });
  const hits = [{ label: 'token', count: 30, samples: [1, 2, 3] }];
  const place = { place: 'path', path: 'n', values: 30, hits } as unknown as Place;
  const asked = {
    ...sent([place], [{ label: 'token', count: 30, distinct: 30, masked: 0 }]),
    responseType: 'text/html',
  };
  const accepted = labels.judge(asked, 'request');
  assert.deepEqual(urlSecrets(asked, accepted, labels), ['token']);
  assert.equal(urlSecrets({ ...asked, responseType: 'application/ocsp-response' }, accepted, labels), undefined);
});

test('what signs a link to one object is no credential of its caller; a token beside it is one', () => {
  const labels = new Labels({ proven: new Set(), levels: new Map() });
  const hits = [{ label: 'secret-key', count: 30, samples: [1, 2, 3] }];
  const place = (path: string) => ({ place: 'query', path, values: 30, hits }) as unknown as Place;
  const secrets = (path: string, entries: string) => {
    const asked = sent([place(path)], [{ label: 'secret-key', count: 30, distinct: 30, masked: 0 }]);
    const whole = { ...asked, sent: { ...asked.sent, shapeEntries: entries } };
    return urlSecrets(whole, labels.judge(whole, 'request'), labels);
  };
  const link = '?Expires:number\n?OSSAccessKeyId:string\n?Signature:string';
  assert.equal(secrets('OSSAccessKeyId', link), undefined);
  assert.deepEqual(secrets('appSecret', link), ['secret-key']);
  assert.deepEqual(secrets('OSSAccessKeyId', '?OSSAccessKeyId:string'), ['secret-key']);
});

const password = (form: PasswordFact['form'], hash: string, plainHash: string | null = null): PasswordFact => ({
  ...{ place: 'body', name: 'password', form, hash, plainHash, length: 8, classes: 'a0', weak: null, pin: false },
});

test('form and hash are of one password: the one in the worst form', () => {
  const words = (...passwords: PasswordFact[]) => passwordWords({ ...caller, passwords });
  assert.equal(words(), null);
  const two = words(password('rsa', 'one'), password('plaintext', 'two', 'plain'));
  assert.deepEqual(two, { form: 'plaintext', hash: 'plain', weak: '' });
  assert.deepEqual(words(password('plaintext', 'two', 'plain'), password('rsa', 'one')), two);
  // In another form that can be undone it is the same password.
  assert.equal(words(password('base64', 'three', 'plain'))?.hash, 'plain');
});
