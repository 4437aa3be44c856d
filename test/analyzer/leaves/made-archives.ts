/** ZIP archives and workbooks made here: as office programs write them, and as nobody should. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface Entry {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly stored?: boolean;
  readonly encrypted?: boolean;
  /** Sizes behind the data and not before it, as streaming writers do. */
  readonly streamed?: boolean;
  /** Sizes and offset in the ZIP64 field. */
  readonly zip64?: boolean;
}

export function zip(entries: readonly Entry[]): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const { name, content, stored = false, encrypted = false, streamed = false, zip64 = false } of entries) {
    const raw = Buffer.from(content as Uint8Array);
    const data = stored ? raw : deflateRawSync(raw);
    const flags = (encrypted ? 1 : 0) | (streamed ? 8 : 0);
    const method = stored ? 0 : 8;
    // node:zlib has it since 20.15.
    const sum = crc32(raw);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(flags, 6);
    local.writeUInt16LE(method, 8);
    if (!streamed)
      for (const [i, value] of [sum, data.length, raw.length].entries()) local.writeUInt32LE(value, 14 + 4 * i);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    const behind = streamed ? Buffer.alloc(16) : Buffer.alloc(0);
    const extra = Buffer.alloc(zip64 ? 28 : 0);
    if (zip64) {
      extra.writeUInt16LE(1);
      extra.writeUInt16LE(24, 2);
      for (const [i, value] of [raw.length, data.length, at].entries())
        extra.writeBigUInt64LE(BigInt(value), 4 + 8 * i);
    }
    const told = (value: number) => (zip64 ? 0xffffffff : value);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50);
    entry.writeUInt16LE(flags, 8);
    entry.writeUInt16LE(method, 10);
    const sizes = [sum, told(data.length), told(raw.length)];
    for (const [i, value] of sizes.entries()) entry.writeUInt32LE(value, 16 + 4 * i);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    entry.writeUInt16LE(extra.length, 30);
    entry.writeUInt32LE(told(at), 42);
    central.push(entry, Buffer.from(name), extra);
    parts.push(local, Buffer.from(name), data, behind);
    at += 30 + Buffer.byteLength(name) + data.length + behind.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, directory, end]);
}

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';

/** A sheet of texts and numbers. Texts are shared, as Excel has them, or inline, as many exporters have them. */
export function workbook(rows: readonly (readonly (string | number | null)[])[], inline = false): Entry[] {
  const strings: string[] = [];
  const cell = (value: string | number | null, place: string): string => {
    if (value === null) return '';
    if (typeof value === 'number') return `<c r="${place}" s="1"><v>${value}</v></c>`;
    const text = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    if (inline) return `<c r="${place}" t="inlineStr"><is><t>${text}</t></is></c>`;
    strings.push(text);
    return `<c r="${place}" t="s"><v>${strings.length - 1}</v></c>`;
  };
  const lines = rows.map(
    (row, y) =>
      `<row r="${y + 1}">${row.map((value, x) => cell(value, `${String.fromCharCode(65 + x)}${y + 1}`)).join('')}</row>`,
  );
  const sheet = `${head}<worksheet ${main}><dimension ref="A1"/><sheetData>${lines.join('')}</sheetData></worksheet>`;
  // Runs of rich text are one text; how it is pronounced is none of it.
  const runs = (text: string) =>
    `<si><r><t xml:space="preserve">${text.slice(0, 1)}</t></r><r><rPr><b/></rPr><t>${text.slice(1)}</t></r><rPh><t>X</t></rPh></si>`;
  const shared = `${head}<sst ${main}>${strings.map((text, i) => (i === 0 ? runs(text) : `<si><t>${text}</t></si>`)).join('')}</sst>`;
  return [
    { name: '[Content_Types].xml', content: `${head}<Types/>` },
    { name: 'xl/workbook.xml', content: `${head}<workbook ${main}/>` },
    { name: 'xl/worksheets/sheet1.xml', content: sheet, streamed: true },
    ...(inline ? [] : [{ name: 'xl/sharedStrings.xml', content: shared }]),
  ];
}
