/** A ZIP file of files that are stored as they are (APPNOTE 4.3): any unzip reads it, and the same files give the same octets. */
import { crc32 } from 'node:zlib';

export interface ZipFile {
  /** ASCII, with / between folders. */
  readonly name: string;
  readonly content: Uint8Array;
}

/** 1980-01-01, the format's first day: evidence says its time itself. */
const DATE = 0x21;
const VERSION = 20;

export function zipOf(files: readonly ZipFile[]): Buffer {
  const parts: Uint8Array[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, content } of files) {
    const title = Buffer.from(name, 'ascii');
    // Fields that the local header and the directory share: flags, method, time, date, CRC, sizes, lengths.
    const shared = Buffer.alloc(24);
    shared.writeUInt16LE(DATE, 6);
    shared.writeUInt32LE(crc32(content), 8);
    shared.writeUInt32LE(content.length, 12);
    shared.writeUInt32LE(content.length, 16);
    shared.writeUInt16LE(title.length, 20);
    const local = Buffer.concat([numbers([0x04034b50, 4], [VERSION, 2]), shared, title]);
    directory.push(
      numbers([0x02014b50, 4], [VERSION, 2], [VERSION, 2]),
      shared,
      // Comment, disk, attributes inside and outside, place.
      numbers([0, 2], [0, 2], [0, 2], [0, 4], [at, 4]),
      title,
    );
    parts.push(local, content);
    at += local.length + content.length;
  }
  const central = Buffer.concat(directory);
  const count = files.length;
  const end = numbers([0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [central.length, 4], [at, 4], [0, 2]);
  return Buffer.concat([...parts, central, end]);
}

/** Little-endian, each of 2 or 4 octets. */
function numbers(...fields: readonly (readonly [value: number, width: number])[]): Buffer {
  const out = Buffer.alloc(fields.reduce((sum, [, width]) => sum + width, 0));
  let at = 0;
  for (const [value, width] of fields) at = out.writeUIntLE(value, at, width);
  return out;
}
