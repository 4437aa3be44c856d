/** A password's fact: form, hashes, length, classes, weakness. The value goes no further than here. */
import { type KeyedHash, normalizeAccount } from './account.ts';
import type { DigestTable } from './digest-table.ts';
import type { CredentialPlace, PasswordFact } from './facts.ts';
import { shownName } from './name-words.ts';
import { classesOf, isNoPassword, readPassword } from './password-form.ts';
import { weakReasonOf } from './password-weakness.ts';

/** What passwords are measured with. */
export interface PasswordMeasure {
  readonly hash: KeyedHash;
  /** Weak passwords in lower case. */
  readonly words: ReadonlySet<string>;
  /** Null when digests are not looked up. */
  readonly digests: DigestTable | null;
}

export interface SeenPassword {
  readonly place: CredentialPlace;
  /** Field name as sent: a path might hold keys that are values. */
  readonly name: string;
  readonly value: string;
  readonly pin: boolean;
  /** The request's other fields say that a one-time code travels here. */
  readonly oneTime: boolean;
}

/** `account`: as sent, empty when unknown. */
export function passwordFact(seen: SeenPassword, account: string, measure: PasswordMeasure): PasswordFact {
  const read = readPassword(seen.value);
  const isCode = seen.oneTime && read.text !== null && /^\d{4,8}$/.test(read.text);
  const form = isCode ? 'sms-code' : read.form;
  const text = isCode ? null : (read.text ?? measure.digests?.reverse(read.form, seen.value) ?? null);
  const isReadable = text !== null && !isNoPassword(form);
  return {
    place: seen.place,
    name: shownName(seen.name),
    form,
    hash: measure.hash(`password\n${seen.value}`),
    plainHash: isReadable ? measure.hash(`password\n${text}`) : null,
    length: isReadable ? text.length : seen.value.length,
    classes: isReadable ? classesOf(text) : '',
    weak: isReadable ? weakReasonOf(text, normalizeAccount(account), seen.pin, measure.words) : null,
    pin: seen.pin,
  };
}
