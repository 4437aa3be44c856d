/** Frames and header blocks made by hand, for what no library would send. */
import { frameFlags, frameTypes, PREFACE } from '../../../../sensor/http/http2/frames.ts';

type Type = keyof typeof frameTypes;
type Flag = keyof typeof frameFlags;

export const preface = Buffer.from(PREFACE, 'latin1');

/** `type` and `length` may be numbers that no frame should have. */
export function frame(
  type: Type | number,
  stream: number,
  payload: Uint8Array | string = '',
  flags: readonly Flag[] | number = [],
  length?: number,
): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : Buffer.from(payload);
  const head = Buffer.alloc(9);
  head.writeUIntBE(length ?? body.length, 0, 3);
  head[3] = typeof type === 'number' ? type : frameTypes[type];
  head[4] = typeof flags === 'number' ? flags : flags.reduce((sum, flag) => sum | frameFlags[flag], 0);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

/** RFC 7541 §5.1, `pattern` in the bits before the prefix. */
export function integer(value: number, prefix: number, pattern: number): Buffer {
  const most = 2 ** prefix - 1;
  if (value < most) return Buffer.of(pattern | value);
  const octets = [pattern | most];
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) octets.push((rest % 128) | 128);
  return Buffer.from([...octets, rest]);
}

export function indexed(index: number): Buffer {
  return integer(index, 7, 0x80);
}

export function sizeUpdate(size: number): Buffer {
  return integer(size, 5, 0x20);
}

/** A literal with its own name; `added` to the dynamic table. */
export function header(name: string, value: string, how: 'added' | 'plain' = 'plain'): Buffer {
  const text = (each: string): Buffer => Buffer.concat([integer(each.length, 7, 0), Buffer.from(each, 'latin1')]);
  return Buffer.concat([Buffer.of(how === 'added' ? 0x40 : 0), text(name), text(value)]);
}

export function block(fields: Readonly<Record<string, string>>, how: 'added' | 'plain' = 'plain'): Buffer {
  return Buffer.concat(Object.entries(fields).map(([name, value]) => header(name, value, how)));
}

/** HEADERS of a GET that ends its stream. */
export function ask(stream: number, path = `/${stream}`, fields: Readonly<Record<string, string>> = {}): Buffer {
  const all = { ':method': 'GET', ':scheme': 'http', ':authority': 'a.example', ':path': path, ...fields };
  return frame('headers', stream, block(all), ['endHeaders', 'endStream']);
}

/** HEADERS and DATA of an answer. */
export function answer(stream: number, body = `${stream}`, status = '200'): Buffer {
  return Buffer.concat([
    frame('headers', stream, block({ ':status': status, 'content-type': 'text/plain' }), ['endHeaders']),
    frame('data', stream, body, ['endStream']),
  ]);
}

export const settings = frame('settings', 0);
export const hello = Buffer.concat([preface, settings]);
