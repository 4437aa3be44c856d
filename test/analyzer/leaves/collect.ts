/** What a parser hands over, as text: `path = value`, with the kind where it is not text, and rows as brackets. */
import type { LeafKind, LeafNode, LeafParser, LeafSink } from '../../../analyzer/leaf.ts';
import type { DescribedMessage } from '../../../analyzer/leaves/described-message.ts';
import { LeafCounts, type LeafLimits, leafLimits } from '../../../analyzer/leaves/limits.ts';
import { leafOutput, openContent } from '../../../analyzer/leaves/open.ts';
import type { LeafOutput } from '../../../analyzer/leaves/output.ts';
import { LeafTree } from '../../../analyzer/leaves/tree.ts';

class Collector implements LeafSink {
  readonly lines: string[] = [];
  readonly open: LeafNode[] = [];

  leaf(node: LeafNode, kind: LeafKind, bytes: Uint8Array, start: number, end: number, cut: boolean): void {
    const value = Buffer.from(bytes.subarray(start, end)).toString();
    this.lines.push(`${node.path} = ${value}${kind === 'text' ? '' : ` (${kind})`}${cut ? ' (cut)' : ''}`);
  }

  rowBegin(node: LeafNode): void {
    this.open.push(node);
    this.lines.push(`${node.path} {`);
  }

  rowEnd(node: LeafNode): void {
    if (this.open.pop() !== node) this.lines.push('a row ended that was not open');
    this.lines.push(`${node.path} }`);
  }
}

export interface Reading {
  readonly lines: readonly string[];
  readonly whole: boolean;
  readonly counts: LeafCounts;
  /** Rows that were begun and never ended. */
  readonly openRows: number;
  /** Why not all was read. */
  readonly notes: readonly string[];
}

export interface How {
  readonly contentType?: string;
  readonly charset?: string;
  readonly pieces?: readonly Uint8Array[];
  readonly limits?: Partial<LeafLimits>;
  readonly tree?: LeafTree;
  /** What describes it. */
  readonly message?: DescribedMessage | null;
}

/** Leaves of content by its media type; in UTF-8 where nothing else is said. */
export function read(content: string | Uint8Array, how: How = {}): Reading {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const sink = new Collector();
  const counts = new LeafCounts();
  const limits = { ...leafLimits, ...how.limits };
  const output = leafOutput({ tree: how.tree ?? new LeafTree(), sink, limits, counts });
  output.message = how.message ?? null;
  const parser = openContent(output, how.contentType ?? 'application/json', how.charset ?? 'utf-8');
  const whole = parser === null ? false : feed(parser, how.pieces ?? [bytes]);
  return { lines: sink.lines, whole, counts, openRows: sink.open.length, notes: output.notes };
}

/** Each piece lies in the middle of a larger buffer, as content lies in packets. */
function feed(parser: LeafParser, pieces: readonly Uint8Array[]): boolean {
  for (const piece of pieces) {
    const around = new Uint8Array(piece.length + 8).fill(0x22);
    around.set(piece, 4);
    parser.write(around, 4, 4 + piece.length);
    // What was written is the writer's again.
    around.fill(0x58);
  }
  return parser.end();
}

/** Leaves of a part of the head. */
export function readHead(into: (output: LeafOutput) => void): readonly string[] {
  const sink = new Collector();
  into(leafOutput({ tree: new LeafTree(), sink }));
  return sink.lines;
}
