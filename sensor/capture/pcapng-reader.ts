import type { ByteWindow } from './byte-window.ts';
import { type InterfaceDescription, readBlock, readSectionHeader, streamOver } from './formats/readers.ts';
import type { Packet } from './packet.ts';
import { clampPacketTime, EARLIEST, isPacketTime } from './packet-time.ts';
import { type CaptureInterface, describeInterface } from './pcapng-interface.ts';
import { type DamagePoint, MAX_FRAME, type RecordReader, type SecretsTaker } from './record-reader.ts';

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;
const DECRYPTION_SECRETS = 10;
/** Secrets in the form of a TLS key log («TLSK»); other kinds are passed over. */
const TLS_KEY_LOG = 0x544c534b;
/** Blocks that are no packets but get a frame number in Wireshark: journal entries and custom blocks. */
const NUMBERED = [0x9, 0xbad, 0x40000bad];

/** Octets of a section, interface or packet block with its options at most; other blocks are passed over unseen. */
const MAX_BLOCK = 2 * MAX_FRAME;
/** Interfaces of one section at most: a packet block of the old kind can name no more. */
const MAX_INTERFACES = 65_536;

/** Walks the blocks of a pcapng file (draft-ietf-opsawg-pcapng). The first block that makes no sense ends the walk. */
export class PcapngReader implements RecordReader {
  readonly damage: DamagePoint[] = [];
  clamped = 0;
  private little = true;
  private interfaces: CaptureInterface[] = [];
  private number = 0;
  /** Time of the packet before, µs: a Simple Packet Block has none of its own. */
  private lastTime = 0;
  private ended = false;
  private orphans = 0;
  private firstOrphan = 0;

  constructor(
    private readonly window: ByteWindow,
    private readonly secrets: SecretsTaker | null = null,
  ) {}

  /** Reads the first section's header. False when it is damaged: then nothing can be read at all. */
  open(): boolean {
    return this.window.ensure(12) ? this.readSection() : this.finish();
  }

  read(packet: Packet): boolean {
    const { window } = this;
    while (!this.ended) {
      if (window.end - window.start < 12 && !window.ensure(12)) return this.finish();
      const type = this.word(window.start);
      if (type === SECTION_HEADER) {
        this.readSection();
        continue;
      }
      const claimed = this.word(window.start + 4);
      const length = paddedLength(claimed);
      if (length < 12) return this.stop(`block of type ${type} claims ${claimed} octets, fewer than a block has`);
      if (type === ENHANCED_PACKET || type === SIMPLE_PACKET || type === OBSOLETE_PACKET) {
        if (!this.holdBlock(type, length, claimed)) return false;
        const found = this.readPacket(packet, type, length);
        window.start += length;
        if (found) return true;
      } else if (type === INTERFACE_DESCRIPTION) {
        if (!this.holdBlock(type, length, claimed)) return false;
        this.readInterface(length);
        window.start += length;
      } else if (type === DECRYPTION_SECRETS && this.secrets !== null && length <= MAX_BLOCK) {
        if (!this.holdBlock(type, length, claimed)) return false;
        this.readSecrets(length);
        window.start += length;
      } else {
        if (NUMBERED.includes(type)) this.number++;
        if (!window.skip(length)) return this.finish(length);
      }
    }
    return this.finish();
  }

  /** Fills `packet` from the block at the window's start. False when the block's packet had to be passed over. */
  private readPacket(packet: Packet, type: number, length: number): boolean {
    const { window } = this;
    const at = window.start;
    let interfaceId = 0;
    let captured: number;
    let original: number;
    let dataAt: number;
    if (type === SIMPLE_PACKET) {
      if (length < 16) return this.stop('a simple packet block is shorter than its fixed fields');
      dataAt = at + 12;
      original = this.word(at + 8);
      captured = Math.min(original, length - 16, this.interfaces[0]?.snapLength ?? length);
    } else {
      if (length < 32) return this.stop('a packet block is shorter than its fixed fields');
      dataAt = at + 28;
      interfaceId = type === ENHANCED_PACKET ? this.word(at + 8) : this.halfWord(at + 8);
      captured = this.word(at + 20);
      original = this.word(at + 24);
      if (captured > length - 32) {
        return this.stop(`a packet block of ${length} octets claims a frame of ${captured}`);
      }
    }
    if (captured > MAX_FRAME) return this.stop(`a frame of ${captured} octets, more than any frame has (${MAX_FRAME})`);
    this.number++;
    const port = this.interfaces[interfaceId];
    if (port === undefined) {
      if (this.orphans++ === 0) this.firstOrphan = window.offset;
      return false;
    }
    let ts = this.lastTime;
    let isNegative = false;
    if (type !== SIMPLE_PACKET) {
      const high = this.word(at + 12);
      ts = port.scale.microseconds(high, this.word(at + 16));
      isNegative = high >= 0x80000000;
    }
    if (!isPacketTime(ts)) {
      this.clamped++;
      // Some macOS captures hold times before 1970 as two's complement. Taken as far in the future they would move the
      // packet clock to its end.
      ts = isNegative ? EARLIEST : clampPacketTime(ts);
    }
    this.lastTime = ts;
    packet.ts = ts;
    packet.linkType = port.linkType;
    packet.data = window.buffer;
    packet.start = dataAt;
    packet.end = dataAt + captured;
    packet.originalLength = original;
    packet.number = this.number;
    return true;
  }

