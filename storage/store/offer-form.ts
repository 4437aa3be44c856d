/**
 * Parameters in a request's body (multipart/form-data, RFC 7578), as ClickHouse takes them: a sample of ten thousand values
 * has no room in an address. The body's size is bounded by who reads it.
 */

const TYPE = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i;
/** Parts of a form: a query and its parameters. */
const MOST_PARTS = 256;

/** Fields by name, of those named twice the last; null for what is no form. Throws for one that cannot be read. */
export function readForm(contentType: string | undefined, body: Buffer): Map<string, string> | null {
  const found = TYPE.exec(contentType ?? '');
  if (found === null) return null;
  const delimiter = Buffer.from(`--${found[1] ?? found[2]!}`, 'latin1');
  const fields = new Map<string, string>();
  let at = body.indexOf(delimiter);
  for (let parts = 0; at >= 0; parts++) {
    const begin = at + delimiter.length;
    if (body.toString('latin1', begin, begin + 2) === '--') return fields;
    const end = body.indexOf(Buffer.concat([Buffer.from('\r\n'), delimiter]), begin);
    const head = body.indexOf('\r\n\r\n', begin);
    if (end < 0 || head < 0 || head > end || parts === MOST_PARTS) break;
    const name = /;\s*name="([\w.-]{1,100})"/.exec(body.toString('latin1', begin, head))?.[1];
    if (name !== undefined) fields.set(name, body.toString('utf8', Math.min(head + 4, end), end));
    at = end + 2;
  }
  throw new Error('the form in the body is not whole.');
}
