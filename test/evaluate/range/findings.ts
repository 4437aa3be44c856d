/** A capture through sensor, read and judge, with the packet time at which each finding was first told. */
import { writeFileSync } from 'node:fs';
import { CallReader, HandshakeTally, Judge, ReadTools } from '../../../analyzer/analyzer.ts';
import type { ApiCall } from '../../../analyzer/call.ts';
import type { Finding } from '../../../analyzer/finding.ts';
import { loadConfig } from '../../../deploy/config.ts';
import { loadAnalysis } from '../../../deploy/content/analysis.ts';
import { equip } from '../../../deploy/equipment.ts';
import type { House } from '../../../fixtures/range/house.ts';
import { Ledger } from '../../../sensor/ledger.ts';
import { keys } from '../../equipment.ts';
import { tellExchanges } from '../../sensor/tell-exchanges.ts';

export interface Found {
  /** As it was at the end. */
  readonly finding: Finding;
  /** Packet time at which it could be read first, µs. */
  readonly told: number;
}

/** Findings are looked for once in so much packet time, µs. */
const lookEvery = 60e6;

/** Of the house's own settings, as if they stood in a file beside the capture; `register` is heard before the first call. */
export async function findingsOf(file: string, house: House): Promise<Found[]> {
  const settings = `${file}.yaml`;
  writeFileSync(settings, house.config);
  const config = loadConfig(settings, {});
  const equipment = equip(config, keys, await loadAnalysis(config));
  const calls: ApiCall[] = [];
  const reader = new CallReader(new Ledger(), new ReadTools(equipment.read), (call) => calls.push(call));
  const handshakes = new HandshakeTally();
  tellExchanges(file, {
    open: (flow, depth) => reader.open(flow, depth),
    handshake: (flow, handshake) => handshakes.add(flow, handshake),
  });
  calls.sort((a, b) => a.completedTs - b.completedTs || (a.uid < b.uid ? -1 : 1));
  const judge = new Judge(equipment.judge);
  judge.mark([], undefined, house.register);
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
  judge.handshakes(handshakes.take(), file);
  judge.settle();
  look(time);
  return [...found.values()].sort((a, b) => (a.finding.id < b.finding.id ? -1 : 1));
}
