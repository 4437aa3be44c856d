/** The header section of a head that lies in one piece, when nothing about it is odd: nearly every one (RFC 9112 §5). */

/** Fields of one section; a longer one goes the ordinary way. */
const MOST = 128;
/** Where the fields lie in the text: begin and end of each name and value. Kept, so that reading allocates nothing. */
const bounds = new Int32Array(4 * MOST);

/**
 * The fields in `text`, which ends where the last line's own end begins: names and values by turns.
 * Null when a line is not plainly `name: value` with CR LF behind it, or there are more than `most`: read line by line,
 * it is told what is odd.
 */
export function plainFields(text: string, most: number): string[] | null {
  const limit = Math.min(most, MOST);
  let count = 0;
  if (text.includes('\0')) return null;
  for (let at = 0; at < text.length; ) {
    const feed = text.indexOf('\n', at);
    const end = feed < 0 ? text.length : feed - 1;
    // A CR that ends no line (RFC 9112 §2.2).
    const carriage = text.indexOf('\r', at);
    if (carriage >= 0 && carriage < end) return null;
    const colon = text.indexOf(':', at);
    if (count === limit || colon <= at || colon >= end || (feed >= 0 && text.charCodeAt(end) !== 13)) return null;
    if (isBlank(text.charCodeAt(at)) || isBlank(text.charCodeAt(colon - 1))) return null;
    let begin = colon + 1;
    let last = end;
    while (begin < last && isBlank(text.charCodeAt(begin))) begin++;
    while (last > begin && isBlank(text.charCodeAt(last - 1))) last--;
    const i = 4 * count++;
    bounds[i] = at;
    bounds[i + 1] = colon;
    bounds[i + 2] = begin;
    bounds[i + 3] = last;
    at = end + 2;
  }
  // Of the right length at once: a list that grows is copied, and a third of what a head takes is the list.
  const fields = new Array<string>(2 * count);
  for (let i = 0; i < 2 * count; i++) fields[i] = text.slice(bounds[2 * i], bounds[2 * i + 1]);
  return fields;
}

/** White space within a line. */
export function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}
