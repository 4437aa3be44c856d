/**
 * Capture files written by the record: pcap in both byte orders with µs or ns, and pcapng with several sections and
 * interfaces. Records go into one buffer that is handed to the sink when full, so memory does not grow with the file.
 */
import { writeSync } from 'node:fs';

export type ByteOrder = 'little' | 'big';
export type Resolution = 'us' | 'ns';

/** Where finished octets go. `write` must take or copy `bytes` before it returns: the buffer is used again. */
export type Sink = (bytes: Buffer) => void;

/** A sink that writes to an open file descriptor. */
export function fileSink(fd: number): Sink {
  return (bytes) => {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
  };
}

/** What a record says beside time and octets. */
export interface RecordOptions {
  /** Octets the frame had on the wire; its captured length when absent. */
  readonly originalLength?: number;
  /** Nanoseconds to add to the packet time, 0…999; written where the file's resolution is ns. */
  readonly nanoseconds?: number;
  /** pcapng only: index of the interface in its section; 0 when absent. */
  readonly interface?: number;
}

const plain: RecordOptions = {};
const chunkBytes = 1 << 20;

/** Octets on their way to a sink, with numbers in the file's byte order. */
class Output {
  buffer = Buffer.allocUnsafe(chunkBytes);
  /** Octets written so far, handed over or not. */
  total = 0;
  private used = 0;

  constructor(
    private readonly sink: Sink,
    private readonly order: ByteOrder,
  ) {}

  /** Makes room for `length` octets and returns their offset in `buffer`, which may be a new one. */
  reserve(length: number): number {
    if (this.used + length > this.buffer.length) {
      this.flush();
      if (length > this.buffer.length) this.buffer = Buffer.allocUnsafe(length);
    }
    const at = this.used;
    this.used += length;
    this.total += length;
    return at;
  }

  put16(at: number, value: number): void {
    if (this.order === 'little') this.buffer.writeUInt16LE(value, at);
    else this.buffer.writeUInt16BE(value, at);
  }

  put32(at: number, value: number): void {
    if (this.order === 'little') this.buffer.writeUInt32LE(value, at);
    else this.buffer.writeUInt32BE(value, at);
  }

  flush(): void {
    if (this.used > 0) this.sink(this.buffer.subarray(0, this.used));
    this.used = 0;
  }
}

/** What both formats have in common. */
export abstract class CaptureWriter {
  protected readonly output: Output;

  constructor(sink: Sink, order: ByteOrder) {
    this.output = new Output(sink, order);
  }

  /** Octets of the file so far. */
  get bytes(): number {
    return this.output.total;
  }

  /** The buffer into which the frame of the last `begin` belongs. */
  get buffer(): Buffer {
    return this.output.buffer;
  }

  /** Writes everything of a record but its frame; the caller writes `length` octets into `buffer` at the offset returned. */
  abstract begin(ts: number, length: number, options?: RecordOptions): number;

  /** Writes one record. `ts` is packet time in integer µs since 1970. */
  packet(ts: number, frame: Uint8Array, options: RecordOptions = plain): void {
    const at = this.begin(ts, frame.length, options);
    this.output.buffer.set(frame, at);
  }

  /** Hands over what is still buffered. The file descriptor stays open: it is its opener's. */
  close(): void {
    this.output.flush();
  }
}

export interface PcapOptions {
  /** LINKTYPE_ value; Ethernet when absent. */
  readonly linkType?: number;
  /** Little-endian when absent. */
  readonly byteOrder?: ByteOrder;
  /** µs when absent. */
  readonly resolution?: Resolution;
  /** The header's snap length; 262144 when absent. Frames are not cut to it. */
  readonly snapLength?: number;
}

/** Classic pcap (draft-ietf-opsawg-pcap). */
export class PcapWriter extends CaptureWriter {
  private readonly nanoseconds: boolean;

  constructor(sink: Sink, options: PcapOptions = {}) {
    super(sink, options.byteOrder ?? 'little');
    this.nanoseconds = options.resolution === 'ns';
    const out = this.output;
    const at = out.reserve(24);
    out.put32(at, this.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
    out.put16(at + 4, 2);
    out.put16(at + 6, 4);
    out.put32(at + 8, 0);
    out.put32(at + 12, 0);
    out.put32(at + 16, options.snapLength ?? 262144);
    out.put32(at + 20, options.linkType ?? 1);
  }

  override begin(ts: number, length: number, options: RecordOptions = plain): number {
    const out = this.output;
    const at = out.reserve(16 + length);
    const seconds = Math.floor(ts / 1e6);
    const micros = ts - seconds * 1e6;
    out.put32(at, seconds);
    out.put32(at + 4, this.nanoseconds ? micros * 1000 + (options.nanoseconds ?? 0) : micros);
    out.put32(at + 8, length);
    out.put32(at + 12, options.originalLength ?? length);
    return at + 16;
  }
}

export interface InterfaceOptions {
  /** LINKTYPE_ value; Ethernet when absent. */
  readonly linkType?: number;
  /** Value of option if_tsresol; left out of the file when absent, which means µs. */
  readonly resolution?: Resolution;
  /** Option if_name; left out when absent. */
  readonly name?: string;
  /** 0 (no limit) when absent. */
  readonly snapLength?: number;
}

export interface PcapngOptions {
  readonly byteOrder?: ByteOrder;
  /** Interfaces of the first section; one of Ethernet and µs when absent. */
  readonly interfaces?: readonly InterfaceOptions[];
}

/** pcapng (draft-ietf-opsawg-pcapng): section header, interface description and enhanced packet blocks. */
export class PcapngWriter extends CaptureWriter {
  private readonly nanoseconds: boolean[] = [];

