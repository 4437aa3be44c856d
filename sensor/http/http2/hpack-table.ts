/**
 * The tables of HPACK (RFC 7541 §2.3): the static one, and the dynamic one of one direction as far as it is known.
 *
 * A connection joined late has a dynamic table whose older entries were never seen: they are its unknown tail. What is
 * added later is known by its index, which counts from the newest entry. The tail is gone for certain when the table was
 * emptied, or when what is known leaves it no room.
 */

const staticFields: readonly (readonly [name: string, value?: string])[] = [
  [':authority'],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  [':status', '200'],
  [':status', '204'],
  [':status', '206'],
  [':status', '304'],
  [':status', '400'],
  [':status', '404'],
  [':status', '500'],
  ['accept-charset'],
  ['accept-encoding', 'gzip, deflate'],
  ['accept-language'],
  ['accept-ranges'],
  ['accept'],
  ['access-control-allow-origin'],
  ['age'],
  ['allow'],
  ['authorization'],
  ['cache-control'],
  ['content-disposition'],
  ['content-encoding'],
  ['content-language'],
  ['content-length'],
  ['content-location'],
  ['content-range'],
  ['content-type'],
  ['cookie'],
  ['date'],
  ['etag'],
  ['expect'],
  ['expires'],
  ['from'],
  ['host'],
  ['if-match'],
  ['if-modified-since'],
  ['if-none-match'],
  ['if-range'],
  ['if-unmodified-since'],
  ['last-modified'],
  ['link'],
  ['location'],
  ['max-forwards'],
  ['proxy-authenticate'],
  ['proxy-authorization'],
  ['range'],
  ['referer'],
  ['refresh'],
  ['retry-after'],
  ['server'],
  ['set-cookie'],
  ['strict-transport-security'],
  ['transfer-encoding'],
  ['user-agent'],
  ['vary'],
  ['via'],
  ['www-authenticate'],
];

/** By index from 1 (Appendix A). */
export const staticNames: readonly string[] = ['', ...staticFields.map(([name]) => name)];
export const staticValues: readonly string[] = ['', ...staticFields.map(([, value]) => value ?? '')];
/** Indexes above it are of the dynamic table. */
export const STATIC_COUNT = staticFields.length;

/** Octets that an entry takes beside its name and value (§4.1). */
const OVERHEAD = 32;
/** Octets of a table before anything is said of it (RFC 9113 §6.5.2). */
const INITIAL_SIZE = 4096;
/** Octets of entries kept here. Chromium asks for 64 KiB; of a larger table the older entries count as unknown. */
const MOST_KEPT = 64 * 1024;

export class DynamicTable {
  /** Oldest first; entries before `#first` are gone. Null for what is unknown. */
  #names: (string | null)[] = [];
  #values: (string | null)[] = [];
  #sizes: number[] = [];
  #first = 0;
  /** Octets of the entries known; a lower bound where a part of one is not known. */
  #size = 0;
  #maxSize = INITIAL_SIZE;
  /** `#maxSize` is what the sender keeps to, and not only our bound. */
  #maxKnown = true;
  /** There may be entries behind those known. */
  #tail = false;

  /** Entries known. */
  get count(): number {
    return this.#names.length - this.#first;
  }

  get size(): number {
    return this.#size;
  }

  /** Its beginning was not seen, or something that changed it: nothing is known of what it holds. */
  forget(): void {
    this.#clear();
    this.#tail = true;
    this.#maxSize = MOST_KEPT;
    this.#maxKnown = false;
  }

  /** 1 for an entry known, 0 for one of the unknown tail, -1 when there is no such entry. `index` counts from 1, the newest. */
  has(index: number): 1 | 0 | -1 {
    if (index <= this.count) return 1;
    return this.#tail ? 0 : -1;
  }

  /** Of an entry that `has` knows. */
  nameOf(index: number): string | null {
    return this.#names[this.#names.length - index]!;
  }

  valueOf(index: number): string | null {
    return this.#values[this.#values.length - index]!;
  }

  add(name: string | null, value: string | null): void {
    const size = (name?.length ?? 0) + (value?.length ?? 0) + OVERHEAD;
    this.#evict(this.#maxSize - size);
    if (size > this.#maxSize) return;
    this.#names.push(name);
    this.#values.push(value);
    this.#sizes.push(size);
    this.#size += size;
    this.#judgeTail();
  }

  /** A size update (§6.3). */
  resize(size: number): void {
    this.#maxKnown = size <= MOST_KEPT;
    this.#maxSize = Math.min(size, MOST_KEPT);
    this.#evict(this.#maxSize);
    this.#judgeTail();
  }

  #evict(room: number): void {
    while (this.#size > room && this.#size > 0) {
      this.#size -= this.#sizes[this.#first]!;
      this.#names[this.#first] = this.#values[this.#first] = null;
      this.#first++;
      // What is older than an entry that its sender dropped is gone; dropped by our bound, it is the tail.
      this.#tail = !this.#maxKnown;
    }
    if (room < 0) this.#tail = !this.#maxKnown;
    if (this.#first === this.#names.length) this.#clear();
    else if (this.#first > 64 && this.#first * 2 > this.#names.length) this.#compact();
  }

  #judgeTail(): void {
    if (this.#tail && this.#maxKnown && this.#size + OVERHEAD > this.#maxSize) this.#tail = false;
  }

  #compact(): void {
    this.#names = this.#names.slice(this.#first);
    this.#values = this.#values.slice(this.#first);
    this.#sizes = this.#sizes.slice(this.#first);
    this.#first = 0;
  }

  #clear(): void {
    this.#names.length = this.#values.length = this.#sizes.length = 0;
    this.#first = this.#size = 0;
  }
}
