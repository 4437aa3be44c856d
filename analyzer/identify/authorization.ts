/** The Authorization field (RFC 9110 §11.6.2) as what it holds: scheme, secret, who it names. */

export interface Authorization {
  readonly scheme: 'basic' | 'bearer' | 'digest' | 'negotiate' | 'signature' | 'api-key';
  /** What tells one credential from another: the token, a key id, user and realm. */
  readonly secret: string;
  /** Who it names; empty when it does not say. */
  readonly account: string;
  /** Basic's password; null for other schemes. Never leaves `read`. */
  readonly password: string | null;
}

const longest = 16_384;

/** Null when the field is empty or too long. */
export function parseAuthorization(field: string): Authorization | null {
  const text = field.trim();
  if (text === '' || text.length > longest) return null;
  const space = text.indexOf(' ');
  if (space < 0) return bare(text);
  const scheme = text.slice(0, space).toLowerCase();
  const rest = text.slice(space + 1).trim();
  if (rest === '' || /^(?:null|undefined)$/i.test(rest)) return null;
  switch (scheme) {
    case 'basic':
      return basic(rest);
    case 'bearer':
    case 'token':
    case 'jwt':
    case 'oauth2':
      return of('bearer', rest);
    case 'digest': {
      const username = parameter(rest, 'username');
      return username === ''
        ? of('digest', rest)
        : { scheme: 'digest', secret: `${username}\n${parameter(rest, 'realm')}`, account: username, password: null };
    }
    case 'negotiate':
    case 'ntlm':
    case 'kerberos':
      return of('negotiate', rest);
    case 'apikey':
    case 'api-key':
    case 'appcode':
    case 'key':
    case 'app_key':
      return of('api-key', rest);
    default:
      return signed(scheme, rest);
  }
}

function of(scheme: Authorization['scheme'], secret: string): Authorization {
  return { scheme, secret, account: '', password: null };
}

/** A field without a scheme is a token as it stands. */
function bare(text: string): Authorization | null {
  return text.length < 8 || /^(?:null|undefined|bearer|basic|[\w-]{0,7})$/i.test(text) ? null : of('bearer', text);
}

function basic(rest: string): Authorization | null {
  const text = Buffer.from(rest, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return of('basic', rest);
  return { scheme: 'basic', secret: rest, account: text.slice(0, colon), password: text.slice(colon + 1) };
}

/**
 * Schemes that sign each request: what stays the same is the key's id. AWS4-HMAC-SHA256 and its kin have
 * `Credential=ID/…`, HTTP signatures `keyId="…"`, object stores `ID:signature`.
 */
function signed(scheme: string, rest: string): Authorization {
  const credential = parameter(rest, 'credential') || parameter(rest, 'accesskeyid');
  if (credential !== '') return of('signature', credential.split('/', 1)[0]!);
  const keyId =
    parameter(rest, 'keyid') || parameter(rest, 'mchid') || parameter(rest, 'oauth_token') || parameter(rest, 'id');
  if (keyId !== '') return of('signature', keyId);
  const match = /^([\w.+/-]{4,128}):[A-Za-z0-9+/=_-]{16,}$/.exec(rest);
  if (match !== null) return of('signature', match[1]!);
  return of(/sha|hmac|sign/.test(scheme) ? 'signature' : 'bearer', rest);
}

/** An auth-param's value, quoted or not; `name` in lower case. Empty when absent. */
function parameter(text: string, name: string): string {
  let at = 0;
  for (let n = 0; n < 32 && at < text.length; n++) {
    while (text[at] === ' ' || text[at] === ',' || text[at] === '\t') at++;
    const equals = text.indexOf('=', at);
    if (equals < 0) return '';
    const key = text.slice(at, equals).trim().toLowerCase();
    let value = '';
    at = equals + 1;
    if (text[at] === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) {
        if (text[at] === '\\') at++;
        value += text[at] ?? '';
      }
      at++;
    } else {
      let stop = text.indexOf(',', at);
      if (stop < 0) stop = text.length;
      value = text.slice(at, stop).trim();
      at = stop;
    }
    if (key === name) return value;
  }
  return '';
}
