/** The lists and callers of random calls: few accounts, sessions, places and labels, so that they meet again. */
import type { AskedFact, Envelope, ResponseFacts, SideFacts } from '../../analyzer/call.ts';
import type { CallerFacts, CredentialFact } from '../../analyzer/identify/facts.ts';
import type { Random } from '../../deploy/traffic/random.ts';

const labels = ['mobile', 'id-card', 'name', 'bank-card', '证件'] as const;
const paths = ['data[].mobile', 'data[].a', 'x', '', '**'] as const;
const places = ['body', 'query', 'path'] as const;

export class RandomFacts {
  constructor(readonly random: Random) {}

  private list<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.random.below(most + 1) }, make);
  }

  private hash(): string {
    return this.random.below(40).toString(16).padStart(16, '0');
  }

  private number53(): number {
    return this.random.below(2 ** 31) * 2 ** 22 + this.random.below(50);
  }

  side(): SideFacts {
    const { random } = this;
    const shape = random.below(6);
    const shapeEntries = shape === 0 ? '' : `a:string\nb[].c${shape}:number`;
    if (random.chance(0.4)) return { labels: [], places: [], values: [], shape, shapeEntries };
    const chosen = labels.filter(() => random.chance(0.4));
    return {
      labels: chosen.map((label) => {
        const count = 1 + random.below(30);
        return { label, count, distinct: 1 + random.below(count), sample: '1**', masked: random.below(count + 1) };
      }),
      places: this.list(3, () => ({
        place: random.pick(places),
        path: random.pick(paths),
        values: 1 + random.below(40),
        hits: chosen.map((label) => ({
          label,
          count: 1 + random.below(20),
          samples: this.list(4, () => this.number53()),
        })),
      })),
      values: chosen.flatMap((label) =>
        this.list(3, () => ({ label, place: 'body.x', high: random.below(2 ** 32), low: random.below(2 ** 32) })),
      ),
      shape,
      shapeEntries,
    };
  }

  response(): ResponseFacts {
    const { random } = this;
    const persons = random.chance(0.5) ? 0 : random.below(60);
    return {
      ...this.side(),
      persons,
      personIds: Array.from({ length: Math.min(persons, 256) }, () => this.number53()),
      records: random.below(50),
      objectIds: this.list(5, () => random.below(500)),
      attachment: random.chance(0.1),
    };
  }

  asked(): AskedFact[] {
    const { random } = this;
    return this.list(2, () => {
      const value = random.below(500);
      return {
        parameter: random.pick(['path.id', 'query.no']),
        value,
        ordinal: random.chance(0.7) ? value + 7e9 : null,
      };
    });
  }

  envelope(): Envelope | null {
    const { random } = this;
    if (random.chance(0.5)) return null;
    return {
      name: random.pick(['code', 'error_no', '']),
      value: random.pick(['0', '-61', '200', '']),
      flag: random.pick([null, true, false]),
      message: random.pick(['', 'good', 'bad'] as const),
    };
  }

  private credential(): CredentialFact {
    const { random } = this;
    const kind = random.pick(['session', 'token', 'bearer', 'basic'] as const);
    const place = random.pick(['cookie', 'query', 'header'] as const);
    return {
      kind,
      place,
      name: 'sid',
      hash: this.hash(),
      certain: random.chance(0.8),
      length: 32,
      account: null,
      jwt: random.chance(0.8) ? null : { alg: 'HS256', iat: 1_772_589_600, exp: null, guessed: random.chance(0.5) },
    };
  }

  caller(): CallerFacts {
    const { random } = this;
    const account = { display: 'z***', hash: this.hash(), from: 'login' } as const;
    const isLogin = random.chance(0.1);
    return {
      client: `10.0.0.${random.below(200)}`,
      claimedClient: random.chance(0.9) ? null : '198.51.100.7',
      userAgentFamily: random.pick(['', 'chrome/windows']),
      credentials: this.list(1, () => this.credential()),
      issued: isLogin
        ? [
            {
              ...this.credential(),
              kind: 'session',
              place: 'cookie',
              stem: this.hash(),
              clock: random.chance(0.3),
              cookie: null,
            },
          ].map(({ certain: _, ...rest }) => rest)
        : [],
      cleared: false,
      account: null,
      passwords: isLogin
        ? [
            {
              ...{ place: 'body', name: 'password', form: 'plaintext', hash: this.hash(), plainHash: this.hash() },
              ...{ length: 8, classes: 'a0', weak: random.chance(0.5) ? 'in-list' : null, pin: false },
            },
          ]
        : [],
      login: isLogin
        ? {
            method: 'password',
            account,
            outcome: random.pick(['success', 'failure', 'unknown'] as const),
            evidence: [],
          }
        : null,
      logout: random.chance(0.02),
      refererToken: false,
      code: random.chance(0.1) ? 1 + random.below(2 ** 31) * 2 ** 21 : 0,
    } as CallerFacts;
  }
}
