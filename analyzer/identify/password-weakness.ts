/**
 * Why a password is weak, as a word: the password itself is looked at here and goes no further. A six-digit PIN has its
 * own measure: as a password every one of them would be weak.
 */

export type WeakReason =
  | 'equals-account'
  | 'contains-account'
  | 'account-tail'
  | 'in-list'
  | 'default'
  | 'repeated'
  | 'run'
  | 'keyboard'
  | 'date'
  | 'digits'
  | 'short'
  | 'word-digits';

/** Digits alone up to this length are guessed at once. */
const mostDigits = 8;
const shortest = 6;
/** Characters that are looked at. */
const longest = 64;

/** PINs that people choose beside repeats, runs and birthdays. */
const usualPins = new Set(
  (
    '112233 121212 123123 123321 131313 147258 147369 159357 159753 168168 258369 321321 369258 456123 518518 520131 520520 ' +
    '521521 741852 753951 789456 789789 987321 998877 112211 100200 101010 102030 110110 110120 112358 114477 115599 ' +
    '123654 124578 131420 134679 135246 135790 135791 136900 142536 147896 151515 161616 181818 186186 188188 189189 ' +
    '198198 202020 212121 222333 232323 246810 246800 252525 258000 314159 332211 333666 336699 369369 456456 456852 ' +
    '520134 521125 556677 565656 588588 595959 616161 618618 654123 656565 666888 668668 686868 696969 778899 787878 ' +
    '888168 888666 888999 898989 963852 987987 990099 009900 001100 010203 012345 123000 123400 321654 333888 518888 ' +
    '520999 555888 599999 600600 778800 800800 808080 868686 886688 888777 889900 918918 951753 963258 996633'
  ).split(' '),
);

/** Words that first passwords are made of. */
const defaultWords =
  /^(?:admin|administrator|root|test|user|guest|demo|system|manager|password|passw0rd|p@ssw0rd|p@ssword|pass|init|initial|default|welcome|changeme|letmein|abc|a|aa|qwe|asd|company|oracle|huawei|h3c|cisco|sa|super|supervisor|operator|trade|stock|fund|gupiao|zhengquan)[@#!_.-]?(?:\d{0,4}|12345|123456|1234567|12345678|20[0-3]\d)[@#!.]{0,2}$/i;

/**
 * `account`: normalised, empty when unknown. `words`: weak passwords in lower case. Null when nothing speaks against it.
 */
export function weakReasonOf(
  password: string,
  account: string,
  pin: boolean,
  words: ReadonlySet<string>,
): WeakReason | null {
  const text = password.length > longest ? password.slice(0, longest) : password;
  const lower = text.toLowerCase();
  if (account !== '' && lower === account) return 'equals-account';
  if (pin && /^\d{6}$/.test(text)) return weakPin(text, account);
  if (account.length >= 6 && /\d{6}$/.test(account) && lower === account.slice(-6)) return 'account-tail';
  if (account.length >= 4 && lower.includes(account)) return 'contains-account';
  if (words.has(lower)) return 'in-list';
  if (isRepeated(lower)) return 'repeated';
  if (isRun(lower)) return 'run';
  if (isKeyboardWalk(lower)) return 'keyboard';
  if (defaultWords.test(text)) return 'default';
  if (isDate(lower)) return 'date';
  if (/^\d+$/.test(text) && text.length <= mostDigits) return 'digits';
  if (text.length < shortest) return 'short';
  return isWordAndDigits(lower, words) ? 'word-digits' : null;
}

function weakPin(pin: string, account: string): WeakReason | null {
  if (account.endsWith(pin)) return 'account-tail';
  if (account.length > 6 && account.includes(pin)) return 'contains-account';
  if (isRepeated(pin)) return 'repeated';
  if (isRun(pin)) return 'run';
  if (usualPins.has(pin)) return 'in-list';
  return isShortDate(pin) ? 'date' : null;
}

/** Every six-digit PIN that has a reason of its own, whatever the account. */
export function* weakPins(): Iterable<string> {
  for (let i = 0; i < 1_000_000; i++) {
    const pin = String(i).padStart(6, '0');
    if (weakPin(pin, '') !== null) yield pin;
  }
}

/** One piece of at most three characters over and over: `888888`, `121212`, `abcabc`. */
function isRepeated(text: string): boolean {
  if (text.length < 4) return false;
  for (let period = 1; period <= 3; period++) {
    if (text.length < 2 * period) break;
    let i = period;
    while (i < text.length && text.charCodeAt(i) === text.charCodeAt(i - period)) i++;
    if (i === text.length) return true;
  }
  return false;
}

/** Steps of one up or down all along, in at most two pieces: `123456`, `fedcba`, `abc123`. */
function isRun(text: string): boolean {
  if (text.length < 4) return false;
  let pieces = 1;
  let step = 0;
  for (let i = 1; i < text.length; i++) {
    const d = text.charCodeAt(i) - text.charCodeAt(i - 1);
    const wraps = text[i - 1] === '9' && text[i] === '0';
    if ((d === 1 || wraps) && step >= 0) step = 1;
    else if (d === -1 && step <= 0) step = -1;
    else {
      pieces++;
      step = 0;
    }
  }
  return pieces === 1 || (pieces === 2 && text.length >= 6 && text.length <= 12);
}

/** Keys in rows as they lie; the fourth is the pad's columns. */
const rows = ['1234567890-=', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
const place = new Map<string, readonly [number, number]>();
for (const [y, row] of rows.entries()) for (const [x, key] of [...row].entries()) place.set(key, [x, y]);

/** Each key beside the one before, all along but for one jump in four: `qwerty`, `1qaz2wsx`, `asdf1234`. */
function isKeyboardWalk(text: string): boolean {
  if (text.length < 5) return false;
  let jumps = 0;
  for (let i = 1; i < text.length; i++) {
    const a = place.get(text[i - 1]!);
    const b = place.get(text[i]!);
    if (a === undefined || b === undefined) return false;
    const dx = b[0] - a[0];
    const dy = b[1] - a[1];
    if (Math.abs(dx) > 1 || Math.abs(dy) > 1 || (dx === 0 && dy === 0)) jumps++;
  }
  return jumps * 4 <= text.length;
}

function isDay(month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/** `yyyymmdd` or `yymmdd`, perhaps behind up to three letters (initials and birthday). */
function isDate(text: string): boolean {
  const match = /^[a-z]{0,3}(?:(19|20)(\d\d)(\d\d)(\d\d)|(\d\d)(\d\d)(\d\d))$/.exec(text);
  if (match === null) return false;
  return match[1] === undefined ? isDay(Number(match[6]), Number(match[7])) : isDay(Number(match[3]), Number(match[4]));
}

function isShortDate(pin: string): boolean {
  const [a, b, c] = [Number(pin.slice(0, 2)), Number(pin.slice(2, 4)), Number(pin.slice(4))];
  return (
    isDay(b, c) || (isDay(a, b) && (c >= 40 || c <= 30)) || ((a === 19 || a === 20) && b <= 99 && c <= 12 && c >= 1)
  );
}

/** A listed word and at most four digits, or the other way round. */
function isWordAndDigits(text: string, words: ReadonlySet<string>): boolean {
  const match = /^(\d{0,4})([a-z]{3,16})(\d{0,4})[!@#.]?$/.exec(text);
  if (match === null) return false;
  return words.has(match[2]!) && match[2] !== text;
}
