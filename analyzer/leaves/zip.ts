/**
 * ZIP archives (APPNOTE.TXT 6.3) by their central directory, which alone says what lies where. Everything an archive
 * claims is checked against its octets; nothing is written anywhere, names are only compared.
 */
import { constants, inflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly encrypted: boolean;
  /** 0 stored, 8 deflated; others are not read. */
  readonly method: number;
  readonly compressed: number;
  /** Of its local header. */
  readonly offset: number;
}

/** Entries of an archive that are looked at. */
const MAX_ENTRIES = 1000;
/** Octets of the end record, and of the comment that may stand behind it. */
const END_BYTES = 22;
const MAX_COMMENT = 65_535;
const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
/** A field that is told in 64 bits elsewhere (ZIP64). */
const ELSEWHERE = 0xffffffff;
const ZIP64_EXTRA = 0x0001;
const ENCRYPTED = 0x0001;

/** Null when the octets are no whole archive. */
export function zipEntries(archive: Buffer): ZipEntry[] | null {
  const end = endRecord(archive);
  if (end < 0) return null;
  const entries: ZipEntry[] = [];
  let at = archive.readUInt32LE(end + 16);
  // ZIP64's own end record says where the directory is; it stands right before the end records.
  if (at === ELSEWHERE) at = end - archive.readUInt32LE(end + 12);
  while (at >= 0 && at + 46 <= end && archive.readUInt32LE(at) === CENTRAL && entries.length < MAX_ENTRIES) {
    const nameLength = archive.readUInt16LE(at + 28);
    const extraLength = archive.readUInt16LE(at + 30);
    const next = at + 46 + nameLength + extraLength + archive.readUInt16LE(at + 32);
    if (next > end) break;
    const extra = archive.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    entries.push({
      name: archive.toString('utf8', at + 46, at + 46 + nameLength),
      encrypted: (archive.readUInt16LE(at + 8) & ENCRYPTED) !== 0,
      method: archive.readUInt16LE(at + 10),
      ...sizes(archive, at, extra),
    });
    at = next;
  }
  return entries.length > 0 ? entries : null;
}

function endRecord(archive: Buffer): number {
  for (let at = archive.length - END_BYTES; at >= 0 && at >= archive.length - END_BYTES - MAX_COMMENT; at--) {
    if (archive.readUInt32LE(at) === END) return at;
  }
  return -1;
}

/** Compressed size and offset, from the ZIP64 field where they are told there. */
function sizes(archive: Buffer, at: number, extra: Buffer): Pick<ZipEntry, 'compressed' | 'offset'> {
  const told = [archive.readUInt32LE(at + 24), archive.readUInt32LE(at + 20), archive.readUInt32LE(at + 42)];
  for (let i = 0; i + 4 <= extra.length; ) {
    const [id, length] = [extra.readUInt16LE(i), extra.readUInt16LE(i + 2)];
    let field = i + 4;
    const stop = Math.min(extra.length, field + length);
    for (let k = 0; id === ZIP64_EXTRA && k < told.length; k++) {
      if (told[k] !== ELSEWHERE || field + 8 > stop) continue;
      told[k] = Number(extra.readBigUInt64LE(field));
      field += 8;
    }
    i += 4 + length;
  }
  return { compressed: told[1]!, offset: told[2]! };
}

/** What the entry holds, at most `most` octets; `too-large` when it is more, null when it cannot be read. */
export function zipContent(archive: Buffer, entry: ZipEntry, most: number): Buffer | 'too-large' | null {
  const { offset, compressed, method } = entry;
  if (!(offset + 30 <= archive.length) || archive.readUInt32LE(offset) !== LOCAL) return null;
  const start = offset + 30 + archive.readUInt16LE(offset + 26) + archive.readUInt16LE(offset + 28);
  if (!(start + compressed <= archive.length)) return null;
  const data = archive.subarray(start, start + compressed);
  if (method === 0) return data.length > most ? 'too-large' : data;
  if (method !== 8) return null;
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(1, most), finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : null;
  }
}
