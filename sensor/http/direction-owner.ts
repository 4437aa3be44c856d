import type { FlowView } from '../flow/conversation.ts';
import type { Weird } from '../weird.ts';
import type { HttpContext } from './http-context.ts';
import type { MessageParser } from './message-parser.ts';
import type { MessageKind } from './parser-base.ts';

/** What a direction tells its connection. */
export interface DirectionOwner {
  readonly context: HttpContext;
  readonly flow: FlowView;
  /** HTTP was read in either direction. */
  readonly established: boolean;
  /** What `direction` may speak, as far as is known. */
  kinds(direction: 0 | 1): readonly MessageKind[];
  /** The direction turns out to speak `kind`. False when that contradicts the other one. */
  speaks(direction: 0 | 1, kind: MessageKind): boolean;
  /** The direction answers a request without version (HTTP/0.9): what is no response may be nothing but content. */
  answersSimply(direction: 0 | 1): boolean;
  /** What it speaks is not HTTP. */
  giveUp(): void;
  /** The direction begins with the preface of HTTP/2. False when that can't be. */
  prefaced(direction: 0 | 1): boolean;
  /** What begins in the middle may be frames of HTTP/2: looks whether both directions make that certain. */
  joins(): void;
  /** Octets for what follows on HTTP/1, or was spoken in its place. */
  handed(direction: 0 | 1, data: Buffer, start: number, end: number): void;
  note(direction: 0 | 1, name: Weird): void;
  head(direction: 0 | 1, parser: MessageParser): boolean;
  /** `last`: the message's content ends with these octets. */
  body(direction: 0 | 1, data: Buffer, start: number, end: number, last: boolean): void;
  bodyGap(direction: 0 | 1, length: number): void;
  end(direction: 0 | 1, parser: MessageParser): void;
  broken(direction: 0 | 1, byGap: boolean, lost: number): void;
}
