/**
 * A shard's tools, its pools and its reused buffers serve one message after the other: none may leave a trace in the
 * next. So recorded exchanges are read in several orders with one set of tools, and each must always give the same call.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ApiCall } from '../../analyzer/call.ts';
import { CallReader, ReadTools } from '../../analyzer/read.ts';
import { Ledger } from '../../sensor/ledger.ts';
import type { TransactionReader } from '../../sensor/transaction.ts';
import { equipment } from '../equipment.ts';
import { numbers } from '../sensor/sample-text.ts';
import { type RecordedExchange, recordedExchanges } from './recorded-exchanges.ts';

function captured(name: string): readonly RecordedExchange[] {
  return recordedExchanges(
    fileURLToPath(new URL(`fixtures/captures/${name}`, import.meta.resolve('#root/package.json'))),
  );
}

/** Calls by the exchange's number among `exchanges`; `open` of them are under way at once, and take turns. */
function readAll(tools: ReadTools, exchanges: readonly RecordedExchange[], order: readonly number[], open: number) {
  const calls: string[] = Array.from({ length: exchanges.length }, () => '');
  let emitted: ApiCall | null = null;
  const reader = new CallReader(new Ledger(), tools, (call) => {
    emitted = call;
  });
  const under: { index: number; at: number; reader: TransactionReader }[] = [];
  let next = 0;
  for (let turn = 0; next < order.length || under.length > 0; turn++) {
    while (under.length < open && next < order.length) {
      const index = order[next++]!;
      const { flow, depth } = exchanges[index]!;
      under.push({ index, at: 0, reader: reader.open(flow, depth) });
    }
    const which = turn % under.length;
    const one = under[which]!;
    const { steps } = exchanges[one.index]!;
    emitted = null;
    steps[one.at++]!(one.reader);
    if (one.at < steps.length) continue;
    under.splice(which, 1);
    assert.ok(emitted !== null, `exchange ${one.index} gave no call`);
    calls[one.index] = JSON.stringify(emitted);
  }
  return calls;
}

for (const name of ['brokerage.pcap', 'incidents.pcap.gz']) {
  test(`the order in which the exchanges of ${name} are read changes no call`, () => {
    const exchanges = captured(name);
    assert.ok(exchanges.length > 1_000, `${exchanges.length} exchanges`);
    const forth = exchanges.map((_, index) => index);
    const back = forth.toReversed();
    const next = numbers(7);
    const mixed = forth
      .map((index) => [next(), index] as const)
      .sort(([a], [b]) => a - b)
      .map(([, index]) => index);
    const calls = readAll(new ReadTools(equipment.read), exchanges, forth, 1);
    const tools = new ReadTools(equipment.read);
    for (const [order, open, how] of [
      [back, 1, 'last to first'],
      [mixed, 40, 'mixed, forty under way at once'],
      [forth, 1, 'first to last, once more'],
    ] as const) {
      const again = readAll(tools, exchanges, order, open);
      for (const index of forth) assert.equal(again[index], calls[index], `exchange ${index}, ${how}`);
    }
  });
}
