import type { SegmentClass } from './segment.ts';

/** Shorter values show nothing: two characters of few would be much of the value. */
const longEnough = 8;

/**
 * A parameter's value as it may be stored. First and last character help a reader to tell values apart; classes that
 * name a person, or that open a door, show nothing.
 */
export function maskSegment(value: string, segmentClass: SegmentClass): string {
  switch (segmentClass) {
    case 'email':
    case 'mobile':
    case 'id-card':
    case 'jwt':
    case 'token':
    case 'list':
    case 'text':
      return '***';
  }
  const first = value.charCodeAt(0);
  const last = value.charCodeAt(value.length - 1);
  if (value.length < longEnough || !isAlphanumeric(first) || !isAlphanumeric(last)) return '***';
  return `${value[0]}***${value[value.length - 1]}`;
}

function isAlphanumeric(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a);
}
