/**
 * Labels on the labelled sets in ../shared/datasets: values in named and unnamed fields, documents in five forms, traps,
 * English and Chinese sentences, secrets. Everything goes through the parsers, the classifier, the rows and the columns
 * that traffic goes through; only counting is left out, since here each value is compared.
 */
import { readRecognizers } from '../../deploy/content/recognizers.ts';
import type { Evaluated, Evaluation, Gate, Table } from './evaluation.ts';
import { Board, Tally } from './labels/board.ts';
import { type LabelledSecret, type LabelledText, type LabelledValue, labelOf, material } from './labels/material.ts';
import { DocumentReader, type Found } from './labels/reader.ts';

const { set } = await readRecognizers();

/** Labels whose values carry a check digit. */
const checked = [
  'id-card',
  'bank-card',
  'uscc',
  'hmt-residence',
  'foreign-permanent-resident',
  'hk-id',
  'tw-id',
  'imei',
];
const accounts = ['securities-account', 'unified-account', 'futures-account'];
/** The form before 1999 has no check digit, and is told by its field's name alone. */
const byNameOnly = 'cn_id15';
const contentTypes: Readonly<Record<string, string>> = {
  json: 'application/json',
  csv: 'text/csv',
  kv: 'application/x-www-form-urlencoded',
  html: 'text/html',
};
/** Labels that the documents hold and do not mark. */
const unmarked = new Set(['fund-account', 'customer-number', 'balance', 'order', 'transfer-amount']);
const secretLabels = ['secret-key', 'private-key', 'token', 'password'];

interface Part {
  readonly tables: readonly Table[];
  readonly gates: readonly Gate[];
}

export const labels: Evaluation = {
  name: 'labels',
  about: 'recognizers on labelled values, documents, sentences and secrets',
  run(): Evaluated {
    const tables: Table[] = [];
    const gates: Gate[] = [];
    const absent: string[] = [];
    const take = <T>(path: string, measure: (rows: readonly T[]) => Part) => {
      const rows = material<T>(path);
      if (rows === undefined) {
        absent.push(`../shared/datasets/${path}`);
        return;
      }
      const part = measure(rows);
      tables.push(...part.tables);
      gates.push(...part.gates);
    };
    take('pii/cn_values_dev.jsonl', ofValues);
    take('pii/cn_docs_dev.jsonl', ofDocuments);
    take('pii/en_presidio_synth_v2.jsonl', ofEnglish);
    take('pii/zh_ner_cluener_dev.jsonl', ofChinese);
    take('secrets/gitleaks_tp_fp.jsonl.gz', ofSecrets);
    return { tables, gates, absent };
  },
};

function shown({ label, masked }: Found): string {
  return masked ? `masked ${label}` : label;
}

function spansOf({ text, spans }: LabelledText): string[] {
  return spans.map(([start, end, label]) => `${labelOf(label)}\t${plain(text.slice(start, end))}`);
}

/** In a form a plus is a blank, and what stands around a value is no part of it. */
function plain(text: string): string {
  return text.replace(/[\s+]/g, '');
}

/** Each field of each label is a column of its own. */
function ofValues(rows: readonly LabelledValue[]): Part {
  const reader = new DocumentReader(set);
  const apiOf = ({ label, kind }: LabelledValue) => `${label} ${kind ?? ''}`;
  const read = rows.map((row) => ({ row, found: reader.readValue(apiOf(row), row.field, row.value) }));
  const named = new Board();
  const bare = new Board();
  const numbers = new Board();
  const traps = new Map<string, { values: number; hit: number; as: Set<string> }>();
  for (const { row, found } of read) {
    const kept = found.filter((each) => reader.accepts(apiOf(row), each)).map(shown);
    const expected = row.label === 'none' ? [] : [labelOf(row.label)];
    (row.ctx === 1 ? named : bare).compare(expected, kept);
    if (row.label !== byNameOnly || row.ctx === 1) numbers.compare(expected, kept);
    if (row.label !== 'none') continue;
    const trap = traps.get(row.kind!) ?? { values: 0, hit: 0, as: new Set() };
    traps.set(row.kind!, trap);
    trap.values++;
    if (kept.length > 0) trap.hit++;
    for (const label of kept) trap.as.add(label);
  }
  const trapRows = [...traps].map(([kind, { values, hit, as }]) => [kind, `${hit}`, `${values}`, [...as].join(' ')]);
  const worst = Math.max(...[...traps.values()].map(({ values, hit }) => hit / values));
  return {
    tables: [
      { title: 'values, the field says what it is', rows: named.rows() },
      { title: 'values, the field says nothing', rows: bare.rows() },
      { title: 'traps', rows: [['kind', 'found', 'of', 'as'], ...trapRows] },
    ],
    gates: [
      ...checked.flatMap((label) => gatesOf(`values: ${label}`, numbers.of(label), 0.99, 0.98)),
      ...gatesOf('values: mobile', numbers.of('mobile'), 0.97, 0.92),
      ...gatesOf('values: all, named fields', named.total, 0.98, 0.97),
      { what: 'values: worst trap, share found', value: worst, most: 0.001 },
    ],
  };
}