  constructor(sink: Sink, options: PcapngOptions = {}) {
    super(sink, options.byteOrder ?? 'little');
    this.section(options.interfaces);
  }

  /** Begins a section; interface numbers begin again at 0. */
  section(interfaces: readonly InterfaceOptions[] = [{}]): void {
    const out = this.output;
    const at = this.block(0x0a0d0d0a, 16);
    out.put32(at, 0x1a2b3c4d);
    out.put16(at + 4, 1);
    out.put16(at + 6, 0);
    out.put32(at + 8, 0xffffffff); // section length not stated
    out.put32(at + 12, 0xffffffff);
    this.nanoseconds.length = 0;
    for (const one of interfaces) this.interface(one);
  }

  /** Describes a further interface of the section and returns its number. */
  interface(options: InterfaceOptions): number {
    const name = Buffer.from(options.name ?? '');
    const nameLength = name.length > 0 ? 4 + padded(name.length) : 0;
    const resolutionLength = options.resolution === undefined ? 0 : 8;
    const optionsLength = nameLength + resolutionLength;
    const out = this.output;
    let at = this.block(1, 8 + optionsLength + (optionsLength > 0 ? 4 : 0));
    out.put16(at, options.linkType ?? 1);
    out.put16(at + 2, 0);
    out.put32(at + 4, options.snapLength ?? 0);
    at += 8;
    if (nameLength > 0) {
      out.put16(at, 2); // if_name
      out.put16(at + 2, name.length);
      out.buffer.fill(0, at + 4, at + nameLength);
      out.buffer.set(name, at + 4);
      at += nameLength;
    }
    if (resolutionLength > 0) {
      out.put16(at, 9); // if_tsresol
      out.put16(at + 2, 1);
      out.buffer.fill(0, at + 4, at + 8);
      out.buffer[at + 4] = options.resolution === 'ns' ? 9 : 6;
      at += resolutionLength;
    }
    if (optionsLength > 0) out.put32(at, 0); // opt_endofopt
    return this.nanoseconds.push(options.resolution === 'ns') - 1;
  }

  override begin(ts: number, length: number, options: RecordOptions = plain): number {
    const out = this.output;
    const at = this.block(6, 20 + padded(length));
    const index = options.interface ?? 0;
    let high = Math.floor(ts / 0x100000000);
    let low = ts - high * 0x100000000;
    if (this.nanoseconds[index]) {
      // In halves, because nanoseconds since 1970 do not fit the 53 bits of a number.
      low = low * 1000 + (options.nanoseconds ?? 0);
      const carry = Math.floor(low / 0x100000000);
      high = high * 1000 + carry;
      low -= carry * 0x100000000;
    }
    out.put32(at, index);
    out.put32(at + 4, high);
    out.put32(at + 8, low);
    out.put32(at + 12, length);
    out.put32(at + 16, options.originalLength ?? length);
    out.buffer.fill(0, at + 20 + length, at + 20 + padded(length));
    return at + 20;
  }

  /** Writes a block of any type as it is: what a reader must step over. */
  rawBlock(type: number, body: Uint8Array): void {
    const at = this.block(type, padded(body.length));
    this.output.buffer.fill(0, at + body.length, at + padded(body.length));
    this.output.buffer.set(body, at);
  }

  /** Reserves a block, writes its type and both lengths, and returns the offset of its body. */
  private block(type: number, bodyLength: number): number {
    const out = this.output;
    const total = 12 + bodyLength;
    const at = out.reserve(total);
    out.put32(at, type);
    out.put32(at + 4, total);
    out.put32(at + total - 4, total);
    return at + 8;
  }
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

/** What `write` puts into a writer, as one Buffer: `captureBuffer((sink) => new PcapWriter(sink), (w) => w.packet(…))`. */
export function captureBuffer<W extends CaptureWriter>(open: (sink: Sink) => W, write: (writer: W) => void): Buffer {
  const chunks: Buffer[] = [];
  const writer = open((bytes) => chunks.push(Buffer.from(bytes)));
  write(writer);
  writer.close();
  return Buffer.concat(chunks);
}

/** Packets as the octets of a pcap file, in the order given. */
export function pcapOf(
  packets: Iterable<{ readonly ts: number; readonly frame: Uint8Array }>,
  options?: PcapOptions,
): Buffer {
  return captureBuffer(
    (sink) => new PcapWriter(sink, options),
    (writer) => {
      for (const packet of packets) writer.packet(packet.ts, packet.frame);
    },
  );
}
