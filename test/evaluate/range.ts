/**
 * Risk scenarios on the range (fixtures/range): which episodes are found, how soon, what is found that nobody did, and
 * what is found in look-alikes. Seeds 1 to 3 are for tuning; the limits hold on 11 to 13.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeRange } from '../../fixtures/range/range.ts';
import type { Episode, RangeTruth } from '../../fixtures/range/truth.ts';
import type { Evaluated, Evaluation, EvaluationOptions, Table } from './evaluation.ts';
import { type Found, findingsOf } from './range/findings.ts';
import { hits, isExplained, looksLike } from './range/match.ts';

const asserted = [11, 12, 13];
const tuned = [1, 2, 3];

interface Played {
  readonly truth: RangeTruth;
  readonly found: readonly Found[];
}

export const rangeEvaluation: Evaluation = {
  name: 'range',
  about: 'risk scenarios on eight simulated days, with look-alikes',
  run,
};

async function run({ full, tell }: EvaluationOptions): Promise<Evaluated> {
  const folder = mkdtempSync(join(tmpdir(), 'apiris-range-'));
  try {
    const play = async (seed: number): Promise<Played> => {
      const file = join(folder, `range-${seed}.pcap`);
      const truth = writeRange(file, seed);
      tell(`range: seed ${seed}, ${truth.exchanges} exchanges`);
      const found = await findingsOf(file, truth.house);
      rmSync(file);
      return { truth, found };
    };
    const playAll = async (seeds: readonly number[]): Promise<Played[]> => {
      const all: Played[] = [];
      for (const seed of seeds) all.push(await play(seed));
      return all;
    };
    const played = await playAll(full ? asserted : asserted.slice(0, 1));
    const sets: { readonly title: string; readonly played: readonly Played[] }[] = [
      { title: 'held to limits', played },
    ];
    if (full) sets.unshift({ title: 'tuned on', played: await playAll(tuned) });
    return { tables: sets.flatMap(tablesOf), gates: gatesOf(played), absent: [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function tablesOf({ title, played }: { readonly title: string; readonly played: readonly Played[] }): Table[] {
  const seeds = `seeds ${played.map(({ truth }) => truth.seed).join(', ')}, ${title}`;
  const episodes = new Map<string, { episode: Episode; found: number; of: number; delays: number[] }>();
  const astray: string[][] = [['seed', 'rule', 'level', 'who', 'where', 'when']];
  const fooled: string[][] = [['look-alike', 'rule', 'level', 'times']];
  const fooledCounts = new Map<string, number>();
  for (const { truth, found } of played) {
    for (const episode of truth.episodes) {
      const row = episodes.get(episode.id) ?? { episode, found: 0, of: 0, delays: [] };
      episodes.set(episode.id, row);
      row.of++;
      const first = found.filter((one) => hits(one, episode)).sort((a, b) => a.told - b.told)[0];
      if (first === undefined) continue;
      row.found++;
      row.delays.push((first.told - episode.begin) / 60e6);
    }
    for (const one of found) {
      if (truth.episodes.some((episode) => isExplained(one, episode))) continue;
      const { finding } = one;
      const alike = truth.lookAlikes.find((each) => looksLike(one, each));
      if (alike !== undefined) {
        const key = `${alike.id}\t${finding.rule}\t${finding.level}`;
        fooledCounts.set(key, (fooledCounts.get(key) ?? 0) + 1);
      }
      const who =
        finding.account ?? finding.client ?? `${finding.accounts.length} accounts, ${finding.clients.length} clients`;
      const where = `${finding.app} ${finding.method ?? ''} ${finding.template ?? ''}`.trim();
      astray.push([
        String(truth.seed),
        finding.rule,
        finding.level,
        who,
        where,
        new Date(finding.firstSeen / 1000).toISOString().slice(5, 16),
      ]);
    }
  }
  for (const [key, times] of [...fooledCounts].sort(([a], [b]) => (a < b ? -1 : 1)))
    fooled.push([...key.split('\t'), String(times)]);
  const found = [['episode', 'strength', 'found', 'of', 'minutes to tell'], ...[...episodes.values()].map(episodeRow)];
  return [
    { title: `episodes, ${seeds}`, rows: found },
    { title: `findings that match no episode, ${seeds}`, rows: astray },
    { title: `look-alikes with findings, ${seeds}`, rows: fooled },
  ];
}

function episodeRow({
  episode,
  found,
  of,
  delays,
}: {
  episode: Episode;
  found: number;
  of: number;
  delays: number[];
}): string[] {
  const middle = delays.sort((a, b) => a - b)[delays.length >> 1];
  return [episode.id, episode.strength, String(found), String(of), middle === undefined ? '-' : middle.toFixed(0)];
}

function gatesOf(played: readonly Played[]): Evaluated['gates'] {
  let episodes = 0;
  let found = 0;
  let astray = 0;
  let exchanges = 0;
  let fooled = 0;
  for (const { truth, found: all } of played) {
    exchanges += truth.exchanges;
    episodes += truth.episodes.length;
    found += truth.episodes.filter((episode) => all.some((one) => hits(one, episode))).length;
    for (const one of all) {
      if (truth.episodes.some((episode) => isExplained(one, episode))) continue;
      astray++;
      const { level } = one.finding;
      if (level !== 'informational' && level !== 'low' && truth.lookAlikes.some((each) => looksLike(one, each)))
        fooled++;
    }
  }
  return [
    { what: 'recall over all episodes', value: found / episodes, least: 0.95 },
    { what: 'findings that match no episode, in 10,000 exchanges', value: (astray / exchanges) * 10_000, most: 1 },
    { what: 'findings above level low in look-alikes', value: fooled, most: 0 },
  ];
}
