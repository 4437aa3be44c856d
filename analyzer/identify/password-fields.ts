/** Which passwords a request has, by the names of its fields alone: those that are set are not kept as values. */
import { requestRole } from './field-role.ts';
import { wordsOf } from './name-words.ts';

/** One is set anew (or repeated); the one before comes along. */
export interface PasswordFields {
  sets: boolean;
  old: boolean;
}

const before = new Set(['old', 'origin', 'original', 'current', 'former', 'previous', 'ymm', 'jmm']);
const beforeJoined = /^(?:old|origin(?:al)?|current|former)/;
const none: ReadonlySet<string> = new Set();

/** `entries`: lines `user.newPassword:string`, as shapes have them. */
export function passwordFieldsIn(entries: string): PasswordFields {
  const found = { sets: false, old: false };
  for (const line of entries.split('\n')) {
    const path = line.slice(0, Math.max(0, line.lastIndexOf(':')));
    const name = path.slice(Math.max(path.lastIndexOf('.'), path.lastIndexOf('?')) + 1);
    if (requestRole(name, none) !== 'new-password') continue;
    const words = wordsOf(name);
    const isOld = words.some((word) => before.has(word)) || beforeJoined.test(words.join(''));
    found[isOld ? 'old' : 'sets'] = true;
  }
  return found;
}
