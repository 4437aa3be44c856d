/** The fields of one header block: pseudo-fields apart, cookie crumbs joined, bounds kept (RFC 9113 §8.2, §8.3). */
import type { Weird } from '../../weird.ts';
import { HeadFields } from '../head.ts';
import type { FieldSink } from './hpack-decoder.ts';

export interface SectionLimits {
  /** Octets of names and values kept. */
  readonly maxHeaderBytes: number;
  /** Fields kept. */
  readonly maxHeaders: number;
}

/** What RFC 9113 §8.2.1 forbids in a name: control characters, space, upper case; and a colon but at its beginning. */
const oddName = /[^\x21-\x39\x3b-\x40\x5b-\x7e]/;
/** … and in a value (NUL, LF, CR). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones.
const oddValue = /[\x00\x0a\x0d]/;
/** Of HTTP/1's connection, and no part of a message here (§8.2.2). */
const ofConnection = new Set(['connection', 'proxy-connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

export class HeaderSection implements FieldSink {
  method = '';
  scheme = '';
  authority = '';
  path = '';
  /** Empty when none was sent, or it is not known. */
  status = '';
  /** RFC 8441 §4. */
  protocol = '';
  /** Pseudo-fields whose value is known. */
  pseudo = 0;
  /** A field refers to what was not seen, and is left out. */
  unknown = false;
  fields: string[] = [];
  readonly about = new HeadFields();
  /** What is odd about it. */
  readonly weird: Weird[] = [];
  #bytes = 0;
  /** Where the cookies' value lies in `fields`; -1 for none. */
  #cookie = -1;

  constructor(private readonly limits: SectionLimits) {}

  field(name: string | null, value: string | null): void {
    if (name === null || value === null) {
      this.unknown = true;
      this.note('http2_hpack_state_unknown');
      return;
    }
    this.#bytes += name.length + value.length + 32;
    if (this.#bytes > this.limits.maxHeaderBytes) {
      this.note('http2_hpack_bomb');
      return;
    }
    if (name.charCodeAt(0) === 58) {
      this.#pseudo(name, value);
      return;
    }
    if (name === '' || oddName.test(name) || oddValue.test(value) || ofConnection.has(name))
      this.note('http2_bad_header');
    switch (name) {
      case 'cookie':
        if (this.#cookie >= 0) {
          this.fields[this.#cookie] += `; ${value}`;
          return;
        }
        this.#cookie = this.fields.length + 1;
        break;
      case 'content-type':
        if (this.about.contentType === '') this.about.contentType = value;
        break;
      case 'content-encoding':
        this.about.contentCoding = this.about.contentCoding === '' ? value : `${this.about.contentCoding}, ${value}`;
        break;
      case 'host':
        if (this.about.host === '') this.about.host = value;
        break;
    }
    if (this.fields.length >= 2 * this.limits.maxHeaders) this.note('http_header_flood');
    else this.fields.push(name, value);
  }

  #pseudo(name: string, value: string): void {
    // §8.3: before all other fields, each once.
    if (this.fields.length > 0) this.note('http2_bad_header');
    this.pseudo++;
    let before = '';
    switch (name) {
      case ':method':
        before = this.method;
        this.method = value;
        break;
      case ':scheme':
        before = this.scheme;
        this.scheme = value;
        break;
      case ':authority':
        before = this.authority;
        this.authority = value;
        break;
      case ':path':
        before = this.path;
        this.path = value;
        break;
      case ':status':
        before = this.status;
        this.status = value;
        break;
      case ':protocol':
        before = this.protocol;
        this.protocol = value;
        break;
      default:
        this.pseudo--;
        this.note('http2_bad_header');
    }
    if (before !== '') this.note('http2_bad_header');
  }

  note(name: Weird): void {
    if (!this.weird.includes(name)) this.weird.push(name);
  }

  /** Whether it is a request's or a response's; null where its pseudo-fields don't tell. */
  get kind(): 'request' | 'response' | null {
    if (this.status !== '') return 'response';
    return this.method !== '' || this.path !== '' || this.scheme !== '' || this.authority !== '' ? 'request' : null;
  }
}
