/**
 * Content files: YAML 1.2, several documents a file, as plain trees in which every value knows its place. Aliases,
 * anchors, merge keys and tags are refused: content needs none, and they are how a small file becomes a huge one.
 */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Node as YamlNode,
} from 'yaml';
import type { Entry, Node } from '../config/document.ts';
import type { Place } from '../config/problems.ts';

/** A mistake in a file: what is wrong, where, and what to do. */
export interface ContentProblem {
  readonly place: Place;
  readonly what: string;
  readonly advice: string;
}

export interface ContentFile {
  /** Sound documents, in order. */
  readonly documents: readonly Node[];
  readonly problems: readonly ContentProblem[];
}

class Refusal extends Error {
  constructor(
    readonly place: Place,
    readonly what: string,
    readonly advice: string,
  ) {
    super(what);
  }
}

/** A document with a mistake is left out; the others of the file stay. */
export function parseContent(text: string, file: string): ContentFile {
  const lines = new LineCounter();
  const documents: Node[] = [];
  const problems: ContentProblem[] = [];
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const options = { lineCounter: lines, prettyErrors: false, version: '1.2', logLevel: 'silent' } as const;
  for (const document of parseAllDocuments(text, options) as Iterable<Document.Parsed>) {
    const [fault] = [...document.errors, ...document.warnings];
    if (fault !== undefined) {
      problems.push({
        place: placeAt(fault.pos[0]),
        what: describe(fault.code, fault.message),
        advice: 'mend the text',
      });
    } else if (document.contents !== null) {
      try {
        documents.push(convert(document.contents as YamlNode, placeAt(0), placeAt));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        problems.push({ place: error.place, what: error.what, advice: error.advice });
      }
    }
  }
  return { documents, problems };
}

/** Nesting is bounded by the parser: it gives up (RESOURCE_EXHAUSTION) well before this recursion would. */
function convert(node: YamlNode | null | undefined, at: Place, placeAt: (offset: number) => Place): Node {
  const place = node?.range ? placeAt(node.range[0]) : at;
  if (isAlias(node)) throw new Refusal(place, `alias *${node.source}`, 'write the value out; aliases are not accepted');
  if (node && 'anchor' in node && node.anchor) {
    throw new Refusal(place, `anchor &${node.anchor}`, 'remove it; anchors are not accepted');
  }
  if (isMap<YamlNode, YamlNode | null>(node)) {
    const entries = node.items.map(({ key, value }): Entry => {
      const keyPlace = key.range ? placeAt(key.range[0]) : place;
      if (!isScalar(key)) throw new Refusal(keyPlace, 'a key that is not a plain name', 'write a name and a colon');
      return { key: String(key.value), place: keyPlace, value: convert(value, keyPlace, placeAt) };
    });
    return { kind: 'mapping', place, entries };
  }
  if (isSeq<YamlNode>(node)) {
    return { kind: 'list', place, items: node.items.map((item) => convert(item, place, placeAt)) };
  }
  const value = isScalar(node) ? node.value : null;
  const plain =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint';
  return { kind: 'scalar', place, value: plain ? value : null };
}

function describe(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'a key that was given before';
  if (code === 'RESOURCE_EXHAUSTION') return 'nesting deeper than can be read';
  return `not YAML: ${message}`;
}
