/**
 * A YAML 1.2 file as a plain tree in which every value knows its place. Aliases, anchors, merge keys and tags are
 * refused: a configuration needs none, and they are how a small file becomes a huge one.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Node as YamlNode } from 'yaml';
import type { Place, Problems } from './problems.ts';

export interface Entry {
  readonly key: string;
  readonly place: Place;
  readonly value: Node;
}

export type Node =
  | { readonly kind: 'mapping'; readonly place: Place; readonly entries: readonly Entry[] }
  | { readonly kind: 'list'; readonly place: Place; readonly items: readonly Node[] }
  | { readonly kind: 'scalar'; readonly place: Place; readonly value: string | number | boolean | bigint | null };

/** Undefined when the file is empty or when nothing of it can be used; `problems` then says why. */
export function parseYaml(text: string, file: string, problems: Problems): Node | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    problems.add(describe(code, message), placeAt(pos[0]));
  }
  if (document.errors.length > 0 || document.contents === null) return undefined;

  // Nesting is bounded by the parser: it gives up (RESOURCE_EXHAUSTION) well before this recursion would.
  const convert = (node: YamlNode | null | undefined, at: Place): Node => {
    const place = node?.range ? placeAt(node.range[0]) : at;
    if (isAlias(node)) {
      problems.add(`alias *${node.source}`, place, 'write the value out; aliases are not accepted');
      return { kind: 'scalar', place, value: null };
    }
    if (node && 'anchor' in node && node.anchor) {
      problems.add(`anchor &${node.anchor}`, place, 'remove it; anchors are not accepted');
    }
    if (isMap<YamlNode, YamlNode | null>(node)) {
      const entries = node.items.map(({ key, value }): Entry => {
        const keyPlace = key.range ? placeAt(key.range[0]) : place;
        if (!isScalar(key)) problems.add('a key that is not a plain name', keyPlace, 'write a name, a colon, a value');
        return { key: isScalar(key) ? String(key.value) : '', place: keyPlace, value: convert(value, keyPlace) };
      });
      return { kind: 'mapping', place, entries };
    }
    if (isSeq<YamlNode>(node)) return { kind: 'list', place, items: node.items.map((item) => convert(item, place)) };
    const value = isScalar(node) ? node.value : null;
    const plain =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint';
    return { kind: 'scalar', place, value: plain ? value : null };
  };
  return convert(document.contents, placeAt(0));
}

function describe(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'a second document (---); a configuration is one';
  if (code === 'DUPLICATE_KEY') return 'a key that was given before';
  if (code === 'RESOURCE_EXHAUSTION') return 'nesting deeper than can be read';
  return `not YAML: ${message}`;
}
