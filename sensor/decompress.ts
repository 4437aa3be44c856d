/**
 * Content decoders that work synchronously and in bounded memory, whatever the octets say.
 *
 * Octets go in by small pieces, because one native call inflates its whole piece before it returns: a piece of gzip
 * cannot grow by more than 1032:1, a piece of brotli can reach megabytes from a few octets and is cut at a limit.
 */
import { brotliDecompressSync, crc32, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { BrotliDecompress, Inflate, InflateRaw, type ZlibOptions } from 'minizlib';
import { GzipFraming } from './gzip.ts';
import { contentWindow, ZstdDecoder } from './zstd.ts';

export type Coding = 'gzip' | 'deflate' | 'br' | 'zstd';

/** Why decoding stopped: the octets are wrong, they grow past the limit, or they end too early. */
export type DecodeFailure = 'corrupt' | 'bomb' | 'cut';

export class DecodeError extends Error {
  readonly code: DecodeFailure;

  constructor(code: DecodeFailure, message: string) {
    super(message);
    this.name = 'DecodeError';
    this.code = code;
  }
}

export interface DecoderLimits {
  /** Decoded octets after which decoding stops with `bomb`; everything up to the limit is delivered. */
  readonly maxOutput: number;
  /** Zstandard only: largest window accepted, octets; absent: 8 MiB, the limit of the content coding (RFC 9659 §3). */
  readonly maxWindow?: number;
}

/** A chunk is valid during the call only: copy what must stay. */
export type ChunkSink = (chunk: Uint8Array) => void;

/** After a DecodeError only `close` may be called; what was delivered before it stands. */
export interface Decoder {
  /** Decodes `bytes`, which are not kept. Octets after the end of the coded data are ignored. Throws DecodeError. */
  push(bytes: Uint8Array, sink: ChunkSink): void;
  /** No more octets come. Throws DecodeError `cut` when the coded data had not ended. */
  end(sink: ChunkSink): void;
  /** Frees native memory; may be called at any time, and twice. */
  close(): void;
}

/** Octets given to one native call. Zlib's worst case makes 4 MiB of them. */
const zlibPiece = 4096;
/** Brotli has no worst case worth the name (16 MiB a metablock of ten octets): smaller pieces … */
const brotliPiece = 1024;
/** … and a limit on what one piece may become, octets. */
const brotliPieceOutput = 16 * 1024 * 1024;

/** Counts decoded octets against the limit on their way to the sink. */
class Outlet {
  #left: number;
  sink: ChunkSink = () => {};

  constructor(maxOutput: number) {
    this.#left = maxOutput;
  }

  readonly emit = (chunk: Uint8Array): void => {
    if (chunk.length === 0) return;
    if (chunk.length <= this.#left) {
      this.#left -= chunk.length;
      this.sink(chunk);
      return;
    }
    const last = chunk.subarray(0, this.#left);
    this.#left = 0;
    if (last.length > 0) this.sink(last);
    throw new DecodeError('bomb', 'decoded octets pass the limit');
  };
}

type NativeKind = 'inflate' | 'inflate-raw' | 'brotli';

/** One native decompressor, driven through minizlib, that knows where its coded data ends. */
class NativeStream {
  readonly #stream: Inflate | InflateRaw | BrotliDecompress;
  readonly #pieceSize: number;
  #chunks: Uint8Array[] = [];
  #failure: { code?: string | undefined } | null = null;
  ended = false;

  constructor(kind: NativeKind) {
    // minizlib hands its options to node:zlib whole, but does not name this one.
    const limited = { maxOutputLength: brotliPieceOutput } as ZlibOptions;
    if (kind === 'brotli') this.#stream = new BrotliDecompress(limited);
    else this.#stream = kind === 'inflate' ? new Inflate(limited) : new InflateRaw(limited);
    this.#pieceSize = kind === 'brotli' ? brotliPiece : zlibPiece;
    this.#stream.on('data', (chunk) => this.#chunks.push(chunk as unknown as Uint8Array));
    this.#stream.on('error', (error) => {
      this.#failure = error as { code?: string };
    });
  }

  /** Decodes from `start` on; returns the index after the last octet that belongs to the coded data. */
  write(bytes: Uint8Array, start: number, emit: ChunkSink): number {
    let at = start;
    while (at < bytes.length && !this.ended) {
      const piece = bytes.subarray(at, at + this.#pieceSize);
      this.#stream.write(piece as Buffer);
      this.#deliver(emit);
      // Node leaves here how much of the last call's input was used; the rest lies behind the end of the data.
      const used = this.#stream.handle?.bytesWritten ?? piece.length;
      if (used < piece.length) this.ended = true;
      at += used;
    }
    return at;
  }

  /** Ready for further data of the same coding: opening a stream costs ten times as much. */
  reset(): void {
    (this.#stream as InflateRaw).reset();
    this.ended = false;
  }

  /** Throws `cut` unless the coded data has ended. */
  finish(emit: ChunkSink): void {
    if (this.ended) return;
    this.#stream.end();
    this.#deliver(emit);
    this.ended = true;
  }

  close(): void {
    this.#stream.close();
  }

  #deliver(emit: ChunkSink): void {
    if (this.#chunks.length > 0) {
      const chunks = this.#chunks;
      this.#chunks = [];
      for (const chunk of chunks) emit(chunk);
    }
    const failure = this.#failure;
    if (failure === null) return;
    if (failure.code === 'ERR_BUFFER_TOO_LARGE') throw new DecodeError('bomb', 'a few octets grow past the limit');
    if (failure.code === 'Z_BUF_ERROR') throw new DecodeError('cut', 'coded data ends early');
    throw new DecodeError('corrupt', `not decodable: ${failure.code ?? 'unknown'}`);
  }
}

/** Any number of gzip members (RFC 1952); octets that do not begin a further member end the data. */
class GzipDecoder implements Decoder {
  readonly #outlet: Outlet;
  readonly #framing = new GzipFraming();
  #native: NativeStream | null = null;

  constructor(limits: DecoderLimits) {
    this.#outlet = new Outlet(limits.maxOutput);
  }

  push(bytes: Uint8Array, sink: ChunkSink): void {
    this.#outlet.sink = sink;
    let at = 0;
    while (at < bytes.length) {
      if (this.#framing.state === 'data') {
        this.#native ??= new NativeStream('inflate-raw');
        at = this.#native.write(bytes, at, this.#checked);
        if (!this.#native.ended) return;
        this.#native.reset();
        this.#framing.dataEnded();
      } else {
        at = this.#framing.read(bytes, at);
        if (this.#framing.state === 'garbage') return;
        if (this.#framing.state === 'bad') throw new DecodeError('corrupt', 'gzip header or check value is wrong');
      }
    }
  }

  end(sink: ChunkSink): void {
    this.#outlet.sink = sink;
    if (this.#native !== null && this.#framing.state === 'data') {
      // Data may have ended exactly with the last octet, and then lacks its trailer; either way it is cut.
      this.#native.finish(this.#checked);
      throw new DecodeError('cut', 'gzip trailer is missing');
    }
    if (!this.#framing.complete) throw new DecodeError('cut', 'gzip data ends early');
  }

  close(): void {
    this.#native?.close();
    this.#native = null;
  }

  readonly #checked = (chunk: Uint8Array): void => {
    this.#framing.crc = crc32(chunk, this.#framing.crc);
    this.#framing.size = (this.#framing.size + chunk.length) >>> 0;
    this.#outlet.emit(chunk);
  };
}

/** True when two octets open a zlib stream (RFC 1950 §2.2). Servers also send bare deflate under the same name. */
function opensZlib(first: number, second: number): boolean {
  return (first & 0x0f) === 8 && first >> 4 <= 7 && ((first << 8) | second) % 31 === 0;
}

class DeflateDecoder implements Decoder {
  readonly #outlet: Outlet;
  #native: NativeStream | null = null;
  #first = -1;

  constructor(limits: DecoderLimits) {
    this.#outlet = new Outlet(limits.maxOutput);
  }

  push(bytes: Uint8Array, sink: ChunkSink): void {
    if (bytes.length === 0) return;
    this.#outlet.sink = sink;
    if (this.#native !== null) {
      this.#native.write(bytes, 0, this.#outlet.emit);
    } else if (this.#first < 0 && bytes.length === 1) {
      this.#first = bytes[0]!;
    } else if (this.#first >= 0) {
      this.#native = new NativeStream(opensZlib(this.#first, bytes[0]!) ? 'inflate' : 'inflate-raw');
      this.#native.write(Uint8Array.of(this.#first), 0, this.#outlet.emit);
      this.#native.write(bytes, 0, this.#outlet.emit);
    } else {
      this.#native = new NativeStream(opensZlib(bytes[0]!, bytes[1]!) ? 'inflate' : 'inflate-raw');
      this.#native.write(bytes, 0, this.#outlet.emit);
    }
  }

  end(sink: ChunkSink): void {
    if (this.#native === null) throw new DecodeError('cut', 'deflate data is missing');
    this.#outlet.sink = sink;
    this.#native.finish(this.#outlet.emit);
  }

  close(): void {
    this.#native?.close();
  }
}

/** What a message's sender leaves away of it (RFC 7692 §7.2.2). */
const messageTail = Uint8Array.of(0, 0, 0xff, 0xff);

/** Messages of one direction of a WebSocket, whose window may go on from one to the next (RFC 7692 §7.2). */
export class MessageInflater {
  /** How many are open in this thread: each has a window of its own, about 64 KiB with what is beside it. */
  static open = 0;
  #closed = false;
  #outlet: Outlet;
  readonly #native = new NativeStream('inflate-raw');

  /** `maxMessage`: decoded octets of one message. */
  constructor(private readonly maxMessage: number) {
    this.#outlet = new Outlet(maxMessage);
    MessageInflater.open++;
  }

  push(bytes: Uint8Array, sink: ChunkSink): void {
    this.#outlet.sink = sink;
    this.#native.write(bytes, 0, this.#outlet.emit);
  }

  /** The message is over; `keeps`: the next one goes on with its window. */
  end(sink: ChunkSink, keeps: boolean): void {
    this.push(messageTail, sink);
    this.#outlet = new Outlet(this.maxMessage);
    if (!keeps || this.#native.ended) this.#native.reset();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    MessageInflater.open--;
    this.#native.close();
  }
}

class BrotliDecoder implements Decoder {
  readonly #outlet: Outlet;
  readonly #native = new NativeStream('brotli');

  constructor(limits: DecoderLimits) {
    this.#outlet = new Outlet(limits.maxOutput);
  }

  push(bytes: Uint8Array, sink: ChunkSink): void {
    this.#outlet.sink = sink;
    this.#native.write(bytes, 0, this.#outlet.emit);
  }

  end(sink: ChunkSink): void {
    this.#outlet.sink = sink;
    this.#native.finish(this.#outlet.emit);
  }

  close(): void {
    this.#native.close();
  }
}

class BoundedZstdDecoder implements Decoder {
  readonly #outlet: Outlet;
  readonly #zstd: ZstdDecoder;

  constructor(limits: DecoderLimits) {
    this.#zstd = new ZstdDecoder(limits.maxWindow ?? contentWindow);
    this.#outlet = new Outlet(limits.maxOutput);
  }

  push(bytes: Uint8Array, sink: ChunkSink): void {
    this.#outlet.sink = sink;
    const failure = this.#zstd.push(bytes, this.#outlet.emit);
    if (failure !== null) throw new DecodeError(failure, 'zstd data is not decodable');
  }

  end(): void {
    if (!this.#zstd.complete) throw new DecodeError('cut', 'zstd data ends early');
  }

  close(): void {
    this.#zstd.close();
  }
}

export function openDecoder(coding: Coding, limits: DecoderLimits): Decoder {
  switch (coding) {
    case 'gzip':
      return new GzipDecoder(limits);
    case 'deflate':
      return new DeflateDecoder(limits);
    case 'br':
      return new BrotliDecoder(limits);
    case 'zstd':
      return new BoundedZstdDecoder(limits);
  }
}

/**
 * Decodes a body that is in memory whole, at a third of a stream's price. Gzip of small bodies has a quicker way yet,
 * `gunzipSmall`.
 * Throws DecodeError and delivers nothing then:
 * `openDecoder` yields what can be had of damaged octets.
 */
export function decodeWhole(coding: Coding, bytes: Uint8Array, maxOutput: number): Uint8Array {
  if (coding === 'zstd') return decodeWholeZstd(bytes, maxOutput);
  const options = { maxOutputLength: Math.max(1, maxOutput) };
  try {
    if (coding === 'gzip') return gunzipSync(bytes, options);
    if (coding === 'br') return brotliDecompressSync(bytes, options);
    if (bytes.length >= 2 && opensZlib(bytes[0]!, bytes[1]!)) return inflateSync(bytes, options);
    return inflateRawSync(bytes, options);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new DecodeError('bomb', 'decoded octets pass the limit');
    if (code === 'Z_BUF_ERROR') throw new DecodeError('cut', 'coded data ends early');
    throw new DecodeError('corrupt', `not decodable: ${code ?? 'unknown'}`);
  }
}

function decodeWholeZstd(bytes: Uint8Array, maxOutput: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  const decoder = new BoundedZstdDecoder({ maxOutput });
  try {
    decoder.push(bytes, (chunk) => chunks.push(Uint8Array.from(chunk)));
    decoder.end();
  } finally {
    decoder.close();
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}
