import type { ByteWindow } from './byte-window.ts';
import type { Compression } from './decoded-bytes.ts';
import { PCAP_HEADER_LENGTH, PcapReader } from './pcap-reader.ts';
import { PcapngReader } from './pcapng-reader.ts';
import type { RecordReader, SecretsTaker } from './record-reader.ts';
import { UnreadableInput } from './unreadable-input.ts';

/** Magic numbers of pcap as the first four octets read big-endian: µs, ns and Kuznetzov's, in both byte orders. */
const PCAP_MAGICS = [0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0xa1b2cd34, 0x34cdb2a1];
const PCAPNG_MAGIC = 0x0a0d0d0a;
const ZSTD_MAGIC = 0x28b52ffd;
/** First of a zstd skippable frame (RFC 8878 §3.1.2), its low four bits cleared. */
const ZSTD_SKIPPABLE_MAGIC = 0x50_2a_4d_18;

const ADVICE =
  'Give a capture written by tcpdump, dumpcap, Wireshark or the like; gzip and zstd around it are taken off.';

function firstWord(window: ByteWindow): number | null {
  return window.ensure(4) ? window.buffer.readUInt32BE(window.start) : null;
}

/** What is wrapped around the capture, told by the first octets; null when nothing is. */
export function recogniseCompression(window: ByteWindow): Compression | null {
  const word = firstWord(window);
  if (word === null) return null;
  if (word >>> 16 === 0x1f8b) return 'gzip';
  if (word === ZSTD_MAGIC || (word & 0xf0ffffff) >>> 0 === ZSTD_SKIPPABLE_MAGIC) return 'zstd';
  return null;
}

/** The reader for an uncompressed capture, told by the first octets and never by the file's name. */
export function openContainer(window: ByteWindow, input: string, secrets: SecretsTaker | null): RecordReader {
  const word = firstWord(window);
  const { failure } = window.source;
  if (word === null && failure !== null) throw new UnreadableInput(input, `${failure}. Nothing of it can be read.`);
  if (word === null && window.end === window.start) {
    throw new UnreadableInput(input, 'it is empty (0 octets). Give a capture that has been written.', true);
  }
  if (word === PCAPNG_MAGIC) {
    const reader = new PcapngReader(window, secrets);
    if (reader.open()) return reader;
    throw new UnreadableInput(input, `${reader.damage[0].reason}. Nothing of it can be read.`);
  }
  if (word !== null && PCAP_MAGICS.includes(word)) {
    if (window.ensure(PCAP_HEADER_LENGTH)) return new PcapReader(window);
    const there = window.end - window.start;
    throw new UnreadableInput(
      input,
      `the file ends inside its header (${there} of ${PCAP_HEADER_LENGTH} octets). Nothing of it can be read.`,
    );
  }
  const octets = window.buffer.toString('hex', window.start, Math.min(window.end, window.start + 4));
  throw new UnreadableInput(input, `it is neither pcap nor pcapng (it begins with ${octets}). ${ADVICE}`, true);
}
