/** Whether and how a data folder keeps exchanges sealed, and that they go when their time is over. */
import type { Config } from '../config.ts';
import { codeOf } from '../key-file.ts';
import type { Environment } from '../keys.ts';
import { expireKept, keptFolder } from './folder.ts';
import { endGrants } from './grants.ts';
import { openOwnHalf } from './own-half.ts';
import type { KeepingOptions } from './segment-writer.ts';

/** Null when nothing is kept. Throws KeyError, ConfigError. */
export function keepingOf(data: string, config: Config, environment?: Environment): KeepingOptions | null {
  const { evidence } = config.privacy;
  if (evidence === null) return null;
  const { approvers, hours, bytes } = evidence;
  const own = openOwnHalf(data, environment);
  return { folder: keptFolder(data), own, approvers, keepMs: hours * 3_600_000, bytes };
}

/**
 * What is kept longer than was said, or more than there is room for, goes; and grants that have ended. Answers a sentence
 * about what could not go, '' for nothing: it ends no run.
 */
export function expire(data: string, { privacy }: Config, now = Date.now()): string {
  const problems: unknown[] = [];
  const attempts = [() => expireKept(data, now, privacy.evidence?.bytes), () => endGrants(data, now)];
  for (const attempt of attempts) {
    try {
      attempt();
    } catch (error) {
      problems.push(error);
    }
  }
  if (problems.length === 0) return '';
  return (
    `Of the kept exchanges in ${keptFolder(data)} not everything whose time is over could be removed ` +
    `(${codeOf(problems[0])}): let the user this runs as own the folder and what is in it.`
  );
}

const EVERY_MS = 10_000;

/** Lets go of what is over for as long as a process lasts, whatever its commands are: now, every ten seconds, and at its end. */
export class Expiry {
  readonly #timer: NodeJS.Timeout;
  #problem = '';

  constructor(
    private readonly data: string,
    private readonly config: Config,
    /** Told once when something cannot go, and again when it is something else. */
    private readonly tell: (sentence: string) => void,
    everyMs = EVERY_MS,
  ) {
    this.#look();
    this.#timer = setInterval(() => this.#look(), everyMs);
    this.#timer.unref();
  }

  #look(): void {
    const problem = expire(this.data, this.config);
    if (problem !== '' && problem !== this.#problem) this.tell(problem);
    this.#problem = problem;
  }

  end(): void {
    clearInterval(this.#timer);
    this.#look();
  }
}
