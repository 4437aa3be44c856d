/** The labelled sets, with their labels under our names. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { datasets } from '../datasets.ts';

/** The material's own label names → ours, where they differ. */
const labelNames: Readonly<Record<string, string>> = {
  app_secret: 'secret-key',
  bank_card: 'bank-card',
  client_no: 'customer-number',
  cn_id15: 'id-card',
  cn_id18: 'id-card',
  foreign_pr: 'foreign-permanent-resident',
  fund_account: 'fund-account',
  futures_account: 'futures-account',
  hk_macau_permit: 'hk-macao-permit',
  hkid: 'hk-id',
  hmt_residence: 'hmt-residence',
  ip: 'ip-address',
  jwt: 'token',
  mac: 'mac-address',
  name_zh: 'name',
  passport_cn: 'passport',
  sh_a_account: 'securities-account',
  sh_b_account: 'securities-account',
  sh_fund_account: 'securities-account',
  sh_inst_account: 'securities-account',
  sms_code: 'sms-code',
  sz_account: 'securities-account',
  sz_b_account: 'securities-account',
  trading_code: 'futures-account',
  tw_permit: 'taiwan-permit',
  twid: 'tw-id',
  yimatong: 'unified-account',
  masked_card: 'masked bank-card',
  masked_id: 'masked id-card',
  masked_mobile: 'masked mobile',
  masked_name: 'masked name',
  CREDIT_CARD: 'bank-card',
  EMAIL_ADDRESS: 'email',
  IP_ADDRESS: 'ip-address',
  IBAN_CODE: 'iban',
};

export function labelOf(name: string): string {
  return labelNames[name] ?? name;
}

export interface LabelledValue {
  readonly label: string;
  /** Which trap, of one that is nobody's. */
  readonly kind?: string;
  readonly value: string;
  readonly field: string;
  /** 1: the field's name says what it is. */
  readonly ctx: 0 | 1;
}

export interface LabelledText {
  /** `json`, `csv`, `kv`, `html`, `text`; absent for plain text. */
  readonly form?: string;
  readonly text: string;
  /** Begin, end, label. */
  readonly spans: readonly (readonly [number, number, string])[];
}

export interface LabelledSecret {
  readonly rule: string;
  readonly label: 'tp' | 'fp';
  readonly text: string;
}

/** Undefined when it is not there. */
export function material<T>(path: string): readonly T[] | undefined {
  try {
    const bytes = readFileSync(join(datasets, path));
    const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    const lines = text.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as T);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}
