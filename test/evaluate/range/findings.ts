/** A capture through sensor, read and judge, with the packet time at which each finding was first told. */
import { CallReader, Judge, ReadTools } from '../../../analyzer/analyzer.ts';
import type { ApiCall } from '../../../analyzer/call.ts';
import type { Finding } from '../../../analyzer/finding.ts';
import { Ledger } from '../../../sensor/ledger.ts';
import { equipment } from '../../equipment.ts';
import { tellExchanges } from '../../sensor/tell-exchanges.ts';

export interface Found {
  /** As it was at the end. */
  readonly finding: Finding;
  /** Packet time at which it could be read first, µs. */
  readonly told: number;
}

/** Findings are looked for once in so much packet time, µs. */
const lookEvery = 60e6;

export function findingsOf(file: string): Found[] {
  const calls: ApiCall[] = [];
  tellExchanges(file, new CallReader(new Ledger(), new ReadTools(equipment.read), (call) => calls.push(call)));
  calls.sort((a, b) => a.completedTs - b.completedTs || (a.uid < b.uid ? -1 : 1));
  const judge = new Judge(equipment.judge);
  const found = new Map<string, Found>();
  const look = (time: number): void => {
    for (const finding of judge.changedFindings()) {
      found.set(finding.id, { finding, told: found.get(finding.id)?.told ?? time });
    }
  };
  let next = 0;
  let time = 0;
  for (const call of calls) {
    time = call.completedTs;
    judge.apply(call, 'range');
    if (time < next) continue;
    next = time + lookEvery;
    look(time);
  }
  judge.settle();
  look(time);
  return [...found.values()].sort((a, b) => (a.finding.id < b.finding.id ? -1 : 1));
}
