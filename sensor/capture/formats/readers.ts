import { createRequire } from 'node:module';
import kaitai from 'kaitai-struct';

/**
 * The readers that `deploy/build/readers.mjs` generates from the .ksy descriptions beside this file, typed by hand.
 * They allocate an object a structure: they serve file, section and interface headers. Packet records are walked by
 * hand (pcap-reader.ts, pcapng-reader.ts) and the generated readers are the oracle of that walk in the tests.
 */

/** Octets with a position. The package's own types describe its module's shape wrongly, hence these. */
export interface ReaderStream {
  pos: number;
  readonly size: number;
}

const KaitaiStream = kaitai.KaitaiStream as unknown as new (octets: ArrayBuffer) => ReaderStream;

/** Field names and meanings as in pcap.ksy. */
interface PcapRecord {
  readonly seconds: number;
  readonly fraction: number;
  readonly capturedLength: number;
  readonly originalLength: number;
  readonly data: Uint8Array;
}

interface PcapFile {
  readonly isNanosecond: boolean;
  readonly isModified: boolean;
  readonly _is_le: boolean;
  readonly _io: ReaderStream;
  readonly header: {
    readonly versionMajor: number;
    readonly versionMinor: number;
    readonly snapLength: number;
    readonly linkType: number;
  };
}

/** Field names and meanings as in pcapng.ksy. */
interface SectionHeader {
  readonly body: { readonly versionMajor: number; readonly versionMinor: number };
}

interface InterfaceOption {
  readonly code: number;
  readonly value: unknown;
}

export interface InterfaceDescription {
  readonly linkType: number;
  readonly snapLength: number;
  /** Absent when the block has no options. */
  readonly options?: readonly InterfaceOption[];
}

export interface PacketBody {
  /** Absent in a Simple Packet Block, as are the times and the captured length. */
  readonly interfaceId?: number;
  readonly timeHigh?: number;
  readonly timeLow?: number;
  readonly originalLength: number;
  readonly data?: Uint8Array;
  /** Simple Packet Block only. */
  readonly paddedData?: Uint8Array;
}

interface Block<Body = unknown> {
  readonly blockType: number;
  readonly totalLength: number;
  readonly body: Body;
}

export type Structure<T> = new (io: ReaderStream, parent: null, root: unknown, littleEndian?: boolean) => T;

interface PcapReaders {
  readonly Pcap: Structure<PcapFile> & { readonly Packet: Structure<PcapRecord> };
}

interface PcapngReaders {
  readonly Pcapng: {
    readonly Section: {
      readonly SectionHeader: Structure<SectionHeader>;
      readonly Block: Structure<Block>;
    };
  };
}

const loaded = new Map<string, unknown>();

/** Loaded on first use: the generated files are found from the package's root, wherever this module was compiled to. */
export function load<T>(name: string, folder = 'sensor/capture/formats'): T {
  if (!loaded.has(name)) {
    const require = createRequire(import.meta.resolve('#root/package.json'));
    const path = `./${folder}/generated/${name}.cjs`;
    try {
      loaded.set(name, require(path));
    } catch (cause) {
      throw new Error(`${path} cannot be loaded. Run "node deploy/build/readers.mjs" in the package folder.`, {
        cause,
      });
    }
  }
  return loaded.get(name) as T;
}

/** The stream works on a whole ArrayBuffer, so the octets are copied into one of their own. */
export function streamOver(bytes: Uint8Array): ReaderStream {
  return new KaitaiStream(new Uint8Array(bytes).buffer);
}

/** Reads the file header from the first 24 octets. Throws when they are no pcap header. */
export function readPcapFile(io: ReaderStream): PcapFile {
  return new (load<PcapReaders>('pcap').Pcap)(io, null, null);
}

/** Reads the record at the stream's position. */
export function readPcapRecord(io: ReaderStream, file: PcapFile): PcapRecord {
  return new (load<PcapReaders>('pcap').Pcap.Packet)(io, null, file, file._is_le);
}

/** Reads the Section Header Block at the stream's position. */
export function readSectionHeader(io: ReaderStream, littleEndian: boolean): SectionHeader {
  return new (load<PcapngReaders>('pcapng').Pcapng.Section.SectionHeader)(io, null, null, littleEndian);
}

/** Reads any other block at the stream's position. */
export function readBlock<Body = unknown>(io: ReaderStream, littleEndian: boolean): Block<Body> {
  return new (load<PcapngReaders>('pcapng').Pcapng.Section.Block)(io, null, null, littleEndian) as Block<Body>;
}
