/**
 * Messages on disk while the broker is away, in the order they were published, across restarts. Files of a few MiB,
 * each read whole when its turn comes and removed when all of it was sent: after a crash what a file had sent already is
 * sent again, and whoever reads the messages knows them by their numbers.
 *
 * Bound: `limit` octets on disk; then `append` answers false, and the publisher waits. Written to the operating system,
 * not forced to the disk: a killed process loses nothing, a power cut the last seconds. A message that was cut off in
 * the middle ends its file and is counted.
 */
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/** One message as Kafka takes it. */
export interface KafkaRecord {
  /** Without prefix. */
  readonly topic: string;
  readonly partition: number;
  readonly key: string | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Octets of a file, about. */
const SEGMENT = 8 << 20;
/** Octets before each message: length of the head, length of the value (-1 for null), checksum of both. */
const FRAME = 12;
const NAME = /^(\d{10})\.spool$/;

export class Spool {
  /** Messages that were cut off by a crash. */
  torn = 0;
  #bytes = 0;
  /** Numbers of the files, oldest first. */
  readonly #segments: number[];
  readonly #sizes = new Map<number, number>();
  /** The file being written: the newest. */
  #fd: number | null = null;
  /** What was read of the oldest file, and how far it was sent. */
  #head: KafkaRecord[] | null = null;
  #sent = 0;

  constructor(
    private readonly folder: string,
    private readonly limit: number,
    private readonly segment = SEGMENT,
  ) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#segments = readdirSync(folder)
      .map((name) => NAME.exec(name)?.[1])
      .filter((found) => found !== undefined)
      .map(Number)
      .sort((a, b) => a - b);
    for (const number of this.#segments) {
      const { size } = statSync(this.#path(number));
      this.#sizes.set(number, size);
      this.#bytes += size;
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0;
  }

  #path(number: number): string {
    return join(this.folder, `${String(number).padStart(10, '0')}.spool`);
  }

  /** False when there is no room. Throws what the file system does. */
  append(record: KafkaRecord): boolean {
    const { value, ...rest } = record;
    const head = Buffer.from(JSON.stringify(rest));
    const size = FRAME + head.length + (value?.length ?? 0);
    if (this.#bytes + size > this.limit && this.#bytes > 0) return false;
    const frame = Buffer.allocUnsafe(size);
    frame.writeUInt32LE(head.length, 0);
    frame.writeInt32LE(value === null ? -1 : value.length, 4);
    head.copy(frame, FRAME);
    if (value !== null) frame.set(value, FRAME + head.length);
    frame.writeUInt32LE(crc32(frame.subarray(FRAME)), 8);
    const number = this.#openForWriting();
    for (let at = 0; at < size; ) at += writeSync(this.#fd!, frame, at);
    this.#sizes.set(number, this.#sizes.get(number)! + size);
    this.#bytes += size;
    return true;
  }

  #openForWriting(): number {
    const last = this.#segments.at(-1);
    if (this.#fd !== null && this.#sizes.get(last!)! < this.segment) return last!;
    this.#closeForWriting();
    const number = (last ?? 0) + 1;
    this.#fd = openSync(this.#path(number), 'a', 0o600);
    this.#segments.push(number);
    this.#sizes.set(number, 0);
    return number;
  }

  #closeForWriting(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  /** The oldest messages that were not sent, up to `most` octets of values but one at least; empty when there are none. */
  peek(most: number): readonly KafkaRecord[] {
    while (this.#head === null || this.#sent === this.#head.length) {
      if (this.#head !== null) this.#removeHead();
      const first = this.#segments[0];
      if (first === undefined) return [];
      // What is read is not written to any more.
      if (this.#segments.length === 1) this.#closeForWriting();
      this.#head = this.#read(first);
    }
    let end = this.#sent;
    let octets = 0;
    do octets += this.#head[end++]!.value?.length ?? 0;
    while (end < this.#head.length && octets < most);
    return this.#head.slice(this.#sent, end);
  }

  /** The first `count` of what `peek` gave were sent. */
  sent(count: number): void {
    this.#sent += count;
    if (this.#sent === this.#head!.length) this.#removeHead();
  }

  #removeHead(): void {
    const first = this.#segments.shift()!;
    unlinkSync(this.#path(first));
    this.#bytes -= this.#sizes.get(first)!;
    this.#sizes.delete(first);
    this.#head = null;
    this.#sent = 0;
  }

  #read(number: number): KafkaRecord[] {
    const octets = readFileSync(this.#path(number));
    const records: KafkaRecord[] = [];
    for (let at = 0; at < octets.length; ) {
      const record = recordAt(octets, at);
      if (record === null) {
        this.torn++;
        break;
      }
      records.push(record.record);
      at = record.end;
    }
    return records;
  }

  close(): void {
    this.#closeForWriting();
  }
}

function recordAt(octets: Buffer, at: number): { record: KafkaRecord; end: number } | null {
  if (at + FRAME > octets.length) return null;
  const headEnd = at + FRAME + octets.readUInt32LE(at);
  const length = octets.readInt32LE(at + 4);
  const end = headEnd + Math.max(0, length);
  if (end > octets.length || octets.readUInt32LE(at + 8) !== crc32(octets.subarray(at + FRAME, end))) return null;
  const head = JSON.parse(octets.toString('utf8', at + FRAME, headEnd)) as Omit<KafkaRecord, 'value'>;
  return { record: { ...head, value: length < 0 ? null : octets.subarray(headEnd, end) }, end };
}
