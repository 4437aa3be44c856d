/** Values in a request path as leaves; which segments are values is known to who made the template. */
import { FormParser } from './form.ts';
import { HeadKeys } from './head-values.ts';
import { parseLatin1, plainLeaf } from './latin1.ts';
import type { LeafOutput } from './output.ts';

export interface PathValue {
  /** The template's parameter: `customerId`. */
  readonly name: string;
  /** The text in its place, as sent (Latin-1), percent-encoded or not. */
  readonly value: string;
}

/** No octet ends a value: only percent-encoding is undone. */
const options = { separator: -1, plusIsSpace: false, valueOnly: true };

const keys = new HeadKeys();

export function pathLeaves(output: LeafOutput, values: readonly PathValue[]): void {
  const root = output.tree.root('path');
  for (const { name, value } of values) {
    const { bytes } = keys.of(name);
    const node = output.tree.child(root, bytes, 0, bytes.length);
    if (!plainLeaf(output, node, value)) parseLatin1(new FormParser(output, node, options), value);
  }
}
