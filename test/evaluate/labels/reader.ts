/** A document as the appliance reads it: parsed by its media type, each leaf classified, rows asked, columns judged. */
import type { PlaceFact } from '../../../analyzer/call.ts';
import { Classifier } from '../../../analyzer/classify/classifier.ts';
import { Columns } from '../../../analyzer/classify/columns.ts';
import { provenLabels } from '../../../analyzer/classify/labels.ts';
import { isMention, mentionPath } from '../../../analyzer/classify/mention.ts';
import type { RecognizerSet } from '../../../analyzer/classify/recognizer.ts';
import { RowContext } from '../../../analyzer/classify/row-context.ts';
import type { LeafKind, LeafNode, LeafSink } from '../../../analyzer/leaf.ts';
import { openLeaves } from '../../../analyzer/leaves/open.ts';
import { LeafTree } from '../../../analyzer/leaves/tree.ts';

export interface Found {
  readonly label: string;
  readonly masked: boolean;
  readonly text: string;
  /** Place and path of the leaf. */
  readonly place: string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

class Sink implements LeafSink {
  found: Found[] = [];
  /** By path: values met, and whether anything was tried there. */
  readonly met = new Map<string, { values: number; tried: boolean }>();
  readonly #row = new RowContext<string>();

  constructor(private readonly classifier: Classifier) {}

  leaf(node: LeafNode, kind: LeafKind, bytes: Uint8Array, start: number, end: number, cut: boolean): void {
    const { classifier } = this;
    const plan = classifier.plan(node);
    const met = this.met.get(plan.full) ?? { values: 0, tried: false };
    this.met.set(plan.full, met);
    met.values++;
    if (kind === 'literal' || end - start < 2) return;
    const before = classifier.candidates;
    classifier.find(plan, kind, bytes, start, end, cut, (index, octets, from, to, masked, score) => {
      const said = isMention(plan, classifier.traits[index]!, index, to - from, end - start, score);
      this.#take(said ? mentionPath(plan.full) : plan.full, index, octets, from, to, masked);
    });
    if (classifier.candidates > before) met.tried = true;
    if (!plan.waits || kind !== 'text' || cut || !this.#row.isOpen) return;
    const index = classifier.rows.match(plan.profile, bytes, start, end);
    if (index < 0) return;
    met.tried = true;
    this.#row.wait(plan.full, index, bytes, start, end);
  }

  rowBegin(): void {
    this.#row.rowBegin();
  }

  rowEnd(): void {
    this.#row.rowEnd((place, index, bytes, length) => this.#take(place, index, bytes, 0, length, false));
  }

  #take(place: string, index: number, bytes: Uint8Array, from: number, to: number, masked: boolean): void {
    if (this.classifier.traits[index]!.isPerson) this.#row.speak();
    const { label } = this.classifier.recognizers[index]!;
    this.found.push({ label, masked, text: decoder.decode(bytes.subarray(from, to)), place });
  }
}

export class DocumentReader {
  readonly #classifier: Classifier;
  readonly #columns: Columns;

  constructor(set: RecognizerSet) {
    this.#classifier = new Classifier(set);
    this.#columns = new Columns(provenLabels(set));
  }

  /** What is in it, value by value; `api` learns its columns. */
  read(api: string, contentType: string, text: string): Found[] {
    const sink = new Sink(this.#classifier);
    const bytes = encoder.encode(text);
    const parser = openLeaves({ contentType, charset: 'utf-8', tree: new LeafTree(), sink });
    parser?.write(bytes, 0, bytes.length);
    parser?.end();
    this.#learn(api, sink);
    return sink.found;
  }

  /** The same of one value in a field. */
  readValue(api: string, field: string, value: string): Found[] {
    const sink = new Sink(this.#classifier);
    const bytes = encoder.encode(value);
    sink.leaf({ place: 'body', path: field, name: field, id: 0 }, 'text', bytes, 0, bytes.length, false);
    this.#learn(api, sink);
    return sink.found;
  }

  /** Whether the columns bear it out, once all documents were read. Masked values need nobody's word. */
  accepts(api: string, { label, masked, place }: Found): boolean {
    return masked || this.#columns.accepts(api, 'response', 'body', place, label);
  }

  #learn(api: string, { found, met }: Sink): void {
    const places: PlaceFact[] = [];
    for (const { place } of found) {
      if (!met.has(place)) met.set(place, { values: found.filter((each) => each.place === place).length, tried: true });
    }
    for (const [path, { values, tried }] of met) {
      if (!tried) continue;
      const byLabel = new Map<string, string[]>();
      for (const { label, masked, text, place } of found) {
        if (masked || place !== path) continue;
        byLabel.set(label, [...(byLabel.get(label) ?? []), text]);
      }
      const hits = [...byLabel].map(([label, texts]) => ({
        label,
        count: texts.length,
        samples: [...new Set(texts)].slice(0, 4).map(numberOf),
      }));
      places.push({ place: 'body', path, values, hits });
    }
    this.#columns.observe(api, 'response', places);
  }
}

/** Any number that tells texts apart. */
function numberOf(text: string): number {
  let hash = 0;
  for (const letter of text) hash = (hash * 31 + letter.codePointAt(0)!) % 9_007_199_254_740_881;
  return hash;
}
