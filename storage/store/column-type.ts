/** Column types as the engine writes them, taken apart as far as the encoder needs. */

export interface Element {
  readonly name: string;
  readonly type: string;
}

/** The elements of `Tuple(name Type, …)`; null for any other type. A tuple without names has none to be filled by. */
export function tupleElements(type: string): Element[] | null {
  const list = /^Tuple\((.*)\)$/s.exec(type)?.[1];
  if (list === undefined) return null;
  return topLevelParts(list).map((part) => {
    // Names that are words of SQL come in back-quotes.
    const named = /^(`?)(\w+)\1\s+(.+)$/s.exec(part);
    if (!named) throw new Error(`${type} has an element without a name`);
    return { name: named[2]!, type: named[3]! };
  });
}

/** Splits at the commas that stand in no brackets. */
function topLevelParts(list: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= list.length; i++) {
    const character = list[i];
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (i === list.length || (character === ',' && depth === 0)) {
      parts.push(list.slice(start, i).trim());
      start = i + 1;
    }
  }
  return parts;
}
