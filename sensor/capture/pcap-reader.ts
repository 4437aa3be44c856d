import type { ByteWindow } from './byte-window.ts';
import { readPcapFile, streamOver } from './formats/readers.ts';
import type { Packet } from './packet.ts';
import { clampPacketTime, isPacketTime } from './packet-time.ts';
import { type DamagePoint, MAX_FRAME, type RecordReader } from './record-reader.ts';

export const PCAP_HEADER_LENGTH = 24;

/** Walks the records of a pcap file (draft-ietf-opsawg-pcap). The first record that makes no sense ends the walk. */
export class PcapReader implements RecordReader {
  readonly damage: DamagePoint[] = [];
  clamped = 0;
  private readonly little: boolean;
  private readonly nanosecond: boolean;
  private readonly recordHeader: number;
  private readonly linkType: number;
  private number = 0;
  private ended = false;

  /** The window holds the file header, whole and with a known magic number. */
  constructor(private readonly window: ByteWindow) {
    const { buffer, start } = window;
    const file = readPcapFile(streamOver(buffer.subarray(start, start + PCAP_HEADER_LENGTH)));
    this.little = file._is_le;
    this.nanosecond = file.isNanosecond;
    this.recordHeader = file.isModified ? 24 : 16;
    this.linkType = file.header.linkType;
    window.start += PCAP_HEADER_LENGTH;
  }

  read(packet: Packet): boolean {
    const { window, recordHeader } = this;
    if (this.ended || (window.end - window.start < recordHeader && !window.ensure(recordHeader))) return this.finish();
    let b = window.buffer;
    let at = window.start;
    let seconds: number;
    let fraction: number;
    let captured: number;
    let original: number;
    if (this.little) {
      seconds = (b[at] | (b[at + 1] << 8) | (b[at + 2] << 16) | (b[at + 3] << 24)) >>> 0;
      fraction = (b[at + 4] | (b[at + 5] << 8) | (b[at + 6] << 16) | (b[at + 7] << 24)) >>> 0;
      captured = (b[at + 8] | (b[at + 9] << 8) | (b[at + 10] << 16) | (b[at + 11] << 24)) >>> 0;
      original = (b[at + 12] | (b[at + 13] << 8) | (b[at + 14] << 16) | (b[at + 15] << 24)) >>> 0;
    } else {
      seconds = ((b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) >>> 0;
      fraction = ((b[at + 4] << 24) | (b[at + 5] << 16) | (b[at + 6] << 8) | b[at + 7]) >>> 0;
      captured = ((b[at + 8] << 24) | (b[at + 9] << 16) | (b[at + 10] << 8) | b[at + 11]) >>> 0;
      original = ((b[at + 12] << 24) | (b[at + 13] << 16) | (b[at + 14] << 8) | b[at + 15]) >>> 0;
    }
    if (captured > MAX_FRAME) {
      return this.stop(`record ${this.number + 1} claims ${captured} octets, more than any frame has (${MAX_FRAME})`);
    }
    if (window.end - at < recordHeader + captured) {
      if (!window.ensure(recordHeader + captured)) return this.finish();
      b = window.buffer;
      at = window.start;
    }
    let ts = seconds * 1_000_000 + (this.nanosecond ? Math.floor(fraction / 1000) : fraction);
    if (!isPacketTime(ts)) {
      this.clamped++;
      ts = clampPacketTime(ts);
    }
    packet.ts = ts;
    packet.linkType = this.linkType;
    packet.data = b;
    packet.start = at + recordHeader;
    packet.end = at + recordHeader + captured;
    packet.originalLength = original;
    packet.number = ++this.number;
    window.start = packet.end;
    return true;
  }

  /** The source has no more: at the end of a record all is well. */
  private finish(): false {
    if (this.ended) return false;
    const { window } = this;
    const left = window.end - window.start;
    const { failure } = window.source;
    if (failure !== null) return this.stop(`${failure}; ${this.number} packets before it were read`);
    if (left > 0) return this.stop(`the file ends inside record ${this.number + 1}; ${left} octets of it are there`);
    this.ended = true;
    return false;
  }

  private stop(reason: string): false {
    this.ended = true;
    this.damage.push({ offset: this.window.offset, reason });
    return false;
  }
}
