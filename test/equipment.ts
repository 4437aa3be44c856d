/** What read and judge work with in tests: the shipped content, and keys that are always the same. */
import { loadConfig } from '../deploy/config.ts';
import { loadAnalysis } from '../deploy/content/analysis.ts';
import { equip } from '../deploy/equipment.ts';
import type { Keys } from '../deploy/keys.ts';

const config = loadConfig(undefined, {});

export const keys: Keys = {
  identity: Uint8Array.from({ length: 16 }, (_, i) => i),
  trace: Uint8Array.from({ length: 16 }, (_, i) => 255 - i),
};

export const equipment = equip(config, keys, await loadAnalysis(config));
