/**
 * Clear text of one kept exchange, when two people want it: one asks and says why, another one grants it with a key that
 * the appliance does not have, and then the first may look for a while. The console writes each step into the operators'
 * log before it takes effect.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { Classifier, type ClearValue, clearValues } from '../../analyzer/analyzer.ts';
import type { BodyRecord, TransactionRecord } from '../../sensor/record.ts';
import type { Config } from '../config.ts';
import { fittingTogether } from '../content/analysis.ts';
import { readRecognizers } from '../content/recognizers.ts';
import { readSecretFile } from '../key-file.ts';
import type { Environment } from '../keys.ts';
import { findKept } from './folder.ts';
import { type Grant, grants, writeGrant } from './grants.ts';
import { openOwnHalf } from './own-half.ts';
import { keyName, openHalf, openRecord } from './segment-cipher.ts';
import type { SealedRecord } from './segment-file.ts';

export type { ClearValue } from '../../analyzer/analyzer.ts';
export type { TransactionRecord } from '../../sensor/record.ts';
export type { Grant } from './grants.ts';
export { expire } from './keeping.ts';

/** Why something is not to be had. The console has the words. */
export type RevealProblem = 'not-kept' | 'stranger' | 'same-person' | 'other-key' | 'not-granted' | 'damaged';

export class RevealError extends Error {
  override readonly name = 'RevealError';
  constructor(readonly problem: RevealProblem) {
    super(problem);
  }
}

export interface GrantRequest {
  readonly request: string;
  readonly uid: string;
  readonly by: string;
  readonly labels: readonly string[] | null;
}

export interface Revealed {
  readonly grant: Grant;
  readonly record: TransactionRecord;
  readonly values: readonly ClearValue[];
}

/** Values of one message that are listed; the whole exchange shows all. */
const mostValues = 10_000;
/** Octets of a record: two bodies, as text or base64, and heads. */
const longestRecord = 8 * 2 ** 20;

/** Who may grant that exchange. Throws RevealError where it is not kept. */
export function approversOf(data: string, config: Config, uid: string): readonly string[] {
  const { head } = kept(data, uid);
  const named = config.privacy.evidence?.approvers ?? [];
  return head.approvers.flatMap(({ key }) => named.find(({ publicKey }) => keyName(publicKey) === key)?.name ?? []);
}

/** Who holds this private key, as the configuration names them. Throws RevealError, KeyError. */
export function approverOf(config: Config, keyFile: string): { readonly name: string; readonly key: KeyObject } {
  const text = readSecretFile(keyFile, 'own');
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch {
    throw new RevealError('stranger');
  }
  if (key.asymmetricKeyType !== 'x25519') throw new RevealError('stranger');
  const own = keyName(createPublicKey(key).export({ format: 'der', type: 'spki' }));
  const found = config.privacy.evidence?.approvers.find(({ publicKey }) => keyName(publicKey) === own);
  if (found === undefined) throw new RevealError('stranger');
  return { name: found.name, key };
}

/** Makes the grant that the approver would give; it holds once `record` has written it down. Throws RevealError, KeyError. */
export async function grantReveal(
  data: string,
  config: Config,
  asked: GrantRequest,
  options: {
    readonly keyFile: string;
    /** ms of wall clock. */
    readonly until: number;
    readonly record: (approver: string) => Promise<void>;
  },
): Promise<void> {
  const { name, key } = approverOf(config, options.keyFile);
  if (name.toLowerCase() === asked.by.toLowerCase()) throw new RevealError('same-person');
  const half = openHalf(kept(data, asked.uid).head, key, asked.uid);
  if (half === null) throw new RevealError('other-key');
  await options.record(name);
  writeGrant(data, { v: 1, ...asked, approver: name, until: options.until, half: half.toString('base64') });
}

/** What `by` may see of that exchange at `now`, once `record` has written down that they do. Throws RevealError, KeyError. */
export async function reveal(
  data: string,
  config: Config,
  asked: {
    readonly uid: string;
    readonly by: string;
    readonly now: number;
    /** Requests that stand granted by the log: a file alone grants nothing. */
    readonly requests: readonly string[];
  },
  record: (grant: Grant, values: number) => Promise<void>,
  environment?: Environment,
): Promise<Revealed> {
  const grant = grants(data, asked.now).find(
    ({ uid, by, request }) => uid === asked.uid && by === asked.by && asked.requests.includes(request),
  );
  if (grant === undefined) throw new RevealError('not-granted');
  const { head, sealed } = kept(data, asked.uid);
  const half = Buffer.from(grant.half, 'base64');
  const opened = openRecord(head, openOwnHalf(data, environment), half, asked.uid, sealed);
  if (opened === null) throw new RevealError('damaged');
  const text = inflateRawSync(opened, { maxOutputLength: longestRecord }).toString('utf8');
  const transaction = JSON.parse(text) as TransactionRecord;
  const values = await valuesOf(transaction, config, grant.labels);
  await record(grant, values.length);
  return { grant, record: transaction, values };
}

export { endGrants } from './grants.ts';

function kept(data: string, uid: string): SealedRecord {
  const found = findKept(data, uid);
  if (found === null) throw new RevealError('not-kept');
  return found;
}

async function valuesOf(
  { request, response }: TransactionRecord,
  config: Config,
  labels: readonly string[] | null,
): Promise<readonly ClearValue[]> {
  const { set } = fittingTogether(await readRecognizers(config.labels));
  const classifier = new Classifier(set);
  const found = [
    ...(request === null ? [] : clearValues(classifier, messageOf(request.target, request), mostValues)),
    ...(response === null ? [] : clearValues(classifier, messageOf('', response), mostValues)),
  ];
  return labels === null ? found : found.filter(({ label }) => labels.includes(label));
}

function messageOf(
  target: string,
  { headers, body }: { readonly headers: readonly (readonly [string, string])[]; readonly body: BodyRecord },
): Parameters<typeof clearValues>[1] {
  const isText = body.text !== undefined;
  return {
    target,
    headers: headers.flat(),
    contentType: headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '',
    charset: isText ? 'utf-8' : '',
    content: isText ? Buffer.from(body.text!, 'utf8') : Buffer.from(body.base64 ?? '', 'base64'),
  };
}
