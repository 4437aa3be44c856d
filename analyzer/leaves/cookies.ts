/** Cookies as leaves (RFC 6265): those a client sends, and those a response sets. */
import { FormParser } from './form.ts';
import type { HeadMemory } from './head-values.ts';
import { parseLatin1 } from './latin1.ts';
import type { LeafOutput } from './output.ts';

const options = { separator: 0x3b, plusIsSpace: false, valueOnly: false };

/** `field` is the value of Cookie as sent, Latin-1. Values are percent-decoded, as most applications send them so. */
export function cookieLeaves<Found>(output: LeafOutput, field: string, memory: HeadMemory<Found> | null = null): void {
  if (memory?.values.cookies(output, memory.reader, field)) return;
  parseLatin1(new FormParser(output, output.tree.root('cookie'), options), field);
}

/** `field` is the value of one Set-Cookie; its attributes are none of the cookie's. */
export function setCookieLeaves<Found>(
  output: LeafOutput,
  field: string,
  memory: HeadMemory<Found> | null = null,
): void {
  const semicolon = field.indexOf(';');
  cookieLeaves(output, semicolon < 0 ? field : field.slice(0, semicolon), memory);
}
