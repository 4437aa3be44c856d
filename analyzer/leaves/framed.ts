/** Content that is made of messages with a framing of their own, and Protocol Buffers alone. */
import type { LeafParser } from '../leaf.ts';
import { describedLeaves } from './described.ts';
import { GrpcParser } from './grpc.ts';
import { GrpcText } from './grpc-text.ts';
import { JsonParser } from './json.ts';
import { type Declared, type Framed, framedFormats } from './media.ts';
import { EventMessages, LineMessages } from './messages.ts';
import type { LeafOutput } from './output.ts';
import { protobufLeaves } from './protobuf.ts';
import { borrowScratch, giveBack, type Scratch } from './scratch.ts';
import type { TreeNode } from './tree.ts';

/** Octets of a message that is not framed. */
const MOST = 1024 * 1024;

export function isFramed(format: Declared): format is Framed {
  return (framedFormats as readonly string[]).includes(format);
}

export function framedParser(output: LeafOutput, root: TreeNode, format: Framed): LeafParser {
  switch (format) {
    case 'messages':
      return new LineMessages(output, root);
    case 'events':
      return new EventMessages(output, root);
    case 'protobuf':
      return new ProtobufParser(output, root);
    case 'grpc':
      return new GrpcParser(output, root, (bytes, start, end) => messageLeaves(output, root, bytes, start, end));
    case 'grpc-text':
      return new GrpcText(framedParser(output, root, 'grpc'));
    case 'grpc-json':
      return new GrpcParser(output, root, (bytes, start, end) => {
        const parser = new JsonParser(output, root, { lines: false });
        parser.write(bytes, start, end);
        return parser.end();
      });
  }
}

/** By its description where there is one that fits, else by the wire alone. */
function messageLeaves(output: LeafOutput, root: TreeNode, bytes: Uint8Array, start: number, end: number): boolean {
  const { message } = output;
  return (
    (message !== null && describedLeaves(output, root, message, bytes, start, end)) ||
    protobufLeaves(output, root, bytes, start, end)
  );
}

/** One message is the whole content: where its last field ends is known at the end. */
class ProtobufParser implements LeafParser {
  #held: Scratch | null = borrowScratch();
  #whole = false;

  constructor(
    private readonly output: LeafOutput,
    private readonly root: TreeNode,
  ) {}

  write(bytes: Uint8Array, start: number, end: number): void {
    this.#held?.append(bytes, start, end, MOST);
  }

  end(): boolean {
    const held = this.#held;
    if (held === null) return this.#whole;
    this.#held = null;
    this.#whole = !held.cut && messageLeaves(this.output, this.root, held.bytes, 0, held.length);
    giveBack(held);
    return this.#whole;
  }
}
