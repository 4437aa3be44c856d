/** What a Content-Type field says of how to read content. Few different ones come, each of them again and again. */
import { RepeatCache } from '../repeat-cache.ts';
import { type Declared, declared } from './media.ts';
import { parameterOf } from './multipart.ts';
import { isUtf8Label } from './transcode.ts';

export interface ContentType {
  readonly format: Declared;
  /** As declared; empty when it is not. */
  readonly charset: string;
  /** The charset says that the octets are UTF-8. */
  readonly isUtf8: boolean;
  /** Of parts; empty when there is none. */
  readonly boundary: string;
  /** It says of no format that it is one. */
  readonly isNameless: boolean;
}

const nameless: ReadonlySet<string> = new Set(['', 'application/octet-stream', 'binary/octet-stream']);

/** Fields kept, and characters of the longest. */
const cache = new RepeatCache<ContentType>(256, 256);

/** `field` as sent, empty when none was. */
export function contentTypeOf(field: string): ContentType {
  return cache.get(field) ?? cache.make(field, read);
}

function read(field: string): ContentType {
  const charset = parameterOf(field, 'charset') ?? '';
  const boundary = parameterOf(field, 'boundary') ?? '';
  const isNameless = nameless.has(field.split(';', 1)[0]!.trim().toLowerCase());
  return { format: declared(field), charset, isUtf8: isUtf8Label(charset), boundary, isNameless };
}
