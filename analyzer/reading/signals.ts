/** What was noticed in the text of an exchange, as names that a call may carry: they say nothing of the text itself. */
import { attackNames } from '../detect/attack/attack.ts';
import { disclosureNames } from '../detect/attack/disclosure.ts';
import { structureNames } from '../detect/structure/structure.ts';

const none: readonly string[] = Object.freeze([]);
/** By bits: few combinations come up, and one list serves them all. */
const known = new Map<number, readonly string[]>();
const mostKnown = 1_000;

/** Each as bits of its list. */
export function signalNames(attacks: number, disclosures: number, structures: number): readonly string[] {
  if ((attacks | disclosures | structures) === 0) return none;
  const key = attacks + (disclosures + structures * 2 ** disclosureNames.length) * 2 ** attackNames.length;
  const list = known.get(key);
  if (list !== undefined) return list;
  const has = (bits: number) => (_: string, bit: number) => ((bits >> bit) & 1) === 1;
  const made: readonly string[] = Object.freeze([
    ...attackNames.filter(has(attacks)),
    ...disclosureNames.filter(has(disclosures)),
    ...structureNames.filter(has(structures)),
  ]);
  if (known.size < mostKnown) known.set(key, made);
  return made;
}
