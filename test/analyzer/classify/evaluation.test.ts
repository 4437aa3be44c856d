/**
 * How well the shipped recognizers do on labelled material that lies beside the project: values with their field names,
 * documents, English sentences, secrets. Precision (P) and recall (R) per label are printed; the floors are what holds,
 * a little below what was measured.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { find } from './workbench.ts';

/** The material's own label names → ours. */
const labelOf: Readonly<Record<string, string>> = {
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
};

/** Labels whose values carry a check digit or a structure that proves them. */
const proven = 'id-card bank-card uscc hmt-residence foreign-permanent-resident hk-id email token mac-address'.split(
  ' ',
);

class Score {
  hit = 0;
  wrong = 0;
  missed = 0;
  get precision(): number {
    return this.hit + this.wrong === 0 ? 1 : this.hit / (this.hit + this.wrong);
  }
  get recall(): number {
    return this.hit + this.missed === 0 ? 1 : this.hit / (this.hit + this.missed);
  }
  toString(): string {
    const { hit, wrong, missed } = this;
    return `P ${this.precision.toFixed(4)} R ${this.recall.toFixed(4)} (hit ${hit}, wrong ${wrong}, missed ${missed})`;
  }
}

class Board {
  readonly #scores = new Map<string, Score>();
  of(label: string): Score {
    let score = this.#scores.get(label);
    if (score === undefined) this.#scores.set(label, (score = new Score()));
    return score;
  }
  /** Multisets against each other. */
  compare(expected: readonly string[], found: readonly string[], keyOf = (item: string) => item.split('\t', 1)[0]!) {
    const open = [...found];
    for (const item of expected) {
      const at = open.indexOf(item);
      if (at < 0) this.of(keyOf(item)).missed++;
      else {
        open.splice(at, 1);
        this.of(keyOf(item)).hit++;
      }
    }
    for (const item of open) this.of(keyOf(item)).wrong++;
  }
  get total(): Score {
    const total = new Score();
    for (const score of this.#scores.values()) {
      total.hit += score.hit;
      total.wrong += score.wrong;
      total.missed += score.missed;
    }
    return total;
  }
  print(t: TestContext, title: string): void {
    for (const [label, score] of [...this.#scores].sort(([a], [b]) => (a < b ? -1 : 1))) {
      t.diagnostic(`${title} ${label}: ${score}`);
    }
    t.diagnostic(`${title} all: ${this.total}`);
  }
}

function material(t: TestContext, path: string): unknown[] | undefined {
  const file = new URL(`../shared/datasets/${path}`, new URL('.', import.meta.resolve('#root/package.json')));
  try {
    const bytes = readFileSync(file);
    const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    t.diagnostic(`absent: ${path}`);
    return undefined;
  }
}

function labelsIn(field: string, value: string): string[] {
  return find(field, value).map(({ label, masked }) => (masked ? `masked ${label}` : label));
}

interface LabelledValue {
  readonly label: string;
  readonly kind?: string;
  readonly value: string;
  readonly field: string;
  readonly ctx: 0 | 1;
}

test('single values with their field names', (t) => {
  const rows = material(t, 'pii/cn_values_dev.jsonl') as LabelledValue[] | undefined;
  if (rows === undefined) return;
  const named = new Board();
  const bare = new Board();
  const traps = new Map<string, number>();
  for (const { label, kind, value, field, ctx } of rows) {
    const expected = label === 'none' ? [] : [labelOf[label] ?? label];
    const found = labelsIn(field, value);
    (ctx === 1 ? named : bare).compare(expected, found);
    if (label === 'none' && found.length > 0) {
      const trap = `${kind} as ${found.join()}`;
      traps.set(trap, (traps.get(trap) ?? 0) + 1);
    }
  }
  named.print(t, 'named field');
  bare.print(t, 'bare field');
  for (const [trap, count] of traps) t.diagnostic(`trap ${trap}: ${count} of 120`);
  for (const label of proven) {
    assert.ok(named.of(label).precision >= 0.99, `${label} ${named.of(label)}`);
    assert.ok(named.of(label).recall >= 0.97, `${label} ${named.of(label)}`);
  }
  assert.ok(named.of('mobile').precision >= 0.95 && named.of('mobile').recall >= 0.97, `${named.of('mobile')}`);
  assert.ok(named.total.precision >= 0.97, `${named.total}`);
  assert.ok(named.total.recall >= 0.95, `${named.total}`);
});

interface LabelledText {
  readonly form?: string;
  readonly text: string;
  readonly spans: readonly (readonly [number, number, string])[];
}

/** Leaves of a small document: the parsers proper are tested elsewhere. */
function leavesOf(form: string | undefined, text: string): [string, string][] {
  if (form === 'kv') {
    return text.split('&').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  }
  if (form === 'csv') {
    const [head, ...rows] = text
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    return rows.flatMap((row) => row.map((cell, column): [string, string] => [head![column]!, cell]));
  }
  if (form === 'json') {
    const leaves: [string, string][] = [];
    JSON.parse(text, (key, value) => {
      if (typeof value === 'string' || typeof value === 'number') leaves.push([key, String(value)]);
      return value;
    });
    return leaves;
  }
  if (form === 'html') return [...text.matchAll(/<td>([^<]*)<\/td>/g)].map((cell) => ['td', cell[1]!]);
  return [['', text]];
}

test('documents', (t) => {
  const rows = material(t, 'pii/cn_docs_dev.jsonl') as LabelledText[] | undefined;
  if (rows === undefined) return;
  const boards = new Map<string, Board>();
  // Labels that the material does not mark in documents, or marks elsewhere.
  const unmarked = new Set(['fund-account', 'customer-number', 'balance']);
  for (const { form, text, spans } of rows) {
    const letters = text;
    const expected = spans
      .map(([start, end, label]) => `${labelOf[label] ?? label}\t${letters.slice(start, end)}`)
      .filter((item) => !unmarked.has(item.split('\t', 1)[0]!));
    const found = leavesOf(form, text)
      .flatMap(([field, value]) => find(field, value))
      .map(({ label, text: value, masked }) => `${masked ? `masked ${label}` : label}\t${value}`)
      .filter((item) => !unmarked.has(item.split('\t', 1)[0]!));
    let board = boards.get(form!);
    if (board === undefined) boards.set(form!, (board = new Board()));
    board.compare(expected, found);
  }
  for (const [form, board] of boards) board.print(t, form);
  for (const form of ['json', 'csv', 'kv']) {
    const { total } = boards.get(form)!;
    assert.ok(total.precision >= 0.97 && total.recall >= 0.95, `${form} ${total}`);
  }
  const { total } = boards.get('text')!;
  assert.ok(total.precision >= 0.95 && total.recall >= 0.9, `text ${total}`);
});

test('English sentences', (t) => {
  const rows = material(t, 'pii/en_presidio_synth_v2.jsonl') as LabelledText[] | undefined;
  if (rows === undefined) return;
  const board = new Board();
  const ours = new Set(['bank-card', 'email', 'ip-address']);
  for (const { text, spans } of rows) {
    const expected = spans
      .map(([start, end, label]) => `${labelOf[label] ?? label}\t${text.slice(start, end)}`)
      .filter((item) => ours.has(item.split('\t', 1)[0]!));
    board.compare(
      expected,
      find('text', text).map(({ label, text: value }) => `${label}\t${value}`),
    );
  }
  board.print(t, 'English');
  assert.ok(board.of('email').precision >= 0.98 && board.of('email').recall >= 0.98);
  assert.ok(board.of('bank-card').precision >= 0.95);
});

test('secrets', (t) => {
  const rows = material(t, 'secrets/gitleaks_tp_fp.jsonl.gz') as
    | { rule: string; label: 'tp' | 'fp'; text: string }[]
    | undefined;
  if (rows === undefined) return;
  const score = new Score();
  for (const { label, text } of rows) {
    // A line of a file: its key, as far as it has one, is the field's name.
    const pair = /^\W*([\w.-]{2,60})["']?\s*(?::=|=>?|:)\s*["'`]?([^"'`]*)/.exec(text);
    const secrets = ['secret-key', 'private-key', 'token', 'password'];
    const found = [...find('text', text), ...(pair === null ? [] : find(pair[1]!, pair[2]!.trim()))];
    const isFound = found.some((hit) => secrets.includes(hit.label));
    if (label === 'tp') isFound ? score.hit++ : score.missed++;
    else if (isFound) score.wrong++;
  }
  t.diagnostic(`secrets: ${score}`);
});
