/** Days and times that people write. A day is one of the configuration's zone; never is the zone of the machine asked. */
const dayMs = 86_400_000;
const time = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** `2026-10-01`, or an ISO time that says how far it is from UTC: `2026-10-01T08:00:00+08:00`. */
export function isInstant(text: string): boolean {
  const day = time.exec(text)?.[1];
  if (day === undefined || Number.isNaN(Date.parse(text))) return false;
  // 30 February is a mistake, not the second of March.
  return new Date(Date.parse(`${day}T00:00:00Z`)).toISOString().slice(0, 10) === day;
}

/** µs. A day begins (`from`) or ends (`until`, the first µs that is no longer in it) with the clocks of the zone. */
export function instantOf(text: string, zone: string, edge: 'from' | 'until'): number {
  const ms = Date.parse(text);
  if (text.includes('T')) return ms * 1000;
  return startOf(edge === 'from' ? ms : ms + dayMs, zone);
}

/** µs at which a day of the zone begins; `wall`: the day's midnight as if it were UTC, ms. */
function startOf(wall: number, zone: string): number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  const found = [wall - dayMs, wall + dayMs].map((near) => wall * 1000 - offsetAt(format, near));
  const shown = found.filter((at) => at + offsetAt(format, at / 1000) === wall * 1000);
  // Where clocks skip midnight, the day begins with the skip; where they go back at it, with the second midnight.
  return Math.max(...(shown.length > 0 ? shown : found));
}

/** What a zone is ahead of UTC, µs, at a time in ms; `format` gives its `longOffset`. */
export function offsetAt(format: Intl.DateTimeFormat, at: number): number {
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  const found = /^GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(name);
  // `GMT` alone is UTC.
  if (found === null) return 0;
  const seconds = Number(found[2]) * 3600 + Number(found[3]) * 60 + Number(found[4] ?? 0);
  return (found[1] === '-' ? -1 : 1) * seconds * 1e6;
}
