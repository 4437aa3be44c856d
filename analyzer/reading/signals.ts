/** What was noticed in the text of an exchange, as names that a call may carry: they say nothing of the text itself. */
import { attackNames } from '../detect/attack/attack.ts';
import { disclosureNames } from '../detect/attack/disclosure.ts';

const names: readonly string[] = [...attackNames, ...disclosureNames];
const none: readonly string[] = Object.freeze([]);
/** By bits: few combinations come up, and one list serves them all. */
const known = new Map<number, readonly string[]>();
const mostKnown = 1_000;

/** `attacks` and `disclosures` as bits of their lists. */
export function signalNames(attacks: number, disclosures: number): readonly string[] {
  const bits = attacks | (disclosures << attackNames.length);
  if (bits === 0) return none;
  const list = known.get(bits);
  if (list !== undefined) return list;
  const made: readonly string[] = Object.freeze(names.filter((_, bit) => ((bits >> bit) & 1) === 1));
  if (known.size < mostKnown) known.set(bits, made);
  return made;
}
