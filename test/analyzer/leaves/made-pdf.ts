/** PDF files written by hand: what no producer at hand writes, and what nobody should. */

export interface MadeObject {
  readonly dict: string;
  readonly stream?: Uint8Array | string;
}

/** Objects by number from 1 on; no cross-reference table, as of a file that lost it. */
export function pdf(objects: readonly (string | MadeObject)[], trailer = '<< /Root 1 0 R >>'): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')];
  for (const [i, object] of objects.entries()) {
    const { dict, stream } = typeof object === 'string' ? { dict: object, stream: undefined } : object;
    parts.push(Buffer.from(`${i + 1} 0 obj\n`));
    if (stream === undefined) parts.push(Buffer.from(dict));
    else {
      const octets = Buffer.from(stream);
      parts.push(
        Buffer.from(dict.replace(/>>$/, `/Length ${octets.length} >>\nstream\n`)),
        octets,
        Buffer.from('\nendstream'),
      );
    }
    parts.push(Buffer.from('\nendobj\n'));
  }
  parts.push(Buffer.from(`trailer\n${trailer}\n%%EOF`));
  return Buffer.concat(parts);
}

export interface Made {
  readonly font?: string;
  readonly filter?: string;
  readonly more?: readonly (string | MadeObject)[];
  readonly resources?: string;
}

/** One page with this content; its font is `/F`, and further objects begin at 6. */
export function page(content: Uint8Array | string, made: Made = {}): Buffer {
  const font = made.font ?? '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>';
  return pdf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [3 0 R] /Count 1 /Resources << /Font << /F 5 0 R >> ${made.resources ?? ''} >> >>`,
    '<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>',
    { dict: `<< ${made.filter ?? ''} >>`, stream: content },
    font,
    ...(made.more ?? []),
  ]);
}
