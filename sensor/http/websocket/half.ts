/** One direction of a WebSocket: frames to messages (RFC 6455 §5.4), compression undone (RFC 7692). */
import { isUtf8 } from 'node:buffer';
import { DecodeError, MessageInflater } from '../../decompress.ts';
import type { Weird } from '../../weird.ts';
import { type FrameHandler, type FrameHead, FrameReader, opcodes } from './frame-reader.ts';

export interface HalfOwner {
  /** Octets of a message's payload on the wire. */
  carried(direction: 0 | 1, octets: number): void;
  /** Octets of a message of text; a line feed inside it has become a carriage return. */
  text(direction: 0 | 1, data: Uint8Array, start: number, end: number): void;
  /** A frame begins that belongs to no message under way in its direction. */
  betweenMessages(direction: 0 | 1): void;
  /** `told`: octets of it were handed over. */
  messageEnded(direction: 0 | 1, told: boolean): void;
  /** A part of a message can't be told. `lost`: octets that were not captured. */
  broken(direction: 0 | 1, lost: number): void;
  note(name: Weird): void;
}

export interface Compression {
  /** The window is kept from message to message. */
  readonly takeover: boolean;
}

/** Octets of a binary message that is looked at, whether it is text; of larger ones only the size is told. */
const MOST_BINARY = 64 * 1024;
/** Octets of one message decompressed. */
const MOST_MESSAGE = 16 * 1024 * 1024;

/** Directions with a window at once, a thread: 64 MiB. What is compressed in others is not told. */
const MOST_WINDOWS = 1024;

const LF = 10;
const CR = 13;

export class Half implements FrameHandler {
  readonly #reader = new FrameReader(this);
  /** Opcode of the message under way; 0 between messages. */
  #message = 0;
  #compressed = false;
  #isControl = false;
  #final = false;
  /** What of the message comes is not told: a part was lost, or it can't be decompressed. */
  #mute = false;
  #inflater: MessageInflater | null = null;
  /** The window is not what the sender's is. */
  #windowLost = false;
  #told = false;
  #binary: Buffer[] = [];
  #binaryLength = 0;

  constructor(
    private readonly direction: 0 | 1,
    private readonly owner: HalfOwner,
    /** Null where none was agreed on. */
    private readonly compression: Compression | null,
  ) {}

  /** No message is under way. */
  get between(): boolean {
    return this.#message === 0;
  }

  /** Octets that were read as frames; fewer than came once they are none. */
  read(data: Buffer, start: number, end: number): number {
    return this.#reader.read(data, start, end) - start;
  }

  badFrame(): void {
    this.owner.note('websocket_bad_frame');
    this.owner.broken(this.direction, 0);
  }

  frameBegins(head: Readonly<FrameHead>): boolean {
    this.#isControl = head.opcode >= opcodes.close;
    if (this.#message === 0) this.owner.betweenMessages(this.direction);
    if (this.#isControl) return true;
    this.#final = head.final;
    const continues = head.opcode === opcodes.continuation;
    if (continues !== (this.#message !== 0) || (head.compressed && (continues || this.compression === null)))
      return false;
    if (continues) return true;
    this.#message = head.opcode;
    this.#compressed = head.compressed;
    this.#mute = head.compressed && this.#windowLost;
    if (this.#mute) this.owner.broken(this.direction, 0);
    return true;
  }

  payload(data: Buffer, start: number, end: number): void {
    if (this.#isControl) return;
    this.owner.carried(this.direction, end - start);
    if (this.#mute) return;
    if (!this.#compressed) this.#take(data, start, end);
    else this.#inflate((inflater) => inflater.push(data.subarray(start, end), this.#out));
  }

  readonly #out = (bytes: Uint8Array): void => this.#take(bytes, 0, bytes.length);

  #inflate(work: (inflater: MessageInflater) => void): void {
    if (this.#inflater === null && MessageInflater.open >= MOST_WINDOWS) {
      this.owner.note('websocket_window_limit');
      this.owner.broken(this.direction, 0);
      this.#loseWindow();
      return;
    }
    this.#inflater ??= new MessageInflater(MOST_MESSAGE);
    try {
      work(this.#inflater);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.owner.note(error.code === 'bomb' ? 'content_coding_bomb' : 'content_coding_corrupt');
      this.owner.broken(this.direction, 0);
      this.#loseWindow();
    }
  }

  #loseWindow(): void {
    this.#inflater?.close();
    this.#inflater = null;
    this.#mute = true;
    // Where each message begins with an empty window, the next one can be read again.
    this.#windowLost = this.compression!.takeover;
  }

  #take(bytes: Uint8Array, start: number, end: number): void {
    if (this.#message === opcodes.text) {
      this.#tell(bytes, start, end);
    } else if ((this.#binaryLength += end - start) <= MOST_BINARY) {
      this.#binary.push(Buffer.from(bytes.subarray(start, end)));
    } else {
      this.#binary.length = 0;
    }
  }

  #tell(bytes: Uint8Array, start: number, end: number): void {
    let told = bytes.subarray(start, end);
    if (told.includes(LF)) told = told.map((octet) => (octet === LF ? CR : octet));
    this.#told ||= told.length > 0;
    this.owner.text(this.direction, told, 0, told.length);
  }

  frameEnds(): void {
    if (this.#isControl || !this.#final) return;
    if (this.#compressed && !this.#mute)
      this.#inflate((inflater) => inflater.end(this.#out, this.compression!.takeover));
    this.#tellBinary();
    this.#message = 0;
    this.owner.messageEnded(this.direction, this.#told);
    this.#told = false;
  }

  /** Text in a binary message is told as text. */
  #tellBinary(): void {
    const all = Buffer.concat(this.#binary);
    this.#binary.length = this.#binaryLength = 0;
    if (!this.#mute && all.length > 0 && isPlainText(all)) this.#tell(all, 0, all.length);
  }

  /** False when nothing can be read behind the octets lost. */
  gap(length: number): boolean {
    const bridged = this.#reader.gap(length);
    if (bridged && this.#isControl) {
      this.#reader.settle();
      return true;
    }
    this.owner.broken(this.direction, length);
    this.#mute = true;
    if (this.#compressed && this.#message !== 0) this.#loseWindow();
    if (bridged) this.#reader.settle();
    return bridged;
  }

  close(): void {
    this.#inflater?.close();
    this.#inflater = null;
  }
}

function isPlainText(octets: Buffer): boolean {
  for (const octet of octets) if (octet < 0x20 && octet !== 9 && octet !== LF && octet !== CR) return false;
  return isUtf8(octets);
}
