/**
 * Who takes part in calls: a client, account or API of an application, found once a call. Each keeps where tables by such
 * names have it, so that a table that has not let go of it since needs no look-up: of thousands, each waits for memory in
 * four places. Tables look up by name as ever where nothing is kept, so what is here decides nothing.
 *
 * Bound: `most` of a kind; beyond it all are forgotten, which only costs looking up.
 */

let turns = 1;

/** A turn that no table had before: an entry of another table, or of an earlier state of it, is told from its own. */
export function nextTurn(): number {
  return turns++;
}

/** Of each kind of table one place. */
export const place = {
  pace: 0,
  places: 1,
  devices: 2,
  sources: 3,
  readers: 4,
  persons: 5,
  exported: 6,
  offHours: 7,
  abroad: 8,
  rates: 9,
  profile: 10,
  functions: 11,
  labels: 12,
} as const;

export type Place = (typeof place)[keyof typeof place];

const size = Object.keys(place).length;

export class Party {
  /** By place. */
  readonly kept: (object | null)[] = new Array<object | null>(size).fill(null);

  constructor(
    readonly app: string,
    readonly id: string,
  ) {}
}

export class Parties {
  readonly #apps = new Map<string, Map<string, Party>>();
  #size = 0;
  /** Asked for last: by one table after the other. */
  #last = new Party('', '');

  constructor(private readonly most = 20_000) {}

  of(app: string, id: string): Party {
    const last = this.#last;
    if (last.id === id && last.app === app) return last;
    return (this.#last = this.#apps.get(app)?.get(id) ?? this.#make(app, id));
  }

  #make(app: string, id: string): Party {
    if (this.#size >= this.most) {
      this.#apps.clear();
      this.#size = 0;
    }
    const party = new Party(app, id);
    const members = this.#apps.get(app);
    if (members === undefined) this.#apps.set(app, new Map([[id, party]]));
    else members.set(id, party);
    this.#size++;
    return party;
  }
}

/** By kind. */
export interface Everybody {
  readonly clients: Parties;
  readonly accounts: Parties;
  readonly sessions: Parties;
}

/** Whom a measure is about; undefined for what is no caller. */
export function partyOf({ clients, accounts, sessions }: Everybody, app: string, of: Who): Party | undefined {
  if (of.kind === 'account') return accounts.of(app, of.id);
  if (of.kind === 'session') return sessions.of(app, of.id);
  return of.kind === 'client' ? clients.of(app, of.id) : undefined;
}

interface Who {
  readonly kind: string;
  readonly id: string;
}

export function nobodyYet(): Everybody {
  return { clients: new Parties(), accounts: new Parties(), sessions: new Parties() };
}
