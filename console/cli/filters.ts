/** Values of filters that several commands share. */
import type { Store } from '../../storage/store/store.ts';
import { UsageFault } from './faults.ts';
import type { Texts } from './text/en.ts';
import { parseInstant, parseSpan, zonedTime } from './time.ts';

export interface Period {
  /** µs, inclusive; 0 for no limit. */
  readonly since: number;
  /** µs, exclusive; 0 for no limit. */
  readonly until: number;
}

/** Spans count back from the newest stored packet: a capture of last year has a «last two hours» too. */
export async function readPeriod(
  options: { readonly since?: string; readonly until?: string },
  store: Store,
  zone: string,
  texts: Texts,
): Promise<Period> {
  let newest: number | undefined;
  const read = async (option: string, text: string | undefined): Promise<number> => {
    if (text === undefined) return 0;
    const span = parseSpan(text);
    if (span !== null) {
      newest ??= await newestPacket(store);
      // 0 would mean no limit; the first µs of 1970 is as good.
      return Math.max(1, newest - span);
    }
    const instant = parseInstant(text, zone);
    if (instant === null) throw new UsageFault(texts.errors.badTime(option, text));
    return Math.max(1, instant);
  };
  const since = await read('--since', options.since);
  return { since, until: await read('--until', options.until) };
}

/** Packet time of the newest stored packet, µs; 0 when nothing is stored. */
export async function newestPacket(store: Store): Promise<number> {
  const [row] = await store.ask<{ ts: number }>('newest');
  return row?.ts ?? 0;
}

/** `404` to 404, `4xx` to 4 (the class), `none` to 600 (no response), as the question `calls` takes them. */
export function readStatus(text: string, texts: Texts): number {
  if (/^[1-5]\d\d$/.test(text)) return Number(text);
  if (/^[1-5]xx$/i.test(text)) return Number(text[0]);
  if (/^(none|0)$/i.test(text)) return 600;
  throw new UsageFault(texts.errors.badStatus(text));
}

/** Lower-case hex digits of an API id or its beginning. */
export function readApiId(text: string, texts: Texts): string {
  if (!/^[0-9a-f]{1,16}$/i.test(text)) throw new UsageFault(texts.errors.badApiId(text));
  return text.toLowerCase();
}

/** Seconds the wall clock of `zone` is ahead of UTC at that time. */
export function offsetSeconds(us: number, zone: string): number {
  const wall = Date.parse(`${zonedTime(us, zone).replace(' ', 'T')}Z`);
  return Math.round((wall - Math.floor(us / 1e6) * 1000) / 1000);
}
