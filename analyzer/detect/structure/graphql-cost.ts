/**
 * What a GraphQL document (specification of October 2021, §2) asks of the server: how deep it goes, and how often it
 * asks for the same field under another name. One walk over the text; strings, comments and arguments are passed over.
 */
import { structure } from './structure.ts';

/** Selection sets inside one another; lists of lists of what belongs to it are four or five. */
const deepest = 10;
/** Aliases of one field. A page of many quotes has a dozen. */
const mostAliases = 20;
/** Of a field that checks a secret: one is asked for at a time. */
const mostGuesses = 5;
const mostFields = 64;
/** Of its words, parted by `_`: `author`, a bond's `couponRate` and a `preset` check nothing. */
const checks =
  /(?:^|_)(?:log_?in|sign_?in|auth|authenticate|authentication|authorize|authorization|otp|captcha|verif(?:y|ied|ies|ication)|passw(?:or)?ds?|passwd|pin|pin_?code|(?:sms|check|coupon|gift|invite|promo)_?code|(?:check|apply|use|validate)_?coupon|(?:check|validate)_?token|redeem|reset)(?:_|$)/;
/** Longer ones are nobody's; what is compared and kept of them ends here. */
const nameChars = /\w{1,64}/y;
const beginning = /^[\s,\ufeff]*(?:#[^\n]*\n[\s,]*)*(?:\{|query\b|mutation\b|subscription\b|fragment\b)/;
/** Tools ask for the schema in one deep query: that it answers is told of by itself. */
const introspection = /\b__(?:schema|type)\b/;

/** As bits; 0 for a text that is no document, or a modest one. */
export function costOf(text: string): number {
  if (!text.includes('{') || !beginning.test(text)) return 0;
  let found = 0;
  let depth = 0;
  let most = 0;
  let inArguments = 0;
  const aliases = new Map<string, number>();
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x22) i = stringEnd(text, i);
    else if (c === 0x23) i = lineEnd(text, i);
    else if (c === 0x28) inArguments++;
    else if (c === 0x29) inArguments--;
    else if (inArguments > 0) continue;
    else if (c === 0x7b) most = Math.max(most, ++depth);
    else if (c === 0x7d) depth--;
    else if (c === 0x3a && depth > 0) {
      const field = fieldAt(text, i + 1);
      if (field === '' || (aliases.size >= mostFields && !aliases.has(field))) continue;
      aliases.set(field, (aliases.get(field) ?? 0) + 1);
    }
  }
  if (most > deepest && !introspection.test(text)) found |= structure.depth;
  for (const [field, times] of aliases) {
    if (times >= mostAliases) found |= structure.aliases;
    if (times >= mostGuesses && checks.test(parted(field))) found |= structure.guesses;
  }
  return found;
}

/** `checkOTPCode` → `check_otp_code`. */
function parted(field: string): string {
  return field.replace(/([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3_$2').toLowerCase();
}

function fieldAt(text: string, from: number): string {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at++;
  nameChars.lastIndex = at;
  return nameChars.exec(text)?.[0] ?? '';
}

function stringEnd(text: string, at: number): number {
  if (text.startsWith('"""', at)) {
    const end = text.indexOf('"""', at + 3);
    return end < 0 ? text.length : end + 2;
  }
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"' || text[i] === '\n') return i;
  }
  return text.length;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}
