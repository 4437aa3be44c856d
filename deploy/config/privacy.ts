/** The key `privacy`: whether exchanges are kept sealed for a while, and who may grant that one is seen in clear. */
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Approver, keyName } from '../reveal/segment-cipher.ts';
import type { Node } from './document.ts';
import { readInteger, readMapping, readSize, readText, type Take } from './fields.ts';
import type { Problems } from './problems.ts';

export interface EvidenceConfig {
  /** Hours of wall clock that an exchange is kept. */
  readonly hours: number;
  /** Octets that all of them may take; the oldest go first. */
  readonly bytes: number;
  /** The longest that a grant may last, minutes. */
  readonly minutes: number;
  /** Each of them alone can grant; whoever asked cannot. */
  readonly approvers: readonly Approver[];
}

export interface PrivacyConfig {
  /** Null: nothing is kept, so nothing can be revealed. */
  readonly evidence: EvidenceConfig | null;
}

const mostApprovers = 32;
const HOURS = { least: 1, most: 720, unit: 'hours' };
const MINUTES = { least: 1, most: 1440, unit: 'minutes' };
const SIZE = { least: 2 ** 24, most: 2 ** 42, unit: 'octets' };
const howTo =
  'openssl genpkey -algorithm x25519 -out wang.key, then openssl pkey -in wang.key -pubout -out wang.pub; name wang.pub';

export function readEvidence(node: Node, path: string, problems: Problems): EvidenceConfig | undefined {
  const evidence: { -readonly [K in keyof EvidenceConfig]: EvidenceConfig[K] } = {
    ...{ hours: 24, bytes: 2 ** 30, minutes: 30, approvers: [] },
  };
  const takes: Record<string, Take> = {
    hours: ({ value }, full) => (evidence.hours = readInteger(value, full, HOURS, problems) ?? evidence.hours),
    bytes: ({ value }, full) => (evidence.bytes = readSize(value, full, SIZE, problems) ?? evidence.bytes),
    minutes: ({ value }, full) => (evidence.minutes = readInteger(value, full, MINUTES, problems) ?? evidence.minutes),
    approvers: ({ value }, full) => (evidence.approvers = readApprovers(value, full, problems)),
  };
  readMapping(node, path, takes, [], problems);
  if (node.kind !== 'mapping') return undefined;
  if (!node.entries.some(({ key }) => key === 'approvers')) {
    problems.add(`${path} names no approvers`, node.place, `nothing may be seen without a second person: ${howTo}`);
  }
  return evidence;
}

function readApprovers(node: Node, path: string, problems: Problems): readonly Approver[] {
  if (node.kind !== 'list' || node.items.length === 0 || node.items.length > mostApprovers) {
    problems.add(
      `${path} is not a list of 1 to ${mostApprovers}`,
      node.place,
      'write - {name: wang.fang, key: wang.pub}',
    );
    return [];
  }
  const found: Approver[] = [];
  for (const [i, item] of node.items.entries()) {
    let name: string | undefined;
    let publicKey: Uint8Array | undefined;
    const takes: Record<string, Take> = {
      name: ({ value }, full) => (name = readText(value, full, problems, 100)?.trim()),
      key: ({ value }, full) => (publicKey = readPublicKey(value, full, problems)),
    };
    readMapping(item, `${path}[${i}]`, takes, [], problems);
    const has = (key: string) => item.kind === 'mapping' && item.entries.some((each) => each.key === key);
    if (!has('name') || !has('key')) problems.add(`${path}[${i}] is not whole`, item.place, 'give name and key');
    if (name === undefined || publicKey === undefined) continue;
    const before = found.find((each) => each.name === name || keyName(each.publicKey) === keyName(publicKey!));
    if (before === undefined) found.push({ name, publicKey });
    else
      problems.add(`${path}[${i}] is ${before.name} once more`, item.place, 'give each a name and a key of their own');
  }
  return found;
}

function readPublicKey(node: Node, path: string, problems: Problems): Uint8Array | undefined {
  const name = readText(node, path, problems);
  if (name === undefined) return undefined;
  const file = resolve(dirname(node.place.file), name);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    problems.add(`${path} ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`, node.place, howTo);
    return undefined;
  }
  try {
    if (text.includes('PRIVATE KEY')) throw new TypeError('private');
    const key = createPublicKey(text);
    if (key.asymmetricKeyType !== 'x25519') throw new TypeError('another kind');
    return new Uint8Array(key.export({ format: 'der', type: 'spki' }));
  } catch {
    problems.add(`${path} ${file} is no public key of X25519`, node.place, howTo);
    return undefined;
  }
}

/** As it may be shown: names and names of keys. */
export function shownEvidence({ evidence }: PrivacyConfig): unknown {
  if (evidence === null) return null;
  const approvers = evidence.approvers.map(({ name, publicKey }) => ({ name, key: keyName(publicKey) }));
  return { ...evidence, approvers };
}
