/**
 * An object whose fields are made when they are read, one after the other. What is too large to be in memory as a whole
 * beside what it is made of is written field by field, and each is let go of before the next is made.
 */
export function inParts<T extends object>(makers: { readonly [K in keyof T]: () => T[K] }): T {
  const parts = {} as T;
  for (const name in makers) Object.defineProperty(parts, name, { enumerable: true, get: makers[name] });
  return parts;
}
