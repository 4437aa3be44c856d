/**
 * Where values were seen: what a trace by value looks up. Values of columns that did not confirm their label are among
 * them: a trace asks for a value, and a miss would be worse than one label too many.
 */
import type { JudgedCall } from '../analyzer/analyzer.ts';
import type { Gathering } from '../storage/store/store.ts';

/** One row for each side that has any; returns how many values there are. */
export function addValues(lists: Gathering, { ts, app, uid, sent, given }: JudgedCall): number {
  if (sent.values.length > 0) lists.add({ ts, app, uid, direction: 'request', values: sent.values });
  if (given.values.length > 0) lists.add({ ts, app, uid, direction: 'response', values: given.values });
  return sent.values.length + given.values.length;
}

/** Says in the call what its values come to: the call is sealed, and they are not. A pass over numbers, no hash. */
export function sumValues(call: JudgedCall): void {
  let high = 0;
  let low = 0;
  for (const { values } of [call.sent, call.given]) {
    for (let i = 0; i < values.length; i++) {
      high = (high + values[i]!.high) % TWO32;
      low = (low + values[i]!.low) % TWO32;
    }
  }
  call.valuesSaid = 1 + call.sent.values.length + call.given.values.length;
  call.valuesHigh = high;
  call.valuesLow = low;
}

const TWO32 = 2 ** 32;
