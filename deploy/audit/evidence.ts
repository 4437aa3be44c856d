/**
 * An evidence bundle: files, the SHA-256 of each in SHA256SUMS, and an Ed25519 signature over that. sha256sum and openssl
 * alone prove it.
 */
import { createHash } from 'node:crypto';
import type { Config } from '../config.ts';
import { readTexts } from '../content/files.ts';
import { shippedRules } from '../content/rules.ts';
import type { Environment } from '../keys.ts';
import { anchorPath, readAnchor } from './anchor.ts';
import { openAuditKey } from './audit-key.ts';
import { type ZipFile, zipOf } from './zip.ts';

/** What the console puts into it, by name. */
export type EvidenceFiles = Readonly<Record<string, string>>;

export interface SignedBundle {
  readonly zip: Uint8Array;
  /** Names the key: what the receiver compares with the one that was put aside. */
  readonly writer: string;
}

const VERIFY = `HOW TO VERIFY THIS BUNDLE / 如何核验本证据包

1. The files are as they were / 文件未被改动:
     sha256sum -c SHA256SUMS
2. The list was signed by the appliance / 清单由设备签名 (OpenSSL 3):
     openssl pkeyutl -verify -pubin -inkey audit.pub -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig
3. audit.pub is the appliance's key / 公钥确属该设备: compare it with the copy that was put aside
   请与另行保存的副本比对:
     openssl pkey -pubin -in audit.pub -outform DER | sha256sum      (its first 16 digits name the writer / 前 16 位即 writer)
4. The log that this was taken from / 所依据的日志: on the appliance, apiris audit verify --key audit.pub --anchor anchor.json
   proves that the stored calls and findings are those that were sealed up to this bundle.
   在设备上执行上述命令，可证明所存调用与发现与封存时一致。

Values are masked, and were never stored in clear. / 数据均已脱敏，明文从未存储。
`;

/** Throws KeyError, ConfigError. */
export function signEvidence(data: string, files: EvidenceFiles, environment?: Environment): SignedBundle {
  const key = openAuditKey(data, environment);
  const anchor = readAnchor(anchorPath(data)).lines.map((line) => JSON.stringify(line));
  const content: ZipFile[] = Object.entries({
    ...files,
    'anchor.json': `${anchor.join('\n')}\n`,
    'VERIFY.txt': VERIFY,
  }).map(([name, text]) => ({ name, content: Buffer.from(text) }));
  const sums = content
    .map((file) => `${createHash('sha256').update(file.content).digest('hex')}  ${file.name}\n`)
    .join('');
  const signed: ZipFile[] = [
    { name: 'SHA256SUMS', content: Buffer.from(sums) },
    { name: 'SHA256SUMS.sig', content: Buffer.from(key.sign(sums), 'base64') },
    { name: 'audit.pub', content: Buffer.from(key.publicKey) },
  ];
  return { zip: zipOf([...content, ...signed]), writer: key.writer };
}

/** The file that a rule stands in, as it is now; '' where there is none. */
export function ruleText(config: Config, rule: string): string {
  const plain = rule.replace(/[^\w.-]/g, '');
  const named = new RegExp(`^(?:name|id):\\s*["']?${plain.replaceAll('.', '\\.')}["']?\\s*$`, 'm');
  const { files } = readTexts([shippedRules(), ...config.rules], 'rules');
  return files.filter(({ text }) => named.test(text)).at(-1)?.text ?? '';
}
