/**
 * Whose calls they are: session, subject, client and account, as one object for many calls. With each text goes a
 * number that stands for it where different ones are counted: sets of texts cost ten times as much.
 */
import { BoundedCache, laidOut } from '../bounded-cache.ts';
import type { Subject, SubjectKind } from '../observation.ts';

/** Empty texts for what is not known. */
export interface Caller {
  readonly session: string;
  /** Kind and id. */
  readonly subject: string;
  readonly client: string;
  readonly account: string;
  /** Numbers of these texts; 0 for an empty one. */
  readonly sessionNumber: number;
  readonly subjectNumber: number;
  readonly clientNumber: number;
  readonly accountNumber: number;
}

interface Known {
  readonly name: string;
  /** The last one of this subject: nearly always the next one too. */
  caller: Caller | null;
}

/** Subjects of a kind that are remembered; those that come again later are made again. */
const mostKnown = 16_384;

export class Callers {
  readonly #byKind = new Map<SubjectKind, BoundedCache<Known>>();
  /** The subject asked for last: a call asks several times about its own. */
  #last: Subject | null = null;
  #known: Known = { name: '', caller: null };

  /** Kind and id as one text, the same object again and again: it is found by its address, not letter by letter. */
  nameOf(subject: Subject): string {
    return this.#find(subject).name;
  }

  of(subject: Subject, session: string, client: string, account: string): Caller {
    const known = this.#find(subject);
    const { caller } = known;
    if (caller !== null && caller.client === client && caller.session === session && caller.account === account) {
      return caller;
    }
    return (known.caller = newCaller(session, known.name, client, account));
  }

  #find(subject: Subject): Known {
    if (subject === this.#last) return this.#known;
    const { kind, id } = subject;
    let cache = this.#byKind.get(kind);
    if (cache === undefined) this.#byKind.set(kind, (cache = new BoundedCache(mostKnown)));
    this.#last = subject;
    this.#known = cache.get(id) ?? cache.set(id, { name: laidOut(`${kind} ${id}`), caller: null });
    return this.#known;
  }
}

export function newCaller(session: string, subject: string, client: string, account: string): Caller {
  const sessionNumber = numberOf(session);
  return {
    session,
    subject,
    client,
    account,
    sessionNumber,
    subjectNumber: numberOf(subject),
    clientNumber: numberOf(client),
    accountNumber: account === session ? sessionNumber : numberOf(account),
  };
}

/**
 * 31 bits, as V8 keeps them in the object itself: a wider one is a visit to memory of its own wherever it is counted.
 * Among six hundred texts, the most that are counted together, two share a number by a chance of 8e-5: then one less is
 * counted.
 */
function numberOf(text: string): number {
  if (text === '') return 0;
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x5bd1e995);
  return Math.max(1, (hash ^ (hash >>> 13)) >>> 1);
}