  private readSection(): boolean {
    const { window } = this;
    const mark = window.buffer.readUInt32BE(window.start + 8);
    if (mark !== 0x1a2b3c4d && mark !== 0x4d3c2b1a) return this.stop('a section has no byte-order mark');
    this.little = mark === 0x4d3c2b1a;
    const claimed = this.word(window.start + 4);
    const length = paddedLength(claimed);
    if (length < 28) return this.stop(`a section header claims ${claimed} octets, fewer than it has`);
    if (!this.holdBlock(SECTION_HEADER, length, claimed)) return false;
    try {
      const io = streamOver(window.buffer.subarray(window.start, window.start + length));
      const { versionMajor, versionMinor } = readSectionHeader(io, this.little).body;
      if (versionMajor !== 1)
        return this.stop(`a section is of pcapng version ${versionMajor}.${versionMinor}, not 1.x`);
    } catch {
      return this.stop('a section header has options that do not fit its length');
    }
    this.interfaces = [];
    window.start += length;
    return true;
  }

  private readInterface(length: number): void {
    const { window } = this;
    if (this.interfaces.length === MAX_INTERFACES) {
      this.stop(`a section describes more than ${MAX_INTERFACES} interfaces`);
      return;
    }
    try {
      const io = streamOver(window.buffer.subarray(window.start, window.start + length));
      this.interfaces.push(describeInterface(readBlock<InterfaceDescription>(io, this.little).body));
    } catch {
      this.stop('an interface description has options that do not fit its length');
    }
  }

  /** draft-ietf-opsawg-pcapng §4.7. */
  private readSecrets(length: number): void {
    const { buffer, start } = this.window;
    if (length < 20 || this.word(start + 8) !== TLS_KEY_LOG) return;
    const octets = Math.min(this.word(start + 12), length - 20);
    this.secrets?.(buffer.subarray(start + 16, start + 16 + octets));
  }

  /** Brings the whole block into the window and compares its two lengths. */
  private holdBlock(type: number, length: number, claimed: number): boolean {
    const { window } = this;
    if (length > MAX_BLOCK) {
      return this.stop(`block of type ${type} claims ${claimed} octets, more than it can have (${MAX_BLOCK})`);
    }
    if (window.end - window.start < length && !window.ensure(length)) return this.finish(length);
    if (this.word(window.start + length - 4) === claimed) return true;
    return this.stop(`block of type ${type} tells two different lengths`);
  }

  /** The source has no more: at the end of a block all is well. `length` is set when it ended inside a block. */
  private finish(length = 0): false {
    if (this.ended) return false;
    const { window } = this;
    const left = window.end - window.start;
    const { failure } = window.source;
    if (failure !== null) return this.stop(`${failure}; ${this.number} frames before it were read`);
    if (left > 0 || length > 0) return this.stop(`the file ends inside the block after frame ${this.number}`);
    this.end();
    return false;
  }

  private stop(reason: string): false {
    const offset = this.window.offset;
    this.end();
    this.damage.push({ offset, reason });
    return false;
  }

  private end(): void {
    this.ended = true;
    if (this.orphans === 0) return;
    const reason = `${this.orphans} packets of interfaces that were never described were passed over`;
    this.damage.push({ offset: this.firstOrphan, reason });
  }

  private word(at: number): number {
    const b = this.window.buffer;
    if (this.little) return (b[at] | (b[at + 1] << 8) | (b[at + 2] << 16) | (b[at + 3] << 24)) >>> 0;
    return ((b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) >>> 0;
  }

  private halfWord(at: number): number {
    const b = this.window.buffer;
    return this.little ? b[at] | (b[at + 1] << 8) : (b[at] << 8) | b[at + 1];
  }
}

/** Some writers leave the padding to 32 bits out of the length though it is in the file. */
function paddedLength(claimed: number): number {
  return Math.ceil(claimed / 4) * 4;
}