/** The documents of one form are one API: its columns are judged when all were read. */
function ofDocuments(rows: readonly LabelledText[]): Part {
  const reader = new DocumentReader(set);
  const formOf = ({ form }: LabelledText) => form ?? 'text';
  const read = rows.map((row) => ({
    row,
    found: reader.read(formOf(row), contentTypes[formOf(row)] ?? 'text/plain', row.text),
  }));
  const boards = new Map<string, Board>();
  const all = new Board();
  const isMarked = (item: string) => !unmarked.has(item.split('\t', 1)[0]!);
  for (const { row, found } of read) {
    const expected = spansOf(row).filter(isMarked);
    const kept = found
      .filter((each) => reader.accepts(formOf(row), each))
      .map((each) => `${shown(each)}\t${plain(each.text)}`)
      .filter(isMarked);
    let board = boards.get(formOf(row));
    if (board === undefined) boards.set(formOf(row), (board = new Board()));
    board.compare(expected, kept);
    all.compare(expected, kept);
  }
  return {
    tables: [
      ...[...boards].map(([form, board]) => ({ title: `documents, ${form}`, rows: board.rows() })),
      { title: 'documents, all', rows: all.rows() },
    ],
    gates: [
      ...['mobile', 'name'].flatMap((label) => gatesOf(`documents: ${label}`, all.of(label), 0.97, 0.92)),
      ...gatesOf('documents: accounts', all.sum(accounts), 0.97, 0.92),
      ...gatesOf('documents: check digits', all.sum(checked), 0.99, 0.98),
      ...gatesOf('documents: all', all.total, 0.97, 0.92),
    ],
  };
}

function ofEnglish(rows: readonly LabelledText[]): Part {
  const reader = new DocumentReader(set);
  const board = new Board();
  const ours = new Set(['bank-card', 'email', 'ip-address', 'iban']);
  for (const row of rows) {
    const expected = spansOf(row).filter((item) => ours.has(item.split('\t', 1)[0]!));
    const found = reader.readValue('English', 'text', row.text);
    board.compare(
      expected,
      found.map((each) => `${shown(each)}\t${plain(each.text)}`),
    );
  }
  return {
    tables: [{ title: 'English sentences', rows: board.rows() }],
    gates: [
      ...gatesOf('English: email', board.of('email'), 0.98, 0.98),
      ...gatesOf('English: bank-card', board.of('bank-card'), 0.97, 0.92),
      ...gatesOf('English: iban', board.of('iban'), 0.99, 0.9),
    ],
  };
}

/** News has people in it and none of their data: what is found there is mostly wrong, and should be next to nothing. */
function ofChinese(rows: readonly LabelledText[]): Part {
  const reader = new DocumentReader(set);
  const board = new Board();
  let wrong = 0;
  for (const row of rows) {
    const names = spansOf(row).filter((item) => item.startsWith('name\t'));
    const found = reader.readValue('news', 'content', row.text).map((each) => `${shown(each)}\t${plain(each.text)}`);
    board.compare(names, found);
    if (found.some((item) => !names.includes(item))) wrong++;
  }
  return {
    tables: [{ title: 'Chinese news', rows: board.rows() }],
    gates: [{ what: 'Chinese news: share of sentences with a wrong label', value: wrong / rows.length, most: 0.005 }],
  };
}

/** A line of a file each, read as text. A line that is a key by one rule and none by another counts as a key. */
function ofSecrets(rows: readonly LabelledSecret[]): Part {
  const reader = new DocumentReader(set);
  const keys = new Set(rows.filter(({ label }) => label === 'tp').map(({ text }) => text));
  const tally = new Tally();
  const byRule = new Map<string, Tally>();
  for (const { rule, label, text } of rows) {
    if (label === 'fp' && keys.has(text)) continue;
    const found = reader.read('files', 'text/plain', text).some((each) => secretLabels.includes(each.label));
    const ofRule = byRule.get(rule) ?? new Tally();
    byRule.set(rule, ofRule);
    for (const each of [tally, ofRule]) {
      if (label === 'tp') found ? each.hit++ : each.missed++;
      else if (found) each.wrong++;
    }
  }
  const worst = [...byRule].filter(([, { wrong, missed }]) => wrong + missed > 0);
  return {
    tables: [
      {
        title: 'secrets, rules with mistakes',
        rows: [
          ['rule', 'found', 'wrong', 'missed'],
          ...worst.map(([rule, { hit, wrong, missed }]) => [rule, `${hit}`, `${wrong}`, `${missed}`]),
        ],
      },
    ],
    gates: gatesOf('secrets', tally, 0.8, 0.75),
  };
}

function gatesOf(what: string, { precision, recall }: Tally, leastPrecision: number, leastRecall: number): Gate[] {
  return [
    { what: `${what}, precision`, value: precision, least: leastPrecision },
    { what: `${what}, recall`, value: recall, least: leastRecall },
  ];
}
