/** Quantities as people read them. */

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Octets in decimal units (IEC 80000-13: 1 kB = 1000 B), three figures: `512 B`, `2.05 kB`, `590 MB`. */
export function humanBytes(octets: number): string {
  let value = octets;
  let unit = 0;
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? String(Math.round(value)) : threeFigures(value)} ${byteUnits[unit]}`;
}

/** Microseconds as `0.25 ms`, `12.3 ms`, `1.53 s`, `3 min 20 s`. */
export function humanDuration(us: number): string {
  const ms = us / 1000;
  if (ms < 999.5) return `${ms < 10 ? trim(ms.toFixed(2)) : threeFigures(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 99.95) return `${threeFigures(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 6000) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A share of 0…1 as percent: `0 %`, `<0.1 %`, `3.4 %`, `100 %`. Only what is exactly all reads `100 %`. */
export function humanShare(share: number): string {
  const percent = share * 100;
  if (percent === 0 || percent === 100) return `${percent} %`;
  if (percent < 0.1) return '<0.1 %';
  return percent > 99.9 ? '99.9 %' : `${trim(percent.toFixed(1))} %`;
}

function threeFigures(value: number): string {
  return trim(value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0));
}

function trim(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
