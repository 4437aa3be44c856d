/** What of a record is a credential, by the name it stands under: its value is left out unless it is asked for. */

/** How the names of credentials end, in lower-case letters and digits alone: `user[session_key]`, `X-Auth-Token`, `pwd2`. */
const credentialEnds =
  /(?:token|passw(?:or)?d|passwort|passphrase|pass|pwd|psw|auth|authorization|secret|session|sess|sid|sess(?:ion)?(?:id|key)|ticket|signature|(?:api|access|secret|private|auth|app)key|jwt|credentials?)\d*$/;

/** Whether a field, header or parameter is named like a credential, however it is spelt and escaped. */
function isCredential(name: string): boolean {
  return credentialEnds.test(
    unescaped(name)
      .toLowerCase()
      .replace(/[^a-z0-9]/g, ''),
  );
}

/** `%5F` as what it stands for; octets that are no UTF-8 are left as they are. */
function unescaped(text: string): string {
  return text.replace(/%([0-7][0-9a-f])/gi, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/** Name and password before a host. */
const userInfo = /(\/\/)[^/?#\s]*@/g;
/** The same in an authority alone, as CONNECT has it. */
const bareUserInfo = /^[^/?#\s]*@/;
/** The name of a parameter. A query may hold an address, in clear or escaped once more. Names hold no delimiter: linear. */
const queryName = /(?:^|[?&;/#]|%(?:3f|26|3b|23|2f))((?:[^=?&;/#%\s]|%(?!3f|26|3b|23|2f|3d))+)(?:=|%3d)/gi;
const pathName = /(?:^|[;/&])([^=;/&?#]+)=/g;
/** Where its value ends: in a query at `&` or `#`, as servers read it; in a path (`;jsessionid=…`) at the next delimiter. */
const queryEnd = /[&#]/g;
const pathEnd = /[;/&?#]/g;

function maskParameters(text: string, names: RegExp, ends: RegExp): string {
  let masked = '';
  let from = 0;
  names.lastIndex = 0;
  for (let found = names.exec(text); found !== null; found = names.exec(text)) {
    if (!isCredential(found[1]!)) continue;
    const value = names.lastIndex;
    ends.lastIndex = value;
    masked += `${text.slice(from, value)}***`;
    from = ends.exec(text)?.index ?? text.length;
    names.lastIndex = from;
  }
  return masked + text.slice(from);
}

/** A target, or the address of a Referer or Location. */
export function maskAddress(address: string): string {
  const mark = address.search(/[?#]/);
  const end = mark < 0 ? address.length : mark;
  return maskPath(address.slice(0, end)) + maskQuery(address.slice(end));
}

function maskPath(path: string): string {
  return maskParameters(path.replace(userInfo, '$1***@').replace(bareUserInfo, '***@'), pathName, pathEnd);
}

export function maskQuery(query: string): string {
  return maskParameters(query.replace(userInfo, '$1***@'), queryName, queryEnd);
}

/** Headers whose value is an address, or holds one. */
const addressFields: ReadonlySet<string> = new Set([
  ...['referer', 'referrer', 'location', 'content-location', 'refresh', 'link', 'destination', 'origin'],
  ...['x-original-url', 'x-rewrite-url', 'x-original-uri', 'x-forwarded-uri'],
]);

/** A credential keeps its scheme or cookie names, and loses its value; so do those within an address. */
export function maskHeader(name: string, value: string): string {
  const field = name.toLowerCase();
  if (field === 'cookie') return value.replace(/=[^;]*/g, '=***');
  if (field === 'set-cookie') return value.replace(/=[^;]*/, '=***');
  if (addressFields.has(field)) return maskAddress(value);
  if (!isCredential(field) && field !== 'x-api-key') return value;
  const scheme = /^([A-Za-z][A-Za-z0-9-]*) /.exec(value);
  return scheme === null ? '***' : `${scheme[1]} ***`;
}
