/** Pictures and recordings that travel as base64 (RFC 4648): told by their first octets, which the encoding shows. */
import type { Validator } from './checksums.ts';
import { textOf } from './octets.ts';

/** Octets of base64 that a picture has at least; an icon or a picture's name has fewer. */
const leastImage = 256;
/** The same of a template or a recording: hashes and tokens have fewer. */
const leastTemplate = 160;

/** What JPEG, PNG, GIF, BMP, WebP, TIFF and JPEG 2000 files begin with, in base64. */
const beginnings =
  /^(?:data:image\/[a-z.+-]{2,12};base64,)?(?:\/9j\/|iVBORw0KGgo|R0lGOD|Qk[0-9]|Qk[A-Za-z]|UklGR|SUkqA|TU0AK|AAAADGpQ)/;

const base64Image: Validator = (bytes, start, end) =>
  end - start >= leastImage && beginnings.test(textOf(bytes, start, Math.min(end, start + 64)));

/** Any long run of base64: a face, a fingerprint, a voice. */
const base64Block: Validator = (_bytes, start, end) => end - start >= leastTemplate;

/** Values of these may be cut: their beginning says what they are. */
export const images: Readonly<Record<string, Validator>> = {
  'base64-image': base64Image,
  'base64-block': base64Block,
};
