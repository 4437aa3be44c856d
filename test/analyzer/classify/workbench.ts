/** What the tests of classification share: the shipped content, and values put in front of it one by one. */
import { Classifier } from '../../../analyzer/classify/classifier.ts';
import type { LeafNode, LeafPlace } from '../../../analyzer/leaf.ts';
import { readRecognizers } from '../../../deploy/content/recognizers.ts';

export const { set } = await readRecognizers();
export const classifier = new Classifier(set);

const encoder = new TextEncoder();
const nodes = new Map<string, LeafNode>();

export function nodeOf(path: string, place: LeafPlace = 'body'): LeafNode {
  const key = `${place} ${path}`;
  let node = nodes.get(key);
  if (node === undefined) {
    const name = path.replaceAll('[]', '').split('.').at(-1)!;
    node = { place, path, name, id: nodes.size };
    nodes.set(key, node);
  }
  return node;
}

export interface Found {
  readonly label: string;
  readonly recognizer: string;
  readonly text: string;
  readonly masked: boolean;
}

export function find(path: string, value: string, by = classifier): Found[] {
  const bytes = encoder.encode(value);
  const found: Found[] = [];
  by.find(by.plan(nodeOf(path)), 'text', bytes, 0, bytes.length, false, (index, octets, start, end, masked) => {
    const { name, label } = by.recognizers[index]!;
    const text = new TextDecoder().decode(octets.subarray(start, end));
    found.push({ recognizer: name, label, text, masked });
  });
  return found;
}
