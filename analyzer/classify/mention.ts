/**
 * Values told in running text, with a word in front that says what they are: 您的手机号13812345678已绑定. How many of the
 * other texts at that place hold one says nothing about them, so they are told as a place of their own.
 */
import { Meaning } from './name-reader.ts';
import type { Plan } from './places.ts';
import type { Trait } from './trait.ts';

const name = '{text}';
/** Octets of a value's surroundings that are no text: quotes, brackets. */
const leastAround = 2;

/** `size` octets of a value of `whole` were found with `score`. */
export function isMention(
  plan: Plan,
  trait: Trait,
  index: number,
  size: number,
  whole: number,
  score: number,
): boolean {
  if (size + leastAround >= whole || score < trait.spoken) return false;
  const meaning = plan.profile.meanings[index]!;
  return meaning !== Meaning.context && meaning !== Meaning.hint;
}

/** Path of what is told in the texts at a path. */
export function mentionPath(path: string): string {
  return path === '' ? name : `${path}.${name}`;
}

export function isMentionPath(path: string): boolean {
  return path.endsWith(name);
}
