/**
 * Where frames begin in octets that begin in the middle of something: a connection joined late, or octets that were
 * lost. Nothing marks a frame, so certainty is a chain of headers that follow on one another with nothing odd about any,
 * and header blocks that decode.
 */
import { beginsWithSettings, FRAME_HEADER, frameFlags, frameTypes, isPlausible, lengthAt } from './frames.ts';
import { HeaderSection } from './header-section.ts';
import { HpackDecoder } from './hpack-decoder.ts';

/** What a chain of frames is worth. */
export interface Chain {
  /** A point for each plausible header, two more for a header block whose pseudo-fields tell what it is. */
  points: number;
  /** What the first header block that tells is. */
  kind: 'request' | 'response' | null;
  /** Something in it is no frame. */
  broken: boolean;
}

const HEAD_POINTS = 2;
/** What makes certain, over both directions, that a connection joined late speaks HTTP/2: a head and one frame more. */
const JOIN_POINTS = 4;
/** The same where people say that it does, and who asks: two headers that follow on one another. */
const HINTED_POINTS = 2;
/** Frames looked at: by then all is said. */
const MOST_FRAMES = 16;
/** Header blocks tried in one look for one: made to look like many, octets cost no more. */
const MOST_TRIALS = 8;
const sectionLimits = { maxHeaderBytes: 64 * 1024, maxHeaders: 1000 };

/** The frames from `start` on. */
export function chainAt(data: Buffer, start: number, end: number): Chain {
  const chain: Chain = { points: 0, kind: null, broken: false };
  let decoder: HpackDecoder | null = null;
  let at = start;
  for (let frames = 0; frames < MOST_FRAMES && at + FRAME_HEADER <= end; frames++) {
    if (!isPlausible(data, at)) {
      chain.broken = true;
      return chain;
    }
    const next = at + FRAME_HEADER + lengthAt(data, at);
    chain.points++;
    if (data[at + 3] === frameTypes.headers && next <= end && (data[at + 4]! & frameFlags.endHeaders) !== 0) {
      if (decoder === null) {
        decoder = new HpackDecoder();
        decoder.forget();
      }
      const section = new HeaderSection(sectionLimits);
      const block = headerBlock(data, at + FRAME_HEADER, next, data[at + 4]!);
      if (block === null || !decoder.decode(data, block[0], block[1], section) || isOdd(section)) {
        chain.broken = true;
        return chain;
      }
      if (section.kind !== null) {
        chain.points += HEAD_POINTS;
        chain.kind ??= section.kind;
      }
    }
    at = next;
  }
  return chain;
}

function isOdd({ weird }: HeaderSection): boolean {
  return weird.some((name) => name !== 'http2_hpack_state_unknown');
}

/** Where the block's octets lie in a payload of HEADERS (RFC 9113 §6.2); null when padding leaves no room. */
export function headerBlock(data: Buffer, start: number, end: number, flags: number): [number, number] | null {
  let from = start;
  let until = end;
  if ((flags & frameFlags.padded) !== 0) {
    if (from >= until) return null;
    until -= data[from++]!;
  }
  if ((flags & frameFlags.priority) !== 0) from += 5;
  return from <= until ? [from, until] : null;
}

/**
 * The first place from `start` on at which frames begin for certain, by `points`; or, negative, the complement of the
 * first place at which they may, or of `end`.
 */
export function findFrames(data: Buffer, start: number, end: number, points: number): number {
  for (let at = start; at < end; at++) {
    if (at + FRAME_HEADER > end) return ~at;
    if (!isPlausible(data, at)) continue;
    const chain = chainAt(data, at, end);
    if (chain.broken) continue;
    return chain.points >= points ? at : ~at;
  }
  return ~end;
}

/** Where a frame with a header block begins that tells what it is, within the octets; -1 for nowhere. */
function findHead(data: Buffer, start: number, end: number): number {
  for (let at = start, trials = 0; at + FRAME_HEADER < end && trials < MOST_TRIALS; at++) {
    if (data[at + 3] !== frameTypes.headers || !isPlausible(data, at)) continue;
    trials++;
    const chain = chainAt(data, at, end);
    if (!chain.broken && chain.kind !== null) return at;
  }
  return -1;
}

/** Where frames begin that may be joined at; negative for nowhere. `said`: people say that it is HTTP/2. */
export function findJoin(data: Buffer, start: number, end: number, said: boolean): number {
  return said ? findFrames(data, start, end, HINTED_POINTS) : findHead(data, start, end);
}

/** Whether what a direction begins with may be frames: any in the middle of a connection, else a server's first one. */
export function mayBeginFrames(data: Buffer, start: number, end: number, midStream: boolean): boolean {
  if (data[start] !== 0) return false;
  return midStream ? !chainAt(data, start, end).broken : beginsWithSettings(data, start, end) !== 'no';
}

/**
 * Which direction tells what both speak, once it is certain that they are frames; else null. `client`: the direction that
 * asks if it is HTTP/2, as people say; -1 when they don't.
 */
export function joined(
  chains: readonly [Chain | null, Chain | null],
  client: 0 | 1 | -1,
): { by: 0 | 1; kind: 'request' | 'response' } | null {
  const by = chains[0]?.kind != null ? 0 : 1;
  const kind = chains[by]?.kind ?? null;
  const points = (chains[0]?.points ?? 0) + (chains[1]?.points ?? 0);
  if (kind === null && client >= 0 && points >= HINTED_POINTS) return { by: client as 0 | 1, kind: 'request' };
  return kind === null || points < (client < 0 ? JOIN_POINTS : HINTED_POINTS) ? null : { by, kind };
}
