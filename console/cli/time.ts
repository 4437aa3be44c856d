/** Packet time for people and scripts, and the times people type. All instants are integer µs since 1970. */

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(zone, format);
  }
  return format;
}

/** `2026-11-21T02:22:33.000123Z`: what JSON carries. */
export function isoTime(us: number): string {
  const ms = Math.floor(us / 1000);
  const rest = String(us - ms * 1000).padStart(3, '0');
  return `${new Date(ms).toISOString().slice(0, -1)}${rest}Z`;
}

/** `2026-11-21 10:22:33` on the wall clock of `zone`: what tables carry. */
export function zonedTime(us: number, zone: string): string {
  const parts: Record<string, string> = {};
  for (const part of formatOf(zone).formatToParts(Math.floor(us / 1000))) parts[part.type] = part.value;
  return `${parts['year']}-${parts['month']}-${parts['day']} ${parts['hour']}:${parts['minute']}:${parts['second']}`;
}

const unitUs: Readonly<Record<string, number>> = {
  s: 1e6,
  m: 60e6,
  h: 3600e6,
  d: 86_400e6,
  w: 7 * 86_400e6,
};

/** Length of `90s`, `15m`, `2h`, `7d`, `1w` in µs; null when it is not written so. */
export function parseSpan(text: string): number | null {
  const match = /^(\d{1,9})([smhdw])$/.exec(text);
  return match ? Number(match[1]) * unitUs[match[2]!]! : null;
}

const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/** An ISO 8601 date or time; without an offset it is read on the wall clock of `zone`. Null when it is not one. */
export function parseInstant(text: string, zone: string): number | null {
  const match = iso.exec(text);
  if (!match) return null;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', offset] = match;
  const wall = Date.UTC(+year!, +month! - 1, +day!, +hour, +minute, +second);
  // Date.UTC rolls 30 February over; such a date is a mistake, not the second of March.
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  if (!Number.isFinite(wall) || new Date(wall).toISOString().slice(0, 19) !== written) return null;
  const us = Number(fraction.padEnd(6, '0').slice(0, 6));
  const ms = offset ? wall - offsetMs(offset) : fromWallClock(wall, zone);
  return ms * 1000 + us;
}

function offsetMs(offset: string): number {
  if (offset.toUpperCase() === 'Z') return 0;
  const digits = offset.replace(/\D/g, '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** Two rounds settle the offset except inside the hour a clock change skips, where the later reading is taken. */
function fromWallClock(wall: number, zone: string): number {
  let instant = wall;
  for (let round = 0; round < 2; round++) {
    const seen = Date.parse(`${zonedTime(instant * 1000, zone).replace(' ', 'T')}Z`);
    instant += wall - seen;
  }
  return instant;
}
