/** Why a message can't be read on. */
import type { Weird } from '../weird.ts';

/** Ends a message: the rest of the stream is read again from the next start line. */
export class MessageError extends Error {
  constructor(readonly weird: Weird) {
    super(weird);
  }
}

const failures = new Map<Weird, MessageError>();

/** One of each name, made once: a stack trace costs more than reading what a hostile stream breaks with. */
export function failure(weird: Weird): MessageError {
  const known = failures.get(weird);
  if (known !== undefined) return known;
  const made = new MessageError(weird);
  failures.set(weird, made);
  return made;
}
