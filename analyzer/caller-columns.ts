/**
 * What a call tells of its caller as a run of numbers and texts, in the order of the fields: as JSON it took as long as
 * all the rest of a call. Used by fact-columns.ts alone, which keeps the run.
 */
import type {
  AccountFact,
  CallerFacts,
  CredentialFact,
  IssuedFact,
  JwtFact,
  LoginFact,
  PasswordFact,
} from './identify/facts.ts';

/** Where numbers and texts go. */
export interface Run {
  number(value: number): void;
  text(text: string): void;
}

/** Where they come from, in the same order. */
export interface RunReader {
  number(): number;
  text(): string;
}

const none: readonly never[] = [];
/** Credentials, what was issued, passwords: `read` tells of fewer, and a damaged run may say anything. */
const mostRead = 1024;

/** Flags of a caller; most calls have none of what they stand for, and then nothing more is written. */
const CREDENTIALS = 1;
const ISSUED = 2;
const CLEARED = 4;
const ACCOUNT = 8;
const PASSWORDS = 16;
const LOGIN = 32;
const LOGOUT = 64;
const REFERER_TOKEN = 128;
const CLAIMED = 256;
const CODE = 512;

export function writeCaller(run: Run, caller: CallerFacts): void {
  const { credentials, issued, account, passwords, login } = caller;
  run.number(
    (credentials.length > 0 ? CREDENTIALS : 0) |
      (issued.length > 0 ? ISSUED : 0) |
      (caller.cleared ? CLEARED : 0) |
      (account !== null ? ACCOUNT : 0) |
      (passwords.length > 0 ? PASSWORDS : 0) |
      (login !== null ? LOGIN : 0) |
      (caller.logout ? LOGOUT : 0) |
      (caller.refererToken ? REFERER_TOKEN : 0) |
      (caller.claimedClient !== null ? CLAIMED : 0) |
      (caller.code !== 0 ? CODE : 0),
  );
  run.text(caller.client);
  if (caller.claimedClient !== null) run.text(caller.claimedClient);
  run.text(caller.userAgentFamily);
  if (credentials.length > 0) {
    run.number(credentials.length);
    for (const credential of credentials) writeCredential(run, credential);
  }
  if (issued.length > 0) {
    run.number(issued.length);
    for (const one of issued) writeIssued(run, one);
  }
  if (account !== null) writeAccount(run, account);
  if (passwords.length > 0) {
    run.number(passwords.length);
    for (const password of passwords) writePassword(run, password);
  }
  if (login !== null) writeLogin(run, login);
  if (caller.code !== 0) run.number(caller.code);
}

export function readCaller(run: RunReader): CallerFacts {
  const flags = run.number();
  return {
    client: run.text(),
    claimedClient: (flags & CLAIMED) === 0 ? null : run.text(),
    userAgentFamily: run.text(),
    credentials: (flags & CREDENTIALS) === 0 ? none : readMany(run, readCredential),
    issued: (flags & ISSUED) === 0 ? none : readMany(run, readIssued),
    cleared: (flags & CLEARED) !== 0,
    account: (flags & ACCOUNT) === 0 ? null : readAccount(run),
    passwords: (flags & PASSWORDS) === 0 ? none : readMany(run, readPassword),
    login: (flags & LOGIN) === 0 ? null : readLogin(run),
    logout: (flags & LOGOUT) !== 0,
    refererToken: (flags & REFERER_TOKEN) !== 0,
    code: (flags & CODE) === 0 ? 0 : run.number(),
  };
}

function readMany<T>(run: RunReader, read: (run: RunReader) => T): readonly T[] {
  const many = run.number();
  if (!(many >= 1 && many <= mostRead)) return none;
  const list = new Array<T>(Math.trunc(many));
  for (let i = 0; i < list.length; i++) list[i] = read(run);
  return list;
}

function writeAccount(run: Run, { display, hash, from }: AccountFact): void {
  run.text(display);
  run.text(hash);
  run.text(from);
}

function readAccount(run: RunReader): AccountFact {
  return { display: run.text(), hash: run.text(), from: run.text() as AccountFact['from'] };
}

function writeAccountOrNull(run: Run, account: AccountFact | null): void {
  run.number(account === null ? 0 : 1);
  if (account !== null) writeAccount(run, account);
}

function readAccountOrNull(run: RunReader): AccountFact | null {
  return run.number() === 0 ? null : readAccount(run);
}

