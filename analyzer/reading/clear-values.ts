/**
 * The clear values of one message with what they are: asked for when an exchange that was kept sealed is revealed to two
 * people, and nowhere else. What is found is what `read` finds in a value; the verdict over a column, which needs many
 * messages, is not taken.
 */
import type { Classifier } from '../classify/classifier.ts';
import { isCommonWord } from '../discover/lexicon.ts';
import { splitTarget } from '../discover/path.ts';
import { PathTemplates } from '../discover/template.ts';
import type { LeafKind, LeafNode, LeafSink } from '../leaf.ts';
import { headerLeaves } from '../leaves/headers.ts';
import { leafOutput, openContent } from '../leaves/open.ts';
import { pathLeaves } from '../leaves/path.ts';
import { queryLeaves } from '../leaves/query.ts';
import { LeafTree } from '../leaves/tree.ts';

export interface ClearMessage {
  /** As sent; empty for a response. */
  readonly target: string;
  /** Name, value, name, value … as sent. */
  readonly headers: readonly string[];
  readonly contentType: string;
  /** WHATWG label of the content's charset where it is known; else ''. */
  readonly charset: string;
  readonly content: Uint8Array;
}

export interface ClearValue {
  readonly label: string;
  /** `body`, `query`, `path`, `header` or `cookie`, and the name there: `body data.rows[].mobile`. */
  readonly place: string;
  readonly value: string;
}

/** In the order they stand in the message; at most `most`. */
export function clearValues(classifier: Classifier, message: ClearMessage, most: number): readonly ClearValue[] {
  const sink = new ClearSink(classifier, most);
  const output = leafOutput({ tree: sink.tree, sink });
  output.begin();
  const { path, query } = splitTarget(message.target);
  queryLeaves(output, query);
  const templates = new PathTemplates((text) => !isCommonWord(text) && classifier.isClearText(text));
  if (path !== '') pathLeaves(output, templates.of(message.target).parameters);
  headerLeaves(output, message.headers);
  const parser = openContent(output, message.contentType, message.charset);
  parser?.write(message.content, 0, message.content.length);
  parser?.end();
  return sink.found;
}

class ClearSink implements LeafSink {
  readonly tree = new LeafTree();
  readonly found: ClearValue[] = [];

  constructor(
    private readonly classifier: Classifier,
    private readonly most: number,
  ) {}

  leaf(node: LeafNode, kind: LeafKind, bytes: Uint8Array, start: number, end: number, cut: boolean): void {
    const { classifier, found } = this;
    classifier.find(classifier.plan(node), kind, bytes, start, end, cut, (recognizer, octets, from, to) => {
      if (found.length >= this.most) return;
      const { label } = classifier.recognizers[recognizer]!;
      const value = Buffer.from(octets.buffer, octets.byteOffset + from, to - from).toString('utf8');
      found.push({ label, place: `${node.place} ${node.path}`.trim(), value });
    });
  }

  rowBegin(): void {}
  rowEnd(): void {}
}
