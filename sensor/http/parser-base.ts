/** What of http-parser-js `MessageParser` stands on; its own typings keep these parts private. */
import { HTTPParser } from 'http-parser-js';

export type MessageKind = 'REQUEST' | 'RESPONSE';

type State =
  | 'REQUEST_LINE'
  | 'RESPONSE_LINE'
  | 'HEADER'
  | 'BODY_CHUNKHEAD'
  | 'BODY_CHUNK'
  | 'BODY_CHUNKEMPTYLINE'
  | 'BODY_CHUNKTRAILERS'
  | 'BODY_RAW'
  | 'BODY_SIZED';

interface Base {
  state: State;
  info: { headers: string[] };
  trailers: string[];
  line: string;
  body_bytes: number | null;
  chunk: Buffer;
  offset: number;
  end: number;
  maxHeaderSize: number;
  execute(chunk: Buffer, start: number, length: number): number | Error;
}

export const ParserBase = HTTPParser as unknown as new (type: MessageKind) => Base;

/** The state that a message of `kind` begins in. */
export function firstState(kind: MessageKind): State {
  return kind === 'REQUEST' ? 'REQUEST_LINE' : 'RESPONSE_LINE';
}
