/** What goes wrong, as a sentence and an exit code. */
import { OutputClosed } from './io.ts';

export const exitCodes = { done: 0, failed: 1, usage: 2, damaged: 3 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Wrong arguments: exit 2. The message says what was wrong and what would be right. */
export class UsageFault extends Error {
  override readonly name = 'UsageFault';
}

/** The thing asked for could not be had: exit 1. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

/**
 * Errors of the pipeline that are written for people. By name, because an error that crossed a worker thread has lost
 * its class. Anything else is a defect of ours and shows as such.
 */
const codeByName: Readonly<Record<string, ExitCode>> = {
  UsageFault: exitCodes.usage,
  ConfigError: exitCodes.usage,
  CommandFailure: exitCodes.failed,
  CaptureError: exitCodes.failed,
  CaptureArgumentError: exitCodes.usage,
  StoreError: exitCodes.failed,
  BusError: exitCodes.failed,
  KeyError: exitCodes.failed,
};

export interface Fault {
  readonly code: ExitCode;
  /** Absent when there is nothing to say: the reader of our output left. */
  readonly message?: string;
  /** True when this is a defect and not a mistake of the person. */
  readonly unexpected: boolean;
}

export function explainFault(error: unknown): Fault {
  if (error instanceof OutputClosed) return { code: exitCodes.done, unexpected: false };
  if (!(error instanceof Error)) return { code: exitCodes.failed, message: String(error), unexpected: true };
  if (error.cause instanceof OutputClosed) return { code: exitCodes.done, unexpected: false };
  const code = codeByName[error.name];
  return code === undefined
    ? { code: exitCodes.failed, message: error.message, unexpected: true }
    : { code, message: error.message, unexpected: false };
}
