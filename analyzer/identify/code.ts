/** One-time codes and texts of pictures: which paths give them out, which fields show them, what they look like. */

const givesCodes =
  /sms|otp(?![a-z])|captcha|yzm|yanzhengma|vcode|dynamic[-_]?(?:pwd|password)|(?:verif(?:y|ication)?|valid(?:ate|ation)?|check|auth|rand(?:om)?|img|image|pic(?:ture)?|graph|mobile|phone|msg|email|send|get|apply)[-_/]?code(?!s|[-_]?list)/i;
/** What a code belongs to is no code: `captchaId`, `smsToken`. */
const namesItsKey = /(?:id|key|uuid|token|ticket|type|sign|length|len)$/i;
const shortest = 4;
const longest = 8;

/** Whether what answers at this path may have made a code that somebody else is to read: by message, by eye. */
export function mayGiveCodes(path: string): boolean {
  return givesCodes.test(path);
}

/** `name`: of a field whose role is a code or a picture's text. */
export function showsCode(name: string): boolean {
  return !namesItsKey.test(name);
}

/** Four to eight letters and digits, a digit among them. */
export function looksLikeCode(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length < shortest || length > longest) return false;
  let digits = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte >= 0x30 && byte <= 0x39) digits++;
    else if (!((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a)) return false;
  }
  return digits > 0;
}
