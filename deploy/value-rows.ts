/**
 * Where values were seen, a row for each: what a trace by value looks up. Values of columns that did not confirm their
 * label are among them: a trace asks for a value, and a miss would be worse than one label too many.
 */
import type { JudgedCall } from '../analyzer/analyzer.ts';
import { hex16 } from '../analyzer/analyzer.ts';
import type { Row } from '../storage/store/store.ts';

export function valueRows(calls: readonly JudgedCall[]): Row[] {
  const rows: Row[] = [];
  for (const { ts, app, uid, sent, given } of calls) {
    for (const { label, place, high, low } of sent.values) {
      rows.push({ valueHash: hex16(high, low), ts, app, uid, direction: 'request', label, place });
    }
    for (const { label, place, high, low } of given.values) {
      rows.push({ valueHash: hex16(high, low), ts, app, uid, direction: 'response', label, place });
    }
  }
  return rows;
}