/** Times of a token may be any number, and absent. */
function writeJwt(run: Run, jwt: JwtFact | null): void {
  run.number(jwt === null ? 0 : 1 + (jwt.iat === null ? 0 : 2) + (jwt.exp === null ? 0 : 4) + (jwt.guessed ? 8 : 0));
  if (jwt === null) return;
  run.text(jwt.alg);
  if (jwt.iat !== null) run.number(jwt.iat);
  if (jwt.exp !== null) run.number(jwt.exp);
}

function readJwt(run: RunReader): JwtFact | null {
  const flags = run.number();
  if (flags === 0) return null;
  return {
    alg: run.text(),
    iat: (flags & 2) === 0 ? null : run.number(),
    exp: (flags & 4) === 0 ? null : run.number(),
    guessed: (flags & 8) !== 0,
  };
}

function writeCredential(run: Run, credential: CredentialFact): void {
  run.text(credential.kind);
  run.text(credential.place);
  run.text(credential.name);
  run.text(credential.hash);
  run.number(Number(credential.certain));
  run.number(credential.length);
  writeAccountOrNull(run, credential.account);
  writeJwt(run, credential.jwt);
}

function readCredential(run: RunReader): CredentialFact {
  return {
    kind: run.text() as CredentialFact['kind'],
    place: run.text() as CredentialFact['place'],
    name: run.text(),
    hash: run.text(),
    certain: run.number() === 1,
    length: run.number(),
    account: readAccountOrNull(run),
    jwt: readJwt(run),
  };
}

function writeIssued(run: Run, issued: IssuedFact): void {
  run.text(issued.kind);
  run.text(issued.place);
  run.text(issued.name);
  run.text(issued.hash);
  run.number(issued.length);
  run.text(issued.stem);
  run.number(Number(issued.clock));
  writeAccountOrNull(run, issued.account);
  writeJwt(run, issued.jwt);
  const { cookie } = issued;
  run.number(cookie === null ? 0 : 1 + (cookie.httpOnly ? 2 : 0) + (cookie.secure ? 4 : 0));
  if (cookie !== null) run.text(cookie.sameSite);
}

function readIssued(run: RunReader): IssuedFact {
  return {
    kind: run.text() as IssuedFact['kind'],
    place: run.text() as IssuedFact['place'],
    name: run.text(),
    hash: run.text(),
    length: run.number(),
    stem: run.text(),
    clock: run.number() === 1,
    account: readAccountOrNull(run),
    jwt: readJwt(run),
    cookie: readCookie(run),
  };
}

function readCookie(run: RunReader): IssuedFact['cookie'] {
  const flags = run.number();
  return flags === 0 ? null : { httpOnly: (flags & 2) !== 0, secure: (flags & 4) !== 0, sameSite: run.text() };
}

function writePassword(run: Run, password: PasswordFact): void {
  run.text(password.place);
  run.text(password.name);
  run.text(password.form);
  run.text(password.hash);
  run.number((password.plainHash === null ? 0 : 1) + (password.weak === null ? 0 : 2) + (password.pin ? 4 : 0));
  if (password.plainHash !== null) run.text(password.plainHash);
  run.number(password.length);
  run.text(password.classes);
  if (password.weak !== null) run.text(password.weak);
}

function readPassword(run: RunReader): PasswordFact {
  const place = run.text() as PasswordFact['place'];
  const name = run.text();
  const form = run.text() as PasswordFact['form'];
  const hash = run.text();
  const flags = run.number();
  return {
    place,
    name,
    form,
    hash,
    plainHash: (flags & 1) === 0 ? null : run.text(),
    length: run.number(),
    classes: run.text(),
    weak: (flags & 2) === 0 ? null : (run.text() as NonNullable<PasswordFact['weak']>),
    pin: (flags & 4) !== 0,
  };
}

function writeLogin(run: Run, { method, account, outcome, evidence }: LoginFact): void {
  run.text(method);
  writeAccountOrNull(run, account);
  run.text(outcome);
  run.number(evidence.length);
  for (const each of evidence) run.text(each);
}

function readLogin(run: RunReader): LoginFact {
  return {
    method: run.text() as LoginFact['method'],
    account: readAccountOrNull(run),
    outcome: run.text() as LoginFact['outcome'],
    evidence: readMany(run, (each) => each.text()),
  };
}
