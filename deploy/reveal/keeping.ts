/** Whether and how a data folder keeps exchanges sealed: asked where a run begins, and while it goes on. */
import type { Config } from '../config.ts';
import type { Environment } from '../keys.ts';
import { expireKept, keptFolder } from './folder.ts';
import { endGrants } from './grants.ts';
import { openOwnHalf } from './own-half.ts';
import type { KeepingOptions } from './segment-writer.ts';

/** Null when nothing is kept. Throws KeyError, ConfigError. */
export function keepingOf(data: string, config: Config, environment?: Environment): KeepingOptions | null {
  expire(data, config);
  const { evidence } = config.privacy;
  if (evidence === null) return null;
  const { approvers, hours, bytes } = evidence;
  const own = openOwnHalf(data, environment);
  return { folder: keptFolder(data), own, approvers, keepMs: hours * 3_600_000, bytes };
}

/** What is kept longer than was said, or more than there is room for, goes; and grants that have ended. */
export function expire(data: string, { privacy }: Config, now = Date.now()): void {
  expireKept(data, now, privacy.evidence?.bytes);
  endGrants(data, now);
}
