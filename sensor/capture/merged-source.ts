import { type BufferPool, CaptureFile } from './capture-file.ts';
import { type Damage, emptyPacket, type Packet } from './packet.ts';
import type { SecretsTaker } from './record-reader.ts';
import { UnreadableInput } from './unreadable-input.ts';

/** An input of which `head` is the next packet. */
interface Cursor {
  /** Position among the inputs: at equal times the earlier input goes first. */
  readonly input: number;
  /** Null until the stream reaches the head's time; of the head only the time is known until then. */
  file: CaptureFile | null;
  readonly head: Packet;
}

/**
 * Inputs merged by the packet time of their heads. A binary heap of cursors, one an input; a cursor is taken on lazily,
 * when the packet after it is asked for, because its packet is a view of its file's buffer.
 */
export class MergedSource {
  readonly inputs: string[] = [];
  readonly damage: Damage[] = [];
  private readonly heap: Cursor[] = [];
  private isTopTaken = false;
  private closedBytes = 0;
  private closedClamped = 0;

  /** `isSingle`: one input will be added, and is read as it stands, without a look ahead. */
  constructor(
    private readonly pool: BufferPool,
    private readonly isSingle: boolean,
    private readonly secrets: SecretsTaker | null = null,
    private readonly onWait?: () => boolean,
  ) {}

  /** Takes an input in. Throws UnreadableInput. */
  add(path: string): void {
    const file = new CaptureFile(path, this.pool, this.secrets, this.onWait);
    const cursor: Cursor = { input: this.inputs.push(path) - 1, file, head: emptyPacket() };
    if (this.isSingle) {
      this.heap.push(cursor);
      return;
    }
    if (!file.reader.read(cursor.head)) {
      this.retire(cursor);
      return;
    }
    if (file.isRegular && path !== '-') {
      file.close();
      cursor.file = null;
      cursor.head.data = Buffer.alloc(0);
    }
    this.push(cursor);
  }

  get bytesRead(): number {
    return this.heap.reduce((sum, { file }) => sum + (file?.bytesRead ?? 0), this.closedBytes);
  }

  get clamped(): number {
    return this.heap.reduce((sum, { file }) => sum + (file?.reader.clamped ?? 0), this.closedClamped);
  }

  read(packet: Packet): boolean {
    const { heap } = this;
    if (this.isSingle) return this.readSingle(packet);
    if (this.isTopTaken) {
      this.isTopTaken = false;
      this.advanceTop();
    }
    while (heap.length > 0) {
      const cursor = heap[0];
      if (cursor.file === null) {
        if (this.reopen(cursor)) this.advanceTop();
        else this.pop();
        continue;
      }
      const { head } = cursor;
      packet.ts = head.ts;
      packet.linkType = head.linkType;
      packet.data = head.data;
      packet.start = head.start;
      packet.end = head.end;
      packet.originalLength = head.originalLength;
      packet.number = head.number;
      packet.input = cursor.input;
      this.isTopTaken = true;
      return true;
    }
    return false;
  }

  close(): void {
    for (const cursor of this.heap.splice(0)) this.retire(cursor);
  }

  private readSingle(packet: Packet): boolean {
    if (this.heap.length === 0) return false;
    packet.input = 0;
    if (this.heap[0].file?.reader.read(packet)) return true;
    this.close();
    return false;
  }

  /** Between the look ahead and now the file may have gone. */
  private reopen(cursor: Cursor): boolean {
    const input = this.inputs[cursor.input];
    try {
      cursor.file = new CaptureFile(input, this.pool, this.secrets, this.onWait);
      return true;
    } catch (error) {
      if (!(error instanceof UnreadableInput)) throw error;
      this.damage.push({ input, offset: 0, reason: error.reason });
      return false;
    }
  }

  /** Reads the next packet of the first cursor and puts the cursor where it belongs now. */
  private advanceTop(): void {
    const cursor = this.heap[0];
    if (cursor.file?.reader.read(cursor.head)) {
      this.sink(cursor);
      return;
    }
    this.retire(cursor);
    this.pop();
  }

  private retire(cursor: Cursor): void {
    const { file } = cursor;
    if (file === null) return;
    const input = this.inputs[cursor.input];
    for (const point of file.reader.damage) this.damage.push({ input, ...point });
    this.closedBytes += file.bytesRead;
    this.closedClamped += file.reader.clamped;
    file.close();
    cursor.file = null;
  }

  private pop(): void {
    const last = this.heap.pop();
    if (last !== undefined && this.heap.length > 0) this.sink(last);
  }

  /** Puts `cursor` in at the top of the heap, in place of what is there, and lets it sink. */
  private sink(cursor: Cursor): void {
    const { heap } = this;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
      if (!isBefore(heap[child], cursor)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = cursor;
  }

  private push(cursor: Cursor): void {
    const { heap } = this;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (isBefore(heap[parent], cursor)) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = cursor;
  }
}

function isBefore(a: Cursor, b: Cursor): boolean {
  return a.head.ts < b.head.ts || (a.head.ts === b.head.ts && a.input < b.input);
}
