/** A thread's segments of kept exchanges: one is filled at a time, and another begun when it is full or old. */
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Approver, SegmentCipher } from './segment-cipher.ts';
import { appendHead, recordOctets } from './segment-file.ts';

/** What a thread needs to keep exchanges sealed. Plain data: it crosses threads. */
export interface KeepingOptions {
  readonly folder: string;
  /** The appliance's half of all keys. */
  readonly own: Uint8Array;
  readonly approvers: readonly Approver[];
  /** How long exchanges are kept, ms of wall clock: what is kept must go, whatever time packets tell of. */
  readonly keepMs: number;
  /** Octets that all segments together may have. */
  readonly bytes: number;
}

/** A segment goes as a whole: it is a small part of the time, and a smaller one of the room, which is needed all the time. */
const SHARE_OF_TIME = 16;
const SHARE_OF_ROOM = 256;
const SEGMENT_BYTES = 16 * 2 ** 20;
const BUFFER_BYTES = 256 * 1024;

/** How names of segments end; they begin with the ms of wall clock at which the segment goes. */
export const SEGMENT_END = '.sealed';

export class SegmentWriter {
  /** Records that are on the disk. */
  kept = 0;
  /** Records that the disk refused. */
  lost = 0;
  #cipher: SegmentCipher | null = null;
  #file = -1;
  #written = 0;
  #begun = 0;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;

  constructor(
    private readonly options: KeepingOptions,
    private readonly now: () => number = Date.now,
  ) {}

  add(uid: string, content: Uint8Array): void {
    let cipher: SegmentCipher;
    try {
      cipher = this.#current();
    } catch {
      // No room, or no right: the appliance goes on, and health says how much could not be kept.
      this.lost++;
      return;
    }
    const octets = recordOctets(uid, cipher.seal(uid, content));
    this.#waiting.push(octets);
    this.#waitingBytes += octets.length;
    if (this.#waitingBytes >= BUFFER_BYTES) this.#write();
  }

  /** What waits comes onto the disk; a segment whose time is over is closed, and its secret forgotten. */
  flush(): void {
    this.#write();
    if (this.#isOld) this.#close();
  }

  get #isOld(): boolean {
    return this.now() - this.#begun >= this.options.keepMs / SHARE_OF_TIME;
  }

  /** A write that fails may have left half a record: the segment ends there. */
  #write(): void {
    if (this.#waiting.length === 0) return;
    const octets = Buffer.concat(this.#waiting);
    const records = this.#waiting.length;
    this.#waiting = [];
    this.#waitingBytes = 0;
    try {
      for (let at = 0; at < octets.length; ) at += writeSync(this.#file, octets, at);
      this.#written += octets.length;
      this.kept += records;
    } catch {
      this.lost += records;
      this.#close();
    }
  }

  end(): void {
    this.#write();
    this.#close();
  }

  #close(): void {
    if (this.#file >= 0) closeSync(this.#file);
    this.#file = -1;
    this.#cipher = null;
  }

  #current(): SegmentCipher {
    const { folder, own, approvers, keepMs, bytes } = this.options;
    const isFull = this.#written + this.#waitingBytes >= Math.min(SEGMENT_BYTES, bytes / SHARE_OF_ROOM);
    if (this.#cipher !== null && !isFull && !this.#isOld) return this.#cipher;
    this.end();
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#begun = this.now();
    // The last of its records is then as old as any may be.
    const goes = Math.ceil(this.#begun + keepMs / SHARE_OF_TIME + keepMs);
    const name = `${String(goes).padStart(14, '0')}-${randomBytes(4).toString('hex')}${SEGMENT_END}`;
    this.#file = openSync(join(folder, name), 'wx', 0o600);
    const cipher = new SegmentCipher(own, approvers);
    this.#written = appendHead(this.#file, cipher.head);
    this.#cipher = cipher;
    return cipher;
  }
}
