/** Oddities of an exchange: what was seen on the wire, and what of the content was not read, and why. */
import type { Weird } from '../../sensor/weird.ts';

const none: readonly Weird[] = Object.freeze([]);

/** `sent`, `given`: of the contents of either side; each name is told once. */
export function withNotes(
  seen: readonly string[],
  sent: readonly Weird[],
  given: readonly Weird[] | undefined,
  tell: (name: Weird) => void,
): readonly string[] {
  if (sent.length === 0 && (given ?? none).length === 0) return seen;
  const names = [...new Set([...sent, ...(given ?? none)])];
  for (const name of names) tell(name);
  return [...seen, ...names];
}
